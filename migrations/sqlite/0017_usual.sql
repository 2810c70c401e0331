-- +goose Up

-- How long answers have taken lately: the median of the first signed answers of
-- the last weeks, by topic and agency, counted anew every hour. Only where there
-- are enough of them.
CREATE TABLE usual_times (
    rubric    text NOT NULL,
    agency_id integer NOT NULL, -- 0: all agencies
    days      integer NOT NULL, -- from sending, begun ones count
    answered  integer NOT NULL, -- of how many
    PRIMARY KEY (rubric, agency_id)
);

-- +goose Down
DROP TABLE usual_times;
