-- +goose Up

-- What the open draft was before each of its last changes, to take them back.
-- They go when the draft is published or discarded.
CREATE TABLE tree_steps (
    draft_id   bigint NOT NULL REFERENCES tree_drafts (id),
    version    bigint NOT NULL, -- of the draft as it was
    base       bigint NOT NULL,
    base_rules text NOT NULL,
    tree       text NOT NULL, -- JSON
    rules      text NOT NULL, -- JSON
    PRIMARY KEY (draft_id, version)
);

-- +goose Down
DROP TABLE tree_steps;
