package proposal

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
)

// Verdict is what an agency says to a proposal.
type Verdict string

// The verdicts.
const (
	CanBeDone  Verdict = "feasible"
	WithChange Verdict = "changes"
	CanNot     Verdict = "infeasible"
)

// Verdicts lists them.
var Verdicts = []Verdict{CanBeDone, WithChange, CanNot}

func (v Verdict) to() State {
	switch v {
	case CanBeDone:
		return Feasible
	case WithChange:
		return Changes
	case CanNot:
	}
	return Infeasible
}

// Ground is why something can't be done.
type Ground string

// The grounds.
const (
	Legal     Ground = "legal"
	Technical Ground = "technical"
)

// Grounds lists them.
var Grounds = []Ground{Legal, Technical}

// Points are what an agency looks at, each answered by yes, no, or none where it
// doesn't matter.
var Points = []string{"land", "power", "nets", "upkeep", "time"}

// The answers to a point.
const (
	PointYes  = "yes"
	PointNo   = "no"
	PointNone = "none"
)

// CostLine is a part of the cost, in whole units of the currency.
type CostLine struct {
	Name string `json:"name"`
	Cost int64  `json:"cost"`
}

// MaxLines is how many parts a cost may have.
const MaxLines = 40

// Estimate is what an agency says: whether it can be done, and what it costs.
type Estimate struct {
	Verdict Verdict           `json:"verdict"`
	Ground  Ground            `json:"ground,omitempty"` // of CanNot
	Reason  string            `json:"reason,omitempty"` // why not, or what has to change
	Lines   []CostLine        `json:"lines,omitempty"`
	Points  map[string]string `json:"points"`
	Agency  int64             `json:"agency"`
	User    int64             `json:"user"`
	Name    string            `json:"name"` // of who estimated
	At      time.Time         `json:"at"`
}

// Total is what it costs.
func (e *Estimate) Total() int64 {
	var sum int64
	for _, l := range e.Lines {
		sum += l.Cost
	}
	return sum
}

// Check says what is wrong with an estimate.
func (e *Estimate) Check() error {
	var check fault.Check
	check.That(slices.Contains(Verdicts, e.Verdict), "verdict", "proposal.verdict_needed")
	long := utf8.RuneCountInString(e.Reason) > MaxReason
	check.That(!long, "reason", "error.too_long", "max", MaxReason)
	switch e.Verdict {
	case CanNot:
		check.That(slices.Contains(Grounds, e.Ground), "ground", "proposal.ground_needed")
		check.That(e.Reason != "", "reason", "proposal.why_not_needed")
	case WithChange:
		check.That(e.Reason != "", "reason", "proposal.changes_needed")
	case CanBeDone:
	}
	if e.Verdict != CanNot {
		check.That(len(e.Lines) > 0, "lines", "proposal.lines_needed")
	}
	check.That(len(e.Lines) <= MaxLines, "lines", "proposal.lines_many", "max", MaxLines)
	var total int64
	for i, l := range e.Lines {
		good := l.Name != "" && utf8.RuneCountInString(l.Name) <= MaxTitle && l.Cost > 0 && l.Cost <= mostMoney
		check.That(good, "lines", "proposal.line_wrong", "n", i+1)
		total += min(max(l.Cost, 0), mostMoney)
	}
	check.That(total <= mostMoney, "lines", "proposal.total_wrong")
	for _, point := range Points {
		answer := e.Points[point]
		known := answer == PointYes || answer == PointNo || answer == PointNone
		check.That(known, "point-"+point, "proposal.point_needed")
		if known && e.Verdict == CanBeDone {
			check.That(answer != PointNo, "point-"+point, "proposal.point_no")
		}
	}
	return check.Err()
}

// tidy drops what the verdict has no use for.
func (e *Estimate) tidy() {
	if e.Verdict != CanNot {
		e.Ground = ""
	}
	if e.Verdict == CanBeDone {
		e.Reason = ""
	}
	for point := range e.Points {
		if !slices.Contains(Points, point) {
			delete(e.Points, point)
		}
	}
}
