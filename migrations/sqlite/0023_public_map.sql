-- +goose Up

-- The heat maps that everybody may see, each as it was drawn once. No two of
-- them share a day.
CREATE TABLE public_maps (
    from_day     integer PRIMARY KEY, -- days since 1970 in the region's zone
    to_day       integer NOT NULL, -- not in it
    published_at timestamp NOT NULL,
    body         text NOT NULL -- JSON
);

-- +goose Down
DROP TABLE public_maps;
