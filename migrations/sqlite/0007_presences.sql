-- Who has which card open.

-- +goose Up
CREATE TABLE presences (
    appeal_id integer NOT NULL,
    user_id   integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    writing   boolean NOT NULL DEFAULT 0,
    since     timestamp NOT NULL, -- of looking, or of writing
    seen_at   timestamp NOT NULL,
    PRIMARY KEY (appeal_id, user_id)
);
CREATE INDEX presences_seen ON presences (seen_at);

-- +goose Down
DROP TABLE presences;
