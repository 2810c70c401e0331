package rubricator

import "slices"

// Retired lists the topics that were taken out of use, in the order of the
// tree. The caller must not change the slice.
func (t *Tree) Retired() []*Rubric { return t.retired }

// Current returns the topic that a code means today: its own, or that of the
// only successor of a retired one. It is false where there is none, or more
// than one: then nobody but a person can say which.
func (t *Tree) Current(code string) (leaf *Rubric, ok bool) {
	live := t.Successors(code)
	if len(live) != 1 {
		return nil, false
	}
	return live[0], true
}

// Successors lists the topics that took the place of a leaf, or the leaf itself
// while it is in use. Those that were retired in their turn are followed.
func (t *Tree) Successors(code string) []*Rubric {
	var live []*Rubric
	seen := map[string]bool{}
	var follow func(string)
	follow = func(code string) {
		r := t.nodes[code]
		if r == nil || !r.Leaf() || seen[code] {
			return
		}
		seen[code] = true
		if !r.Retired {
			live = append(live, r)
			return
		}
		for _, next := range r.Successors {
			follow(next)
		}
	}
	follow(code)
	return live
}

// Same lists the codes that mean today what a code does: of the topic in use
// first, then of those that were retired for it alone. What was filed under any
// of them is looked up with all.
func (t *Tree) Same(code string) []string {
	if now, ok := t.Current(code); ok {
		code = now.Code
	}
	out := []string{code}
	for _, r := range t.retired {
		if now, ok := t.Current(r.Code); ok && now.Code == code {
			out = append(out, r.Code)
		}
	}
	return out
}

// InUse reports whether the node takes appeals, or one below it does.
func (r *Rubric) InUse() bool {
	if r.Leaf() {
		return !r.Retired
	}
	return slices.ContainsFunc(r.Children, (*Rubric).InUse)
}

// InUse lists those of the nodes that are not for retired topics alone.
func InUse(nodes []*Rubric) []*Rubric {
	return slices.DeleteFunc(slices.Clone(nodes), func(r *Rubric) bool { return !r.InUse() })
}
