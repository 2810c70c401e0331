-- +goose Up

-- The log of who read whose data becomes the journal of those who work: a chain
-- of lines, to which changes of people's rights belong too.
ALTER TABLE access_log RENAME TO journal;
ALTER TABLE journal RENAME COLUMN user_id TO by_id;
ALTER TABLE journal RENAME COLUMN purpose TO detail;
ALTER TABLE journal ADD COLUMN kind text NOT NULL DEFAULT 'read';
ALTER TABLE journal ADD COLUMN subject_id bigint NOT NULL DEFAULT 0;
ALTER TABLE journal ADD COLUMN prev_hash text NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN hash text NOT NULL DEFAULT ''; -- '' before the chain began
CREATE INDEX journal_by ON journal (by_id, id);

-- +goose StatementBegin
CREATE FUNCTION journal_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_is_immutable();

-- +goose Down
DROP TRIGGER journal_no_change ON journal;
DROP FUNCTION journal_is_immutable;
DROP INDEX journal_by;
ALTER TABLE journal DROP COLUMN kind, DROP COLUMN subject_id, DROP COLUMN prev_hash, DROP COLUMN hash;
ALTER TABLE journal RENAME COLUMN by_id TO user_id;
ALTER TABLE journal RENAME COLUMN detail TO purpose;
ALTER TABLE journal RENAME TO access_log;
