-- +goose Up

-- Versions of a text that is discussed, from the second on: the first is in the
-- frozen terms of its campaign.
CREATE TABLE talk_versions (
    campaign_id integer NOT NULL REFERENCES campaigns (id),
    n           integer NOT NULL, -- from 2
    at          timestamp NOT NULL,
    user_id     integer NOT NULL,
    note        text NOT NULL, -- what changed and why
    body        text NOT NULL, -- as it was typed
    paragraphs  text NOT NULL, -- JSON, with the anchors that they keep
    PRIMARY KEY (campaign_id, n)
);

-- Who takes part: a keyed hash of the mailbox, and where letters go, sealed.
CREATE TABLE talk_people (
    campaign_id integer NOT NULL,
    person      blob NOT NULL,
    sealed      blob NOT NULL, -- address and language
    name        text NOT NULL DEFAULT '', -- under which they wrote last
    PRIMARY KEY (campaign_id, person)
) WITHOUT ROWID;

-- Remarks on a text, and replies to them.
CREATE TABLE remarks (
    id          integer PRIMARY KEY AUTOINCREMENT,
    campaign_id integer NOT NULL REFERENCES campaigns (id),
    version     integer NOT NULL, -- of the text, that it was written to
    paragraph   text NOT NULL, -- anchor, '' for the whole text
    reply_to    integer NOT NULL DEFAULT 0,
    lead_id     integer NOT NULL DEFAULT 0, -- the remark that it was joined to
    person      blob, -- NULL where staff entered it
    once        text NOT NULL, -- made with the page: sent again it is the same remark
    source      text NOT NULL, -- web | paper | meeting | book
    entered_by  integer NOT NULL DEFAULT 0, -- user
    name        text NOT NULL,
    body        text NOT NULL,
    at          timestamp NOT NULL,
    state       text NOT NULL, -- waiting | shown | hidden
    hide_reason text NOT NULL DEFAULT '',
    hide_words  text NOT NULL DEFAULT '',
    supports    integer NOT NULL DEFAULT 0,
    verdict     text NOT NULL DEFAULT '', -- accepted | partly | declined
    because     text NOT NULL DEFAULT '',
    answered_by integer NOT NULL DEFAULT 0,
    told_at     timestamp, -- when its author was told of the answer
    CHECK (state <> 'hidden' OR hide_reason <> ''), -- nothing is hidden without a reason
    CHECK (verdict = '' OR because <> ''),
    CHECK (lead_id <> id AND reply_to <> id)
);
CREATE UNIQUE INDEX remarks_once ON remarks (campaign_id, once);
CREATE INDEX remarks_listed ON remarks (campaign_id, reply_to, lead_id, id);
CREATE INDEX remarks_person ON remarks (campaign_id, person, at);

-- Who supports what: one row for each person and remark.
CREATE TABLE remark_supports (
    remark_id   integer NOT NULL REFERENCES remarks (id),
    person      blob NOT NULL,
    campaign_id integer NOT NULL,
    PRIMARY KEY (remark_id, person)
) WITHOUT ROWID;
CREATE INDEX remark_supports_person ON remark_supports (campaign_id, person);

-- The public journal: everything that was done to remarks and to the text.
CREATE TABLE remark_acts (
    campaign_id integer NOT NULL REFERENCES campaigns (id),
    n           integer NOT NULL,
    at          timestamp NOT NULL,
    user_id     integer NOT NULL,
    action      text NOT NULL,
    remark_id   integer NOT NULL, -- 0: the text
    other_id    integer NOT NULL DEFAULT 0, -- the remark that it was joined to, or the version
    reason      text NOT NULL DEFAULT '',
    words       text NOT NULL DEFAULT '',
    PRIMARY KEY (campaign_id, n)
);
-- +goose StatementBegin
CREATE TRIGGER remark_acts_no_update BEFORE UPDATE ON remark_acts BEGIN
    SELECT RAISE(ABORT, 'the journal of moderation is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER remark_acts_no_delete BEFORE DELETE ON remark_acts BEGIN
    SELECT RAISE(ABORT, 'the journal of moderation is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE remark_acts;
DROP TABLE remark_supports;
DROP TABLE remarks;
DROP TABLE talk_people;
DROP TABLE talk_versions;
