-- +goose Up

-- Votes, budget votes and polls. What is voted on stands in terms, as JSON; the
-- columns beside it are what lists and ballots ask for.
CREATE TABLE campaigns (
    id         integer PRIMARY KEY AUTOINCREMENT,
    agency_id  integer NOT NULL,
    kind       text NOT NULL, -- vote | budget | poll
    state      text NOT NULL, -- draft | published | open | closed | counted | announced | cancelled
    title_ru   text NOT NULL,
    title_en   text NOT NULL DEFAULT '',
    opens_at   timestamp,
    closes_at  timestamp, -- as of the terms, or before where it was closed early
    terms      text NOT NULL,
    frozen     blob, -- the terms byte by byte as they were published
    hash       blob, -- SHA-256 of frozen
    sealed_at  timestamp, -- from then on no ballot can be added
    reason     text NOT NULL DEFAULT '', -- why it was closed early or cancelled
    draw       text NOT NULL DEFAULT '', -- what a public draw gave
    result     text NOT NULL DEFAULT '', -- JSON
    observers  blob, -- addresses, sealed
    version    integer NOT NULL,
    created_at timestamp NOT NULL,
    changed_at timestamp NOT NULL
);
CREATE INDEX campaigns_moving ON campaigns (id) WHERE state IN ('published', 'open', 'closed');

-- What happened to a campaign, and who did it.
CREATE TABLE campaign_notes (
    campaign_id integer NOT NULL REFERENCES campaigns (id),
    n           integer NOT NULL,
    at          timestamp NOT NULL,
    user_id     integer NOT NULL, -- 0: the clock
    action      text NOT NULL,
    from_state  text NOT NULL,
    to_state    text NOT NULL,
    reason      text NOT NULL DEFAULT '',
    PRIMARY KEY (campaign_id, n)
);

-- Who voted: one row for each person and campaign, held against any race by the
-- key. Without a time, a serial number or a rowid, so that its order tells
-- nothing. The person is a keyed hash; the key is not in the database.
CREATE TABLE voters (
    campaign_id  integer NOT NULL,
    person       blob NOT NULL,
    territory_id integer NOT NULL,
    PRIMARY KEY (campaign_id, person)
) WITHOUT ROWID;

-- The ballots, joined with voters by nothing. Foreign keys are left out of both on
-- purpose: the statement that adds a ballot holds the campaign itself.
CREATE TABLE ballots (
    campaign_id integer NOT NULL,
    commitment  blob NOT NULL,
    replaces    blob, -- the commitment of the ballot that it takes the place of
    choice      blob NOT NULL,
    nonce       blob NOT NULL,
    entry       integer, -- its place in the public log, NULL before it is there
    replaced    boolean NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, commitment)
) WITHOUT ROWID;
CREATE INDEX ballots_waiting ON ballots (campaign_id) WHERE entry IS NULL;
CREATE UNIQUE INDEX ballots_entry ON ballots (campaign_id, entry) WHERE entry IS NOT NULL;

-- The public log of each campaign: how far it goes, and its last signed checkpoint.
CREATE TABLE campaign_logs (
    campaign_id integer PRIMARY KEY REFERENCES campaigns (id),
    size        integer NOT NULL,
    root        blob NOT NULL,
    checkpoint  text NOT NULL,
    signed_at   timestamp NOT NULL,
    kept_at     timestamp, -- when a checkpoint was last kept
    mailed_at   timestamp  -- and mailed to the observers
);

-- The hashes of the log, 256 side by side.
CREATE TABLE log_tiles (
    campaign_id integer NOT NULL,
    level       integer NOT NULL,
    n           integer NOT NULL,
    body        blob NOT NULL,
    PRIMARY KEY (campaign_id, level, n)
) WITHOUT ROWID;

-- Checkpoints that are kept, to be compared with those that observers have.
CREATE TABLE log_checkpoints (
    campaign_id integer NOT NULL,
    size        integer NOT NULL,
    at          timestamp NOT NULL,
    note        text NOT NULL,
    PRIMARY KEY (campaign_id, size)
);

-- First ballots by the day on which they entered the log.
CREATE TABLE campaign_days (
    campaign_id integer NOT NULL,
    day         text NOT NULL, -- YYYY-MM-DD in the campaign's zone
    n           integer NOT NULL,
    PRIMARY KEY (campaign_id, day)
);

-- Codes on their way to a voter and back. They are removed when they have expired,
-- so that who came when can't be read from them afterwards.
CREATE TABLE voter_codes (
    id          text PRIMARY KEY,
    campaign_id integer NOT NULL,
    person      blob NOT NULL,
    sealed      blob NOT NULL, -- where it goes, and the code
    tries       integer NOT NULL DEFAULT 0,
    expires_at  timestamp NOT NULL
) WITHOUT ROWID;
CREATE INDEX voter_codes_person ON voter_codes (campaign_id, person);
CREATE INDEX voter_codes_expiry ON voter_codes (expires_at);

-- +goose Down
DROP TABLE voter_codes;
DROP TABLE campaign_days;
DROP TABLE log_checkpoints;
DROP TABLE log_tiles;
DROP TABLE campaign_logs;
DROP TABLE ballots;
DROP TABLE voters;
DROP TABLE campaign_notes;
DROP TABLE campaigns;
