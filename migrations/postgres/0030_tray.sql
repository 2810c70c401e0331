-- +goose Up

-- Cells that differ by their topic alone are kept together: a page that lists
-- topics or stages reads one row a day, not one for each. The sums are made anew
-- from the appeals at the next start.
DROP TABLE kpi_cells;
CREATE TABLE kpi_trays (
    cube         bigint NOT NULL, -- what it tells apart; the rest is 0
    grain        bigint NOT NULL, -- 1 a day, 2 a month
    day          bigint NOT NULL, -- days since 1970 in the region's zone; the first of a month
    agency_id    bigint NOT NULL,
    territory_id bigint NOT NULL,
    person_id    bigint NOT NULL,
    body         bytea NOT NULL, -- by topic: numbers by measure, and hours
    PRIMARY KEY (cube, grain, day, agency_id, territory_id, person_id)
);
CREATE INDEX kpi_trays_agency ON kpi_trays (cube, grain, agency_id, day);
CREATE INDEX kpi_trays_territory ON kpi_trays (cube, grain, territory_id, day);
UPDATE kpi_state SET ready = false, rules = 0;

-- +goose Down
DROP TABLE kpi_trays;
CREATE TABLE kpi_cells (
    cube         bigint NOT NULL,
    grain        bigint NOT NULL,
    day          bigint NOT NULL,
    agency_id    bigint NOT NULL,
    territory_id bigint NOT NULL,
    person_id    bigint NOT NULL,
    topic        text NOT NULL,
    body         bytea NOT NULL,
    PRIMARY KEY (cube, grain, day, agency_id, territory_id, person_id, topic)
);
CREATE INDEX kpi_cells_agency ON kpi_cells (cube, grain, agency_id, day);
CREATE INDEX kpi_cells_territory ON kpi_cells (cube, grain, territory_id, day);
UPDATE kpi_state SET ready = false, rules = 0;
