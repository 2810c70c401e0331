-- +goose Up

-- The log of who read whose data becomes the journal of those who work: a chain
-- of lines, to which changes of people's rights belong too.
ALTER TABLE access_log RENAME TO journal;
ALTER TABLE journal RENAME COLUMN user_id TO by_id;
ALTER TABLE journal RENAME COLUMN purpose TO detail;
ALTER TABLE journal ADD COLUMN kind text NOT NULL DEFAULT 'read';
ALTER TABLE journal ADD COLUMN subject_id integer NOT NULL DEFAULT 0;
ALTER TABLE journal ADD COLUMN prev_hash text NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN hash text NOT NULL DEFAULT ''; -- '' before the chain began
CREATE INDEX journal_by ON journal (by_id, id);

-- +goose StatementBegin
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER journal_no_update;
DROP TRIGGER journal_no_delete;
DROP INDEX journal_by;
ALTER TABLE journal DROP COLUMN kind;
ALTER TABLE journal DROP COLUMN subject_id;
ALTER TABLE journal DROP COLUMN prev_hash;
ALTER TABLE journal DROP COLUMN hash;
ALTER TABLE journal RENAME COLUMN by_id TO user_id;
ALTER TABLE journal RENAME COLUMN detail TO purpose;
ALTER TABLE journal RENAME TO access_log;
