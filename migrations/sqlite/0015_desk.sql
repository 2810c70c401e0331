-- +goose Up

-- A keyed hash of the phone of an applicant, by which those who take calls find
-- the caller's appeals: NULL where it wasn't made yet, empty where there is no
-- phone. It tells nothing without the key, which is not in the database.
ALTER TABLE applicants ADD COLUMN phone_mark blob;
CREATE INDEX applicants_phone ON applicants (phone_mark) WHERE phone_mark IS NOT NULL AND phone_mark <> x'';
CREATE INDEX applicants_unmarked ON applicants (appeal_id) WHERE phone_mark IS NULL;

-- Who writes the form for somebody else, 0: the citizen.
ALTER TABLE drafts ADD COLUMN officer_id integer NOT NULL DEFAULT 0;
CREATE INDEX drafts_officer ON drafts (officer_id, updated_at) WHERE officer_id <> 0;

-- +goose Down
DROP INDEX drafts_officer;
ALTER TABLE drafts DROP COLUMN officer_id;
DROP INDEX applicants_unmarked;
DROP INDEX applicants_phone;
ALTER TABLE applicants DROP COLUMN phone_mark;
