-- +goose Up

-- Bursts of appeals that a supervisor is told of: one row for each burst.
CREATE TABLE alerts (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    territory_id bigint NOT NULL, -- municipality
    rubric       text NOT NULL, -- code of a category or a leaf
    window_days  integer NOT NULL,
    raised_on    text NOT NULL, -- day of the region: two nodes raise one
    raised_at    timestamptz NOT NULL,
    last_at      timestamptz NOT NULL, -- until when it was seen to go on
    count        integer NOT NULL, -- appeals in the window, at its highest
    expected     double precision NOT NULL,
    chance       double precision NOT NULL,
    words        text NOT NULL, -- that rise, parted by spaces
    told         boolean NOT NULL DEFAULT false,
    taken_by     bigint NOT NULL DEFAULT 0, -- user who has taken note
    taken_at     timestamptz,
    note         text NOT NULL DEFAULT '',
    UNIQUE (territory_id, rubric, raised_on)
);
CREATE INDEX alerts_last ON alerts (last_at);

-- Who wants alerts by e-mail too.
CREATE TABLE alert_mails (
    user_id bigint PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE
);

-- +goose Down
DROP TABLE alert_mails;
DROP TABLE alerts;
