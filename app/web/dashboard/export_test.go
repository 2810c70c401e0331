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

func testFlowIsTakenAway(t *testing.T, r *region) {
	t.Helper()
	counts := recount(r.cases(), lastDays(30), today, 100_000)
	drawing := r.page("supervisor", "/dashboard/received.svg")
	says(t, drawing, "Поступило и отвечено")
	says(t, drawing, "Заречный край")
	says(t, drawing, "stroke-dasharray", "the two lines differ in grey, too")
	wellFormed(t, drawing)
	wellFormed(t, r.page("head", "/dashboard/received.svg?agency="+id(r.roads)))
	status, _ := r.get("head", "/dashboard/received.svg?agency="+id(r.yards))
	require.Equal(t, http.StatusNotFound, status)

	stages := sheetRows(t, r.page("supervisor", "/dashboard/flow.xlsx"), 0)
	require.Equal(t, "Дольше всех ждёт, дней", stages[0][5])
	for _, row := range stages[1:] {
		if waits, err := strconv.Atoi(row[4]); err == nil && waits > 0 {
			require.Len(t, row, 6, "who waits, waits since some day")
		}
	}
	flags := sheetRows(t, r.page("supervisor", "/dashboard/flow.xlsx"), 3)
	require.Equal(t, []string{"Замечание", "Ответов", "Доля ответов"}, flags[0])
	for _, row := range flags[1:] {
		n, err := strconv.ParseFloat(row[1], 64)
		require.NoError(t, err)
		share, err := strconv.ParseFloat(row[2], 64)
		require.NoError(t, err)
		require.InDelta(t, n/float64(counts.Answered), share, 0.0001)
	}

	both := sheetRows(t, r.page("supervisor", "/dashboard/heat/compare.xlsx"), 0)
	require.Equal(t, "Всего", both[1][0])
	require.Equal(t, strconv.Itoa(counts.Submitted), both[1][1])
	require.True(t, strings.HasPrefix(r.page("head", "/dashboard/heat/compare.csv?with=year"), "\ufeff"))
	status, _ = r.get("nobody", "/dashboard/heat/compare.csv")
	require.Equal(t, http.StatusForbidden, status)
}
