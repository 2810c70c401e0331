package rubricator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/lang"
)

// Change is one difference between two versions of the tree.
type Change struct {
	Kind     ChangeKind
	Rubric   *Rubric // as it becomes; as it was, where it is removed
	Was      *Rubric // nil where it is added
	Field    string  // of Edited and QuestionEdited: as in YAML, «name.ru», «days»
	Question string  // code, of the changes of questions
	From, To string  // values, or codes: of parents, of the topics that took its place
}

// ChangeKind says what differs.
type ChangeKind string

// The kinds, in the order in which a person wants to hear them.
const (
	Added           ChangeKind = "added"
	RetiredNow      ChangeKind = "retired"
	Revived         ChangeKind = "revived"
	Removed         ChangeKind = "removed"
	Moved           ChangeKind = "moved"
	Edited          ChangeKind = "edited"
	QuestionAdded   ChangeKind = "question_added"
	QuestionRemoved ChangeKind = "question_removed"
	QuestionEdited  ChangeKind = "question_edited"
	QuestionsSorted ChangeKind = "questions_sorted"
	Sorted          ChangeKind = "sorted" // what is below a node, or the categories, stand in another order
)

// ChangeKinds lists the kinds in their order.
var ChangeKinds = []ChangeKind{
	Added, RetiredNow, Revived, Removed, Moved, Edited, QuestionAdded, QuestionRemoved, QuestionEdited, QuestionsSorted, Sorted,
}

// Diff is everything in which a tree differs from another, in the order of the
// new tree; what is removed comes last.
type Diff []Change

// Differ tells what a tree changes against an old one.
func Differ(old, to *Tree) Diff {
	var d Diff
	to.Walk(func(r *Rubric) {
		was, there := old.nodes[r.Code]
		if !there {
			d = append(d, Change{Kind: Added, Rubric: r, To: codeOf(r.parent)})
			return
		}
		add := func(kind ChangeKind, field, from, to string) {
			d = append(d, Change{Kind: kind, Rubric: r, Was: was, Field: field, From: from, To: to})
		}
		switch {
		case r.Retired && !was.Retired:
			add(RetiredNow, "", "", strings.Join(r.Successors, " "))
		case was.Retired && !r.Retired:
			add(Revived, "", "", "")
		case strings.Join(was.Successors, " ") != strings.Join(r.Successors, " "):
			add(Edited, "successors", strings.Join(was.Successors, " "), strings.Join(r.Successors, " "))
		}
		if from, to := codeOf(was.parent), codeOf(r.parent); from != to {
			add(Moved, "", from, to)
		}
		was.compare(r, add)
		d = append(d, questions(was, r)...)
		if sorted(was.Children, r.Children) {
			add(Sorted, "", "", "")
		}
	})
	if sorted(old.Roots, to.Roots) {
		d = append(d, Change{Kind: Sorted})
	}
	old.Walk(func(was *Rubric) {
		if to.nodes[was.Code] == nil {
			d = append(d, Change{Kind: Removed, Rubric: was, Was: was})
		}
	})
	return d
}

// Walk calls fn with every node, those above first.
func (t *Tree) Walk(fn func(*Rubric)) {
	var walk func([]*Rubric)
	walk = func(list []*Rubric) {
		for _, r := range list {
			fn(r)
			walk(r.Children)
		}
	}
	walk(t.Roots)
}

func codeOf(r *Rubric) string {
	if r == nil {
		return ""
	}
	return r.Code
}

// sorted reports whether what stands in both lists stands in another order.
func sorted(was, now []*Rubric) bool {
	common := func(list, other []*Rubric) []string {
		var out []string
		for _, r := range list {
			if slices.ContainsFunc(other, func(o *Rubric) bool { return o.Code == r.Code }) {
				out = append(out, r.Code)
			}
		}
		return out
	}
	return !slices.Equal(common(was, now), common(now, was))
}

// value is a field with what stands in it.
type value struct{ field, value string }

func texts(field string, t lang.Text) []value {
	return []value{{field + ".ru", t.RU}, {field + ".en", t.EN}}
}

// values lists the fields of a node, in the order of the page on which they are
// edited.
func (r *Rubric) values() []value {
	out := append(texts("name", r.Name), value{"words", strings.Join(r.Words, ", ")})
	if !r.Leaf() {
		return out
	}
	season := ""
	if r.Season != nil {
		season = r.Season.From + "–" + r.Season.To
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	out = append(out,
		value{"order", r.Order}, value{"rule_set", r.RuleSet}, value{"days", number(r.Days)}, value{"unit", r.Unit},
		value{"identity", r.Identity}, value{"season", season},
	)
	out = append(out, texts("help", r.Help)...)
	out = append(out, texts("emergency", r.Emergency)...)
	return append(out,
		value{"classifier", r.Classifier}, value{"object", r.Object}, value{"duplicate_radius_m", number(r.DuplicateRadius)},
		value{"photo", r.Photo}, value{"photo_required", strconv.FormatBool(r.PhotoRequired)}, value{"by_hand", strconv.FormatBool(r.ByHand)},
	)
}

func (r *Rubric) compare(to *Rubric, add func(kind ChangeKind, field, from, to string)) {
	was := r.values()
	for _, now := range to.values() {
		from := ""
		if i := slices.IndexFunc(was, func(v value) bool { return v.field == now.field }); i >= 0 {
			from = was[i].value
		}
		if from != now.value {
			add(Edited, now.field, from, now.value)
		}
	}
}

func (q Question) values() []value {
	options := make([]string, len(q.Options))
	for i, o := range q.Options {
		options[i] = o.Name.RU
		if o.Name.EN != "" {
			options[i] += " (" + o.Name.EN + ")"
		}
	}
	when := ""
	if q.When != nil {
		when = q.When.Question + " = " + strings.Join(q.When.Is, ", ")
	}
	out := append(texts("name", q.Name), value{"type", q.Type})
	out = append(out, texts("hint", q.Hint)...)
	return append(out, value{"required", strconv.FormatBool(q.Required)}, value{"options", strings.Join(options, ", ")}, value{"when", when})
}

func questions(was, now *Rubric) Diff {
	var d Diff
	find := func(list []Question, code string) (Question, bool) {
		i := slices.IndexFunc(list, func(q Question) bool { return q.Code == code })
		if i < 0 {
			return Question{}, false
		}
		return list[i], true
	}
	var kept, order []string
	for _, q := range now.Questions {
		before, there := find(was.Questions, q.Code)
		if !there {
			d = append(d, Change{Kind: QuestionAdded, Rubric: now, Was: was, Question: q.Code, To: q.Name.RU})
			continue
		}
		kept = append(kept, q.Code)
		from := before.values()
		for i, v := range q.values() {
			if from[i] != v {
				d = append(d, Change{
					Kind: QuestionEdited, Rubric: now, Was: was, Question: q.Code, Field: v.field, From: from[i].value, To: v.value,
				})
			}
		}
	}
	for _, q := range was.Questions {
		if _, there := find(now.Questions, q.Code); there {
			order = append(order, q.Code)
		} else {
			d = append(d, Change{Kind: QuestionRemoved, Rubric: now, Was: was, Question: q.Code, From: q.Name.RU})
		}
	}
	if !slices.Equal(kept, order) {
		d = append(d, Change{Kind: QuestionsSorted, Rubric: now, Was: was})
	}
	return d
}

// Sum counts the nodes of each kind of change.
type Sum struct{ Added, Retired, Removed, Moved, Edited int }

// Sum counts.
func (d Diff) Sum() Sum {
	var s Sum
	edited := map[*Rubric]bool{}
	for _, c := range d {
		switch c.Kind {
		case Added:
			s.Added++
		case RetiredNow:
			s.Retired++
		case Removed:
			s.Removed++
		case Moved:
			s.Moved++
		default:
			edited[c.Rubric] = true
		}
	}
	s.Edited = len(edited)
	return s
}

// String is how the journal keeps it.
func (s Sum) String() string {
	return fmt.Sprintf("added=%d retired=%d removed=%d moved=%d edited=%d", s.Added, s.Retired, s.Removed, s.Moved, s.Edited)
}
