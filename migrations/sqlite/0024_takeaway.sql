-- +goose Up

-- Reports of the week that are made and sent by a schedule.
CREATE TABLE weekly_reports (
    id           integer PRIMARY KEY AUTOINCREMENT,
    agency_id    integer NOT NULL, -- 0: not of one agency
    territory_id integer NOT NULL, -- municipality; 0: not of one
    weekday      integer NOT NULL, -- 1 Monday to 7 Sunday, in the region's zone
    hour         integer NOT NULL,
    lang         text NOT NULL,
    paused       boolean NOT NULL,
    created_by   integer NOT NULL,
    version      integer NOT NULL,
    due_at       timestamp NOT NULL -- of the next one; moved ahead while claimed
);
CREATE INDEX weekly_reports_due ON weekly_reports (due_at) WHERE NOT paused;

-- To whom they go.
CREATE TABLE weekly_recipients (
    report_id integer NOT NULL REFERENCES weekly_reports (id) ON DELETE CASCADE,
    user_id   integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (report_id, user_id)
);

-- What was made, as it was sent: one for each report and week.
CREATE TABLE weekly_issues (
    report_id integer NOT NULL REFERENCES weekly_reports (id) ON DELETE CASCADE,
    day       text NOT NULL, -- first of the seven, 2006-01-02
    made_at   timestamp NOT NULL,
    lead      text NOT NULL, -- the week in a sentence
    body      blob NOT NULL, -- PDF
    PRIMARY KEY (report_id, day)
);

-- Open data: an edition for each month, made once.
CREATE TABLE open_data_editions (
    month    text PRIMARY KEY, -- 2006-01
    made_at  timestamp NOT NULL,
    appeals  integer NOT NULL,
    row_count integer NOT NULL,
    loose    integer NOT NULL -- appeals of which only the number is told
);
CREATE TABLE open_data_files (
    month  text NOT NULL REFERENCES open_data_editions (month) ON DELETE CASCADE,
    name   text NOT NULL,
    size   integer NOT NULL,
    sha256 text NOT NULL, -- hex, of the file as it is downloaded
    body   blob NOT NULL, -- gzip
    PRIMARY KEY (month, name)
);

-- Whether open data is published; one row.
CREATE TABLE open_data_switches (
    id         integer PRIMARY KEY,
    off       boolean NOT NULL,
    changed_by integer NOT NULL,
    changed_at timestamp
);
INSERT INTO open_data_switches (id, off, changed_by) VALUES (1, 0, 0);

-- +goose Down
DROP TABLE open_data_switches;
DROP TABLE open_data_files;
DROP TABLE open_data_editions;
DROP TABLE weekly_issues;
DROP TABLE weekly_recipients;
DROP TABLE weekly_reports;
