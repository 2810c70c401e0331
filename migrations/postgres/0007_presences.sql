-- Who has which card open. Not worth a log: what a crash loses is said again
-- within a minute.

-- +goose Up
CREATE UNLOGGED TABLE presences (
    appeal_id bigint NOT NULL,
    user_id   bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    writing   boolean NOT NULL DEFAULT false,
    since     timestamptz NOT NULL, -- of looking, or of writing
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (appeal_id, user_id)
);
CREATE INDEX presences_seen ON presences (seen_at);

-- +goose Down
DROP TABLE presences;
