-- +goose Up

-- Templates are edited in the console: who changed one last, and whether it is
-- still offered.
ALTER TABLE answer_templates ADD COLUMN retired_at timestamp;
ALTER TABLE answer_templates ADD COLUMN changed_at timestamp;
ALTER TABLE answer_templates ADD COLUMN changed_by integer NOT NULL DEFAULT 0;

-- A line of the journal about a list that was taken away says how long it was.
ALTER TABLE journal ADD COLUMN row_count integer NOT NULL DEFAULT 0;
CREATE INDEX journal_kind ON journal (kind, id);

-- +goose Down
DROP INDEX journal_kind;
ALTER TABLE journal DROP COLUMN row_count;
ALTER TABLE answer_templates DROP COLUMN retired_at;
ALTER TABLE answer_templates DROP COLUMN changed_at;
ALTER TABLE answer_templates DROP COLUMN changed_by;
