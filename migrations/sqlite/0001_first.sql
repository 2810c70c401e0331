-- +goose Up

-- Places and bodies -----------------------------------------------------------

CREATE TABLE territories (
    id         integer PRIMARY KEY AUTOINCREMENT,
    parent_id  integer NOT NULL DEFAULT 0,
    code       text NOT NULL UNIQUE,
    kind       text NOT NULL,
    name_ru    text NOT NULL,
    name_en    text NOT NULL DEFAULT '',
    short_ru   text NOT NULL DEFAULT '',
    short_en   text NOT NULL DEFAULT '',
    oktmo      text NOT NULL DEFAULT '',
    population integer NOT NULL DEFAULT 0,
    lat        real NOT NULL DEFAULT 0,
    lon        real NOT NULL DEFAULT 0,
    tile_col   integer NOT NULL DEFAULT -1,
    tile_row   integer NOT NULL DEFAULT -1,
    boundary   text NOT NULL DEFAULT '' -- GeoJSON geometry
);

CREATE TABLE agencies (
    id             integer PRIMARY KEY AUTOINCREMENT,
    parent_id      integer NOT NULL DEFAULT 0,
    code           text NOT NULL UNIQUE,
    name_ru        text NOT NULL,
    name_en        text NOT NULL DEFAULT '',
    short_ru       text NOT NULL DEFAULT '',
    short_en       text NOT NULL DEFAULT '',
    territory_id   integer NOT NULL DEFAULT 0,
    phone          text NOT NULL DEFAULT '',
    email          text NOT NULL DEFAULT '',
    address_ru     text NOT NULL DEFAULT '',
    address_en     text NOT NULL DEFAULT '',
    hours_ru       text NOT NULL DEFAULT '',
    hours_en       text NOT NULL DEFAULT '',
    site           text NOT NULL DEFAULT '',
    capabilities   text NOT NULL DEFAULT '[]', -- JSON array
    widget_origins text NOT NULL DEFAULT '[]'  -- JSON array
);

-- Who works -------------------------------------------------------------------

CREATE TABLE users (
    id            integer PRIMARY KEY AUTOINCREMENT,
    login         text NOT NULL UNIQUE,
    name          text NOT NULL,
    email         text NOT NULL DEFAULT '',
    password_hash text NOT NULL,
    disabled      boolean NOT NULL DEFAULT 0,
    created_at    timestamp NOT NULL
);

CREATE TABLE memberships (
    user_id   integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    agency_id integer NOT NULL, -- 0 for regional roles
    role      text NOT NULL,
    PRIMARY KEY (user_id, agency_id, role)
);
CREATE INDEX memberships_agency ON memberships (agency_id, role);

CREATE TABLE sessions (
    token_hash text PRIMARY KEY, -- SHA-256 of the cookie, hex
    user_id    integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamp NOT NULL,
    seen_at    timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    ip         text NOT NULL DEFAULT '',
    agent      text NOT NULL DEFAULT ''
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    token_hash text PRIMARY KEY,
    name       text NOT NULL,
    user_id    integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamp NOT NULL,
    expires_at timestamp NOT NULL
);

-- What can be told ------------------------------------------------------------

CREATE TABLE rubric_versions (
    id           integer PRIMARY KEY AUTOINCREMENT,
    state        text NOT NULL, -- draft | published
    note         text NOT NULL DEFAULT '',
    body         text NOT NULL, -- the whole tree, JSON
    created_at   timestamp NOT NULL,
    published_at timestamp
);

CREATE TABLE routes (
    rubric       text NOT NULL, -- code of a node, '*' for all
    territory_id integer NOT NULL, -- 0 for all
    agency_id    integer NOT NULL REFERENCES agencies (id),
    PRIMARY KEY (rubric, territory_id)
);

CREATE TABLE answer_templates (
    id        integer PRIMARY KEY AUTOINCREMENT,
    code      text NOT NULL UNIQUE,
    agency_id integer NOT NULL DEFAULT 0, -- 0: for every agency
    rubric    text NOT NULL DEFAULT '',  -- '': for every topic
    name_ru   text NOT NULL,
    name_en   text NOT NULL DEFAULT '',
    outcome   text NOT NULL,
    body      text NOT NULL
);

-- The appeal ------------------------------------------------------------------

CREATE TABLE appeal_ids (
    last integer NOT NULL -- highest id handed out
);
INSERT INTO appeal_ids (last) VALUES (0);

CREATE TABLE appeals (
    id              integer PRIMARY KEY,
    number          text NOT NULL UNIQUE,
    rule_set        text NOT NULL,
    review_order    text NOT NULL, -- fast | general
    stage           text NOT NULL,
    round           integer NOT NULL,
    rubric_version  integer NOT NULL,
    rubric          text NOT NULL,
    category        text NOT NULL,
    review_n        integer NOT NULL,
    review_unit     text NOT NULL,
    territory_id    integer NOT NULL,
    lat             real,
    lon             real,
    address         text NOT NULL DEFAULT '',
    agency_id       integer NOT NULL,
    against_agency  integer NOT NULL DEFAULT 0, -- complained about: never gets the appeal
    executor_id     integer NOT NULL DEFAULT 0,
    body            text NOT NULL,
    replies         text NOT NULL DEFAULT '[]', -- JSON
    photos          integer NOT NULL DEFAULT 0,
    source          text NOT NULL,
    source_agency   integer NOT NULL DEFAULT 0,
    idempotency_key text,
    draft_hash      text, -- the draft that it was: a draft is submitted once
    submitted_at    timestamp NOT NULL,
    registered_at   timestamp,
    due_at          timestamp,
    due_sort        timestamp NOT NULL GENERATED ALWAYS AS (coalesce(due_at, 253402214400000000)) VIRTUAL,
    first_signed_at timestamp,
    answered_at     timestamp,
    closed_at       timestamp,
    outcome         text NOT NULL DEFAULT '',
    rating          integer NOT NULL DEFAULT 0,
    refuted         boolean NOT NULL DEFAULT 0,
    late            boolean NOT NULL DEFAULT 0, -- first final answer came after it was due
    hops            integer NOT NULL DEFAULT 0,
    extended        boolean NOT NULL DEFAULT 0,
    asked_days      integer NOT NULL DEFAULT 0,
    interims        integer NOT NULL DEFAULT 0,
    promised_on     timestamp,
    lapsed          boolean NOT NULL DEFAULT 0,
    level           integer NOT NULL DEFAULT 0,
    event_count     integer NOT NULL,
    last_hash       text NOT NULL,
    version         integer NOT NULL
);
CREATE UNIQUE INDEX appeals_key ON appeals (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX appeals_draft ON appeals (draft_hash) WHERE draft_hash IS NOT NULL;

CREATE TABLE applicants (
    appeal_id integer PRIMARY KEY REFERENCES appeals (id) ON DELETE CASCADE,
    sealed    blob NOT NULL -- AES-256-GCM of the applicant's JSON; the key is outside
);

CREATE TABLE answers (
    id          integer PRIMARY KEY AUTOINCREMENT,
    appeal_id   integer NOT NULL REFERENCES appeals (id) ON DELETE CASCADE,
    round       integer NOT NULL,
    body        text NOT NULL,
    outcome     text NOT NULL DEFAULT '',
    promised_on timestamp,
    ground      text NOT NULL DEFAULT '',
    state       text NOT NULL, -- draft | submitted | signed
    author_id   integer NOT NULL,
    signer_id   integer NOT NULL DEFAULT 0,
    created_at  timestamp NOT NULL,
    updated_at  timestamp NOT NULL,
    signed_at   timestamp,
    version     integer NOT NULL
);
CREATE UNIQUE INDEX answers_one_open ON answers (appeal_id) WHERE state <> 'signed';
CREATE INDEX answers_appeal ON answers (appeal_id);

CREATE TABLE drafts (
    token_hash   text PRIMARY KEY,
    source       text NOT NULL,
    agency_id    integer NOT NULL DEFAULT 0,
    sealed       blob NOT NULL, -- the form as typed, encrypted
    submitted_id integer NOT NULL DEFAULT 0,
    created_at   timestamp NOT NULL,
    updated_at   timestamp NOT NULL
);
CREATE INDEX drafts_age ON drafts (updated_at);

CREATE TABLE photos (
    id         integer PRIMARY KEY AUTOINCREMENT,
    appeal_id  integer NOT NULL REFERENCES appeals (id) ON DELETE CASCADE,
    answer_id  integer NOT NULL DEFAULT 0,
    file_key   text NOT NULL,
    width      integer NOT NULL,
    height     integer NOT NULL,
    bytes      integer NOT NULL,
    sha256     text NOT NULL,
    created_at timestamp NOT NULL
);
CREATE INDEX photos_appeal ON photos (appeal_id);

CREATE TABLE events (
    seq        integer PRIMARY KEY AUTOINCREMENT,
    appeal_id  integer NOT NULL REFERENCES appeals (id),
    n          integer NOT NULL,
    at         timestamp NOT NULL,
    actor_kind text NOT NULL,
    actor_id   integer NOT NULL DEFAULT 0,
    agency_id  integer NOT NULL,
    action     text NOT NULL,
    from_stage text NOT NULL,
    to_stage   text NOT NULL,
    reason     text NOT NULL DEFAULT '',
    due_before timestamp,
    due_after  timestamp,
    data       text NOT NULL, -- JSON, byte for byte as hashed
    prev_hash  text NOT NULL,
    hash       text NOT NULL,
    UNIQUE (appeal_id, n)
);

-- +goose StatementBegin
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- What is queried stands in columns; the clock itself is its JSON.
CREATE TABLE deadlines (
    appeal_id integer NOT NULL REFERENCES appeals (id) ON DELETE CASCADE,
    n         integer NOT NULL,
    kind      text NOT NULL,
    agency_id integer NOT NULL,
    due_at    timestamp NOT NULL,
    state     text NOT NULL,
    step      text NOT NULL DEFAULT '', -- the next step to fire
    next_at   timestamp, -- when it fires, NULL when none will
    queued    boolean NOT NULL DEFAULT 0,
    body      text NOT NULL, -- the whole deadline, JSON
    PRIMARY KEY (appeal_id, n)
);
CREATE INDEX deadlines_next ON deadlines (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX deadlines_feed ON deadlines (next_at) WHERE next_at IS NOT NULL AND NOT queued;

CREATE TABLE outbox (
    id         integer PRIMARY KEY AUTOINCREMENT,
    topic      text NOT NULL,
    appeal_id  integer NOT NULL,
    event_n    integer NOT NULL,
    payload    text NOT NULL,
    tries      integer NOT NULL DEFAULT 0,
    ready_at   timestamp NOT NULL,  -- not before; moved ahead while claimed
    last_error text NOT NULL DEFAULT '',
    dead       boolean NOT NULL DEFAULT 0
);
CREATE INDEX outbox_ready ON outbox (ready_at, id) WHERE NOT dead;

CREATE TABLE notices (
    id        integer PRIMARY KEY AUTOINCREMENT,
    user_id   integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    appeal_id integer NOT NULL,
    number    text NOT NULL,
    event_n   integer NOT NULL,
    key       text NOT NULL,
    at        timestamp NOT NULL,
    seen      boolean NOT NULL DEFAULT 0,
    UNIQUE (user_id, appeal_id, event_n)
);
CREATE INDEX notices_unseen ON notices (user_id) WHERE NOT seen;

CREATE TABLE letters (
    id      text PRIMARY KEY, -- Message-ID: a letter leaves once
    sent_at timestamp NOT NULL
);

CREATE TABLE calendars (
    version  text PRIMARY KEY, -- due dates name the version they were computed with
    body     blob NOT NULL,
    saved_at timestamp NOT NULL
);

CREATE TABLE access_log (
    id        integer PRIMARY KEY AUTOINCREMENT,
    at        timestamp NOT NULL,
    user_id   integer NOT NULL,
    appeal_id integer NOT NULL,
    purpose   text NOT NULL
);
CREATE INDEX access_log_appeal ON access_log (appeal_id);

-- The inbox: each tab and filter walks one of these in its order and never
-- sorts the table. Columns after id are there to filter inside the index.

CREATE INDEX appeals_submitted ON appeals (submitted_at DESC, id DESC);
CREATE INDEX appeals_agency ON appeals (agency_id, submitted_at DESC, id DESC);
CREATE INDEX appeals_category ON appeals (category, submitted_at DESC, id DESC, territory_id, agency_id);
CREATE INDEX appeals_rubric ON appeals (rubric, submitted_at DESC, id DESC, territory_id, agency_id);
CREATE INDEX appeals_territory ON appeals (territory_id, submitted_at DESC, id DESC, agency_id);
CREATE INDEX appeals_climbed ON appeals (submitted_at DESC, id DESC) WHERE level >= 3; -- reached the supervisor
CREATE INDEX appeals_executor ON appeals (executor_id, submitted_at DESC, id DESC) WHERE executor_id <> 0;
CREATE INDEX appeals_stage ON appeals (stage, submitted_at DESC, id DESC, territory_id, rubric) WHERE stage <> 'closed';
CREATE INDEX appeals_agency_stage ON appeals (agency_id, stage, submitted_at DESC, id DESC, territory_id, rubric)
    WHERE stage <> 'closed';
CREATE INDEX appeals_due ON appeals (due_sort, id, territory_id, rubric) WHERE due_at IS NOT NULL;
CREATE INDEX appeals_agency_due ON appeals (agency_id, due_sort, id, territory_id, rubric) WHERE due_at IS NOT NULL;
CREATE INDEX appeals_on_sign ON appeals (due_sort, id) WHERE stage = 'on_sign';
CREATE INDEX appeals_agency_on_sign ON appeals (agency_id, due_sort, id) WHERE stage = 'on_sign';
CREATE INDEX appeals_mine ON appeals (executor_id, due_sort, id)
    WHERE executor_id <> 0 AND stage IN ('assigned', 'in_work', 'on_sign', 'planned');

-- The figures.
CREATE INDEX appeals_first_signed ON appeals (first_signed_at) WHERE first_signed_at IS NOT NULL;
CREATE INDEX appeals_answered ON appeals (answered_at) WHERE answered_at IS NOT NULL;

-- +goose Down
DROP TABLE access_log;
DROP TABLE calendars;
DROP TABLE letters;
DROP TABLE notices;
DROP TABLE outbox;
DROP TABLE deadlines;
DROP TABLE events;
DROP TABLE photos;
DROP TABLE drafts;
DROP TABLE answers;
DROP TABLE applicants;
DROP TABLE appeals;
DROP TABLE answer_templates;
DROP TABLE routes;
DROP TABLE rubric_versions;
DROP TABLE api_tokens;
DROP TABLE sessions;
DROP TABLE memberships;
DROP TABLE users;
DROP TABLE agencies;
DROP TABLE territories;
DROP TABLE appeal_ids;
