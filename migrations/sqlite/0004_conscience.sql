-- +goose Up

-- What spoke against an answer when it was signed, and why it was signed.
ALTER TABLE answers ADD COLUMN flags text NOT NULL DEFAULT ''; -- codes with commas between
ALTER TABLE answers ADD COLUMN reason text NOT NULL DEFAULT '';
ALTER TABLE appeals ADD COLUMN formal boolean NOT NULL DEFAULT false; -- of the latest final answer

-- By which signed answers that read alike are found: see conscience.Marks.
CREATE TABLE answer_marks (
    agency_id integer NOT NULL,
    mark      integer NOT NULL,
    answer_id integer NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
    PRIMARY KEY (agency_id, mark, answer_id)
) WITHOUT ROWID;
CREATE INDEX answer_marks_answer ON answer_marks (answer_id);

-- What remains of the file of a picture. The place where it was taken is not
-- kept, only how far that is from the place of the appeal.
ALTER TABLE photos ADD COLUMN sent_sha256 text NOT NULL DEFAULT ''; -- of the file that was sent
ALTER TABLE photos ADD COLUMN look integer NOT NULL DEFAULT 0;      -- perceptual hash, 0: nothing to see
ALTER TABLE photos ADD COLUMN taken_at timestamp;
ALTER TABLE photos ADD COLUMN away_m integer;
CREATE INDEX photos_sha256 ON photos (sha256);
CREATE INDEX photos_sent ON photos (sent_sha256) WHERE sent_sha256 <> '';
-- Looks that differ in at most 7 of 64 bits have a quarter that differs in one
-- at most: it is found by 17 values.
CREATE INDEX photos_band0 ON photos ((look & 65535)) WHERE look <> 0;
CREATE INDEX photos_band1 ON photos (((look >> 16) & 65535)) WHERE look <> 0;
CREATE INDEX photos_band2 ON photos (((look >> 32) & 65535)) WHERE look <> 0;
CREATE INDEX photos_band3 ON photos (((look >> 48) & 65535)) WHERE look <> 0;

-- +goose Down
DROP INDEX photos_band3;
DROP INDEX photos_band2;
DROP INDEX photos_band1;
DROP INDEX photos_band0;
DROP INDEX photos_sent;
DROP INDEX photos_sha256;
ALTER TABLE photos DROP COLUMN away_m;
ALTER TABLE photos DROP COLUMN taken_at;
ALTER TABLE photos DROP COLUMN look;
ALTER TABLE photos DROP COLUMN sent_sha256;
DROP TABLE answer_marks;
ALTER TABLE appeals DROP COLUMN formal;
ALTER TABLE answers DROP COLUMN reason;
ALTER TABLE answers DROP COLUMN flags;
