// Package report owns the figures that a supervisor watches: which KPIs there
// are and by which formula each is computed from counts.
package report

import (
	"context"
	"time"
)

// Period is [From, To) in UTC.
type Period struct {
	From, To time.Time
	// Past is with what it is compared; zero: the period of the same length just
	// before.
	PastFrom, PastTo time.Time
}

// Before returns the period with which it is compared.
func (p Period) Before() Period {
	if !p.PastFrom.IsZero() {
		return Period{From: p.PastFrom, To: p.PastTo}
	}
	return Period{From: p.From.Add(-p.To.Sub(p.From)), To: p.From}
}

// Filter narrows the figures. Zero filters don't filter; unless Region is set
// only the agencies listed count.
type Filter struct {
	Region    bool
	Agencies  []int64
	Territory []int64
	Agency    int64
	Executor  int64 // who has it, or answered it
	Category  string
	Address   string // as it was typed, up to the house
}

// Counts are the sums from which every KPI is computed. Each says which
// appeals it counts; «in the period» means that the named instant lies in it.
type Counts struct {
	Submitted   int       // submitted in the period
	Accepted    int       // of Submitted: not rejected and not withdrawn
	FastTrack   int       // of Accepted: on a fast-track leaf
	Rejected    int       // of Submitted: rejected
	Closed      int       // first final answer signed in the period
	ClosedLate  int       // of Closed: after its due date
	OpenDue     int       // no final answer yet, due in the period
	OpenPastDue int       // of OpenDue: past due now
	Answered    int       // answered (final) in the period
	Formal      int       // of Answered: signed against a flag of formality
	Hours       Histogram // of Closed: from registration to the first final answer
	FirstRight  int       // of Closed: answered by the agency to which it was routed first
	Rated       int
	RatingSum   int
	Top2        int // ratings 4–5
	ReReviewed  int // of Answered: sent back
	Solved      int // of Answered: outcome solved
	Refuted     int // of Solved: «not fixed»
	HopsSum     int // of Submitted: redirects
	TwoHops     int // of Submitted: at least two redirects
	Joined      int // of Submitted: joined to a lead, and so no problem of their own
	Parts       int // of Submitted: split from another, and so no applicant of their own
	Extended    int // of Closed: extended
	Population  int // of the territories counted
	OpenNow     int // open at the end of the period
}

// Add adds the counts of other appeals.
func (c *Counts) Add(o Counts) {
	for _, pair := range []struct {
		into *int
		n    int
	}{
		{&c.Submitted, o.Submitted},
		{&c.Accepted, o.Accepted},
		{&c.FastTrack, o.FastTrack},
		{&c.Rejected, o.Rejected},
		{&c.Closed, o.Closed},
		{&c.ClosedLate, o.ClosedLate},
		{&c.OpenDue, o.OpenDue},
		{&c.OpenPastDue, o.OpenPastDue},
		{&c.Answered, o.Answered},
		{&c.Formal, o.Formal},
		{&c.FirstRight, o.FirstRight},
		{&c.Rated, o.Rated},
		{&c.RatingSum, o.RatingSum},
		{&c.Top2, o.Top2},
		{&c.ReReviewed, o.ReReviewed},
		{&c.Solved, o.Solved},
		{&c.Refuted, o.Refuted},
		{&c.HopsSum, o.HopsSum},
		{&c.TwoHops, o.TwoHops},
		{&c.Joined, o.Joined},
		{&c.Parts, o.Parts},
		{&c.Extended, o.Extended},
		{&c.Population, o.Population},
		{&c.OpenNow, o.OpenNow},
	} {
		*pair.into += pair.n
	}
	c.Hours.Merge(o.Hours, 1)
}

// Group says of what each line of counts is.
type Group int

// The groups.
const (
	GroupNone Group = iota
	GroupAgency
	GroupTerritory
	GroupPerson
)

// AgencyLine is one row of the table of agencies.
type AgencyLine struct {
	Agency int64
	Counts Counts
}

// TopicLine is one row of the top topics.
type TopicLine struct {
	Rubric string
	Count  int
	Before int // in the period before
	Open   int
	Late   int
}

// DayLine is one point of the flow: submitted and answered on a day.
type DayLine struct {
	Day                 string // YYYY-MM-DD in the region's zone
	Submitted, Answered int
}

// Plain counts from the appeals as they are, by walking those of the period: as
// long as there are many.
type Plain interface {
	// CountsBy are the counts of each id of the group; GroupNone has one, 0.
	CountsBy(ctx context.Context, p Period, f Filter, now time.Time, by Group) (map[int64]*Counts, error)
	Topics(ctx context.Context, p Period, f Filter, now time.Time, limit int) ([]TopicLine, error)
	Days(ctx context.Context, p Period, f Filter, zone *time.Location) ([]DayLine, error)
	// Population sums the people of the territories of the filter, or of all
	// municipalities.
	Population(ctx context.Context, f Filter) (int, error)
	// PastDue counts, by the group, the appeals that await their first answer
	// and whose due date lies in the period.
	PastDue(ctx context.Context, p Period, f Filter, by Group) (map[int64]int, error)
	// LateTopics counts by topic the appeals submitted in the period that await
	// their first answer, which was due in another.
	LateTopics(ctx context.Context, p Period, f Filter, due Period) (map[string]int, error)
}

// CellQuery asks for cells of a cube. Nil and zero filters don't filter.
type CellQuery struct {
	Cube      Cube
	Spans     []Span
	Agencies  []int64
	Territory []int64
	Person    int64
	Topic     string
}

// State is how far the sums have come.
type State struct {
	Zone     string
	Rules    int
	Position string // in the event log
	Ready    bool   // the cells are whole
}

// Cells keeps sums, and portions by appeal.
type Cells interface {
	// KPIState tells how far the sums have come; the zero State: they were never
	// made.
	KPIState(ctx context.Context) (State, error)
	// EachCell calls fn with each cell of the query and the number of the span to
	// which it belongs. The sums are fn's to keep.
	EachCell(ctx context.Context, q CellQuery, fn func(span int, k Key, s *Sums) error) error
}

// PlaceLine is an address that appeals of one category came from again.
type PlaceLine struct {
	Territory int64
	Address   string
	Category  string
	Count     int
	Open      int // of them: without a first answer
}

// Store reads the counts.
type Store interface {
	Plain
	// Again lists the addresses with at least two appeals of a category in the
	// period, the most frequent first. An address has a number: a settlement or
	// a street as a whole is none.
	Again(ctx context.Context, p Period, f Filter, limit int) ([]PlaceLine, error)
	// ListCounted lists up to limit ids of the appeals that a count of the period
	// counts, the latest first, below an id (0: from the first).
	ListCounted(ctx context.Context, count string, p Period, f Filter, now time.Time, below int64, limit int) ([]int64, error)
	Cells
}
