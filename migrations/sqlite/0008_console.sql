-- +goose Up

-- One action with many appeals, held for as long as it can be taken back.
CREATE TABLE bulks (
    id          integer PRIMARY KEY AUTOINCREMENT,
    token       text NOT NULL UNIQUE, -- of the form: confirmed twice is held once
    user_id     integer NOT NULL REFERENCES users (id),
    action      text NOT NULL,
    executor_id integer NOT NULL DEFAULT 0,
    agency_id   integer NOT NULL DEFAULT 0,
    reason      text NOT NULL DEFAULT '',
    state       text NOT NULL, -- held | cancelled | running | done
    created_at  timestamp NOT NULL,
    run_at      timestamp NOT NULL,
    ended_at    timestamp
);
CREATE INDEX bulks_user ON bulks (user_id, id);

CREATE TABLE bulk_items (
    bulk_id   integer NOT NULL REFERENCES bulks (id) ON DELETE CASCADE,
    n         integer NOT NULL,
    appeal_id integer NOT NULL REFERENCES appeals (id),
    number    text NOT NULL,
    version   integer NOT NULL, -- that the officer saw
    state     text NOT NULL, -- waiting | done | refused | cancelled
    why       text NOT NULL DEFAULT '', -- catalogue key of a refusal
    params    text NOT NULL DEFAULT '{}', -- of the key, JSON
    PRIMARY KEY (bulk_id, n)
);
-- No appeal waits in two of them.
CREATE UNIQUE INDEX bulk_items_waiting ON bulk_items (appeal_id) WHERE state = 'waiting';

-- Who is away and who stands in.
CREATE TABLE absences (
    id            integer PRIMARY KEY AUTOINCREMENT,
    user_id       integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    agency_id     integer NOT NULL,
    role          text NOT NULL,
    substitute_id integer NOT NULL DEFAULT 0, -- 0: nobody
    starts_at     timestamp NOT NULL,
    ends_at       timestamp NOT NULL, -- the first instant at which they are back
    set_by        integer NOT NULL,
    set_at        timestamp NOT NULL
);
CREATE INDEX absences_agency ON absences (agency_id, ends_at);
CREATE INDEX absences_user ON absences (user_id, ends_at);

-- A named view of the list.
CREATE TABLE views (
    id        integer PRIMARY KEY AUTOINCREMENT,
    user_id   integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    agency_id integer NOT NULL DEFAULT 0, -- shared with everybody there; 0: the owner's own
    name      text NOT NULL,
    query     text NOT NULL, -- tab, filters, words and order as in an address
    place     integer NOT NULL
);
CREATE INDEX views_user ON views (user_id);
CREATE INDEX views_agency ON views (agency_id) WHERE agency_id <> 0;

CREATE TABLE view_defaults (
    user_id integer PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    view_id integer NOT NULL REFERENCES views (id) ON DELETE CASCADE
);

-- How long answers took, by executor.
CREATE INDEX appeals_executor_answered ON appeals (executor_id, answered_at, registered_at)
    WHERE executor_id <> 0 AND answered_at IS NOT NULL;

-- +goose Down
DROP INDEX appeals_executor_answered;
DROP TABLE view_defaults;
DROP TABLE views;
DROP TABLE absences;
DROP TABLE bulk_items;
DROP TABLE bulks;
