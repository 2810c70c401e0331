// Package report owns the figures that a supervisor watches: which KPIs there
// are and by which formula each is computed from counts.
package report

import (
	"context"
	"time"
)

// Period is [From, To) in UTC.
type Period struct{ From, To time.Time }

// Before returns the period of the same length just before.
func (p Period) Before() Period { return Period{From: p.From.Add(-p.To.Sub(p.From)), To: p.From} }

// Filter narrows the figures. Zero filters don't filter; unless Region is set
// only the agencies listed count.
type Filter struct {
	Region    bool
	Agencies  []int64
	Territory []int64
	Agency    int64
	Category  string
}

// Counts are the sums from which every KPI is computed. Each says which
// appeals it counts; «in the period» means that the named instant lies in it.
type Counts struct {
	Submitted   int // submitted in the period
	Accepted    int // of Submitted: not rejected and not withdrawn
	FastTrack   int // of Accepted: on a fast-track leaf
	Rejected    int // of Submitted: rejected
	Closed      int // first final answer signed in the period
	ClosedLate  int // of Closed: after its due date
	OpenDue     int // no final answer yet, due in the period
	OpenPastDue int // of OpenDue: past due now
	Answered    int // answered (final) in the period
	Formal      int // of Answered: signed against a flag of formality
	AnswerHours []float64
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

// Store reads the counts.
type Store interface {
	Counts(ctx context.Context, p Period, f Filter, now time.Time) (Counts, error)
	Agencies(ctx context.Context, p Period, f Filter, now time.Time) ([]AgencyLine, error)
	Topics(ctx context.Context, p Period, f Filter, now time.Time, limit int) ([]TopicLine, error)
	Days(ctx context.Context, p Period, f Filter, zone *time.Location) ([]DayLine, error)
}
