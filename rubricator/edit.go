package rubricator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator/territory"
)

// Seen is what a node was when somebody looked at it, without what is below.
func (r *Rubric) Seen() string {
	bare := *r
	bare.Children = nil
	data, err := json.Marshal(&bare)
	if err != nil { // strings and numbers: it can't be
		panic(fmt.Sprintf("rubricator: %v", err))
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// Find returns a node of the draft.
func (d *Draft) Find(code string) (*Rubric, bool) {
	at, ok := d.locate(code)
	if !ok {
		return nil, false
	}
	return at.node(), true
}

// spot is where a node stands.
type spot struct {
	list   *[]*Rubric // that it stands in
	i      int
	parent *Rubric
}

func (s spot) node() *Rubric { return (*s.list)[s.i] }

func (d *Draft) locate(code string) (spot, bool) {
	var look func(list *[]*Rubric, parent *Rubric) (spot, bool)
	look = func(list *[]*Rubric, parent *Rubric) (spot, bool) {
		for i, r := range *list {
			if r.Code == code {
				return spot{list, i, parent}, true
			}
			if at, ok := look(&r.Children, r); ok {
				return at, true
			}
		}
		return spot{}, false
	}
	return look(&d.Roots, nil)
}

func (d *Draft) mustLocate(code string) (spot, error) {
	at, ok := d.locate(code)
	if !ok {
		return at, fault.New(fault.Conflict, "rubricator.node_gone")
	}
	return at, nil
}

// Set gives a node other fields; what is below it, its code and whether it is
// retired stay. It is fault.Conflict where the node is no longer as it was seen.
func (d *Draft) Set(code, seen string, to Rubric) error {
	at, err := d.mustLocate(code)
	if err != nil {
		return err
	}
	r := at.node()
	if r.Seen() != seen {
		return fault.New(fault.Conflict, "rubricator.node_changed")
	}
	to.Code, to.Children, to.Retired, to.Successors = r.Code, r.Children, r.Retired, r.Successors
	*r = to
	return nil
}

// Add puts a node at the end of what is below parent, "" for a category. Below a
// topic that was published nothing can be: appeals are about it.
func (d *Draft) Add(parent string, r *Rubric, old *Tree) error {
	if err := d.free(r.Code); err != nil {
		return err
	}
	if parent == "" {
		d.Roots = append(d.Roots, r)
		return nil
	}
	at, err := d.mustLocate(parent)
	if err != nil {
		return err
	}
	above := at.node()
	if isTopic(old, above) {
		return wrongField("parent", "rubricator.under_topic")
	}
	above.Children = append(above.Children, r)
	return nil
}

// isTopic reports whether the node was published as a topic.
func isTopic(old *Tree, r *Rubric) bool {
	was, there := old.nodes[r.Code]
	return there && was.Leaf()
}

func (d *Draft) free(code string) error {
	if !codeForm.MatchString(code) {
		return wrongField("code", "rubric.check.code")
	}
	if _, taken := d.locate(code); taken {
		return wrongField("code", "rubricator.code_taken")
	}
	return nil
}

func wrongField(field, key string) error {
	return &fault.Error{Kind: fault.Invalid, Key: key, Fields: []fault.Field{{Name: field, Key: key}}}
}

// FreeCode makes a code of a name that no node has yet.
func (d *Draft) FreeCode(parent, name string) string {
	code := territory.Slug(name)
	const most = 40
	if len(code) > most {
		code = strings.TrimRight(code[:most], "-")
	}
	if code == "" {
		code = "topic"
	}
	if parent != "" {
		code = parent + "." + code
	}
	try := code
	for n := 2; d.free(try) != nil; n++ {
		try = code + "-" + strconv.Itoa(n)
	}
	return try
}

// Way is where a node goes from where it stands.
type Way string

// The ways. In is below the node before it, Out is after the node above it.
const (
	Up   Way = "up"
	Down Way = "down"
	In   Way = "in"
	Out  Way = "out"
)

// Move moves a node one step. At an end of its list it stays. A section that
// nothing is left in goes.
func (d *Draft) Move(code string, way Way, old *Tree) error {
	at, err := d.mustLocate(code)
	if err != nil {
		return err
	}
	swap := func(with int) {
		if list := *at.list; with >= 0 && with < len(list) {
			list[at.i], list[with] = list[with], list[at.i]
		}
	}
	switch way {
	case Up:
		swap(at.i - 1)
	case Down:
		swap(at.i + 1)
	case In:
		if at.i > 0 {
			return d.MoveTo(code, (*at.list)[at.i-1].Code, old)
		}
	case Out:
		if at.parent == nil {
			return nil
		}
		after, err := d.mustLocate(at.parent.Code)
		if err != nil {
			return err
		}
		r := at.node()
		*at.list = slices.Delete(*at.list, at.i, at.i+1)
		*after.list = slices.Insert(*after.list, after.i+1, r)
		d.prune(at.parent, old)
	default:
		return fault.New(fault.Invalid, "error.invalid")
	}
	return nil
}

// MoveTo puts a node at the end of what is below another, "" for the top.
func (d *Draft) MoveTo(code, parent string, old *Tree) error {
	at, err := d.mustLocate(code)
	if err != nil || codeOf(at.parent) == parent {
		return err
	}
	return d.put(at, parent, "", old)
}

// Spot is a place in the tree: below Parent ("" for the top), before the node
// Before, or at the end where that is "".
type Spot struct{ Parent, Before string }

// Put puts a node to a spot. It is fault.Conflict where the node no longer
// stands below from, as whoever moves it saw.
func (d *Draft) Put(code, from string, to Spot, old *Tree) error {
	at, err := d.mustLocate(code)
	if err != nil {
		return err
	}
	if codeOf(at.parent) != from {
		return fault.New(fault.Conflict, "rubricator.node_moved")
	}
	if to.Before == code {
		return nil
	}
	if to.Before != "" {
		next, err := d.mustLocate(to.Before)
		if err != nil {
			return err
		}
		if codeOf(next.parent) != to.Parent {
			return fault.New(fault.Conflict, "rubricator.node_moved")
		}
	}
	return d.put(at, to.Parent, to.Before, old)
}

// put moves what stands at a spot. A section that nothing is left in goes: an
// empty one would be a topic.
func (d *Draft) put(at spot, parent, before string, old *Tree) error {
	r, from := at.node(), at.parent
	to := &d.Roots
	if parent != "" {
		below, err := d.mustLocate(parent)
		if err != nil {
			return err
		}
		if within(r, parent) {
			return wrongField("parent", "rubricator.into_itself")
		}
		if below.node().Leaf() {
			return wrongField("parent", "rubricator.under_topic")
		}
		to = &below.node().Children
	}
	*at.list = slices.Delete(*at.list, at.i, at.i+1)
	i := slices.IndexFunc(*to, func(n *Rubric) bool { return n.Code == before })
	if i < 0 {
		i = len(*to)
	}
	*to = slices.Insert(*to, i, r)
	d.prune(from, old)
	return nil
}

func within(r *Rubric, code string) bool {
	return r.Code == code || slices.ContainsFunc(r.Children, func(c *Rubric) bool { return within(c, code) })
}

// prune takes out a section in which nothing is left, and those above it alike.
func (d *Draft) prune(r *Rubric, old *Tree) {
	if r == nil || len(r.Children) > 0 || isTopic(old, r) {
		return
	}
	at, ok := d.locate(r.Code)
	if !ok {
		return
	}
	*at.list = slices.Delete(*at.list, at.i, at.i+1)
	d.dropRules(r)
	d.prune(at.parent, old)
}

// Remove takes out a node with all below it, while no topic of it was ever
// published: published ones are retired.
func (d *Draft) Remove(code string, old *Tree) error {
	at, err := d.mustLocate(code)
	if err != nil {
		return err
	}
	r := at.node()
	if anyTopic(old, r) {
		return fault.New(fault.Conflict, "rubricator.was_published")
	}
	*at.list = slices.Delete(*at.list, at.i, at.i+1)
	d.dropRules(r)
	d.prune(at.parent, old)
	return nil
}

// Removable reports whether Remove would take the node out.
func Removable(old *Tree, r *Rubric) bool { return !anyTopic(old, r) }

func anyTopic(old *Tree, r *Rubric) bool {
	return isTopic(old, r) || slices.ContainsFunc(r.Children, func(c *Rubric) bool { return anyTopic(old, c) })
}

// dropRules takes out the rules of a node and of those below it.
func (d *Draft) dropRules(r *Rubric) {
	d.Rules = slices.DeleteFunc(d.Rules, func(rule Rule) bool { return within(r, rule.Rubric) })
}

// Retirement takes topics out of use in favour of others: A and B → C is a
// merger, A → B and C a split. Fresh ones are made of the first topic that is
// retired: with its fields, its rules and a name of their own.
type Retirement struct {
	Codes      []string
	Successors []string
	Fresh      []*Rubric // code, name and nothing else
}

// Retire retires topics. Appeals about them stay theirs.
func (d *Draft) Retire(how Retirement) error {
	if len(how.Codes) == 0 {
		return wrongField("codes", "error.choose_one")
	}
	successors := slices.Clone(how.Successors)
	for _, code := range successors {
		if r, ok := d.Find(code); !ok || !r.Leaf() || slices.Contains(how.Codes, code) {
			return wrongField("successors", "rubricator.bad_successor")
		}
	}
	at, err := d.mustLocate(how.Codes[0])
	if err != nil {
		return err
	}
	first := at.node()
	for n, f := range how.Fresh {
		if err := d.free(f.Code); err != nil {
			return err
		}
		made, err := copyOf(first)
		if err != nil {
			return err
		}
		made.Code, made.Name, made.Words = f.Code, f.Name, nil
		made.Retired, made.Successors = false, nil
		*at.list = slices.Insert(*at.list, at.i+1+n, made)
		for _, rule := range d.Rules {
			if rule.Rubric == first.Code {
				rule.Rubric = made.Code
				d.Rules = append(d.Rules, rule)
			}
		}
		successors = append(successors, made.Code)
	}
	for _, code := range how.Codes {
		r, ok := d.Find(code)
		if !ok || !r.Leaf() {
			return wrongField("codes", "rubricator.bad_topic")
		}
		r.Retired, r.Successors = true, slices.Clone(successors)
	}
	return nil
}

// Revive takes a retired topic into use again.
func (d *Draft) Revive(code string) error {
	at, err := d.mustLocate(code)
	if err != nil {
		return err
	}
	at.node().Retired, at.node().Successors = false, nil
	return nil
}

func copyOf(r *Rubric) (*Rubric, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	out := &Rubric{}
	return out, json.Unmarshal(data, out)
}
