package rubricator

import (
	"cmp"
	"slices"
)

// Rerouting is a topic that others would answer for in some municipalities.
// Agency 0 is nobody.
type Rerouting struct {
	Leaf     *Rubric
	From, To int64   // agencies
	Places   []int64 // municipalities
}

// Reroutings compares who answers for every topic in every municipality before
// and after, without answers to questions. A topic that took the place of
// retired ones is compared with the first of them. Most places come first.
func Reroutings(before, after *Book) []Rerouting {
	type way struct {
		leaf     *Rubric
		from, to int64
	}
	moved := map[way][]int64{}
	for _, leaf := range after.Tree.Leaves() {
		was, ok := before.Tree.Find(leaf.Code)
		for _, gone := range after.Tree.Retired() {
			if ok {
				break
			}
			if slices.Contains(gone.Successors, leaf.Code) {
				was, ok = before.Tree.Find(gone.Code)
			}
		}
		if !ok || !was.Leaf() {
			continue
		}
		for _, place := range after.Places.Municipalities() {
			from, to := before.answers(was, place.ID), after.answers(leaf, place.ID)
			if from != to {
				w := way{leaf, from, to}
				moved[w] = append(moved[w], place.ID)
			}
		}
	}
	out := make([]Rerouting, 0, len(moved))
	for w, places := range moved {
		out = append(out, Rerouting{Leaf: w.leaf, From: w.from, To: w.to, Places: places})
	}
	slices.SortFunc(out, func(a, b Rerouting) int {
		return cmp.Or(cmp.Compare(len(b.Places), len(a.Places)), cmp.Compare(a.Leaf.Code, b.Leaf.Code), cmp.Compare(a.To, b.To))
	})
	return out
}

func (b *Book) answers(leaf *Rubric, place int64) int64 {
	d, err := b.Router.Route(leaf, place, nil)
	if err != nil {
		return 0
	}
	return d.Agency
}

// Past is an appeal as it was sent.
type Past struct {
	Number string
	Text   string
	Rubric string
}

// Replay is what would become of past appeals with another tree.
type Replay struct {
	Texts     int          // looked at
	Topicless int          // whose topic would be retired
	Unmapped  int          // of those, without one topic in its place
	Differ    []Difference // to which another topic would be offered first
}

// Difference is an appeal to whose text another topic would be offered first.
type Difference struct {
	Number   string
	Topic    string  // that it has
	From, To *Rubric // offered first before and after, nil for none
}

// Suggested replays past appeals: by the words of the trees alone, as nobody has
// yet sent anything about the topics that are new.
func Suggested(before, after *Book, past []Past) (Replay, error) {
	r := Replay{Texts: len(past)}
	then, err := before.Tree.alone()
	if err != nil {
		return r, err
	}
	now, err := after.Tree.alone()
	if err != nil {
		return r, err
	}
	for _, p := range past {
		if leaf, ok := after.Tree.Find(p.Rubric); ok && leaf.Retired {
			r.Topicless++
			if _, one := after.Tree.Current(p.Rubric); !one {
				r.Unmapped++
			}
		}
		from, to := then.first(p.Text), now.first(p.Text)
		if codeOf(from) != codeOf(to) {
			r.Differ = append(r.Differ, Difference{Number: p.Number, Topic: p.Rubric, From: from, To: to})
		}
	}
	return r, nil
}

// alone is what suggests by the words of the tree alone.
func (t *Tree) alone() (*adviser, error) {
	model, err := t.cold()
	return &adviser{tree: t, model: model, names: t.phrases()}, err
}

func (a *adviser) first(text string) *Rubric {
	found := a.advise(text, "", 1).Topics
	if len(found) == 0 {
		return nil
	}
	return found[0].Rubric
}
