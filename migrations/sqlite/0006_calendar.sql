-- +goose Up

CREATE TABLE calendar_changes (
    id           integer PRIMARY KEY AUTOINCREMENT,
    state        text NOT NULL, -- counting | proposed | applying | done | dropped
    active       boolean NOT NULL, -- by state: on its way
    from_version text NOT NULL,
    to_version   text NOT NULL REFERENCES calendars (version),
    days         text NOT NULL, -- JSON: each day with its kind before and after
    note         text NOT NULL,
    examined     integer NOT NULL DEFAULT 0,
    later        integer NOT NULL DEFAULT 0,
    earlier      integer NOT NULL DEFAULT 0,
    moved        integer NOT NULL DEFAULT 0,
    cursor_id    integer NOT NULL DEFAULT 0, -- the appeal looked at last
    sample       text NOT NULL DEFAULT '[]', -- JSON: the first proposals
    move_later   boolean NOT NULL DEFAULT 0,
    move_earlier boolean NOT NULL DEFAULT 0,
    created_by   integer NOT NULL,
    confirmed_by integer NOT NULL DEFAULT 0,
    created_at   timestamp NOT NULL,
    confirmed_at timestamp,
    ended_at     timestamp,
    version      integer NOT NULL
);
CREATE UNIQUE INDEX calendar_changes_one ON calendar_changes (active) WHERE active;

-- +goose Down
DROP TABLE calendar_changes;
