package console_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/workflow"
)

func workbook(t *testing.T, s *screen) *excelize.File {
	t.Helper()
	require.Equal(t, http.StatusOK, s.status)
	f, err := excelize.OpenReader(strings.NewReader(s.body))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

func TestExport_has_every_row_of_the_list_and_no_other(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	for i := range 65 {
		r.clock.Advance(time.Minute)
		r.submit("roads.pit", "Яма номер "+strconv.Itoa(i)+" на дороге у дома")
	}
	b := r.as("coordinator")
	page := b.get("/console?tab=all")
	f := workbook(t, b.get(page.link("Excel (XLSX)")))
	require.Equal(t, []string{"Все", "О таблице"}, f.GetSheetList())
	rows, err := f.GetRows("Все")
	require.NoError(t, err)
	require.Len(t, rows, 66)
	require.Equal(t, "Номер", rows[0][0])
	require.Equal(t, numbers(page)[0], rows[1][0], "in the order of the screen")
	require.Equal(t, "17.03.2026 11:05", rows[1][1], "as the region's clocks show it")
	require.Equal(t, "Яма на дороге", rows[1][6])
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[0]] = true
	}
	require.Len(t, seen, 65)
	about, err := f.GetRows("О таблице")
	require.NoError(t, err)
	require.Contains(t, about, []string{"Строк", "65"})

	res := b.get("/console/inbox.csv?tab=all&topic=roads.plan")
	require.Equal(t, http.StatusOK, res.status)
	require.Equal(t, 1, strings.Count(res.body, "\r\n"), "headings alone")
	require.Len(t, workbookRows(t, r.as("gardener").get("/console/inbox.xlsx?tab=all"), "Все"), 1, "another agency's are not there")
	require.Len(t, workbookRows(t, r.as("supervisor").get("/console/inbox.xlsx?tab=all"), "Все"), 66)
}

func workbookRows(t *testing.T, s *screen, sheet string) [][]string {
	t.Helper()
	rows, err := workbook(t, s).GetRows(sheet)
	require.NoError(t, err)
	return rows
}

func TestExport_of_what_was_searched_keeps_its_order_and_tells_no_names(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.pit", pit)
	r.submit("roads.pit", "=HYPERLINK(\"http://evil.test\"), провалился асфальт у остановки")
	b := r.as("coordinator")
	found := b.get("/console/inbox.csv?q=яма+полевая")
	require.Equal(t, http.StatusOK, found.status)
	require.True(t, strings.HasPrefix(found.body, "\ufeff"))
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(found.body, "\ufeff")))
	in.Comma = ';'
	rows, err := in.ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, r.find(id).Appeal.Number, rows[1][0])

	whole := b.get("/console/inbox.csv?tab=all").body
	require.Contains(t, whole, "'=HYPERLINK")
	applicant, err := r.store.ReadApplicant(t.Context(), id, coordinator(r), "check")
	require.NoError(t, err)
	for _, secret := range []string{applicant.Name, applicant.Email, applicant.Phone} {
		if secret != "" {
			require.NotContains(t, whole, secret)
		}
	}
	require.NotEmpty(t, applicant.Name+applicant.Email)
	require.Equal(t, workflow.StageReceived, r.stage(id))
}

func TestExport_refuses_what_the_list_refuses(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	require.Equal(t, http.StatusUnprocessableEntity, r.as("coordinator").get("/console/inbox.xlsx?from=yesterday").status)
	require.Contains(t, r.browser().get("/console/inbox.xlsx").path, "/sign-in")
}

func coordinator(r *region) actor.Actor { return r.users["coordinator"].Actor() }

func TestExport_is_a_line_of_the_journal(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.submit("roads.pit", pit)
	r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	b := r.as("coordinator")
	require.Equal(t, http.StatusOK, b.get("/console/inbox.xlsx?tab=new").status)
	require.Equal(t, http.StatusOK, b.get("/console/inbox.csv?tab=all&topic=roads.plan").status)
	require.Equal(t, http.StatusOK, b.get("/console/inbox.csv?q="+url.QueryEscape("яма")).status)
	require.Equal(t, http.StatusUnprocessableEntity, b.get("/console/inbox.csv?tab=all&from=yesterday").status)
	lines, err := r.store.ListJournal(t.Context(), identity.JournalQuery{Kinds: []identity.EntryKind{identity.ExportList}, Limit: 10})
	require.NoError(t, err)
	require.Len(t, lines, 3, "what wasn't sent is not noted")
	slices.Reverse(lines)
	for i, want := range []struct {
		rows   int
		detail string
	}{{2, "Новые · XLSX"}, {1, "Все · Ремонт улицы · CSV"}, {1, "Найденное · «яма» · CSV"}} {
		require.Equal(t, r.users["coordinator"].ID, lines[i].By)
		require.Equal(t, want.rows, lines[i].Rows, want.detail)
		require.Equal(t, want.detail, lines[i].Detail)
		require.True(t, lines[i].At.Equal(tuesday))
	}
}
