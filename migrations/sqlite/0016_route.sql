-- +goose Up

-- A route may be for one answer of a choice question alone.
ALTER TABLE routes RENAME TO routes_before;
CREATE TABLE routes (
    rubric       text NOT NULL, -- code of a node, '*' for all
    territory_id integer NOT NULL, -- 0 for all
    question     text NOT NULL DEFAULT '', -- code, '' where no condition is set
    answer       text NOT NULL DEFAULT '', -- code of the option that it is for
    agency_id    integer NOT NULL REFERENCES agencies (id),
    PRIMARY KEY (rubric, territory_id, question, answer)
);
INSERT INTO routes (rubric, territory_id, agency_id) SELECT rubric, territory_id, agency_id FROM routes_before;
DROP TABLE routes_before;

-- +goose Down
CREATE TABLE routes_before (
    rubric       text NOT NULL,
    territory_id integer NOT NULL,
    agency_id    integer NOT NULL REFERENCES agencies (id),
    PRIMARY KEY (rubric, territory_id)
);
INSERT INTO routes_before SELECT rubric, territory_id, agency_id FROM routes WHERE question = '';
DROP TABLE routes;
ALTER TABLE routes_before RENAME TO routes;
