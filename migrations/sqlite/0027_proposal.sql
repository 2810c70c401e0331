-- +goose Up

-- The phases of a budget vote that begins with proposals. The vote itself has its
-- times in the campaign. Whoever changes a proposal holds this row.
CREATE TABLE campaign_phases (
    campaign_id integer PRIMARY KEY REFERENCES campaigns (id),
    announced   boolean NOT NULL,
    body        text NOT NULL, -- JSON
    version     integer NOT NULL
);

-- Proposals of citizens, and those that officers made of appeals.
CREATE TABLE proposals (
    id           integer PRIMARY KEY AUTOINCREMENT,
    campaign_id  integer NOT NULL REFERENCES campaign_phases (campaign_id),
    state        text NOT NULL,
    words        text NOT NULL, -- what is looked for, in lower case
    agency_id    integer NOT NULL, -- that checks it, 0: none yet
    check_due_at timestamp,
    answer_by    timestamp, -- until when the authors answer to changes
    authors      blob, -- names and addresses, sealed; NULL: made of appeals
    body         text NOT NULL, -- JSON
    merged_into  integer NOT NULL DEFAULT 0,
    interested   integer NOT NULL DEFAULT 0, -- people; no vote
    version      integer NOT NULL,
    created_at   timestamp NOT NULL,
    changed_at   timestamp NOT NULL
);
CREATE INDEX proposals_campaign ON proposals (campaign_id, state);
CREATE INDEX proposals_agency ON proposals (agency_id, check_due_at) WHERE state = 'checking';

-- Whose proposals they are, to hold the limit of a person. The person is a keyed
-- hash, and not that of a voter.
CREATE TABLE proposal_authors (
    proposal_id integer NOT NULL REFERENCES proposals (id),
    n           integer NOT NULL,
    person      blob NOT NULL,
    PRIMARY KEY (proposal_id, n)
);
CREATE INDEX proposal_authors_person ON proposal_authors (person);

-- What happened to a proposal.
CREATE TABLE proposal_notes (
    proposal_id integer NOT NULL REFERENCES proposals (id),
    n           integer NOT NULL,
    at          timestamp NOT NULL,
    user_id     integer NOT NULL, -- 0: an author, or the clock
    action      text NOT NULL,
    from_state  text NOT NULL,
    to_state    text NOT NULL,
    reason      text NOT NULL DEFAULT '',
    body        text NOT NULL DEFAULT '', -- JSON: estimate and the like
    PRIMARY KEY (proposal_id, n)
);

-- Who is interested in a proposal, once each, and who wants to hear of it.
CREATE TABLE proposal_people (
    proposal_id integer NOT NULL REFERENCES proposals (id),
    person      blob NOT NULL,
    contact     blob, -- sealed; NULL: wants no letters
    PRIMARY KEY (proposal_id, person)
);

-- Merges that authors were asked about.
CREATE TABLE proposal_merges (
    id          integer PRIMARY KEY AUTOINCREMENT,
    campaign_id integer NOT NULL REFERENCES campaign_phases (campaign_id),
    state       text NOT NULL, -- asked | done | declined | lapsed | undone
    until_at    timestamp NOT NULL,
    body        text NOT NULL -- JSON
);
CREATE INDEX proposal_merges_campaign ON proposal_merges (campaign_id);

-- The appeals of which a proposal was made.
CREATE TABLE proposal_appeals (
    proposal_id integer NOT NULL REFERENCES proposals (id),
    appeal_id   integer NOT NULL,
    PRIMARY KEY (proposal_id, appeal_id)
);
CREATE INDEX proposal_appeals_appeal ON proposal_appeals (appeal_id);

-- How the projects that won are carried out.
CREATE TABLE project_reports (
    id          integer PRIMARY KEY AUTOINCREMENT,
    campaign_id integer NOT NULL REFERENCES campaigns (id),
    project     text NOT NULL, -- its id in the campaign
    at          timestamp NOT NULL,
    user_id     integer NOT NULL,
    token       text NOT NULL, -- of the form: sent twice it is one report
    body        text NOT NULL -- JSON
);
CREATE UNIQUE INDEX project_reports_token ON project_reports (campaign_id, project, token);

-- +goose Down
DROP TABLE project_reports;
DROP TABLE proposal_appeals;
DROP TABLE proposal_merges;
DROP TABLE proposal_people;
DROP TABLE proposal_notes;
DROP TABLE proposal_authors;
DROP TABLE proposals;
DROP TABLE campaign_phases;
