package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/report"
)

func hours(of ...int) report.Histogram {
	var h report.Histogram
	for _, n := range of {
		h.Merge(report.HoursOf(time.Duration(n)*time.Hour), 1)
	}
	return h
}

func find(t *testing.T, c report.Counts, key string) report.KPI {
	t.Helper()
	for _, k := range report.KPIs(c) {
		if k.Key == key {
			return k
		}
	}
	t.Fatalf("no KPI %q", key)
	return report.KPI{}
}

func TestKPIs_by_the_formulas_of_the_domain(t *testing.T) {
	t.Parallel()
	c := report.Counts{
		Submitted: 200, Accepted: 180, FastTrack: 90, Rejected: 10, Closed: 100, ClosedLate: 15, OpenDue: 50, OpenPastDue: 15,
		Answered: 100, Hours: hours(24, 48, 72, 96, 240), Rated: 20, RatingSum: 80, Top2: 15, ReReviewed: 5,
		Solved: 50, Refuted: 5, Formal: 8, HopsSum: 40, TwoHops: 4, Extended: 10, Population: 100_000,
	}
	for key, want := range map[string]float64{
		"overdue": 0.2, "answer_mean": 4, "answer_median": 3, "answer_p90": 7.6, "satisfaction": 4, "top2": 0.75,
		"rating_response": 0.2, "fast_track": 0.5, "repeat": 0.05, "refuted": 0.1, "formal": 0.08, "hops": 0.2, "two_hops": 0.02,
		"extension": 0.1, "rejection": 0.05, "per_capita": 20,
	} {
		k := find(t, c, key)
		require.True(t, k.Known, key)
		require.InDelta(t, want, k.Value, 1e-9, key)
	}
}

func TestKPIs_unknown_rather_than_zero(t *testing.T) {
	t.Parallel()
	for _, k := range report.KPIs(report.Counts{}) {
		require.False(t, k.Known, k.Key)
	}
	require.False(t, find(t, report.Counts{Rated: 9, RatingSum: 45}, "satisfaction").Known, "nine ratings are too few")
	require.True(t, find(t, report.Counts{Rated: 10, RatingSum: 45}, "satisfaction").Known)
}
