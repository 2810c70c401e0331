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

// Rebase brings what came into force since the draft was begun into it, field
// by field and rule by rule. Where both changed the same, the draft's stands:
// Collisions tells where.
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
		if _, err := e.mergeInto(ctx, d, now, rules); err != nil {
			return err
		}
		d.Base, d.BaseRules = now.Version, RulesHash(rules)
		return nil
	})
}

// mergeInto merges what is in force into a draft of something older. Where the
// rules that it began from were not kept, those of the version are taken for them.
func (e *Editor) mergeInto(ctx context.Context, d *Draft, now *Tree, rules []Rule) ([]Collision, error) {
	base := &Version{}
	if d.Base != 0 {
		var err error
		if base, err = e.Store.FindTreeVersion(ctx, d.Base); err != nil {
			return nil, err
		}
	}
	before, _ := Check(base.Roots, nil)
	was := base.Rules
	if RulesHash(rules) == d.BaseRules {
		was = rules // nobody changed them
	}
	return merge(d, before, now, was, rules), nil
}

// Collisions tells what collided when the draft was last brought upon what is in
// force, as long as that can be taken back and nothing else came into force.
func (e *Editor) Collisions(ctx context.Context, d *Draft) ([]Collision, error) {
	was, err := e.Store.FindTreeStepBefore(ctx, d)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	stale, err := e.Stale(ctx, d)
	if err != nil || stale {
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
	Check(was.Roots, nil)
	return e.mergeInto(ctx, was, now, rules)
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
