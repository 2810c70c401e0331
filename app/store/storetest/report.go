package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// month is the period of the report tests; Noon lies in it.
var month = report.Period{
	From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
}

func testReport(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	require.NoError(t, s.SaveTerritories(ctx, []territory.Territory{
		{Code: "r", Kind: "region", Name: lang.Text{RU: "Р"}, Population: 100},
		{Code: "t", Kind: "town", Name: lang.Text{RU: "Г"}, Population: 60},
		{Code: "d", Kind: "district", Name: lang.Text{RU: "Р-н"}, Population: 40},
		{Code: "s", Kind: "settlement", Name: lang.Text{RU: "С"}, Population: 5},
	}))
	places, err := s.ListTerritories(ctx)
	require.NoError(t, err)
	now := month.From.AddDate(0, 0, 20)
	add := func(at time.Time, agency int64, set func(a *workflow.Appeal)) {
		take(t, s, at, agency, func(in *workflow.Intake) {
			in.Appeal.DueAt, in.Appeal.Deadline, in.Appeal.RegisteredAt = time.Time{}, nil, at
			set(&in.Appeal)
		})
	}
	signed := func(a *workflow.Appeal, after time.Duration, outcome workflow.Outcome, rating int) {
		a.Stage, a.FirstSigned, a.AnsweredAt = workflow.StageAnswered, a.SubmittedAt.Add(after), a.SubmittedAt.Add(after)
		a.Outcome, a.Rating = outcome, rating
	}
	add(Noon, 1, func(a *workflow.Appeal) { signed(a, 10*time.Hour, workflow.Solved, 5); a.Hops = 2 })
	add(Noon, 1, func(a *workflow.Appeal) {
		signed(a, 30*time.Hour, workflow.Solved, 1)
		a.Refuted, a.Formal, a.Round, a.Late, a.Extended, a.Order = true, true, 2, true, true, workflow.Fast
	})
	add(Noon, 2, func(a *workflow.Appeal) {
		signed(a, 20*time.Hour, workflow.Explained, 0)
		a.Rubric, a.Category, a.Place.Territory = "yard.snow", "yard", places[1].ID
	})
	add(Noon, 2, func(a *workflow.Appeal) { a.Stage, a.ClosedAt = workflow.StageRejected, now })
	add(Noon, 2, func(a *workflow.Appeal) { a.Stage, a.ClosedAt = workflow.StageWithdrawn, month.To.Add(time.Hour) })
	add(Noon, 1, func(a *workflow.Appeal) { a.Stage, a.DueAt = workflow.StageInWork, now.Add(-time.Hour) })
	add(Noon, 1, func(a *workflow.Appeal) { a.Stage, a.DueAt = workflow.StageInWork, now.Add(time.Hour) })
	add(month.From.Add(-time.Hour), 1, func(a *workflow.Appeal) { signed(a, 60*24*time.Hour, workflow.Solved, 4) })
	add(month.To, 1, func(*workflow.Appeal) {})

	board := &report.Board{Store: s, Zone: time.UTC}
	for name, settle := range map[string]func(){"counted": func() {}, "kept": func() { keep(t, s) }} {
		settle() // from here on both: sums that are kept say the same as the appeals
		t.Run(name, func(t *testing.T) { testFigures(t, board, places, now) })
	}

	t.Run("days are those of the zone", func(t *testing.T) { testDays(t, open) })
	t.Run("an address is told up to the house", func(t *testing.T) { testAgain(t, open) })
}

func testAgain(t *testing.T, open Opener) {
	s := open(t)
	for _, address := range []string{"Лесная, 40, кв. 19", "Лесная, 40", "Лесная, 40 квартира 3", "Лесная, 40, apt 7", "Квартальная, 2", "Квартальная, 3"} {
		take(t, s, Noon, 1, func(in *workflow.Intake) { in.Appeal.Place.Address = address })
	}
	region := report.Filter{Region: true}
	lines, err := s.Again(t.Context(), month, region, 10)
	require.NoError(t, err)
	require.Len(t, lines, 1)
	require.Equal(t, "Лесная, 40", lines[0].Address)
	require.Equal(t, 4, lines[0].Count)
	region.Address = lines[0].Address
	ids, err := s.ListCounted(t.Context(), "submitted", month, region, Noon, 0, 10)
	require.NoError(t, err)
	require.Len(t, ids, 4, "the list has exactly what the line counts")
}

// keep brings the sums up to the end of the log.
func keep(t *testing.T, s *store.Store) {
	t.Helper()
	k := &report.Keeper{Ledger: s, Zone: time.UTC, Now: time.Now, Name: t.Name()}
	for more := true; more; {
		var err error
		more, err = k.Step(t.Context())
		require.NoError(t, err)
	}
}

func hours(of ...int) report.Histogram {
	var h report.Histogram
	for _, n := range of {
		h.Merge(report.HoursOf(time.Duration(n)*time.Hour), 1)
	}
	return h
}

func testFigures(t *testing.T, s *report.Board, places []territory.Territory, now time.Time) {
	t.Helper()
	ctx := t.Context()
	t.Run("counts say what their words say", func(t *testing.T) {
		c, err := s.Counts(ctx, month, report.Filter{Region: true}, now)
		require.NoError(t, err)
		require.Equal(t, report.Counts{
			Submitted: 7, Accepted: 5, FastTrack: 1, Rejected: 1, Closed: 3, ClosedLate: 1, OpenDue: 2, OpenPastDue: 1,
			Answered: 3, Formal: 1, Hours: hours(10, 20, 30), Rated: 2, RatingSum: 6, Top2: 1, ReReviewed: 1, Solved: 2,
			Refuted: 1, HopsSum: 2, TwoHops: 1, Extended: 1, Population: 100, OpenNow: 4,
		}, c)
	})

	t.Run("filters narrow", func(t *testing.T) {
		c, err := s.Counts(ctx, month, report.Filter{Region: true, Category: "yard", Territory: []int64{places[1].ID}}, now)
		require.NoError(t, err)
		require.Equal(t, report.Counts{Submitted: 1, Accepted: 1, Closed: 1, Answered: 1, Hours: hours(20), Population: 60}, c)
		c, err = s.Counts(ctx, month, report.Filter{Agencies: []int64{2, 9}}, now)
		require.NoError(t, err)
		require.Equal(t, 3, c.Submitted)
		c, err = s.Counts(ctx, month, report.Filter{Agencies: []int64{2, 9}, Agency: 1}, now)
		require.NoError(t, err)
		require.Zero(t, c.Submitted)
		c, err = s.Counts(ctx, month, report.Filter{}, now)
		require.NoError(t, err)
		require.Zero(t, c.Submitted)
	})

	t.Run("agencies add up to the whole", func(t *testing.T) {
		lines, err := s.Agencies(ctx, month, report.Filter{Region: true}, now)
		require.NoError(t, err)
		require.Len(t, lines, 2)
		require.EqualValues(t, 1, lines[0].Agency)
		require.Equal(t, 4, lines[0].Counts.Submitted)
		require.Equal(t, hours(10, 30), lines[0].Counts.Hours)
		require.Equal(t, 3, lines[1].Counts.Submitted)
	})

	t.Run("topics, the most frequent first", func(t *testing.T) {
		lines, err := s.Topics(ctx, month, report.Filter{Region: true}, now, 5)
		require.NoError(t, err)
		require.Equal(t, []report.TopicLine{
			{Rubric: "roads.surface.pothole", Count: 6, Before: 1, Open: 2, Late: 2},
			{Rubric: "yard.snow", Count: 1},
		}, lines)
	})
}

func testDays(t *testing.T, open Opener) {
	t.Helper()
	s := open(t)
	ctx := t.Context()
	kathmandu, err := time.LoadLocation("Asia/Kathmandu") // 5:45 ahead
	require.NoError(t, err)
	berlin, err := time.LoadLocation("Europe/Berlin") // clocks go forward on 29 March 2026
	require.NoError(t, err)
	midnight := func(zone *time.Location, day int) time.Time { return time.Date(2026, 3, day, 0, 0, 0, 0, zone).UTC() }
	for _, at := range []time.Time{
		midnight(kathmandu, 3).Add(-time.Second), midnight(kathmandu, 3),
		midnight(berlin, 30).Add(-time.Second), midnight(berlin, 30),
	} {
		take(t, s, at, 1, func(in *workflow.Intake) { in.Appeal.AnsweredAt = at.Add(time.Hour) })
	}
	lines, err := s.Days(ctx, report.Period{From: midnight(kathmandu, 1), To: midnight(kathmandu, 4)}, report.Filter{Region: true}, kathmandu)
	require.NoError(t, err)
	require.Equal(t, []report.DayLine{
		{Day: "2026-03-01"}, {Day: "2026-03-02", Submitted: 1}, {Day: "2026-03-03", Submitted: 1, Answered: 2},
	}, lines)
	lines, err = s.Days(ctx, report.Period{From: midnight(berlin, 28), To: midnight(berlin, 31)}, report.Filter{Region: true}, berlin)
	require.NoError(t, err)
	require.Equal(t, []report.DayLine{
		{Day: "2026-03-28"}, {Day: "2026-03-29", Submitted: 1}, {Day: "2026-03-30", Submitted: 1, Answered: 2},
	}, lines)
}
