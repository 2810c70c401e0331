-- +goose Up

-- A route may be for one answer of a choice question alone.
ALTER TABLE routes
    ADD COLUMN question text NOT NULL DEFAULT '', -- code, '' where no condition is set
    ADD COLUMN answer text NOT NULL DEFAULT '', -- code of the option that it is for
    DROP CONSTRAINT routes_pkey,
    ADD PRIMARY KEY (rubric, territory_id, question, answer);

-- +goose Down
DELETE FROM routes WHERE question <> '';
ALTER TABLE routes
    DROP CONSTRAINT routes_pkey,
    DROP COLUMN question,
    DROP COLUMN answer,
    ADD PRIMARY KEY (rubric, territory_id);
