-- +goose Up

-- Who took a paper ballot is a voter too, and can't vote online.
ALTER TABLE voters ADD COLUMN paper boolean NOT NULL DEFAULT 0;

-- How many voters each quota of a poll has taken. It tells nothing of who they are.
CREATE TABLE quota_counts (
    campaign_id integer NOT NULL,
    n           integer NOT NULL, -- place in the terms
    taken       integer NOT NULL,
    PRIMARY KEY (campaign_id, n)
) WITHOUT ROWID;

-- Paper ballots that were printed together.
CREATE TABLE paper_batches (
    campaign_id  integer NOT NULL REFERENCES campaigns (id),
    n            integer NOT NULL,
    territory_id integer NOT NULL, -- of those who get them, 0: any
    first        integer NOT NULL, -- how many were printed before
    sheets       integer NOT NULL,
    user_id      integer NOT NULL,
    printed_at   timestamp NOT NULL,
    PRIMARY KEY (campaign_id, n)
) WITHOUT ROWID;

-- Each sheet by a keyed hash of its code. Nothing leads from here to who took it.
CREATE TABLE paper_sheets (
    campaign_id integer NOT NULL,
    mark        blob NOT NULL,
    batch       integer NOT NULL,
    state       text NOT NULL, -- printed | once | differs | counted | spoiled
    PRIMARY KEY (campaign_id, mark)
) WITHOUT ROWID;
CREATE INDEX paper_sheets_differ ON paper_sheets (campaign_id) WHERE state = 'differs';

-- What operators read on a sheet: the first, the second, and who settled it.
CREATE TABLE paper_entries (
    campaign_id integer NOT NULL,
    mark        blob NOT NULL,
    turn        integer NOT NULL, -- 1, 2, 3
    user_id     integer NOT NULL,
    choice      blob, -- NULL: spoiled
    reason      text NOT NULL DEFAULT '',
    entered_at  timestamp NOT NULL,
    PRIMARY KEY (campaign_id, mark, turn)
) WITHOUT ROWID;

-- The documents of those who took a paper ballot, as keyed hashes.
CREATE TABLE paper_people (
    campaign_id integer NOT NULL,
    document    blob NOT NULL,
    PRIMARY KEY (campaign_id, document)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE paper_people;
DROP TABLE paper_entries;
DROP TABLE paper_sheets;
DROP TABLE paper_batches;
DROP TABLE quota_counts;
ALTER TABLE voters DROP COLUMN paper;
