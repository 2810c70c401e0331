package report

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/otklik/otklik/app/fault"
)

// Ledger is where a [Keeper] reads appeals and writes sums. Nothing that it
// writes is a truth of its own: all can be made again from the appeals.
type Ledger interface {
	KPIState(ctx context.Context) (State, error)
	// ChangedAfter lists the appeals with events behind a position of the log,
	// each once, and the position behind these events. The position of another
	// log is fault.Gone.
	ChangedAfter(ctx context.Context, position string, limit int) (appeals []int64, events int, next string, err error)
	LogEnd(ctx context.Context) (string, error)
	// ListAppealIDs lists ids after one, in order.
	ListAppealIDs(ctx context.Context, after int64, limit int) ([]int64, error)
	Stories(ctx context.Context, appeals []int64) ([]Story, error)
	// Portions are the stored portions of the appeals that have one.
	Portions(ctx context.Context, appeals []int64) (map[int64][]byte, error)
	// PutKPIs replaces the portions, adds to the trays and moves the position, or
	// does nothing of it: it is fault.Conflict where the position was moved
	// meanwhile.
	PutKPIs(ctx context.Context, from, to State, portions map[int64][]byte, added map[Key]Tray) error

	// ClaimKPIs empties everything and says who may fill it until a time; another
	// who fills it now is fault.Conflict.
	ClaimKPIs(ctx context.Context, by string, now time.Time, until time.Time) error
	// FillKPIs writes portions and new trays while the claim holds.
	FillKPIs(ctx context.Context, by string, until time.Time, portions map[int64][]byte, trays map[Key]Tray) error
	// OpenKPIs ends the claim: what was filled is whole.
	OpenKPIs(ctx context.Context, by string, s State) error

	// EachKPI walks every cell and every portion.
	EachKPI(ctx context.Context, cell func(Key, *Sums) error, portion func(appeal int64, body []byte) error) error
}

// Keeper keeps the sums behind the event log. An appeal's portion is a function
// of the appeal as it is; the sums change by what that differs from the portion
// kept. So a batch may be done twice, and one that was broken off left nothing.
type Keeper struct {
	Ledger Ledger
	Zone   *time.Location
	Now    func() time.Time
	Name   string // of this process, unlike that of any other
}

const (
	stepAtOnce = 200  // events of a batch
	fillAtOnce = 1000 // appeals read at once, and portions and trays of a transaction
	claimLife  = time.Minute
)

// Step does one batch and reports whether there may be more.
func (k *Keeper) Step(ctx context.Context) (more bool, err error) {
	s, err := k.Ledger.KPIState(ctx)
	if err != nil {
		return false, err
	}
	if !s.Ready || s.Zone != k.Zone.String() || s.Rules != Rules {
		return k.anew(ctx)
	}
	ids, events, next, err := k.Ledger.ChangedAfter(ctx, s.Position, stepAtOnce)
	if fault.Is(err, fault.Gone) { // the database was restored from a copy
		return k.anew(ctx)
	}
	if err != nil || len(ids) == 0 {
		return false, err
	}
	portions, added, err := k.changes(ctx, ids)
	if err != nil {
		return false, err
	}
	to := s
	to.Position = next
	err = k.Ledger.PutKPIs(ctx, s, to, portions, added)
	if fault.Is(err, fault.Conflict) {
		return false, nil // another node did it
	}
	return events == stepAtOnce, err
}

func (k *Keeper) anew(ctx context.Context) (bool, error) {
	err := k.Rebuild(ctx, func(int) {})
	if fault.Is(err, fault.Conflict) {
		return false, nil // another node does it
	}
	return err == nil, err
}

// changes are the new portions of appeals, and by how much cells change.
func (k *Keeper) changes(ctx context.Context, ids []int64) (map[int64][]byte, map[Key]Tray, error) {
	kept, err := k.Ledger.Portions(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	stories, err := k.Ledger.Stories(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	portions, cells := map[int64][]byte{}, tally{}
	for i := range stories {
		now := stories[i].Portion(k.Zone)
		body := now.Encode()
		old := kept[stories[i].Appeal]
		if string(body) == string(old) {
			continue
		}
		was, err := DecodePortion(old)
		if err != nil {
			return nil, nil, fmt.Errorf("appeal %d: %w", stories[i].Appeal, err)
		}
		cells.add(was, -1)
		cells.add(now, 1)
		portions[stories[i].Appeal] = body
	}
	maps.DeleteFunc(cells, func(_ Key, s *Sums) bool { return s.Zero() })
	return portions, trays(cells), nil
}

// tally sums portions by cell.
type tally map[Key]*Sums

func (t tally) add(p Portion, times int) { t.addTo(cubes, p, times) }

// addTo sums portions by the cells of some cubes.
func (t tally) addTo(some []cubeOf, p Portion, times int) {
	for i := range p {
		p[i].each(some, func(k Key, s *Sums) {
			if t[k] == nil {
				t[k] = &Sums{}
			}
			t[k].Add(s, times)
		})
	}
}

// Rebuild makes all sums anew from the appeals. It is fault.Conflict while
// another does so.
func (k *Keeper) Rebuild(ctx context.Context, progress func(appeals int)) error {
	if err := k.Ledger.ClaimKPIs(ctx, k.Name, k.Now(), k.Now().Add(claimLife)); err != nil {
		return err
	}
	state := State{Zone: k.Zone.String(), Rules: Rules, Ready: true}
	var err error
	// What happens from here on is in the log behind this position.
	if state.Position, err = k.Ledger.LogEnd(ctx); err != nil {
		return err
	}
	fill := func(portions map[int64][]byte, some map[Key]Tray) error {
		return k.Ledger.FillKPIs(ctx, k.Name, k.Now().Add(claimLife), portions, some)
	}
	done := 0
	err = k.each(ctx, func(stories []Story) error {
		portions := make(map[int64][]byte, len(stories))
		for i := range stories {
			portions[stories[i].Appeal] = stories[i].Portion(k.Zone).Encode()
		}
		done += len(stories)
		progress(done)
		return fill(portions, nil)
	})
	if err != nil {
		return err
	}
	for _, some := range cubesTogether() {
		cells, err := k.sum(ctx, some, func() error { return fill(nil, nil) })
		if err != nil {
			return err
		}
		// In the order of the table, which is quicker to fill so.
		all := trays(cells)
		for keys := range slices.Chunk(slices.SortedFunc(maps.Keys(all), compareKeys), fillAtOnce) {
			some := make(map[Key]Tray, len(keys))
			for _, key := range keys {
				some[key] = all[key]
			}
			if err := fill(nil, some); err != nil {
				return err
			}
		}
	}
	return k.Ledger.OpenKPIs(ctx, k.Name, state)
}

// sum adds up what all portions that were filled put into some cubes.
func (k *Keeper) sum(ctx context.Context, some []cubeOf, hold func() error) (tally, error) {
	cells := tally{}
	for after := int64(0); ; {
		ids, err := k.Ledger.ListAppealIDs(ctx, after, fillAtOnce)
		if err != nil || len(ids) == 0 {
			return cells, err
		}
		after = ids[len(ids)-1]
		bodies, err := k.Ledger.Portions(ctx, ids)
		if err != nil {
			return nil, err
		}
		for id, body := range bodies {
			p, err := DecodePortion(body)
			if err != nil {
				return nil, fmt.Errorf("appeal %d: %w", id, err)
			}
			cells.addTo(some, p, 1)
		}
		if err := hold(); err != nil {
			return nil, err
		}
	}
}

// each reads the stories of all appeals.
func (k *Keeper) each(ctx context.Context, fn func([]Story) error) error {
	for after := int64(0); ; {
		ids, err := k.Ledger.ListAppealIDs(ctx, after, fillAtOnce)
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		stories, err := k.Ledger.Stories(ctx, ids)
		if err != nil {
			return err
		}
		if err := fn(stories); err != nil {
			return err
		}
	}
}

// ErrBehind says that the sums are not whole yet, or that the log grows faster
// than they follow.
var ErrBehind = errors.New("report: the sums are still being made")
