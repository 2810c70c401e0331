-- +goose Up

-- The language of letters to a user: '' until they sign in for the first time
-- or choose one.
ALTER TABLE users ADD COLUMN lang text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE users DROP COLUMN lang;
