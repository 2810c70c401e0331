package rubricator

import (
	"context"
	"slices"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// Stale reports whether something else came into force since the draft was
// begun: then it can't be published before Rebase.
func (e *Editor) Stale(ctx context.Context, d *Draft) (bool, error) {
	base, _, err := e.Store.LatestVersion(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	rules, err := e.Store.ListRules(ctx)
	return base != d.Base || RulesHash(rules) != d.BaseRules, err
}

// Rebase brings what came into force since the draft was begun into it. Where
// both changed the same node the draft's stands; the diff shows it.
func (e *Editor) Rebase(ctx context.Context, by actor.Actor) (*Draft, error) {
	now, err := e.InForce(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := e.Store.ListRules(ctx)
	if err != nil {
		return nil, err
	}
	return e.Change(ctx, by, func(d *Draft) error {
		base := &Version{}
		if d.Base != 0 {
			if base, err = e.Store.FindTreeVersion(ctx, d.Base); err != nil {
				return err
			}
		}
		before, _ := Check(base.Roots, nil)
		d.takeTree(before, now)
		d.takeRules(base.Rules, rules)
		d.Base, d.BaseRules = now.Version, RulesHash(rules)
		return nil
	})
}

// takeTree puts into the draft what became of before meanwhile.
func (d *Draft) takeTree(before, now *Tree) {
	now.Walk(func(theirs *Rubric) {
		was, old := before.nodes[theirs.Code]
		at, mine := d.locate(theirs.Code)
		switch {
		case !mine && !old:
			bare := *theirs
			bare.Children = nil
			list := &d.Roots
			if above, ok := d.locate(codeOf(theirs.parent)); ok {
				list = &above.node().Children
			}
			*list = append(*list, &bare)
		case mine && old:
			r := at.node()
			if r.Seen() == was.Seen() && theirs.Seen() != was.Seen() {
				below := r.Children
				*r = *theirs
				r.Children = below
			}
			from, to := codeOf(was.parent), codeOf(theirs.parent)
			if from != to && codeOf(at.parent) == from {
				// Where it can't stand there, it stays: the diff shows that.
				_ = d.MoveTo(theirs.Code, to, before)
			}
		}
	})
}

// takeRules puts into the draft which rules came and went meanwhile. Without
// the rules that it began from, only one side can have changed them.
func (d *Draft) takeRules(before, now []Rule) {
	mine, known := RulesHash(d.Rules) != d.BaseRules, RulesHash(before) == d.BaseRules
	switch {
	case RulesHash(now) == d.BaseRules:
	case !mine:
		d.Rules = slices.Clone(now)
	case known:
		d.Rules = slices.DeleteFunc(d.Rules, func(r Rule) bool {
			return slices.Contains(before, r) && !slices.Contains(now, r)
		})
		for _, r := range now {
			if !slices.Contains(before, r) && !slices.Contains(d.Rules, r) {
				d.Rules = append(d.Rules, r)
			}
		}
	}
}

// Restore opens a draft of an old version, in which topics that were published
// since are retired. Rules are those of then, where they were kept. It is
// fault.Conflict while a draft is open.
func (e *Editor) Restore(ctx context.Context, by actor.Actor, version int64) (*Draft, error) {
	if err := mayEdit(by); err != nil {
		return nil, err
	}
	v, err := e.Store.FindTreeVersion(ctx, version)
	if err != nil {
		return nil, err
	}
	now, err := e.InForce(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := e.Store.ListRules(ctx)
	if err != nil {
		return nil, err
	}
	d := &Draft{Base: now.Version, BaseRules: RulesHash(rules), Roots: v.Roots, Rules: v.Rules}
	if d.Rules == nil {
		d.Rules = rules
	}
	d.retireSince(now)
	at := e.Clock.Now()
	d.State, d.CreatedBy, d.ChangedBy, d.CreatedAt, d.ChangedAt = DraftOpen, by.User, by.User, at, at
	return d, e.Store.CreateTreeDraft(ctx, d)
}

// retireSince adds the topics that the draft lacks, as retired ones in the
// section where they stand now.
func (d *Draft) retireSince(now *Tree) {
	now.Walk(func(r *Rubric) {
		if _, there := d.locate(r.Code); there || !r.Leaf() {
			return
		}
		list := &d.Roots
		for _, above := range r.Path() {
			if above == r {
				break
			}
			at, there := d.locate(above.Code)
			if !there {
				bare := &Rubric{Code: above.Code, Name: above.Name, Words: above.Words}
				*list = append(*list, bare)
				list = &bare.Children
				continue
			}
			list = &at.node().Children
		}
		gone := *r
		gone.Retired = true
		gone.Successors = slices.DeleteFunc(slices.Clone(r.Successors), func(code string) bool {
			_, there := d.locate(code)
			return !there
		})
		*list = append(*list, &gone)
	})
}
