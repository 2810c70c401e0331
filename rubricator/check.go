package rubricator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/fault"
)

// Problem is one thing that is wrong with a tree.
type Problem struct {
	Rubric string         // code of the node, "" where the tree as a whole is meant
	Field  string         // as in YAML: «days», «questions[2]»
	Key    string         // what is wrong: the catalogue says it under «rubric.check.» + Key
	Params map[string]any // of that sentence; of the field's value at the most
	Line   int            // in the file that was read, 0 for none
}

// inFiles says what is wrong to those who keep the tree in a file.
var inFiles = map[string]string{
	"no_topic":         "there is no topic that takes appeals",
	"empty":            "the list of rubrics has an empty entry (a lone hyphen)",
	"code":             "{value}: use small latin letters, digits, - and _, with dots between levels",
	"twice":            "{value} is used twice, first in line {first}",
	"name":             "{code} has no name in Russian (name: {ru: …})",
	"one_of":           "{code}: {value} is none of {allowed}",
	"days":             "{code}: {value} is not between 1 and {max}",
	"classifier":       "{code}: {value} is not of the form NNNN.NNNN.NNNN.NNNN",
	"season":           "{code}: {value} is not a day of the year, MM-DD",
	"radius":           "{code}: {value} metres are less than none",
	"question_code":    "{code}: every question needs a code of its own",
	"question_name":    "{code}: the question has no text in Russian",
	"options":          "{code}: options belong to a choice, and a choice needs them",
	"option_code":      "{code}: every option needs a code of its own",
	"option_name":      "{code}: an option has no text in Russian",
	"when_question":    "{code}: the condition needs a choice that is asked earlier, which {value} is not",
	"when_option":      "{code}: the condition needs options of {question}, of which {value} is none",
	"retired_section":  "{code}: only a topic can be retired",
	"successors":       "{code}: only a retired topic has successors",
	"successor":        "{code}: the successor {value} is no topic",
	"successor_circle": "{code}: its successors lead back to it",
	"vanished":         "{code} was published and isn't here: keep it with «retired: true», appeals may be about it",
	"was_topic":        "{code} was published as a topic and can't become a section: appeals may be about it",
}

func (p Problem) String() string {
	pairs := []string{"{code}", p.Rubric}
	for name, value := range p.Params {
		if s, ok := value.(string); ok && name == "value" {
			value = fmt.Sprintf("%q", s)
		}
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(value))
	}
	return strings.NewReplacer(pairs...).Replace(inFiles[p.Key])
}

func lines(problems []Problem) fault.Lines {
	var out fault.Lines
	for _, p := range problems {
		out.Add(p.Line, p.Field, "%s", p.String())
	}
	return out
}

// checking is a tree that is being linked and checked.
type checking struct {
	*Tree
	problems []Problem
}

// wrong notes a problem; params are name, value pairs.
func (c *checking) wrong(r *Rubric, field, key string, params ...any) {
	p := Problem{Field: field, Key: key, Params: map[string]any{}}
	if r != nil {
		p.Rubric, p.Line = r.Code, r.line
	}
	for i := 0; i+1 < len(params); i += 2 {
		p.Params[fmt.Sprint(params[i])] = params[i+1]
	}
	c.problems = append(c.problems, p)
}

func (c *checking) add(parent, r *Rubric) {
	if r == nil {
		c.wrong(nil, "", "empty")
		return
	}
	r.parent = parent
	switch {
	case !codeForm.MatchString(r.Code):
		c.wrong(r, "code", "code", "value", r.Code)
	case c.nodes[r.Code] != nil:
		c.wrong(r, "code", "twice", "value", r.Code, "first", c.nodes[r.Code].line)
	default:
		c.nodes[r.Code] = r
	}
	if r.Name.RU == "" {
		c.wrong(r, "name", "name")
	}
	if !r.Leaf() {
		if r.Retired {
			c.wrong(r, "retired", "retired_section")
		}
		for _, child := range r.Children {
			c.add(r, child)
		}
		return
	}
	r.fillDefaults()
	c.leaf(r)
	if len(r.Successors) > 0 && !r.Retired {
		c.wrong(r, "successors", "successors")
	}
	if r.Retired {
		c.retired = append(c.retired, r)
		return
	}
	c.leaves = append(c.leaves, r)
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

// The values that a field of a leaf can have.
var (
	Orders     = []string{"fast", "general"}
	RuleSets   = []string{"message", "fz59"}
	Units      = []string{"calendar", "working"}
	Identities = []string{"anonymous", "contact", "verified"}
	Photos     = []string{"no", "optional", "required"}
	Questions  = []string{QText, QChoice, QNumber, QDate, QPhoto}
)

// MostDays is the longest review that the order of a leaf allows.
func MostDays(order string) int {
	if order == "fast" {
		return MaxFastDays
	}
	return MaxDays
}

func (c *checking) oneOf(r *Rubric, field, value string, allowed []string) {
	if !slices.Contains(allowed, value) {
		c.wrong(r, field, "one_of", "value", value, "allowed", allowed)
	}
}

func (c *checking) leaf(r *Rubric) {
	c.oneOf(r, "order", r.Order, Orders)
	c.oneOf(r, "rule_set", r.RuleSet, RuleSets)
	c.oneOf(r, "unit", r.Unit, Units)
	c.oneOf(r, "identity", r.Identity, Identities)
	c.oneOf(r, "photo", r.Photo, Photos)
	if most := MostDays(r.Order); r.Days < 1 || r.Days > most {
		c.wrong(r, "days", "days", "value", r.Days, "max", most)
	}
	if r.Classifier != "" && !classifierForm.MatchString(r.Classifier) {
		c.wrong(r, "classifier", "classifier", "value", r.Classifier)
	}
	if r.DuplicateRadius < 0 {
		c.wrong(r, "duplicate_radius_m", "radius", "value", r.DuplicateRadius)
	}
	if r.Season != nil {
		for _, day := range []string{r.Season.From, r.Season.To} {
			if _, err := time.Parse(time.DateOnly, "2024-"+day); err != nil {
				c.wrong(r, "season", "season", "value", day)
			}
		}
	}
	for i := range r.Questions {
		c.question(r, i)
	}
}

// question checks the i-th question beside those that are asked before it. As a
// condition can only look back, none can wait for itself.
func (c *checking) question(r *Rubric, i int) {
	q, before := r.Questions[i], r.Questions[:i]
	where := fmt.Sprintf("questions[%d]", i)
	if q.Code == "" || slices.ContainsFunc(before, func(b Question) bool { return b.Code == q.Code }) {
		c.wrong(r, where+".code", "question_code")
	}
	if q.Name.RU == "" {
		c.wrong(r, where+".name", "question_name")
	}
	c.oneOf(r, where+".type", q.Type, Questions)
	if (q.Type == QChoice) != (len(q.Options) > 0) {
		c.wrong(r, where+".options", "options")
	}
	for n, o := range q.Options {
		if o.Code == "" || slices.ContainsFunc(q.Options[:n], func(b Option) bool { return b.Code == o.Code }) {
			c.wrong(r, where+".options", "option_code")
		}
		if o.Name.RU == "" {
			c.wrong(r, where+".options", "option_name")
		}
	}
	if q.When == nil {
		return
	}
	n := slices.IndexFunc(before, func(b Question) bool { return b.Code == q.When.Question && b.Type == QChoice })
	if n < 0 {
		c.wrong(r, where+".when", "when_question", "value", q.When.Question)
		return
	}
	if len(q.When.Is) == 0 {
		c.wrong(r, where+".when", "when_option", "value", "", "question", q.When.Question)
	}
	for _, code := range q.When.Is {
		if !slices.ContainsFunc(before[n].Options, func(o Option) bool { return o.Code == code }) {
			c.wrong(r, where+".when", "when_option", "value", code, "question", q.When.Question)
		}
	}
}

// successors checks what took the place of a retired leaf.
func (c *checking) successors(r *Rubric) {
	for _, code := range r.Successors {
		if next := c.nodes[code]; next == nil || !next.Leaf() {
			c.wrong(r, "successors", "successor", "value", code)
		}
	}
	seen := map[string]bool{}
	var leadsBack func(string) bool
	leadsBack = func(code string) bool {
		if code == r.Code {
			return true
		}
		next := c.nodes[code]
		if next == nil || !next.Retired || seen[code] {
			return false
		}
		seen[code] = true
		return slices.ContainsFunc(next.Successors, leadsBack)
	}
	if slices.ContainsFunc(r.Successors, leadsBack) {
		c.wrong(r, "successors", "successor_circle")
	}
}

// Keeps says what the tree lost of an old one, as fault.Lines: every topic that
// was ever published is still there, if only as a retired one.
func (t *Tree) Keeps(old *Tree) error {
	c := checking{Tree: t}
	c.keeps(old)
	return lines(c.problems).Err()
}

// keeps checks that every topic that was ever published is still one, if only a
// retired one: appeals are about it.
func (c *checking) keeps(old *Tree) {
	for _, list := range [][]*Rubric{old.leaves, old.retired} {
		for _, was := range list {
			switch now := c.nodes[was.Code]; {
			case now == nil:
				c.problems = append(c.problems, Problem{Rubric: was.Code, Key: "vanished", Params: map[string]any{}})
			case !now.Leaf():
				c.wrong(now, "children", "was_topic")
			}
		}
	}
}
