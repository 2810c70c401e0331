// Package rubricator owns the tree of life situations, its versions, the
// questions of its leaves, the rules that say which agency answers where, and
// the suggestion of topics from a person's own words.
package rubricator

import (
	"github.com/otklik/otklik/app/lang"
)

// Rubric is a node of the tree. Only leaves (without children) take appeals.
type Rubric struct {
	Code     string    `yaml:"code" json:"code"`
	Name     lang.Text `yaml:"name" json:"name"`
	Words    []string  `yaml:"words,omitempty" json:"words,omitempty"` // what people call it
	Children []*Rubric `yaml:"children,omitempty" json:"children,omitempty"`

	Order           string     `yaml:"order,omitempty" json:"order,omitempty"`       // fast | general
	RuleSet         string     `yaml:"rule_set,omitempty" json:"rule_set,omitempty"` // message | fz59
	Days            int        `yaml:"days,omitempty" json:"days,omitempty"`         // for review
	Unit            string     `yaml:"unit,omitempty" json:"unit,omitempty"`         // calendar | working
	Identity        string     `yaml:"identity,omitempty" json:"identity,omitempty"` // anonymous | contact | verified
	Season          *Season    `yaml:"season,omitempty" json:"season,omitempty"`
	Questions       []Question `yaml:"questions,omitempty" json:"questions,omitempty"`
	Help            lang.Text  `yaml:"help,omitempty" json:"help,omitzero"`           // what to do first
	Emergency       lang.Text  `yaml:"emergency,omitempty" json:"emergency,omitzero"` // set: takes no appeal
	Classifier      string     `yaml:"classifier,omitempty" json:"classifier,omitempty"`
	Object          string     `yaml:"object,omitempty" json:"object,omitempty"`
	DuplicateRadius int        `yaml:"duplicate_radius_m,omitempty" json:"duplicate_radius_m,omitempty"` // metres
	PhotoRequired   bool       `yaml:"photo_required,omitempty" json:"photo_required,omitempty"`         // «after» photo when solved
	Photo           string     `yaml:"photo,omitempty" json:"photo,omitempty"`                           // no | optional | required in the form
	Retired         bool       `yaml:"retired,omitempty" json:"retired,omitempty"`                       // takes no appeals any more; those about it stay
	ByHand          bool       `yaml:"by_hand,omitempty" json:"by_hand,omitempty"`                       // «something else»: a person finds who answers
	Successors      []string   `yaml:"successors,omitempty" json:"successors,omitempty"`                 // of a retired leaf: the topics that took its place

	parent *Rubric
	line   int // where it stood in the file, for messages
}

// Season is the part of a year in which a leaf takes appeals, MM-DD inclusive;
// From after To wraps the year.
type Season struct {
	From string `yaml:"from" json:"from"`
	To   string `yaml:"to" json:"to"`
}

// Question is asked once its leaf is chosen.
type Question struct {
	Code     string    `yaml:"code" json:"code"`
	Type     string    `yaml:"type" json:"type"` // text | choice | number | date | photo
	Name     lang.Text `yaml:"name" json:"name"`
	Hint     lang.Text `yaml:"hint,omitempty" json:"hint,omitzero"`
	Required bool      `yaml:"required,omitempty" json:"required,omitempty"`
	Options  []Option  `yaml:"options,omitempty" json:"options,omitempty"`
	When     *When     `yaml:"when,omitempty" json:"when,omitempty"` // nil: always asked
}

// When says that a question is asked only if an earlier choice was answered so.
type When struct {
	Question string   `yaml:"question" json:"question"`
	Is       []string `yaml:"is" json:"is"` // one of these options
}

// Option is one choice of a question.
type Option struct {
	Code string    `yaml:"code" json:"code"`
	Name lang.Text `yaml:"name" json:"name"`
}

// Leaf reports whether the node takes appeals.
func (r *Rubric) Leaf() bool { return len(r.Children) == 0 }

// Parent returns the node above, nil for a category.
func (r *Rubric) Parent() *Rubric { return r.parent }

// Category returns the top of the node's branch.
func (r *Rubric) Category() *Rubric {
	for r.parent != nil {
		r = r.parent
	}
	return r
}
