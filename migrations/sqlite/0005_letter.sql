-- +goose Up

-- What an official letter says of who signed and who wrote it.
ALTER TABLE users ADD COLUMN position text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN phone text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE users DROP COLUMN phone;
ALTER TABLE users DROP COLUMN position;
