package jobs

import (
	"context"
	"log/slog"
	"math"
	"slices"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

const (
	toldAtOnce = 500 // appeals in memory at once
	// mostSuspected is how many earlier appeals a new one is put beside.
	mostSuspected = 5
)

// Told is the log, and what is compared of the appeals behind it.
type Told interface {
	EventsAfter(ctx context.Context, position string, limit int) (events []workflow.Event, next string, err error)
	LogEnd(ctx context.Context) (position string, err error)
	// ListTold lists appeals that await their first answer, by id: those given,
	// or (nil) all after an id.
	ListTold(ctx context.Context, ids []int64, after int64, limit int, person func(workflow.Applicant) []uint64) ([]workflow.Told, error)
}

// Duplicates keeps an index of the appeals that await an answer behind the event
// log and, where it has a place to keep them, notes which may be about the same
// problem. Several may run at once, and each may be cut off anywhere: a pair is
// kept once, and progress is written together with what was found.
type Duplicates struct {
	Log   *slog.Logger
	Event Told
	Index *duplicate.Index
	// Radius is how far apart, in metres, reports of one problem of the topic lie.
	Radius func(topic string) int
	// Notes keeps what is suspected; nil: the index alone is kept.
	Notes duplicate.Suspicions
	// Person makes keyed hashes of who wrote; nil leaves them out.
	Person func(workflow.Applicant) []uint64
	Clock  clock.Clock

	at     string
	filled bool
}

// Run follows the log until ctx ends.
func (d *Duplicates) Run(ctx context.Context) {
	loop(ctx, d.Log, "duplicates", tailPause, d.Step)
}

// Step takes one batch of the log, the first time after all that there is, and
// reports whether there may be more.
func (d *Duplicates) Step(ctx context.Context) (more bool, err error) {
	if !d.filled {
		return true, d.fill(ctx)
	}
	events, next, err := d.Event.EventsAfter(ctx, d.at, tailAtOnce)
	if fault.Is(err, fault.Gone) {
		d.Log.WarnContext(ctx, "the search for duplicates is ahead of the database and begins anew")
		d.filled = false
		return true, d.forget(ctx)
	}
	if err != nil || len(events) == 0 {
		return false, err
	}
	var changed []int64
	moved := map[int64]bool{}
	for _, e := range events {
		changed = append(changed, e.Appeal)
		switch e.Action {
		case workflow.Route, workflow.BeginPart, workflow.Resubmit, workflow.Join, workflow.Leave:
			moved[e.Appeal] = true
		default:
		}
	}
	slices.Sort(changed)
	changed = slices.Compact(changed)
	for part := range slices.Chunk(changed, toldAtOnce) {
		told, err := d.Event.ListTold(ctx, part, 0, len(part), d.Person)
		if err != nil {
			return false, err
		}
		d.Index.Remove(part...)
		d.Index.Put(d.cases(told)...)
		if err := d.note(ctx, told, func(id int64) bool { return moved[id] }, part); err != nil {
			return false, err
		}
	}
	if d.Notes != nil {
		if err := d.Notes.Note(ctx, nil, nil, next); err != nil {
			return false, err
		}
	}
	d.at = next
	return len(events) == tailAtOnce, nil
}

func (d *Duplicates) forget(ctx context.Context) error {
	if d.Notes == nil {
		return nil
	}
	return d.Notes.Forget(ctx)
}

// fill puts all appeals in that await an answer. Where nothing was suspected
// before, each is compared with all.
func (d *Duplicates) fill(ctx context.Context) error {
	end, err := d.Event.LogEnd(ctx) // before they are read: what comes later is read twice
	if err != nil {
		return err
	}
	d.Index.Clear()
	err = d.each(ctx, func(told []workflow.Told) error {
		d.Index.Put(d.cases(told)...)
		return nil
	})
	if err != nil {
		return err
	}
	d.at = end
	if d.Notes != nil {
		from, err := d.Notes.Progress(ctx)
		if err != nil {
			return err
		}
		if from != "" {
			d.at = from
		} else if _, err := d.compareAll(ctx, end); err != nil {
			return err
		}
	}
	d.filled = true
	d.Log.DebugContext(ctx, "appeals are ready to be compared", slog.Int("appeals", d.Index.Len()))
	return nil
}

// Rebuild forgets all suspicions but those that somebody dismissed, and compares
// every appeal that awaits an answer with every other. It returns how many it
// compared.
func (d *Duplicates) Rebuild(ctx context.Context) (int, error) {
	if err := d.forget(ctx); err != nil {
		return 0, err
	}
	d.filled = false
	if err := d.fill(ctx); err != nil {
		return 0, err
	}
	return d.Index.Len(), nil
}

func (d *Duplicates) compareAll(ctx context.Context, end string) (n int, err error) {
	err = d.each(ctx, func(told []workflow.Told) error {
		n += len(told)
		return d.note(ctx, told, func(int64) bool { return true }, nil)
	})
	if err != nil {
		return n, err
	}
	return n, d.Notes.Note(ctx, nil, nil, end)
}

func (d *Duplicates) each(ctx context.Context, do func([]workflow.Told) error) error {
	for after := int64(0); ; {
		told, err := d.Event.ListTold(ctx, nil, after, toldAtOnce, d.Person)
		if err != nil || len(told) == 0 {
			return err
		}
		if err := do(told); err != nil {
			return err
		}
		after = told[len(told)-1].Appeal.ID
	}
}

// note compares some of the appeals with all and keeps what is suspected.
func (d *Duplicates) note(ctx context.Context, told []workflow.Told, which func(id int64) bool, changed []int64) error {
	if d.Notes == nil {
		return nil
	}
	var found []duplicate.Suspicion
	now := d.Clock.Now()
	for i := range told {
		a := &told[i].Appeal
		if !which(a.ID) {
			continue
		}
		own := a.ID
		if a.Lead != 0 {
			own = a.Lead
		}
		if a.SameAs != own && d.Index.Has(a.SameAs) {
			found = append(found, duplicate.Suspicion{
				Pair: duplicate.PairOf(a.SameAs, own), Score: said, FoundAt: now,
				Why: []duplicate.Reason{{Fact: duplicate.SaidSame, Points: math.Log(said / (1 - said))}},
			})
		}
		c := d.caseOf(&told[i])
		for _, f := range d.Index.Find(&c, duplicate.Suspicious, mostSuspected) {
			if f.ID != a.SameAs {
				found = append(found, duplicate.Suspicion{Pair: duplicate.PairOf(f.ID, own), Score: f.Score, Why: f.Why, FoundAt: now})
			}
		}
	}
	return d.Notes.Note(ctx, once(found), changed, "")
}

// said is how likely it is that somebody who says that it is the same is right.
const said = 0.99

// once leaves each pair once, with the best score: one statement can't write it
// twice.
func once(found []duplicate.Suspicion) []duplicate.Suspicion {
	at := map[duplicate.Pair]int{}
	var out []duplicate.Suspicion
	for _, f := range found {
		i, again := at[f.Pair]
		switch {
		case f.Earlier == f.Later:
		case !again:
			at[f.Pair] = len(out)
			out = append(out, f)
		case out[i].Score < f.Score:
			out[i] = f
		}
	}
	return out
}

func (d *Duplicates) cases(told []workflow.Told) []duplicate.Case {
	out := make([]duplicate.Case, len(told))
	for i := range told {
		out[i] = d.caseOf(&told[i])
	}
	return out
}

func (d *Duplicates) caseOf(t *workflow.Told) duplicate.Case {
	a := &t.Appeal
	c := duplicate.Case{
		ID: a.ID, Of: a.Lead, Topic: a.Rubric, Category: a.Category, Territory: a.Place.Territory, Address: a.Place.Address,
		Text: a.Text, Sent: a.SubmittedAt, Persons: t.Persons, Radius: d.Radius(a.Rubric),
	}
	if p := a.Place.Point; p != nil {
		c.Point = &duplicate.Point{Lat: p.Lat, Lon: p.Lon}
	}
	return c
}
