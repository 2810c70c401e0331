package rubricator

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Collision is where a draft and what came into force since it was begun changed
// the same thing in two ways. The draft's stands.
type Collision struct {
	Kind   CollisionKind
	Rubric string // code of the node, "" of a rule
	Field  string // of CollidedField: as in YAML, «name.ru», «questions»
	Mine   string // value in the draft, or codes of the sections; "" also for questions
	Theirs string
	Rule   Rule  // of CollidedRule, without its agency
	Here   int64 // agencies that it names in the draft and in force, 0: it is not there
	There  int64
}

// CollisionKind says what collided.
type CollisionKind string

// What can collide.
const (
	CollidedField   CollisionKind = "field"   // both changed a field
	CollidedPlace   CollisionKind = "place"   // both moved the node, or it can't go where they put it
	CollidedRetired CollisionKind = "retired" // one retired the topic, the other changed or moved it: both hold
	CollidedRemoved CollisionKind = "removed" // they emptied a section that the draft changes: it went
	CollidedRule    CollisionKind = "rule"    // both changed a rule
)

// merging brings into a draft what became of before meanwhile.
type merging struct {
	draft       *Draft
	before, now *Tree
	found       []Collision
}

// merge changes the draft and tells what collided.
func merge(d *Draft, before, now *Tree, was, rules []Rule) []Collision {
	m := &merging{draft: d, before: before, now: now}
	m.removed()
	now.Walk(m.take)
	m.sweep()
	m.order(before.Roots, now.Roots, &d.Roots)
	now.Walk(func(theirs *Rubric) {
		if at, ok := d.locate(theirs.Code); ok && before.nodes[theirs.Code] != nil {
			m.order(before.nodes[theirs.Code].Children, theirs.Children, &at.node().Children)
		}
	})
	m.rules(was, rules)
	return m.found
}

func (m *merging) collide(c Collision) { m.found = append(m.found, c) }

// removed tells of sections that the draft changes and that are no more.
func (m *merging) removed() {
	m.before.Walk(func(was *Rubric) {
		at, mine := m.draft.locate(was.Code)
		if _, there := m.now.nodes[was.Code]; !there && mine && at.node().Seen() != was.Seen() {
			m.collide(Collision{Kind: CollidedRemoved, Rubric: was.Code})
		}
	})
}

// take brings one node of theirs into the draft.
func (m *merging) take(theirs *Rubric) {
	was := m.before.nodes[theirs.Code]
	at, mine := m.draft.locate(theirs.Code)
	switch {
	case !mine && was == nil:
		bare := *theirs
		bare.Children = nil
		m.insert(&bare, theirs)
	case !mine: // the draft emptied the section
	case was == nil:
		m.fields(at.node(), &Rubric{Code: theirs.Code}, theirs)
	default:
		r := at.node()
		from, here, there := codeOf(was.parent), codeOf(at.parent), codeOf(theirs.parent)
		edited, changed := r.Seen() != was.Seen() || here != from, theirs.Seen() != was.Seen() || there != from
		if retired := r.Retired && !was.Retired; retired != (theirs.Retired && !was.Retired) && edited && changed {
			m.collide(Collision{Kind: CollidedRetired, Rubric: r.Code, Mine: strconv.FormatBool(retired)})
		}
		m.fields(r, was, theirs)
		if there == from || there == here {
			return
		}
		if here != from || theirs.parent != nil && m.inside(r, theirs.parent) {
			m.collide(Collision{Kind: CollidedPlace, Rubric: r.Code, Mine: here, Theirs: there})
			return
		}
		*at.list = slices.Delete(*at.list, at.i, at.i+1)
		m.insert(r, theirs)
		m.draft.prune(at.parent, m.now)
	}
}

// inside reports whether a section of theirs lies in the node as the draft has it.
func (m *merging) inside(r, section *Rubric) bool {
	for n := section; n != nil; n = n.parent {
		if within(r, n.Code) {
			return true
		}
		if _, there := m.draft.locate(n.Code); there {
			return false
		}
	}
	return false
}

// insert puts a node where theirs stands: behind the nearest one before it that
// the list has.
func (m *merging) insert(r, theirs *Rubric) {
	list, siblings := m.home(theirs.parent), m.now.Roots
	if theirs.parent != nil {
		siblings = theirs.parent.Children
	}
	to := 0
	for _, before := range siblings[:slices.Index(siblings, theirs)] {
		if i := slices.IndexFunc(*list, func(n *Rubric) bool { return n.Code == before.Code }); i >= 0 {
			to = i + 1
		}
	}
	*list = slices.Insert(*list, to, r)
}

// home is the list below a section of theirs, which is made anew where the
// draft lacks it.
func (m *merging) home(section *Rubric) *[]*Rubric {
	if section == nil {
		return &m.draft.Roots
	}
	if at, ok := m.draft.locate(section.Code); ok {
		return &at.node().Children
	}
	bare := &Rubric{Code: section.Code, Name: section.Name, Words: section.Words}
	m.insert(bare, section)
	return &bare.Children
}

// sweep takes out the sections of theirs that nothing came into: they would be
// topics.
func (m *merging) sweep() {
	m.now.Walk(func(theirs *Rubric) {
		if at, ok := m.draft.locate(theirs.Code); ok && !theirs.Leaf() {
			m.draft.prune(at.node(), m.now)
		}
	})
}

// order brings their order into a list that the draft left in its own.
func (m *merging) order(was, theirs []*Rubric, list *[]*Rubric) {
	all := func(r *Rubric) bool {
		in := func(l []*Rubric) bool {
			return slices.ContainsFunc(l, func(n *Rubric) bool { return n.Code == r.Code })
		}
		return in(was) && in(theirs) && in(*list)
	}
	common := func(l []*Rubric) []string {
		var out []string
		for _, r := range l {
			if all(r) {
				out = append(out, r.Code)
			}
		}
		return out
	}
	want := common(theirs)
	if !slices.Equal(common(was), common(*list)) || slices.Equal(common(*list), want) {
		return
	}
	nodes := map[string]*Rubric{}
	for _, r := range *list {
		nodes[r.Code] = r
	}
	sorted, n := slices.Clone(*list), 0
	for i, r := range sorted {
		if all(r) {
			sorted[i] = nodes[want[n]]
			n++
		}
	}
	*list = sorted
}

// fields brings what they changed of a node into the draft's, field by field.
func (m *merging) fields(mine, was, theirs *Rubric) {
	f := fieldMerge{}
	merged := f.three("", fieldsOf(was), fieldsOf(mine), fieldsOf(theirs))
	for _, c := range f.found {
		c.Rubric = mine.Code
		m.collide(c)
	}
	data, err := json.Marshal(merged)
	out := Rubric{}
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil { // what came from a node goes into one
		panic(fmt.Sprintf("rubricator: %v", err))
	}
	out.Children, out.parent, out.line = mine.Children, mine.parent, mine.line
	*mine = out
}

func fieldsOf(r *Rubric) any {
	bare := *r
	bare.Children = nil
	data, err := json.Marshal(&bare)
	var out map[string]any
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil { // strings and numbers: it can't be
		panic(fmt.Sprintf("rubricator: %v", err))
	}
	return out
}

// fieldMerge merges what JSON makes of nodes.
type fieldMerge struct{ found []Collision }

// whole are the fields of which parts make no sense apart.
var whole = []string{"season"}

func (f *fieldMerge) three(path string, was, mine, theirs any) any {
	switch {
	case reflect.DeepEqual(mine, theirs), reflect.DeepEqual(was, theirs):
		return mine
	case reflect.DeepEqual(was, mine):
		return theirs
	}
	here, both := mine.(map[string]any)
	there, also := theirs.(map[string]any)
	if !both || !also || slices.Contains(whole, path) {
		f.found = append(f.found, Collision{Kind: CollidedField, Field: path, Mine: shown(mine), Theirs: shown(theirs)})
		return mine
	}
	before, _ := was.(map[string]any)
	keys := map[string]bool{}
	for _, part := range []map[string]any{before, here, there} {
		for key := range part {
			keys[key] = true
		}
	}
	out := map[string]any{}
	for _, key := range sortedKeys(keys) {
		if v := f.three(strings.TrimPrefix(path+"."+key, "."), before[key], here[key], there[key]); v != nil {
			out[key] = v
		}
	}
	return out
}

func sortedKeys(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for key := range set {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// shown is a value as a diff shows it, "" for what has no short form.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]any: // a season
		return shown(v["from"]) + "–" + shown(v["to"])
	case []any:
		var parts []string
		for _, one := range v {
			if s, ok := one.(string); ok {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// rules brings in which rules came, went and name another agency.
func (m *merging) rules(was, now []Rule) {
	named := func(list []Rule) map[Rule]int64 {
		out := map[Rule]int64{}
		for _, r := range list {
			key := r
			key.Agency = 0
			out[key] = r.Agency
		}
		return out
	}
	before, mine, theirs := named(was), named(m.draft.Rules), named(now)
	stands := func(key Rule) int64 {
		a, b, c := before[key], mine[key], theirs[key]
		switch {
		case b == c, a == c:
			return b
		case a == b:
			return c
		}
		m.collide(Collision{Kind: CollidedRule, Rule: key, Here: b, There: c})
		return b
	}
	var out []Rule
	for _, r := range m.draft.Rules {
		key := r
		key.Agency = 0
		if agency := stands(key); agency != 0 {
			if theirs[key] == agency && before[key] == mine[key] {
				r.Agency = agency
			}
			out = append(out, r)
		}
	}
	for _, r := range now {
		key := r
		key.Agency = 0
		if _, here := mine[key]; !here {
			if agency := stands(key); agency != 0 {
				out = append(out, r)
			}
		}
	}
	m.draft.Rules = out
}
