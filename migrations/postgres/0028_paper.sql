-- +goose Up

-- Who took a paper ballot is a voter too, and can't vote online.
ALTER TABLE voters ADD COLUMN paper boolean NOT NULL DEFAULT false;

-- How many voters each quota of a poll has taken. It tells nothing of who they are.
CREATE TABLE quota_counts (
    campaign_id bigint NOT NULL,
    n           bigint NOT NULL, -- place in the terms
    taken       bigint NOT NULL,
    PRIMARY KEY (campaign_id, n)
);

-- Paper ballots that were printed together.
CREATE TABLE paper_batches (
    campaign_id  bigint NOT NULL REFERENCES campaigns (id),
    n            bigint NOT NULL,
    territory_id bigint NOT NULL, -- of those who get them, 0: any
    first        bigint NOT NULL, -- how many were printed before
    sheets       bigint NOT NULL,
    user_id      bigint NOT NULL,
    printed_at   timestamptz NOT NULL,
    PRIMARY KEY (campaign_id, n)
);

-- Each sheet by a keyed hash of its code. Nothing leads from here to who took it.
CREATE TABLE paper_sheets (
    campaign_id bigint NOT NULL,
    mark        bytea NOT NULL,
    batch       bigint NOT NULL,
    state       text NOT NULL, -- printed | once | differs | counted | spoiled
    PRIMARY KEY (campaign_id, mark)
);
CREATE INDEX paper_sheets_differ ON paper_sheets (campaign_id) WHERE state = 'differs';

-- What operators read on a sheet: the first, the second, and who settled it.
CREATE TABLE paper_entries (
    campaign_id bigint NOT NULL,
    mark        bytea NOT NULL,
    turn        bigint NOT NULL, -- 1, 2, 3
    user_id     bigint NOT NULL,
    choice      bytea, -- NULL: spoiled
    reason      text NOT NULL DEFAULT '',
    entered_at  timestamptz NOT NULL,
    PRIMARY KEY (campaign_id, mark, turn)
);

-- The documents of those who took a paper ballot, as keyed hashes.
CREATE TABLE paper_people (
    campaign_id bigint NOT NULL,
    document    bytea NOT NULL,
    PRIMARY KEY (campaign_id, document)
);

-- +goose Down
DROP TABLE paper_people;
DROP TABLE paper_entries;
DROP TABLE paper_sheets;
DROP TABLE paper_batches;
DROP TABLE quota_counts;
ALTER TABLE voters DROP COLUMN paper;
