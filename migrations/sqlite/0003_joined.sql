-- +goose Up

-- One problem, many applicants; several questions in one.

ALTER TABLE appeals ADD COLUMN lead_id integer NOT NULL DEFAULT 0; -- worked for this one
ALTER TABLE appeals ADD COLUMN lead_number text NOT NULL DEFAULT '';
ALTER TABLE appeals ADD COLUMN joined_count integer NOT NULL DEFAULT 0; -- joined to this one
ALTER TABLE appeals ADD COLUMN split_from integer NOT NULL DEFAULT 0; -- it was a part of that
CREATE INDEX appeals_lead ON appeals (lead_id, id) WHERE lead_id <> 0;
CREATE INDEX appeals_split ON appeals (split_from, id) WHERE split_from <> 0;

ALTER TABLE answers ADD COLUMN pattern text NOT NULL DEFAULT ''; -- with the places that the signature filled
ALTER TABLE answers ADD COLUMN shared_from integer NOT NULL DEFAULT 0; -- the lead's answer
CREATE UNIQUE INDEX answers_shared_once ON answers (appeal_id, shared_from) WHERE shared_from <> 0;

-- What is joined is nobody's work apart: the tabs of work leave it out.
DROP INDEX appeals_stage;
DROP INDEX appeals_agency_stage;
DROP INDEX appeals_mine;
CREATE INDEX appeals_stage ON appeals (stage, submitted_at DESC, id DESC, territory_id, rubric, lead_id) WHERE stage <> 'closed';
CREATE INDEX appeals_agency_stage ON appeals (agency_id, stage, submitted_at DESC, id DESC, territory_id, rubric, lead_id)
    WHERE stage <> 'closed';
CREATE INDEX appeals_mine ON appeals (executor_id, due_sort, id)
    WHERE executor_id <> 0 AND stage IN ('assigned', 'in_work', 'on_sign', 'planned') AND lead_id = 0;

-- +goose Down
DROP INDEX appeals_stage;
DROP INDEX appeals_agency_stage;
DROP INDEX appeals_mine;
DROP INDEX appeals_lead;
DROP INDEX appeals_split;
DROP INDEX answers_shared_once;
ALTER TABLE appeals DROP COLUMN lead_id;
ALTER TABLE appeals DROP COLUMN lead_number;
ALTER TABLE appeals DROP COLUMN joined_count;
ALTER TABLE appeals DROP COLUMN split_from;
ALTER TABLE answers DROP COLUMN pattern;
ALTER TABLE answers DROP COLUMN shared_from;
CREATE INDEX appeals_stage ON appeals (stage, submitted_at DESC, id DESC, territory_id, rubric) WHERE stage <> 'closed';
CREATE INDEX appeals_agency_stage ON appeals (agency_id, stage, submitted_at DESC, id DESC, territory_id, rubric)
    WHERE stage <> 'closed';
CREATE INDEX appeals_mine ON appeals (executor_id, due_sort, id)
    WHERE executor_id <> 0 AND stage IN ('assigned', 'in_work', 'on_sign', 'planned');
