package deadline

import (
	"maps"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// Rule is how one kind of deadline is counted.
type Rule struct {
	Kind   Kind          `json:"kind" yaml:"kind"`
	Amount Amount        `json:"amount" yaml:"amount"`
	Roll   calendar.Roll `json:"roll" yaml:"roll"`
	Ladder Ladder        `json:"ladder,omitempty" yaml:"ladder"` // "" is the kind's usual one
	// Backwards counts the amount back from another date (the lead's due date,
	// a promised day) and not forward from the start: see [StartBefore].
	Backwards bool `json:"backwards,omitempty" yaml:"backwards"`
	// Source is the letter of the source list in the project's domain
	// description, "" where the limit is our own seed.
	Source string `json:"source,omitempty" yaml:"source"`
}

// Check reports what can't be counted.
func (r Rule) Check() error {
	if err := r.Amount.Check(); err != nil {
		return err
	}
	if err := r.Roll.Check(); err != nil {
		return err
	}
	var check fault.Check
	check.That(r.Kind.Known(), "kind", "deadline.bad_kind", "kind", string(r.Kind))
	if _, ok := ladders[r.Ladder]; !ok && r.Ladder != "" {
		check.Fail("ladder", "deadline.bad_ladder", "ladder", string(r.Ladder))
	}
	check.That(r.Backwards || r.Amount.N > 0, "amount", "deadline.no_time", "kind", string(r.Kind))
	check.That(!r.Backwards || r.Amount.Unit != calendar.WorkingHours, "amount", "deadline.days_only", "kind", string(r.Kind))
	return check.Err()
}

// RuleSet is the limits under which an appeal is worked. It is a value: change
// a copy.
type RuleSet struct {
	Name      string        `json:"name" yaml:"name"`
	Rules     map[Kind]Rule `json:"rules" yaml:"rules"`
	Extension Extension     `json:"extension" yaml:"extension"`
}

// Extension bounds how a review may be prolonged.
type Extension struct {
	Max    Amount `json:"max" yaml:"max"`     // at once
	Times  int    `json:"times" yaml:"times"` // how often
	Source string `json:"source,omitempty" yaml:"source"`
}

// Allow reports why an extension by the amount isn't allowed after so many
// were granted, nil when it is. Units must agree.
func (e Extension) Allow(a Amount, granted int) error {
	if granted >= e.Times {
		return fault.New(fault.Conflict, "deadline.extended").With("times", e.Times)
	}
	if a.Unit != e.Max.Unit || a.N < 1 || a.N > e.Max.N {
		return fault.New(fault.Invalid, "deadline.extension_limit").With("max", e.Max.N)
	}
	return nil
}

// Names of the two seeded rule sets.
const (
	SetMessage = "message" // message of the feedback platform
	SetFZ59    = "fz59"    // formal appeal under Federal Law 59-FZ
)

// seed is one line of the limits as the product ships them.
type seed struct {
	kind   Kind
	amount Amount
	roll   calendar.Roll
	source string
}

// Agencies' duties roll to the day before, citizens' windows to the day after:
// sources S11.
var (
	common = []seed{
		{Signing, calendar.Working(1), calendar.RollPrevious, "S7"},
		{Opinion, calendar.Working(2), calendar.RollPrevious, ""}, // before the lead's date
		{Redirect, calendar.Working(1), calendar.RollPrevious, ""},
		{Promise, calendar.Days(0), calendar.RollPrevious, ""}, // the promised day itself
		{Dispute, calendar.Working(5), calendar.RollPrevious, ""},
		{Clarification, calendar.Days(3), calendar.RollNext, ""},
		{Rating, calendar.Days(15), calendar.RollNext, "S8"},
		{Moderation, calendar.Working(1), calendar.RollPrevious, "S7"},
	}
	message = []seed{
		{Registration, calendar.Working(1), calendar.RollPrevious, ""},
		{Review, calendar.Days(30), calendar.RollPrevious, "S6"}, // a fast-track leaf has its own: S1
	}
	fz59 = []seed{
		{Registration, calendar.Days(3), calendar.RollPrevious, "S3"}, // from receipt
		{Forwarding, calendar.Days(7), calendar.RollPrevious, "S4"},   // from registration
		{Notice, calendar.Days(7), calendar.RollPrevious, "S4"},       // from registration
		{Review, calendar.Days(30), calendar.RollPrevious, "S3"},      // from registration
		{Inquiry, calendar.Days(15), calendar.RollPrevious, "S5"},     // from the request
	}
)

// FastTrack is the seed of a fast-track leaf's review; leaves have 1 to 10
// days (S1).
var FastTrack = calendar.Days(10)

// Target is the management target of a message's review (S6): for reports, it
// is no deadline.
var Target = calendar.Days(8)

// Seed returns the limits that the product ships with, by the name of the rule
// set. Configuration may replace any of them.
func Seed() map[string]RuleSet {
	return map[string]RuleSet{
		SetMessage: newSet(SetMessage, Extension{Max: calendar.Days(30), Times: 1}, common, message),
		SetFZ59:    newSet(SetFZ59, Extension{Max: calendar.Days(30), Times: 1, Source: "S5"}, common, fz59),
	}
}

func newSet(name string, extension Extension, lists ...[]seed) RuleSet {
	set := RuleSet{Name: name, Rules: map[Kind]Rule{}, Extension: extension}
	for _, list := range lists {
		for _, s := range list {
			set.Rules[s.kind] = Rule{
				Kind: s.kind, Amount: s.amount, Roll: s.roll, Ladder: s.kind.Ladder(), Source: s.source,
				Backwards: s.kind == Opinion || s.kind == Promise,
			}
		}
	}
	return set
}

// Rule returns the rule of a kind; a set without it is fault.NotFound.
func (s RuleSet) Rule(kind Kind) (Rule, error) {
	r, ok := s.Rules[kind]
	if !ok {
		return Rule{}, fault.New(fault.NotFound, "deadline.no_rule").With("kind", string(kind)).With("set", s.Name)
	}
	return r, nil
}

// WithReview returns the set with a leaf's own time for review. The zero
// amount changes nothing.
func (s RuleSet) WithReview(a Amount) RuleSet {
	if a.IsZero() {
		return s
	}
	s.Rules = maps.Clone(s.Rules)
	r := s.Rules[Review]
	r.Amount, r.Source = a, "S1"
	s.Rules[Review] = r
	return s
}

// Check reports the first rule that can't be counted.
func (s RuleSet) Check() error {
	for _, kind := range Kinds {
		r, ok := s.Rules[kind]
		if !ok {
			continue
		}
		if err := r.Check(); err != nil {
			return err
		}
		if r.Kind != kind {
			return fault.New(fault.Invalid, "deadline.bad_kind").With("kind", string(r.Kind))
		}
	}
	return nil
}
