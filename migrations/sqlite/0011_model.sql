-- +goose Up

-- What suggests topics: each training with what it learned from and how often it
-- was right on the last weeks.
CREATE TABLE models (
    id           integer PRIMARY KEY AUTOINCREMENT,
    state        text NOT NULL, -- waiting | training | candidate | active | retired | failed
    busy         boolean NOT NULL, -- by state: waiting or training
    active       boolean NOT NULL, -- by state
    cause        text NOT NULL, -- why it was trained
    step         text NOT NULL DEFAULT '', -- of a training that is on its way
    verdict      text NOT NULL DEFAULT '', -- why it is in its state
    tree         integer NOT NULL DEFAULT 0, -- version of the rubricator
    known        integer NOT NULL DEFAULT 0, -- worked appeals that there were
    examples     integer NOT NULL DEFAULT 0,
    corrected    integer NOT NULL DEFAULT 0, -- examples whose topic an officer changed
    tested       integer NOT NULL DEFAULT 0,
    from_at      timestamp, -- the earliest example
    until_at     timestamp, -- the latest example
    figures      text NOT NULL DEFAULT '{}', -- JSON: its own, and those of its rival on the same texts
    size         integer NOT NULL DEFAULT 0, -- bytes of the file, 0 where there is none
    created_by   integer NOT NULL DEFAULT 0, -- user, 0: by itself
    created_at   timestamp NOT NULL,
    touched_at   timestamp NOT NULL,
    activated_by integer NOT NULL DEFAULT 0,
    activated_at timestamp,
    version      integer NOT NULL
);
CREATE UNIQUE INDEX models_one_busy ON models (busy) WHERE busy;
CREATE UNIQUE INDEX models_one_active ON models (active) WHERE active;

-- The file of a model, in pieces, so that every node and every backup has it.
CREATE TABLE model_chunks (
    model_id integer NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    n        integer NOT NULL,
    body     blob NOT NULL,
    PRIMARY KEY (model_id, n)
);

-- How often officers changed the topic.
ALTER TABLE appeals ADD COLUMN retopics integer NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE appeals DROP COLUMN retopics;
DROP TABLE model_chunks;
DROP TABLE models;
