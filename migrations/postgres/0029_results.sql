-- +goose Up

-- Answers in own words that the organiser took from the page of results, with the
-- reasons, as JSON.
ALTER TABLE campaigns ADD COLUMN hidden text NOT NULL DEFAULT '';

-- How a budget vote came out, step by step, and what other rules would have given:
-- worked out once from the ballots, and kept.
CREATE TABLE campaign_stories (
    campaign_id bigint PRIMARY KEY REFERENCES campaigns (id),
    story       text NOT NULL -- JSON
);

-- +goose Down
DROP TABLE campaign_stories;
ALTER TABLE campaigns DROP COLUMN hidden;
