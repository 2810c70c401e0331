package workflow

import (
	"slices"

	"github.com/otklik/otklik/workflow/deadline"
)

// ties is what the events of one appeal say of others.
type ties struct {
	lead   Link   // joined to it now
	joined []Link // to this one now
	origin Link
	parts  []Link
	same   int64 // what the author said
}

func tiesOf(events []Event) ties {
	var t ties
	for i := range events {
		d := &events[i].Data
		switch events[i].Action {
		case Submit:
			t.same = d.SameAs
		case Join:
			t.lead = orNone(d.Lead)
		case Gather:
			t.joined = append(t.joined, d.Joined...)
		case Release:
			t.joined = slices.DeleteFunc(t.joined, func(l Link) bool { return slices.Contains(d.Joined, l) })
		case BeginPart:
			t.origin = orNone(d.SplitFrom)
		case Split:
			t.parts = append(t.parts, d.SplitInto...)
		case Share:
		default:
			if d.Lead != nil { // left it by this step
				t.lead = Link{}
			}
		}
	}
	return t
}

func orNone(l *Link) Link {
	if l == nil {
		return Link{}
	}
	return *l
}

// ties compares what the appeal says of others with its events.
func (a *auditor) ties() {
	p, t := &a.c.Appeal, tiesOf(a.c.Events)
	if p.Lead != t.lead.Appeal || p.LeadNumber != t.lead.Number {
		a.found(0, "the appeal is joined to %d, its events say %d", p.Lead, t.lead.Appeal)
	}
	if p.Joined != len(t.joined) {
		a.found(0, "the appeal counts %d that are joined to it, its events tell of %d", p.Joined, len(t.joined))
	}
	if p.SameAs != t.same {
		a.found(0, "the author is said to have named %d as the same, the events say %d", p.SameAs, t.same)
	}
	if p.SplitFrom != t.origin.Appeal {
		a.found(0, "the appeal is a part of %d, its events say %d", p.SplitFrom, t.origin.Appeal)
	}
}

// Ties lists the other appeals that an appeal's events name as tied to it now:
// its lead, those joined to it, what it was split from and into.
func Ties(c *Case) []int64 {
	t := tiesOf(c.Events)
	var ids []int64
	for _, l := range slices.Concat([]Link{t.lead, t.origin}, t.joined, t.parts) {
		if l.Appeal != 0 {
			ids = append(ids, l.Appeal)
		}
	}
	return ids
}

// AuditTies proves the ties of an appeal from both sides: whom it names is
// there and names it, and a part has the very clocks of the appeal of which it
// was one. others finds a case by its id, nil where there is none.
func AuditTies(c *Case, others func(id int64) *Case) []Finding {
	a := auditor{c: c}
	t, me := tiesOf(c.Events), linkTo(&c.Appeal)
	look := func(l Link, what string, names func(ties) bool) {
		if l.Appeal == 0 {
			return
		}
		switch other := others(l.Appeal); {
		case other == nil:
			a.found(0, "%s %s is not there", what, l.Number)
		case other.Appeal.Number != l.Number || !names(tiesOf(other.Events)):
			a.found(0, "%s %s doesn't name this appeal", what, l.Number)
		}
	}
	look(t.lead, "the lead", func(o ties) bool { return slices.Contains(o.joined, me) })
	for _, l := range t.joined {
		look(l, "the joined appeal", func(o ties) bool { return o.lead == me })
	}
	for _, l := range t.parts {
		look(l, "the part", func(o ties) bool { return o.origin == me })
	}
	look(t.origin, "the appeal that was split", func(o ties) bool { return slices.Contains(o.parts, me) })
	if origin := others(t.origin.Appeal); origin != nil {
		a.inherited(origin)
	}
	return a.findings
}

// inherited compares the clocks that a part began with to those that the
// other appeal had by then.
func (a *auditor) inherited(origin *Case) {
	had := entriesOf(origin.Events)
	for _, e := range a.c.Events[0].Data.Clock {
		if e.Kind == deadline.Redirect || e.Op == deadline.OpTransfer {
			continue
		}
		if !slices.ContainsFunc(had, func(h deadline.Entry) bool {
			return h.Op == e.Op && h.Kind == e.Kind && h.At.Equal(e.At) && h.Due.Equal(e.Due)
		}) {
			a.found(1, "the clock %s was not that of %s", e.Kind, origin.Appeal.Number)
		}
	}
}
