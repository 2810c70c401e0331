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

-- +goose Down
DROP TABLE kpi_state;
DROP TABLE kpi_portions;
DROP TABLE kpi_cells;
