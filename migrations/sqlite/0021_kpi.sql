-- +goose Up

-- The sums from which figures come, behind the event log. All of it can be made
-- again from the appeals.
CREATE TABLE kpi_cells (
    cube         integer NOT NULL, -- what it tells apart; the rest is 0 or ''
    grain        integer NOT NULL, -- 1 a day, 2 a month
    day          integer NOT NULL, -- days since 1970 in the region's zone; the first of a month
    agency_id    integer NOT NULL,
    territory_id integer NOT NULL,
    person_id    integer NOT NULL,
    topic        text NOT NULL,
    body         blob NOT NULL, -- numbers by measure, and hours
    PRIMARY KEY (cube, grain, day, agency_id, territory_id, person_id, topic)
) WITHOUT ROWID;
CREATE INDEX kpi_cells_agency ON kpi_cells (cube, grain, agency_id, day);
CREATE INDEX kpi_cells_territory ON kpi_cells (cube, grain, territory_id, day);

CREATE TABLE kpi_portions (
    appeal_id integer PRIMARY KEY,
    body      blob NOT NULL -- what the appeal has put into the cells
);

CREATE TABLE kpi_state (
    id            integer PRIMARY KEY,
    zone          text NOT NULL, -- whose days the cells are of
    rules         integer NOT NULL, -- version of what a portion says
    position      text NOT NULL, -- in the event log
    ready         boolean NOT NULL,
    claimed_by    text NOT NULL, -- who fills them anew
    claimed_until timestamp
);
INSERT INTO kpi_state (id, zone, rules, position, ready, claimed_by) VALUES (1, '', 0, '', 0, '');

-- Who gets a report of the week, about what.
CREATE TABLE report_orders (
    id           integer PRIMARY KEY AUTOINCREMENT,
    user_id      integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    agency_id    integer NOT NULL, -- 0: the region
    territory_id integer NOT NULL, -- 0: everywhere
    weekday      integer NOT NULL, -- 1 Monday … 7 Sunday
    created_by   integer NOT NULL,
    created_at   timestamp NOT NULL,
    UNIQUE (user_id, agency_id, territory_id)
);

CREATE TABLE report_files (
    id           integer PRIMARY KEY AUTOINCREMENT,
    order_id     integer NOT NULL REFERENCES report_orders (id) ON DELETE CASCADE,
    user_id      integer NOT NULL,
    agency_id    integer NOT NULL,
    territory_id integer NOT NULL,
    week         text NOT NULL, -- its Monday, YYYY-MM-DD
    made_at      timestamp NOT NULL,
    body         blob NOT NULL, -- PDF
    UNIQUE (order_id, week)
);
CREATE INDEX report_files_user ON report_files (user_id, made_at DESC);

-- What anybody may take: the latest export, whole.
CREATE TABLE open_data (
    name    text PRIMARY KEY,
    made_at timestamp NOT NULL,
    count   integer NOT NULL, -- of rows
    body    blob NOT NULL -- gzip
);

-- +goose Down
DROP TABLE open_data;
DROP TABLE report_files;
DROP TABLE report_orders;
DROP TABLE kpi_state;
DROP TABLE kpi_portions;
DROP TABLE kpi_cells;
