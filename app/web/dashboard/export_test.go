package dashboard_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/otklik/otklik/app/report"
)

func sheetRows(t *testing.T, body string, sheet int) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(body))
	require.NoError(t, err)
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(sheet), excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	return rows
}

func testExportHasTheFigures(t *testing.T, r *region) {
	t.Helper()
	counts := recount(r.cases(), lastDays(30), today, 100_000)
	body := r.page("supervisor", "/dashboard/figures.xlsx")
	rows := sheetRows(t, body, 0)
	kpis := report.KPIs(counts)
	require.Len(t, rows, len(kpis)+1)
	for i, k := range kpis {
		if !k.Known {
			require.Empty(t, rows[i+1][1], k.Key)
			continue
		}
		want := k.Value
		if k.Unit == report.Share {
			want *= 100
		}
		got, err := strconv.ParseFloat(rows[i+1][1], 64)
		require.NoError(t, err, k.Key)
		require.InDelta(t, want, got, 0.001, k.Key)
	}
	topics, sum := sheetRows(t, body, 1), 0
	for _, row := range topics[1:] {
		n, err := strconv.Atoi(row[2])
		require.NoError(t, err)
		sum += n
	}
	require.Equal(t, counts.Submitted, sum, "all topics, not the first of them")

	for _, table := range []string{"figures", "topics", "agencies", "days"} {
		require.True(t, strings.HasPrefix(r.page("supervisor", "/dashboard/figures.csv?table="+table), "\ufeff"), table)
	}
	status, _ := r.get("supervisor", "/dashboard/figures.csv?table=people")
	require.Equal(t, http.StatusNotFound, status)

	heat := sheetRows(t, r.page("supervisor", "/dashboard/heat.xlsx"), 0)
	last := heat[len(heat)-1]
	require.Equal(t, strconv.Itoa(counts.Submitted), last[1])
	number := func(cell string) int {
		n, err := strconv.Atoi(cell)
		require.NoError(t, err)
		return n
	}
	across, down := 0, 0
	for _, cell := range last[2:] {
		across += number(cell)
	}
	for _, row := range heat[1 : len(heat)-1] { // with what has no place
		down += number(row[1])
	}
	require.Equal(t, counts.Submitted, across)
	require.Equal(t, counts.Submitted, down)
	require.True(t, strings.HasPrefix(r.page("supervisor", "/dashboard/heat.csv?measure=overdue"), "\ufeff"))
}
