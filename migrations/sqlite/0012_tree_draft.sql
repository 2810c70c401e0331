-- +goose Up

-- A proposed next version of the tree and the routes together. One at a time is
-- open; those that were published or discarded stay.
CREATE TABLE tree_drafts (
    id         integer PRIMARY KEY AUTOINCREMENT,
    state      text NOT NULL, -- open | published | discarded
    active     boolean NOT NULL, -- by state: open
    base       integer NOT NULL, -- version of the tree it began from, 0: none
    base_rules text NOT NULL, -- hash of the routes it began from
    tree       text NOT NULL, -- JSON
    rules      text NOT NULL, -- JSON
    note       text NOT NULL DEFAULT '',
    created_by integer NOT NULL,
    changed_by integer NOT NULL,
    created_at timestamp NOT NULL,
    changed_at timestamp NOT NULL,
    version    integer NOT NULL
);
CREATE UNIQUE INDEX tree_drafts_one ON tree_drafts (active) WHERE active;

ALTER TABLE rubric_versions ADD COLUMN rules text NOT NULL DEFAULT ''; -- JSON as of publishing, '' unknown
ALTER TABLE rubric_versions ADD COLUMN published_by integer NOT NULL DEFAULT 0; -- user, 0: an import

-- +goose Down
ALTER TABLE rubric_versions DROP COLUMN rules;
ALTER TABLE rubric_versions DROP COLUMN published_by;
DROP TABLE tree_drafts;
