-- +goose Up

-- Streets of a place with their houses, and objects that people go by. Houses
-- are lines of the street's row: number, and where it is known a tab, latitude,
-- a tab, longitude, as differences from the street's in 0.00001 degrees. They
-- are looked up in memory; see docs/adr/0021-addresses.md.
CREATE TABLE streets (
    id           integer PRIMARY KEY AUTOINCREMENT,
    territory_id integer NOT NULL REFERENCES territories (id),
    settlement   text NOT NULL DEFAULT '',
    kind         text NOT NULL DEFAULT '',
    name         text NOT NULL DEFAULT '',
    lat          real NOT NULL DEFAULT 0,
    lon          real NOT NULL DEFAULT 0,
    houses       text NOT NULL DEFAULT '',
    UNIQUE (territory_id, settlement, kind, name)
);

CREATE TABLE landmarks (
    id           integer PRIMARY KEY AUTOINCREMENT,
    territory_id integer NOT NULL REFERENCES territories (id),
    settlement   text NOT NULL DEFAULT '',
    kind         text NOT NULL,
    name         text NOT NULL,
    lat          real NOT NULL DEFAULT 0,
    lon          real NOT NULL DEFAULT 0
);
CREATE INDEX landmarks_territory ON landmarks (territory_id);

-- What was loaded and when. The last one tells nodes that they must read anew.
CREATE TABLE address_loads (
    id        integer PRIMARY KEY AUTOINCREMENT,
    kind      text NOT NULL, -- streets | landmarks
    file      text NOT NULL,
    count     integer NOT NULL,
    loaded_at timestamp NOT NULL
);

-- +goose Down
DROP TABLE address_loads;
DROP TABLE landmarks;
DROP TABLE streets;
