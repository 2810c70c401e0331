//go:build !race

package bench_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/bench"
)

// Under the race detector the demo region, which the rows are copied from, takes
// minutes to fill: what needs it is tested without.
func TestInbox_opens_every_page_at_every_size(t *testing.T) {
	t.Parallel()
	o, databases := everywhere(t)
	o.SQLite = false
	var results []bench.InboxResult
	if o.Postgres != "" {
		found, err := bench.Inbox(t.Context(), bench.InboxOptions{Options: o, Rows: []int{200}, Samples: 5, Index: true})
		require.NoError(t, err)
		results = append(results, found...)
	}
	o.SQLite, o.Postgres = true, ""
	found, err := bench.Inbox(t.Context(), bench.InboxOptions{Options: o, Rows: []int{200, 300}, Samples: 5, Index: true})
	require.NoError(t, err)
	results = append(results, found...)
	pages := len(found) / 2
	require.Greater(t, pages, 20)
	require.Len(t, results, pages*(len(databases)+1))
	for i, r := range results {
		require.Equal(t, results[i%pages].Query, r.Query)
		require.Positive(t, r.P95, r.Query)
		require.Positive(t, r.RawP95, r.Query)
		require.Positive(t, r.VsFirst, r.Query)
		require.Positive(t, r.Bytes, r.Query)
	}
	require.Contains(t, bench.InboxTable(results), "case")
}
