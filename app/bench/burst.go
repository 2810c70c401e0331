package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// An ordinary Wednesday morning: the measurement is the same whenever it runs.
var burstDay = time.Date(2026, 9, 16, 7, 0, 0, 0, time.UTC)

const (
	putAtOnce  = 2000
	templates  = 500 // lives that the other pending deadlines are copies of
	before     = 8 * time.Hour
	clearOf    = 2 * time.Hour // nothing else comes due so soon after the burst
	afterThat  = time.Hour     // from sending to assigning
	openClocks = 2             // of an appeal that was just sent
)

// burst is appeals in a database whose half time for review ends in one second,
// among many others whose clocks run too.
type burst struct {
	*cast
	rows     int // pending deadlines in all
	due      int // of them in the one second
	at       time.Time
	first    int64 // ids of those due are [first, first+due)
	pending  int   // deadlines that were made
	appeals  int
	progress func(format string, args ...any)
}

// fill makes all of it. Statistics and indexes are those of a living database.
func (b *burst) fill(ctx context.Context, kind, target string) error {
	db, err := openSQL(target)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	indexes, err := dropIndexes(ctx, kind, conn)
	if err != nil {
		return err
	}
	if err := b.makeDue(ctx); err != nil {
		return err
	}
	if err := b.makeOthers(ctx); err != nil {
		return err
	}
	b.progress("%s: indexes", kind)
	for _, index := range indexes {
		if _, err := conn.ExecContext(ctx, index); err != nil {
			return err
		}
	}
	statistics := []string{"ANALYZE"}
	if kind == postgres {
		statistics = []string{"VACUUM ANALYZE", "CHECKPOINT"}
	}
	for _, statement := range statistics {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// makeDue makes those that come due, each by a life of its own: sent, assigned
// and begun on one day, so that half of the time ends in the second wanted.
func (b *burst) makeDue(ctx context.Context) error {
	topic, sent, err := b.halfwayAt(ctx)
	if err != nil {
		return err
	}
	cases := make([]workflow.Case, b.due)
	b.first = b.ids.Load() + 1
	b.ids.Add(int64(b.due))
	var group errgroup.Group
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() error {
			s, err := b.scene(uint64(w)) //nolint:gosec // a few workers
			if err != nil {
				return err
			}
			for i := w; i < b.due && ctx.Err() == nil; i += workers {
				// Half of the time ends half as much later.
				at := sent.Add(2 * time.Duration(i) * time.Second / time.Duration(b.due))
				if err := s.begun(ctx, topic, at); err != nil {
					return err
				}
				if cases[i], err = copyAs(&s.ledger.Case, b.first+int64(i)); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for some := range slices.Chunk(cases, putAtOnce) {
		if err := b.product.app.Store.PutCases(ctx, some, resident); err != nil {
			return err
		}
	}
	b.appeals, b.pending = b.due, b.due
	return nil
}

// begun lives the beginning of an appeal up to the executor.
func (s *scene) begun(ctx context.Context, topic *rubricator.Rubric, at time.Time) error {
	s.clock.Set(at)
	if err := s.submit(ctx, topic.Code, s.cast.forms.places[0], text(s.random)); err != nil {
		return err
	}
	s.clock.Advance(afterThat)
	if s.ledger.Appeal.Stage == workflow.StageModeration {
		if err := s.act(ctx, actor.Coordinator, workflow.Command{Action: workflow.Accept}); err != nil {
			return err
		}
	}
	if err := s.act(ctx, actor.Coordinator, workflow.Command{Action: workflow.Assign}); err != nil {
		return err
	}
	return s.act(ctx, actor.Executor, workflow.Command{Action: workflow.Start})
}

// halfwayAt finds a topic and an instant: half of the time for review of an
// appeal that is sent then ends when the burst begins, and nothing else of it
// waits.
func (b *burst) halfwayAt(ctx context.Context) (topic *rubricator.Rubric, sent time.Time, err error) {
	s, err := b.scene(0)
	if err != nil {
		return nil, sent, err
	}
	zone := b.product.app.Config.Zone
	for _, topic := range b.forms.topics {
		for earlier := topic.Days / 2; earlier <= topic.Days+1 && topic.Days > 0; earlier++ {
			day := b.at.In(zone).AddDate(0, 0, -earlier)
			noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, zone)
			half, ok := s.halfOf(ctx, topic, noon)
			if !ok {
				continue
			}
			// While the day is the same, so is the due date.
			sent := noon.Add(2 * b.at.Sub(half))
			if half, ok := s.halfOf(ctx, topic, sent); ok && half.Sub(b.at).Abs() < time.Millisecond && sent.Day() == sent.Add(2*time.Second).Day() {
				return topic, sent, nil
			}
		}
	}
	return nil, sent, errNoTopic
}

func (s *scene) halfOf(ctx context.Context, topic *rubricator.Rubric, sent time.Time) (time.Time, bool) {
	if s.begun(ctx, topic, sent) != nil {
		return time.Time{}, false
	}
	var waiting []deadline.Deadline
	for _, d := range s.ledger.Appeal.Deadline {
		if !d.NextAt.IsZero() {
			waiting = append(waiting, d)
		}
	}
	if len(waiting) != 1 || waiting[0].Kind != deadline.Review || waiting[0].Step != deadline.StepHalf {
		return time.Time{}, false
	}
	return waiting[0].NextAt, true
}

// makeOthers makes the deadlines that only wait: of appeals sent in the hours
// before, of all topics and places.
func (b *burst) makeOthers(ctx context.Context) error {
	s, err := b.scene(99)
	if err != nil {
		return err
	}
	var lives []workflow.Case
	for n := 0; len(lives) < min(templates, b.rows); n++ {
		if n > 20*templates {
			return errNoTopic
		}
		s.clock.Set(b.at.Add(-time.Duration(s.random.Int64N(int64(before)))))
		topic := b.forms.topics[s.random.IntN(len(b.forms.topics))]
		place := b.forms.places[s.random.IntN(len(b.forms.places))]
		if err := s.submit(ctx, topic.Code, place, text(s.random)); err != nil {
			return err
		}
		soon := slices.ContainsFunc(s.ledger.Appeal.Deadline, func(d deadline.Deadline) bool {
			return d.NextAt.Before(b.at.Add(clearOf))
		})
		if !soon && len(s.ledger.Appeal.Deadline) == openClocks {
			lives = append(lives, s.ledger.Case)
		}
	}
	began := time.Now()
	for b.pending < b.rows {
		cases := make([]workflow.Case, min(putAtOnce, (b.rows-b.pending+openClocks-1)/openClocks))
		for i := range cases {
			if cases[i], err = copyAs(&lives[(b.appeals+i)%len(lives)], b.ids.Add(1)); err != nil {
				return err
			}
		}
		if err := b.product.app.Store.PutCases(ctx, cases, resident); err != nil {
			return err
		}
		b.appeals += len(cases)
		b.pending += openClocks * len(cases)
		if b.appeals/100_000 != (b.appeals-len(cases))/100_000 {
			b.progress("%d deadlines, %s", b.pending, time.Since(began).Round(time.Second))
		}
	}
	return nil
}

// result of counting the events of those that came due.
type fired struct{ events, appeals int }

// count counts the warnings that were given, in the database.
func (b *burst) count(ctx context.Context, target string) (f fired, err error) {
	db, err := openSQL(target)
	if err != nil {
		return f, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*), count(DISTINCT appeal_id) FROM events
		WHERE action = 'warn' AND appeal_id >= %d AND appeal_id < %d`, b.first, b.first+int64(b.due))).Scan(&f.events, &f.appeals)
	return f, err
}

// proven counts the appeals of a sample that don't prove themselves.
func (b *burst) proven(ctx context.Context) (wrong int, err error) {
	ids, err := b.product.app.Store.ListAppealIDs(ctx, b.first-1, min(b.due, putAtOnce))
	if err != nil {
		return 0, err
	}
	others, err := b.product.app.Store.ListAppealIDs(ctx, b.first+int64(b.due)-1, putAtOnce)
	if err != nil {
		return 0, err
	}
	result, err := b.product.app.AuditSome(ctx, append(ids, others...))
	return result.Wrong, err
}
