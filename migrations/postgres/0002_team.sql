-- +goose Up

-- Work done together: the checklist of an appeal with several questions, the
-- opinions of co-executors, and the agencies that passed an appeal on.

ALTER TABLE appeals ADD COLUMN past_agencies text NOT NULL DEFAULT '[]'; -- JSON: agencies that passed it on
ALTER TABLE appeals ADD COLUMN items text NOT NULL DEFAULT '[]'; -- JSON: the checklist
ALTER TABLE appeals ADD COLUMN opinions bigint NOT NULL DEFAULT 0; -- how many rows of opinions there are
ALTER TABLE answers ADD COLUMN items text NOT NULL DEFAULT '[]'; -- JSON: the checklist as it was signed

UPDATE appeals SET past_agencies = coalesce((
    SELECT json_agg(p.agency ORDER BY p.n)::text FROM (
        SELECT (e.data::json ->> 'from_agency')::bigint AS agency, min(e.n) AS n FROM events e
        WHERE e.appeal_id = appeals.id AND e.data LIKE '%"from_agency"%' GROUP BY 1
    ) AS p), '[]') WHERE hops > 0;

-- What is queried stands in columns; the opinion itself is its JSON.
CREATE TABLE opinions (
    appeal_id bigint NOT NULL REFERENCES appeals (id) ON DELETE CASCADE,
    n         bigint NOT NULL,
    user_id   bigint NOT NULL,
    agency_id bigint NOT NULL,
    state     text NOT NULL, -- asked | given | dropped
    due_at    timestamptz NOT NULL,
    body      text NOT NULL, -- the whole opinion, JSON
    PRIMARY KEY (appeal_id, n)
);
CREATE INDEX opinions_asked ON opinions (user_id) WHERE state = 'asked';

-- Two people may edit a template at once.
ALTER TABLE answer_templates ADD COLUMN version bigint NOT NULL DEFAULT 1;

-- +goose Down
ALTER TABLE answer_templates DROP COLUMN version;
DROP TABLE opinions;
ALTER TABLE answers DROP COLUMN items;
ALTER TABLE appeals DROP COLUMN opinions;
ALTER TABLE appeals DROP COLUMN items;
ALTER TABLE appeals DROP COLUMN past_agencies;
