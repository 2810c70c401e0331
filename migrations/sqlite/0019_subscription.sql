-- +goose Up

-- Who wants to hear of what newly matches a saved search, and how.
CREATE TABLE subscriptions (
    id      integer PRIMARY KEY AUTOINCREMENT,
    user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    view_id integer NOT NULL REFERENCES views (id) ON DELETE CASCADE,
    rhythm  text NOT NULL,    -- at_once, daily; '': no letters
    feed    blob,            -- hash of the secret in the feed's address; NULL: there is no feed
    primed  boolean NOT NULL, -- what matched when it began is known
    due_at  timestamp NOT NULL, -- of the next look; moved ahead while claimed
    UNIQUE (user_id, view_id)
);
CREATE UNIQUE INDEX subscriptions_feed ON subscriptions (feed) WHERE feed IS NOT NULL;
CREATE INDEX subscriptions_due ON subscriptions (due_at) WHERE rhythm <> '';

-- What the subscriber has been told of, or knew from the beginning.
CREATE TABLE subscription_hits (
    subscription_id integer NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    appeal_id       integer NOT NULL,
    PRIMARY KEY (subscription_id, appeal_id)
);

-- +goose Down
DROP TABLE subscription_hits;
DROP TABLE subscriptions;
