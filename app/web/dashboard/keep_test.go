package dashboard_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// TestKeeper_equals_the_recount lives lives that are redirected, sent back,
// extended, joined to a lead, split, given another topic and moved by a change
// of the calendar. The sums follow in batches of any length, some of them done
// twice or broken off, and are in the end what the events of the cases say.
func TestKeeper_equals_the_recount_unraced(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(3) {
				r := newRegion(t, dialect)
				dice := rand.New(rand.NewPCG(seed, 29))
				k := r.keeper()
				ledger := &flaky{Ledger: k.Ledger, dice: dice}
				k.Ledger = ledger
				var lives []*life
				for range 24 {
					l := &life{region: r, dice: dice}
					l.live(today.Add(-time.Duration(1+dice.IntN(75*24)) * time.Hour))
					lives = append(lives, l)
					if dice.IntN(3) == 0 {
						_, err := k.Step(t.Context())
						require.True(t, err == nil || errors.Is(err, errKilled), err)
					}
				}
				r.clock.Set(today)
				r.tie(dice, lives)
				r.moveCalendar()
				r.reindex()
				r.agrees()
				require.NotZero(t, ledger.killed)
			}
		})
	}
}

// agrees compares the sums with the appeals, and with what the events say.
func (r *region) agrees() {
	r.t.Helper()
	v, err := r.keeper().Verify(r.t.Context(), func(int) {})
	require.NoError(r.t, err)
	require.Zero(r.t, v.Wrong, v.Findings[:min(3, len(v.Findings))])
	all := r.cases()
	require.Equal(r.t, len(all), v.Appeals)
	r.flowAgrees(r.t, all)
	r.trendAgrees(r.t, all)
	for _, p := range []report.Period{lastDays(9), lastDays(30), lastDays(100)} {
		got, err := r.board().CountsBy(r.t.Context(), p, report.Filter{Region: true}, today, report.GroupNone)
		require.NoError(r.t, err)
		require.Equal(r.t, recount(all, p, today, 0), *got[0])
		for _, by := range []report.Group{report.GroupAgency, report.GroupTerritory, report.GroupPerson} {
			got, err := r.board().CountsBy(r.t.Context(), p, report.Filter{Region: true}, today, by)
			require.NoError(r.t, err)
			want, err := r.store.CountsBy(r.t.Context(), p, report.Filter{Region: true}, today, by)
			require.NoError(r.t, err)
			for id, c := range got {
				if reflect.DeepEqual(*c, report.Counts{}) {
					delete(got, id)
				}
			}
			require.Equal(r.t, want, got)
		}
		topics, err := r.board().Topics(r.t.Context(), p, report.Filter{Region: true}, today, 100)
		require.NoError(r.t, err)
		plain, err := r.store.Topics(r.t.Context(), p, report.Filter{Region: true}, today, 100)
		require.NoError(r.t, err)
		require.Equal(r.t, plain, topics)
		for _, f := range []report.Filter{{Agencies: []int64{r.roads, r.other}}, {Region: true, Territory: []int64{r.places["lipki"]}}} {
			topics, err := r.board().Topics(r.t.Context(), p, f, today, 100)
			require.NoError(r.t, err)
			plain, err := r.store.Topics(r.t.Context(), p, f, today, 100)
			require.NoError(r.t, err)
			require.Equal(r.t, plain, topics)
		}
	}
}

// tie joins some of those that await an answer, splits one, gives one another
// topic, and answers leads with those joined to them.
func (r *region) tie(dice *rand.Rand, lives []*life) {
	ctx := r.t.Context()
	done := map[workflow.Action]int{}
	try := func(action workflow.Action, err error) {
		if err == nil {
			done[action]++
			return
		}
		require.True(r.t, fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden), "%s: %v", action, err)
	}
	open := func(l *life) (*workflow.Appeal, bool) {
		a := l.appeal()
		return a, a.Stage == workflow.StageReceived || a.Stage == workflow.StageAssigned || a.Stage == workflow.StageInWork
	}
	for range 4 { // fresh ones, so that there is something to tie
		l := &life{region: r, dice: dice}
		r.clock.Set(today.Add(-2 * time.Hour))
		receipt, err := r.engine.Submit(ctx, workflow.Submission{
			Text: texts[0] + ". " + texts[1] + ".", Rubric: "roads.pit", Place: workflow.Place{Territory: r.places["lipki"]}, Source: workflow.FromPortal,
		})
		require.NoError(r.t, err)
		l.id = receipt.ID
		lives = append(lives, l)
	}
	r.clock.Set(today)
	fresh := lives[len(lives)-4:]
	lead, _ := open(fresh[0])
	_, err := r.engine.Join(ctx, officer(lead.Agency), lead.ID, lead.Version, []int64{fresh[1].id, fresh[2].id})
	try(workflow.Join, err)
	part, _ := open(fresh[3])
	_, _, err = r.engine.Split(ctx, officer(part.Agency), part.ID, part.Version, []workflow.Part{{Text: texts[1], Rubric: "roads.light"}})
	try(workflow.Split, err)
	for _, l := range lives {
		if a, ok := open(l); ok && a.Lead == 0 && a.Joined == 0 && dice.IntN(3) == 0 {
			_, err := r.engine.Act(ctx, officer(a.Agency), a.ID, workflow.Command{Action: workflow.Retopic, Rubric: "yards.green.trees", Reason: "Это про дерево"})
			try(workflow.Retopic, err)
		}
	}
	for range 6 {
		if a, _ := open(fresh[0]); a.Stage.Working() {
			fresh[0].step()
		}
	}
	delivery := &jobs.Passings{Leads: r.engine}
	rows, err := r.store.ClaimOutbox(ctx, today.Add(time.Hour), time.Minute, 10_000)
	require.NoError(r.t, err)
	for _, row := range rows {
		if row.Topic == workflow.TopicShareAnswer || row.Topic == workflow.TopicLeave {
			require.NoError(r.t, delivery.Deliver(ctx, row))
			done[workflow.Share]++
		}
	}
	for _, action := range []workflow.Action{workflow.Join, workflow.Split} {
		require.NotZero(r.t, done[action], action)
	}
}

// moveCalendar makes a day off of the due day of whatever awaits an answer.
func (r *region) moveCalendar() {
	ctx := r.t.Context()
	moved := 0
	for _, c := range r.cases() {
		if !c.Appeal.Stage.Working() || c.Appeal.DueAt.IsZero() {
			continue
		}
		days := r.engine.Calendar()
		off, err := days.With(calendar.Overlay{Name: "ru-xx", Source: "regional law", Off: []calendar.Day{days.DayOf(c.Appeal.DueAt)}})
		require.NoError(r.t, err)
		n, err := r.engine.Recount(ctx, &c, workflow.Recounting{Change: 3, Calendar: off, Reason: "Выходной по закону края", Later: true, Earlier: true})
		require.NoError(r.t, err)
		moved += n
	}
	require.NotZero(r.t, moved)
}

var errKilled = errors.New("killed")

// flaky is a ledger whose process dies now and then in the middle of a batch, or
// just behind one.
type flaky struct {
	report.Ledger
	dice   *rand.Rand
	killed int
}

func (f *flaky) PutKPIs(ctx context.Context, from, to report.State, portions map[int64][]byte, added map[report.Key]report.Tray) error {
	if f.dice.IntN(2) > 0 {
		return f.Ledger.PutKPIs(ctx, from, to, portions, added)
	}
	f.killed++
	if f.dice.IntN(2) == 0 {
		if err := f.Ledger.PutKPIs(ctx, from, to, portions, added); err != nil {
			return err
		}
		return errKilled // what it did is there, and it doesn't know
	}
	return errKilled
}

// unheld is the product's ledger whose log is every appeal anew: transactions of
// other tests on the server don't hold its end back.
type unheld struct{ report.Ledger }

func (u unheld) ChangedAfter(ctx context.Context, position string, _ int) (appeals []int64, events int, next string, err error) {
	appeals, err = u.ListAppealIDs(ctx, 0, 100_000)
	return appeals, len(appeals) + 100_000, position, err
}
