-- +goose Up

-- Two appeals that may be about the same problem.
CREATE TABLE suspicions (
    earlier_id   bigint NOT NULL REFERENCES appeals (id) ON DELETE CASCADE,
    later_id     bigint NOT NULL REFERENCES appeals (id) ON DELETE CASCADE,
    score        double precision NOT NULL,
    why          text NOT NULL, -- reasons, JSON array
    found_at     timestamptz NOT NULL,
    agency_id    bigint NOT NULL, -- that has both, 0 where two have one each
    live         boolean NOT NULL, -- they can still be put together
    dismissed_by bigint NOT NULL DEFAULT 0, -- user who said that they are not the same
    dismissed_at timestamptz,
    PRIMARY KEY (earlier_id, later_id)
);
CREATE INDEX suspicions_later ON suspicions (later_id);
CREATE INDEX suspicions_open ON suspicions (agency_id, found_at DESC, earlier_id, later_id) WHERE live AND dismissed_by = 0;

-- How far what is computed from the event log has come.
CREATE TABLE followers (
    name     text PRIMARY KEY,
    position text NOT NULL
);

ALTER TABLE appeals ADD COLUMN same_as bigint NOT NULL DEFAULT 0; -- the author said so

-- +goose Down
ALTER TABLE appeals DROP COLUMN same_as;
DROP TABLE followers;
DROP TABLE suspicions;
