package store

import (
	"encoding/json"
	"fmt"

	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

type appealRow struct {
	ID             int64 `gorm:"primaryKey;autoIncrement:false"`
	Number         string
	RuleSet        string
	ReviewOrder    string
	Stage          string
	Round          int
	RubricVersion  int64
	Rubric         string
	Category       string
	ReviewN        int
	ReviewUnit     string
	TerritoryID    int64
	Lat            *float64
	Lon            *float64
	Address        string
	AgencyID       int64
	AgainstAgency  int64
	ExecutorID     int64
	Body           string
	Replies        string
	Photos         int
	Source         string
	SourceAgency   int64
	IdempotencyKey *string
	DraftHash      *string
	SubmittedAt    instant
	RegisteredAt   instant
	DueAt          instant
	FirstSignedAt  instant
	AnsweredAt     instant
	ClosedAt       instant
	Outcome        string
	Rating         int
	Formal         bool
	Refuted        bool
	Late           bool
	Hops           int
	Extended       bool
	AskedDays      int
	Interims       int
	PromisedOn     instant
	Lapsed         bool
	Level          int
	LeadID         int64
	LeadNumber     string
	JoinedCount    int
	SplitFrom      int64
	SameAs         int64
	EventCount     int
	LastHash       string
	Version        int
	PastAgencies   string
	Items          string
	Opinions       int // rows of opinions: most appeals have none to read
	Retopics       int
}

func (appealRow) TableName() string { return "appeals" }

var appealTable = newTable[appealRow]()

func newAppealRow(a *workflow.Appeal) (*appealRow, error) {
	replies, err := packList(a.Replies)
	if err != nil {
		return nil, fmt.Errorf("replies of appeal %d: %w", a.ID, err)
	}
	past, err := packList(a.Past)
	if err != nil {
		return nil, fmt.Errorf("past agencies of appeal %d: %w", a.ID, err)
	}
	items, err := packList(a.Items)
	if err != nil {
		return nil, fmt.Errorf("items of appeal %d: %w", a.ID, err)
	}
	r := &appealRow{
		ID: a.ID, Number: a.Number, RuleSet: string(a.RuleSet), ReviewOrder: string(a.Order), Stage: string(a.Stage),
		Round: a.Round, RubricVersion: a.RubricVersion, Rubric: a.Rubric, Category: a.Category,
		ReviewN: a.Review.N, ReviewUnit: string(a.Review.Unit),
		TerritoryID: a.Place.Territory, Address: a.Place.Address, AgencyID: a.Agency, AgainstAgency: a.Against,
		ExecutorID: a.Executor, Body: a.Text, Replies: replies, Source: string(a.Source), SourceAgency: a.SourceAgency,
		SubmittedAt: instant(a.SubmittedAt), RegisteredAt: instant(a.RegisteredAt), DueAt: instant(a.DueAt),
		FirstSignedAt: instant(a.FirstSigned), AnsweredAt: instant(a.AnsweredAt), ClosedAt: instant(a.ClosedAt),
		Outcome: string(a.Outcome), Rating: a.Rating, Formal: a.Formal, Refuted: a.Refuted, Late: a.Late, Hops: a.Hops,
		Extended: a.Extended, AskedDays: a.Asked, Interims: a.Interims, PromisedOn: instant(a.PromisedOn),
		Lapsed: a.Lapsed, Level: a.Level, LeadID: a.Lead, LeadNumber: a.LeadNumber, JoinedCount: a.Joined,
		SplitFrom: a.SplitFrom, SameAs: a.SameAs, EventCount: a.Events, LastHash: a.Hash, Version: a.Version,
		PastAgencies: past, Items: items, Opinions: len(a.Opinions), Retopics: a.Retopics,
	}
	if p := a.Place.Point; p != nil {
		r.Lat, r.Lon = &p.Lat, &p.Lon
	}
	return r, nil
}

func (r *appealRow) appeal() (workflow.Appeal, error) {
	a := workflow.Appeal{
		ID: r.ID, Number: r.Number, RuleSet: workflow.RuleSet(r.RuleSet), Order: workflow.Order(r.ReviewOrder),
		Stage: workflow.Stage(r.Stage), Round: r.Round, RubricVersion: r.RubricVersion, Rubric: r.Rubric,
		Category: r.Category, Review: calendar.Amount{N: r.ReviewN, Unit: calendar.Unit(r.ReviewUnit)},
		Place: workflow.Place{Territory: r.TerritoryID, Address: r.Address}, Agency: r.AgencyID, Against: r.AgainstAgency,
		Executor: r.ExecutorID, Text: r.Body, Source: workflow.Source(r.Source), SourceAgency: r.SourceAgency,
		SubmittedAt: r.SubmittedAt.time(), RegisteredAt: r.RegisteredAt.time(), DueAt: r.DueAt.time(),
		FirstSigned: r.FirstSignedAt.time(), AnsweredAt: r.AnsweredAt.time(), ClosedAt: r.ClosedAt.time(),
		Outcome: workflow.Outcome(r.Outcome), Rating: r.Rating, Formal: r.Formal, Refuted: r.Refuted, Late: r.Late, Hops: r.Hops,
		Extended: r.Extended, Asked: r.AskedDays, Interims: r.Interims, PromisedOn: r.PromisedOn.time(),
		Lapsed: r.Lapsed, Level: r.Level, Lead: r.LeadID, LeadNumber: r.LeadNumber, Joined: r.JoinedCount,
		SplitFrom: r.SplitFrom, SameAs: r.SameAs, Events: r.EventCount, Hash: r.LastHash, Version: r.Version, Retopics: r.Retopics,
	}
	if r.Lat != nil && r.Lon != nil {
		a.Place.Point = &workflow.Point{Lat: *r.Lat, Lon: *r.Lon}
	}
	if err := unpackList(r.Replies, &a.Replies); err != nil {
		return a, fmt.Errorf("replies of appeal %d: %w", r.ID, err)
	}
	if err := unpackList(r.PastAgencies, &a.Past); err != nil {
		return a, fmt.Errorf("past agencies of appeal %d: %w", r.ID, err)
	}
	if err := unpackList(r.Items, &a.Items); err != nil {
		return a, fmt.Errorf("items of appeal %d: %w", r.ID, err)
	}
	return a, nil
}

// packList is a list as a column keeps it; most are empty.
func packList[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	data, err := json.Marshal(list)
	return string(data), err
}

func unpackList[T any](column string, into *[]T) error {
	if column == "[]" {
		return nil
	}
	return json.Unmarshal([]byte(column), into)
}

type applicantRow struct {
	AppealID  int64 `gorm:"primaryKey;autoIncrement:false"`
	Sealed    []byte
	PhoneMark []byte // nil: not made yet; empty: no phone
}

func (applicantRow) TableName() string { return "applicants" }

var applicantTable = newTable[applicantRow]()

func applicantName(appeal int64) string { return fmt.Sprintf("applicant:%d", appeal) }

type deadlineRow struct {
	AppealID int64 `gorm:"primaryKey;autoIncrement:false"`
	N        int   `gorm:"primaryKey;autoIncrement:false"`
	Kind     string
	AgencyID int64
	DueAt    instant
	State    string
	Step     string
	NextAt   instant
	Queued   bool
	Body     string
}

func (deadlineRow) TableName() string { return "deadlines" }

var deadlineTable = newTable[deadlineRow]()

func newDeadlineRow(appeal int64, d deadline.Deadline) (*deadlineRow, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("deadline %d of appeal %d: %w", d.N, appeal, err)
	}
	return &deadlineRow{
		AppealID: appeal, N: d.N, Kind: string(d.Kind), AgencyID: d.AgencyID, DueAt: instant(d.DueAt),
		State: string(d.State), Step: string(d.Step), NextAt: instant(d.NextAt), Body: string(body),
	}, nil
}

func newDeadlineRows(a *workflow.Appeal) ([]*deadlineRow, error) {
	out := make([]*deadlineRow, len(a.Deadline))
	for i, d := range a.Deadline {
		row, err := newDeadlineRow(a.ID, d)
		if err != nil {
			return nil, err
		}
		out[i] = row
	}
	return out, nil
}

func (r *deadlineRow) deadline() (deadline.Deadline, error) {
	var d deadline.Deadline
	if err := json.Unmarshal([]byte(r.Body), &d); err != nil {
		return d, fmt.Errorf("deadline %d of appeal %d: %w", r.N, r.AppealID, err)
	}
	return d, nil
}

// contradicts names the first column of the row that is not as in the clock
// itself, "" where all are.
func (r *deadlineRow) contradicts(d deadline.Deadline) string {
	for _, c := range []struct {
		column      string
		has, should any
		same        bool
	}{
		{"n", r.N, d.N, r.N == d.N},
		{"kind", r.Kind, d.Kind, r.Kind == string(d.Kind)},
		{"agency_id", r.AgencyID, d.AgencyID, r.AgencyID == d.AgencyID},
		{"due_at", r.DueAt.time(), d.DueAt, r.DueAt.time().Equal(d.DueAt)},
		{"state", r.State, d.State, r.State == string(d.State)},
		{"step", r.Step, d.Step, r.Step == string(d.Step)},
		{"next_at", r.NextAt.time(), d.NextAt, r.NextAt.time().Equal(d.NextAt)},
	} {
		if !c.same {
			return fmt.Sprintf("clock %d (%s): its column %s is %v, the clock itself has %v", d.N, d.Kind, c.column, c.has, c.should)
		}
	}
	return ""
}
