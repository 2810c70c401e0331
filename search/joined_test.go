package search_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search"
)

func TestHeatMap_Joined_counts_what_has_one_name_together(t *testing.T) {
	t.Parallel()
	m := search.HeatMap{Total: 10, Cells: []search.Cell{
		{Territory: 1, By: "new", Count: 2, Rated: 1, RatingSum: 5, Weight: 1.5},
		{Territory: 1, By: "old-a", Count: 3, Overdue: 1, Solved: 1, Refuted: 1, Rated: 1, RatingSum: 2, Weight: 0.5},
		{Territory: 1, By: "other", Count: 4},
		{Territory: 2, By: "old-b", Count: 1},
	}}
	got := m.Joined(func(by string) string {
		if strings.HasPrefix(by, "old") {
			return "new"
		}
		return by
	})
	require.Equal(t, search.HeatMap{Total: 10, Cells: []search.Cell{
		{Territory: 1, By: "new", Count: 5, Overdue: 1, Solved: 1, Refuted: 1, Rated: 2, RatingSum: 7, Weight: 2},
		{Territory: 1, By: "other", Count: 4},
		{Territory: 2, By: "new", Count: 1},
	}}, got)
}
