package rubricator

import (
	"fmt"
	"regexp"
	"time"

	"github.com/otklik/otklik/app/fault"
)

// Tree is one version of the rubricator. It is immutable.
type Tree struct {
	Version int64
	Roots   []*Rubric
	nodes   map[string]*Rubric
	leaves  []*Rubric
}

// Limits and defaults of a leaf where it says nothing.
const (
	DefaultDays     = 30
	MaxDays         = 60
	MaxFastDays     = 10
	DefaultOrder    = "general"
	DefaultRuleSet  = "message"
	DefaultUnit     = "calendar"
	DefaultIdentity = "contact"
	DefaultPhoto    = "optional"
)

var (
	codeForm       = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$`)
	classifierForm = regexp.MustCompile(`^\d{4}(\.\d{4}){3,4}$`)
)

// NewTree links the nodes, fills the defaults of leaves and checks everything.
// The error is fault.Lines with all that is wrong.
func NewTree(version int64, roots []*Rubric) (*Tree, error) {
	t := &Tree{Version: version, Roots: roots, nodes: map[string]*Rubric{}}
	var bad fault.Lines
	for _, r := range roots {
		t.add(nil, r, &bad)
	}
	if len(t.leaves) == 0 {
		bad.Add(0, "", "there is no topic that takes appeals")
	}
	return t, bad.Err()
}

func (t *Tree) add(parent, r *Rubric, bad *fault.Lines) {
	if r == nil {
		bad.Add(0, "", "the list of rubrics has an empty entry (a lone hyphen)")
		return
	}
	r.parent = parent
	switch {
	case !codeForm.MatchString(r.Code):
		bad.Add(r.line, "code", "%q: use small latin letters, digits, - and _, with dots between levels", r.Code)
	case t.nodes[r.Code] != nil:
		bad.Add(r.line, "code", "%q is used twice, first in line %d", r.Code, t.nodes[r.Code].line)
	default:
		t.nodes[r.Code] = r
	}
	if r.Name.RU == "" {
		bad.Add(r.line, "name", "%s has no name in Russian (name: {ru: …})", r.Code)
	}
	if !r.Leaf() {
		for _, c := range r.Children {
			t.add(r, c, bad)
		}
		return
	}
	t.leaves = append(t.leaves, r)
	r.fillDefaults()
	r.check(bad)
}

func (r *Rubric) fillDefaults() {
	def := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	def(&r.Order, DefaultOrder)
	def(&r.RuleSet, DefaultRuleSet)
	def(&r.Unit, DefaultUnit)
	def(&r.Identity, DefaultIdentity)
	def(&r.Photo, DefaultPhoto)
	if r.Days == 0 {
		r.Days = DefaultDays
		if r.Order == "fast" {
			r.Days = MaxFastDays
		}
	}
}

func (r *Rubric) check(bad *fault.Lines) {
	oneOf := func(field, value string, allowed ...string) {
		for _, a := range allowed {
			if value == a {
				return
			}
		}
		bad.Add(r.line, field, "%s: %q is none of %v", r.Code, value, allowed)
	}
	oneOf("order", r.Order, "fast", "general")
	oneOf("rule_set", r.RuleSet, "message", "fz59")
	oneOf("unit", r.Unit, "calendar", "working")
	oneOf("identity", r.Identity, "anonymous", "contact", "verified")
	oneOf("photo", r.Photo, "no", "optional", "required")
	most := MaxDays
	if r.Order == "fast" {
		most = MaxFastDays
	}
	if r.Days < 1 || r.Days > most {
		bad.Add(r.line, "days", "%s: %d is not between 1 and %d", r.Code, r.Days, most)
	}
	if r.Classifier != "" && !classifierForm.MatchString(r.Classifier) {
		bad.Add(r.line, "classifier", "%s: %q is not of the form NNNN.NNNN.NNNN.NNNN", r.Code, r.Classifier)
	}
	if r.Season != nil {
		for _, day := range []string{r.Season.From, r.Season.To} {
			if _, err := time.Parse(time.DateOnly, "2024-"+day); err != nil {
				bad.Add(r.line, "season", "%s: %q is not a day of the year, MM-DD", r.Code, day)
			}
		}
	}
	seen := map[string]bool{}
	for i, q := range r.Questions {
		where := fmt.Sprintf("questions[%d]", i)
		if q.Code == "" || seen[q.Code] {
			bad.Add(r.line, where, "%s: every question needs a code of its own", r.Code)
		}
		seen[q.Code] = true
		if q.Name.RU == "" {
			bad.Add(r.line, where, "%s: the question has no text in Russian", r.Code)
		}
		oneOf(where+".type", q.Type, QText, QChoice, QNumber, QDate, QPhoto)
		if (q.Type == QChoice) != (len(q.Options) > 0) {
			bad.Add(r.line, where, "%s: options belong to a choice, and a choice needs them", r.Code)
		}
	}
}

// Find returns the node with the code.
func (t *Tree) Find(code string) (*Rubric, bool) {
	r, ok := t.nodes[code]
	return r, ok
}

// Leaves lists the topics that can be chosen, in the order of the tree. The
// caller must not change the slice.
func (t *Tree) Leaves() []*Rubric { return t.leaves }

// TakesAppeals says why a person can't choose the leaf on a day of the region,
// nil when they can.
func (r *Rubric) TakesAppeals(day time.Time) error {
	refuse := func(key string) error {
		return &fault.Error{Kind: fault.Invalid, Key: key, Fields: []fault.Field{{Name: "rubric", Key: key}}}
	}
	switch {
	case !r.Leaf():
		return refuse("rubric.not_a_leaf")
	case !r.Emergency.Empty():
		return refuse("rubric.emergency")
	case r.Season != nil && !r.Season.Contains(day):
		return refuse("rubric.out_of_season")
	}
	return nil
}

// Contains reports whether the day's month and date lie in the season.
func (s *Season) Contains(day time.Time) bool {
	d := day.Format("01-02")
	if s.From <= s.To {
		return s.From <= d && d <= s.To
	}
	return d >= s.From || d <= s.To
}

// Path returns the node and those above it, the category first.
func (r *Rubric) Path() []*Rubric {
	var path []*Rubric
	for n := r; n != nil; n = n.parent {
		path = append([]*Rubric{n}, path...)
	}
	return path
}
