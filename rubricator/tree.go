package rubricator

import (
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
	retired []*Rubric
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
	t, problems := Check(roots, nil)
	t.Version = version
	return t, lines(problems).Err()
}

// Check links the nodes, fills the defaults of leaves and tells all that is
// wrong, also with what comes after old: nil where nothing was published.
func Check(roots []*Rubric, old *Tree) (*Tree, []Problem) {
	c := checking{Tree: &Tree{Roots: roots, nodes: map[string]*Rubric{}}}
	for _, r := range roots {
		c.add(nil, r)
	}
	if len(c.leaves) == 0 {
		c.wrong(nil, "", "no_topic")
	}
	for _, r := range c.retired {
		c.successors(r)
	}
	if old != nil {
		c.keeps(old)
	}
	return c.Tree, c.problems
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
	case r.Retired:
		return refuse("rubric.retired")
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
