package search

import "time"

// AnyOf holds where one of its conditions does.
type AnyOf []Condition

// Condition is one thing that an appeal has to be, or with Not may not be. One
// of the other members is set.
type Condition struct {
	Not    bool
	Word   string // in text or answer, in any of its forms
	Phrase string // words next to one another in this order, in text or answer
	Is     Is
	Span   Span
	Near   Near
}

// Is asks a field to have one of the values: numbers of agencies, places and
// executors in decimals, codes of topics (with all below them), stages, sources
// and outcomes.
type Is struct {
	Field  Field
	Values []string
}

// Span asks a time or a rating to be in [From, To), times in Unix microseconds.
// What has no such time or rating is in no span, and a due date of what is
// finished is none.
type Span struct {
	Field    Field // ByDue, BySubmitted or ByRating
	From, To int64
}

// Near asks for a point within so many metres.
type Near struct {
	Lat, Lon, Metres float64
}

// Ends of a span that is open on that side. Zero is no time and no rating.
const (
	spanFirst = 1
	spanLast  = 1<<63 - 1
)

// Facets say what is among found appeals, the most frequent first.
type Facets struct {
	Categories []Facet
	Rubrics    []Facet
	Agencies   []Facet
	Stages     []Facet
	Places     []Facet
	Dues       []Facet // in the order of DueStates
	Ratings    []Facet // from 1 to 5
}

// Facet is a value and how many of the found appeals have it.
type Facet struct {
	Value string // as Is has it; of a due date the value of its field in the query language
	Count int
}

// DueState is a stretch of time until an appeal is due.
type DueState struct {
	Value string        // of the field «due» in the query language
	Until time.Duration // from now, excluded; the former one's is where it begins
}

// DueStates part the appeals that are due, the most urgent first.
var DueStates = []DueState{
	{"overdue", 0},
	{"0d..1d", 24 * time.Hour},
	{"1d..3d", 3 * 24 * time.Hour},
	{"3d..7d", 7 * 24 * time.Hour},
	{">7d", 1<<63 - 1},
}

// DueIn asks for what is due in [from, to); a zero end is open.
func DueIn(from, to time.Time) Span {
	s := Span{Field: ByDue, From: spanFirst, To: spanLast}
	if !from.IsZero() {
		s.From = from.UnixMicro()
	}
	if !to.IsZero() {
		s.To = to.UnixMicro()
	}
	return s
}
