package dashboard_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/workflow"
)

// held says whether what happened while an agency held an appeal of a place
// counts.
type held func(agency, territory int64) bool

// recountStages computes how long cases were at each stage, and which are there,
// from nothing but their events.
func recountStages(all []workflow.Case, p report.Period, counts held) []report.StageLine {
	lines := map[workflow.Stage]*report.StageLine{}
	for i := range all {
		c := &all[i]
		for n := 0; n < len(c.Events); {
			came := &c.Events[n]
			for n < len(c.Events) && c.Events[n].To == came.To && c.Events[n].Agency == came.Agency {
				n++
			}
			if came.To.Final() || !counts(came.Agency, c.Appeal.Place.Territory) {
				continue
			}
			l := lines[came.To]
			if l == nil {
				l = &report.StageLine{Stage: string(came.To)}
				lines[came.To] = l
			}
			if n == len(c.Events) {
				if day := report.DayOf(came.At, zone); l.Now == 0 || day < l.Since {
					l.Since = day
				}
				l.Now++
			} else if left := c.Events[n].At; !left.Before(p.From) && left.Before(p.To) {
				l.Visits++
				l.Hours.Merge(report.HoursOf(left.Sub(came.At)), 1)
			}
		}
	}
	var out []report.StageLine
	for _, l := range lines {
		if l.Visits != 0 || l.Now != 0 {
			out = append(out, *l)
		}
	}
	slices.SortFunc(out, func(a, b report.StageLine) int { return cmp.Compare(a.Stage, b.Stage) })
	return out
}

// recountRedirects computes who passed cases on to whom.
func recountRedirects(all []workflow.Case, p report.Period, counts func(agency int64) bool) map[[2]int64]int {
	out := map[[2]int64]int{}
	for i := range all {
		for _, e := range all[i].Events {
			if from := e.Data.FromAgency; e.Action == workflow.Redirect && !e.At.Before(p.From) && e.At.Before(p.To) && (counts(from) || counts(e.Agency)) {
				out[[2]int64{from, e.Agency}]++
			}
		}
	}
	return out
}

// recountFlags computes against which flags the latest final answers were
// signed.
func recountFlags(all []workflow.Case, p report.Period, counts held) map[string]int {
	out := map[string]int{}
	for i := range all {
		a := &all[i].Appeal
		if a.AnsweredAt.Before(p.From) || !a.AnsweredAt.Before(p.To) || !counts(a.Agency, a.Place.Territory) {
			continue
		}
		var signed *workflow.Event
		for n := range all[i].Events {
			if e := &all[i].Events[n]; e.To == workflow.StageAnswered && (e.Action == workflow.Sign || e.Action == workflow.Share) {
				signed = e
			}
		}
		for _, flag := range signed.Data.Flags {
			out[string(flag)]++
		}
	}
	return out
}

// flowAgrees compares «where cases wait» with the events, for whoever may look.
func (r *region) flowAgrees(t *testing.T, all []workflow.Case) {
	t.Helper()
	lipki := r.places["lipki"]
	for name, of := range map[string]struct {
		filter report.Filter
		counts held
	}{
		"region":   {report.Filter{Region: true}, func(int64, int64) bool { return true }},
		"agency":   {report.Filter{Region: true, Agency: r.roads}, func(agency, _ int64) bool { return agency == r.roads }},
		"agencies": {report.Filter{Agencies: []int64{r.yards, r.other}}, func(agency, _ int64) bool { return agency == r.yards || agency == r.other }},
		"nobody":   {report.Filter{}, func(int64, int64) bool { return false }},
		"place":    {report.Filter{Region: true, Territory: []int64{lipki}}, func(_, place int64) bool { return place == lipki }},
	} {
		for _, p := range []report.Period{lastDays(9), lastDays(30), lastDays(100), lastDays(400)} {
			stages, err := r.board().Stages(t.Context(), p, of.filter, today)
			require.NoError(t, err)
			require.Equal(t, recountStages(all, p, of.counts), slices.Clip(append([]report.StageLine(nil), stages...)), name)
			flags, err := r.board().Flags(t.Context(), p, of.filter)
			require.NoError(t, err)
			got := map[string]int{}
			for _, l := range flags {
				got[l.Flag] = l.Count
			}
			require.Equal(t, recountFlags(all, p, of.counts), got, name)
			if len(of.filter.Territory) > 0 {
				continue // redirects are between agencies, wherever the place
			}
			pairs, err := r.board().RedirectPairs(t.Context(), p, of.filter)
			require.NoError(t, err)
			passed := map[[2]int64]int{}
			for _, l := range pairs {
				passed[[2]int64{l.From, l.To}] = l.Count
			}
			require.Equal(t, recountRedirects(all, p, func(agency int64) bool { return of.counts(agency, 0) }), passed, name)
		}
	}
}

// trendAgrees compares the steps of a trend with the appeals of each.
func (r *region) trendAgrees(t *testing.T, all []workflow.Case) {
	t.Helper()
	for _, step := range []report.Stride{report.Daily, report.Weekly, report.Monthly} {
		p := lastDays(100)
		points, err := r.board().Trend(t.Context(), p, report.Filter{Region: true}, today, step)
		require.NoError(t, err)
		require.NotEmpty(t, points)
		for i, point := range points {
			of := report.Period{From: point.From.In(zone).UTC(), To: p.To}
			if of.From.Before(p.From) {
				of.From = p.From
			}
			if i+1 < len(points) {
				of.To = points[i+1].From.In(zone).UTC()
			}
			want := recount(all, of, today, 0)
			// Of today that is over is not told by days, and what was open isn't kept.
			want.OpenNow = 0
			if !of.To.After(today.Truncate(24 * time.Hour)) {
				require.Equal(t, want.OpenPastDue, point.Counts.OpenPastDue)
			}
			want.OpenPastDue = point.Counts.OpenPastDue
			require.Equal(t, want, point.Counts)
		}
	}
}
