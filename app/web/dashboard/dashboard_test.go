package dashboard_test

import (
	"context"
	"fmt"
	"html"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// cases are all cases of the region.
func (r *region) cases() []workflow.Case {
	ids, err := r.store.ListAppealIDs(r.t.Context(), 0, 10_000)
	require.NoError(r.t, err)
	all, err := r.store.FindCases(r.t.Context(), ids)
	require.NoError(r.t, err)
	return all
}

func where(all []workflow.Case, keep func(a *workflow.Appeal) bool) []workflow.Case {
	var out []workflow.Case
	for i := range all {
		if keep(&all[i].Appeal) {
			out = append(out, all[i])
		}
	}
	return out
}

// lastDays are the days up to today.
func lastDays(n int) report.Period {
	y, m, d := today.In(zone).Date()
	to := time.Date(y, m, d+1, 0, 0, 0, 0, zone)
	return report.Period{From: to.AddDate(0, 0, -n).UTC(), To: to.UTC()}
}

type counter interface {
	CountsBy(ctx context.Context, p report.Period, f report.Filter, now time.Time, by report.Group) (map[int64]*report.Counts, error)
}

func TestCounts_are_those_of_the_events_unraced(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			r := newRegion(t, dialect)
			r.populate(7, 60)
			r.agrees()
			all := r.cases()
			zarechye := []int64{r.places["zarechye"], r.places["vyselki"]}
			for name, of := range map[string]struct {
				filter report.Filter
				keep   func(a *workflow.Appeal) bool
			}{
				"the region":      {report.Filter{Region: true}, func(*workflow.Appeal) bool { return true }},
				"an agency":       {report.Filter{Agencies: []int64{r.yards}}, func(a *workflow.Appeal) bool { return a.Agency == r.yards }},
				"one of the many": {report.Filter{Region: true, Agency: r.roads}, func(a *workflow.Appeal) bool { return a.Agency == r.roads }},
				"a category":      {report.Filter{Region: true, Category: "roads"}, func(a *workflow.Appeal) bool { return a.Category == "roads" }},
				"a place": {report.Filter{Region: true, Territory: zarechye}, func(a *workflow.Appeal) bool {
					return a.Place.Territory == zarechye[0] || a.Place.Territory == zarechye[1]
				}},
			} {
				for _, p := range []report.Period{lastDays(7), lastDays(30), lastDays(30).Before(), lastDays(90), lastDays(200)} {
					want := map[int64]*report.Counts{}
					if c := recount(where(all, of.keep), p, today, 0); !reflect.DeepEqual(c, report.Counts{}) {
						want[0] = &c
					}
					for way, figures := range map[string]counter{"kept": r.board(), "counted": r.store} {
						got, err := figures.CountsBy(t.Context(), p, of.filter, today, report.GroupNone)
						require.NoError(t, err)
						if got[0] != nil && reflect.DeepEqual(*got[0], report.Counts{}) {
							delete(got, 0)
						}
						require.Equal(t, want, got, "%s, %s, %v", way, name, p)
					}
				}
			}
		})
	}
}

// TestDashboard looks at one population of random lives from every side.
func TestDashboard(t *testing.T) {
	t.Parallel()
	r := newRegion(t, storetest.SQLite)
	r.populate(11, 90)
	for name, look := range map[string]func(*testing.T, *region){
		"overview shows the figures of the recount":          testOverviewShowsTheFigures,
		"rights each counts what they may see":               testRightsEachCountsWhat,
		"drill every link leads to as many cases as it says": testDrillEveryLinkLeads,
		"heat cells sum up to the cases of the period":       testHeatCellsSumUp,
		"heat every measure is shown":                        testHeatEveryMeasureIs,
		"heat weeks sum up":                                  testHeatWeeksSumUp,
		"heat points know rights":                            testHeatPointsKnowRights,
		"heat two periods and two places":                    testHeatCompares,
		"heat is taken away":                                 testHeatIsTakenAway,
		"export has the figures and the cells of the page":   testExportHasTheFigures,
		"what came and went is taken away":                   testFlowIsTakenAway,
		"weekly is set up by who may":                        testWeeklyIsSetUp,
		"escalated lists what climbed to the top":            testEscalatedListsWhatClimbed,
		"filter wrong days are told beside the field":        testFilterWrongDaysAre,
		"filter wrong words are told beside the field":       testFilterWrongWordsAre,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			look(t, r)
		})
	}
}

// says and keepsQuiet look for words of a page, and quote little of it.
func says(t *testing.T, page, want string, about ...any) {
	t.Helper()
	if !strings.Contains(page, want) {
		t.Errorf("%v: the page doesn't say %q", about, want)
	}
}

func keepsQuiet(t *testing.T, page, of string) {
	t.Helper()
	if strings.Contains(page, of) {
		t.Errorf("the page says %q", of)
	}
}

func testOverviewShowsTheFigures(t *testing.T, r *region) {
	t.Helper()
	body := text(r.page("supervisor", "/dashboard"))
	counts := recount(r.cases(), lastDays(30), today, 100_000)
	says(t, body, fmt.Sprintf("Поступило: %d", counts.Submitted))
	says(t, body, fmt.Sprintf("отвечено: %d", counts.Answered))
	says(t, body, fmt.Sprintf("ждали ответа на конец периода: %d", counts.OpenNow))
	for _, k := range report.KPIs(counts) {
		if !k.Known {
			continue
		}
		want := strings.Replace(strconv.FormatFloat(k.Value, 'f', 1, 64), ".", ",", 1)
		switch k.Unit {
		case report.Share:
			want = strings.Replace(strconv.FormatFloat(k.Value*100, 'f', 1, 64), ".", ",", 1) + " %"
		case report.Days:
			want += " дн."
		case report.Number:
		}
		says(t, body, want, k.Key)
	}
	keepsQuiet(t, body, "kpi.")
	keepsQuiet(t, body, "dashboard.")
}

func TestOverview_without_data_says_so_instead_of_zeros(t *testing.T) {
	t.Parallel()
	r := newRegion(t, storetest.SQLite)
	says(t, r.page("supervisor", "/dashboard"), "За этот период обращений нет")
	says(t, r.page("supervisor", "/dashboard/heat"), "Ничего не нашлось")
	says(t, r.page("supervisor", "/dashboard/escalated"), "До куратора ничего не дошло")
	r.populate(3, 4)
	says(t, text(r.page("supervisor", "/dashboard?period=90")), "Мало данных")
}

func testRightsEachCountsWhat(t *testing.T, r *region) {
	t.Helper()
	all := r.cases()
	of := func(agency int64) int {
		return recount(where(all, func(a *workflow.Appeal) bool { return a.Agency == agency }), lastDays(30), today, 0).Submitted
	}
	region := recount(all, lastDays(30), today, 0).Submitted
	for login, want := range map[string]int{"supervisor": region, "head": of(r.roads), "executor": of(r.yards)} {
		says(t, text(r.page(login, "/dashboard")), fmt.Sprintf("Поступило: %d,", want), login)
		says(t, text(r.page(login, "/dashboard/heat")), fmt.Sprintf("%d обращени", want), login)
	}
	says(t, r.page("head", "/dashboard/agencies/"+id(r.roads)), "Комитет дорог")
	for path, want := range map[string]int{
		"/dashboard/agencies/" + id(r.yards): http.StatusNotFound, "/dashboard/agencies/999": http.StatusNotFound,
		"/dashboard/agencies/x": http.StatusNotFound,
	} {
		status, _ := r.get("head", path)
		require.Equal(t, want, status, path)
	}
	says(t, r.page("head", "/dashboard/escalated?agency="+id(r.yards)), "До куратора ничего не дошло")
	roads, yards := id(r.roads), id(r.yards)
	for path, want := range map[string]map[string]int{
		"/dashboard/agencies/" + roads + "/people/900":                    {"supervisor": 200, "head": 200, "executor": 404},
		"/dashboard/agencies/" + yards + "/people/900":                    {"supervisor": 404, "head": 404, "executor": 404},
		"/dashboard/cases?list=submitted&agency=" + yards:                 {"supervisor": 200, "head": 404, "executor": 200},
		"/dashboard/cases?list=submitted&agency=" + roads + "&person=900": {"supervisor": 200, "head": 200, "executor": 404},
		"/dashboard/trend?kpi=overdue&agency=" + yards:                    {"supervisor": 200, "head": 404, "executor": 200},
		"/dashboard/flow?agency=" + yards:                                 {"supervisor": 200, "head": 404, "executor": 200},
		"/dashboard/cases?list=nothing":                                   {"supervisor": 404},
		"/dashboard/trend?kpi=nothing":                                    {"supervisor": 404},
		"/dashboard/flow.csv?table=nothing":                               {"supervisor": 404},
	} {
		for login, status := range want {
			got, _ := r.get(login, path)
			require.Equal(t, status, got, "%s as %s", path, login)
		}
	}
	for _, path := range []string{
		"/dashboard/trend.svg?kpi=overdue", "/dashboard/trend.csv?kpi=answer_p90", "/dashboard/trend.xlsx?kpi=hops", "/dashboard/flow.xlsx",
		"/dashboard/flow.csv?table=redirects", "/dashboard/flow.svg?period=90",
	} {
		r.page("supervisor", path)
	}
	for _, path := range []string{
		"/dashboard", "/dashboard/heat", "/dashboard/escalated", "/dashboard/agencies/" + id(r.roads),
	} {
		status, _ := r.get("", path)
		require.Equal(t, http.StatusSeeOther, status, "%s asks a citizen to sign in", path)
	}
	for _, path := range []string{"/dashboard", "/dashboard/heat", "/dashboard/escalated"} {
		status, _ := r.get("nobody", path)
		require.Equal(t, http.StatusForbidden, status, "%s for who has no role", path)
	}
}

func testFilterWrongDaysAre(t *testing.T, r *region) {
	t.Helper()
	for query, want := range map[string]string{
		"from=31.12.2025":               "Введите дату",
		"from=2026-05-02&to=2026-05-01": "Начало периода позже конца",
		"from=1990-01-01&to=2026-05-01": "Выберите период короче",
	} {
		for _, path := range []string{"/dashboard", "/dashboard/heat"} {
			status, body := r.get("supervisor", path+"?"+query)
			require.Equal(t, http.StatusUnprocessableEntity, status, query)
			says(t, body, want, query)
			says(t, body, "govuk-error-summary")
		}
	}
	for _, query := range []string{"period=no", "territory=x", "territory=99999", "sort=no", "measure=no", "category=no", "stage=no"} {
		r.page("supervisor", "/dashboard?"+query)
		r.page("supervisor", "/dashboard/heat?"+query)
	}
}

func testFilterWrongWordsAre(t *testing.T, r *region) {
	t.Helper()
	for login, words := range map[string]map[string]string{
		"supervisor": {`агенство:roads "яма`: "агенство", "место:Нигдеград": "Нигдеград", "rating:9": "rating:9"},
		"head":       {"agency:roads | agency:yards": "agency:yards"},
	} {
		for typed, about := range words {
			at := "?period=90&q=" + url.QueryEscape(typed)
			for _, path := range []string{"/dashboard/heat", "/dashboard/heat/compare"} {
				status, body := r.get(login, path+at)
				require.Equal(t, http.StatusUnprocessableEntity, status, typed)
				field := regexp.MustCompile(`(?s)<p id="q-error".*?</p>`).FindString(body)
				says(t, html.UnescapeString(field), about, typed)
				says(t, body, `href="#q"`)
				says(t, body, `value="`+html.EscapeString(typed)+`"`, "what was typed stays")
				require.Empty(t, countLinks(body), "nothing is counted that was not asked")
			}
			for _, path := range []string{"/dashboard/heat.csv", "/dashboard/heat-tiles.svg", "/dashboard/heat.geojson"} {
				status, _ := r.get(login, path+at)
				require.Equal(t, http.StatusUnprocessableEntity, status, path)
			}
		}
	}
}

func testDrillEveryLinkLeads(t *testing.T, r *region) {
	t.Helper()
	zarechye := id(r.places["zarechye"])
	seen := 0
	for _, path := range []string{
		"/dashboard?period=90", "/dashboard?period=month", "/dashboard/again", "/dashboard/flow?period=90", "/dashboard/agencies/" + id(r.roads) + "/people/900?period=90", "/dashboard?territory=" + zarechye, "/dashboard/agencies/" + id(r.roads) + "?period=90",
		"/dashboard/heat?period=90", "/dashboard/heat?category=roads&period=90", "/dashboard/heat?q=яма&territory=" + zarechye,
		"/dashboard/heat?stage=closed&period=90", "/dashboard/heat?category=roads.pit&period=90", "/dashboard/heat?within=1&period=90&territory=" + zarechye,
		"/dashboard/heat?period=90&outcome=solved", "/dashboard/heat?period=90&rating=4..5&category=roads", "/dashboard/heat?period=90&outcome=explained",
		"/dashboard/heat?period=90&q=" + url.QueryEscape("яма | снег"), "/dashboard/heat?period=90&category=roads&q=" + url.QueryEscape(`-stage:closed "`),
		"/dashboard/heat?period=90&outcome=solved&q=" + url.QueryEscape(`| тема:дороги или место:Бор`),
		"/dashboard/heat?period=90&rating=1..2&q=" + url.QueryEscape(`срок:overdue | оценка:>1`), "/dashboard/heat?period=90&q=" + url.QueryEscape("место:Заречье -исполнитель:я"),
		"/dashboard/heat?period=90&category=yards.green&q=" + url.QueryEscape("дерево | яма"), "/dashboard/heat?period=90&category=yards.green.trees&outcome=explained",
		"/dashboard/heat?period=90&agency=" + id(r.roads), "/dashboard/heat?period=90&stage=in_work&category=yards&territory=" + zarechye,
		"/dashboard/heat/compare?period=90&outcome=solved&q=" + url.QueryEscape(`яма | "не горит"`),
		"/dashboard/heat/compare?period=90", "/dashboard/heat/compare?period=90&with=place",
	} {
		for _, login := range []string{"supervisor", "head"} {
			links := countLinks(r.page(login, path))
			require.True(t, login == "head" || len(links) > 0 || !strings.Contains(path, "heat"), path)
			for _, link := range links {
				require.Equal(t, link.n, r.listed(login, link.url), "%s on %s as %s", link.url, path, login)
				seen++
			}
		}
	}
	require.Greater(t, seen, 60)
}

func testHeatCellsSumUp(t *testing.T, r *region) {
	t.Helper()
	all := r.cases()
	want := map[string]int{}
	total := 0
	p := lastDays(90)
	for i := range all {
		a := &all[i].Appeal
		if a.SubmittedAt.Before(p.From) || !a.SubmittedAt.Before(p.To) {
			continue
		}
		total++
		for code, place := range r.places {
			if place != a.Place.Territory {
				continue
			}
			if code == "vyselki" {
				code = "zarechye"
			}
			want[code]++
		}
	}
	body := r.page("supervisor", "/dashboard/heat?period=90")
	says(t, text(body), fmt.Sprintf("%d обращени", total))
	sum := 0
	for _, code := range []string{"lipki", "bor", "zarechye"} {
		row := regexp.MustCompile(`(?s)<tr[^>]*data-area="` + id(r.places[code]) + `".*?</tr>`).FindString(body)
		cells := numbers(row)
		require.Equal(t, want[code], cells[0], code)
		across := 0
		for _, n := range cells[1:] {
			across += n
		}
		require.Equal(t, cells[0], across, "%s: the cells of a row make its total", code)
		sum += cells[0]
	}
	require.Equal(t, total, sum+want["region"])
	says(t, text(body), fmt.Sprintf("У %d обращени", want["region"]))
	leaves := r.page("supervisor", "/dashboard/heat?period=90&category=roads")
	says(t, leaves, "Фонари")
	keepsQuiet(t, leaves, ">Снег<")
	says(t, leaves, "Где решают лучше и хуже: районы")
}

func testHeatEveryMeasureIs(t *testing.T, r *region) {
	t.Helper()
	for _, m := range []string{"count", "per_10k", "overdue", "solved", "refuted", "rating", "recent", "trend"} {
		body := r.page("supervisor", "/dashboard/heat?period=90&measure="+m)
		says(t, body, "otk-tiles", m)
		says(t, body, `data-island="map-choropleth"`, m)
		if m != "trend" { // it may be that nothing grew
			says(t, body, "heat-6", m)
		}
		says(t, body, "otk-dash__formula", m)
	}
}

func TestHeat_without_an_index_the_rest_stays(t *testing.T) {
	t.Parallel()
	r := newRegion(t, storetest.SQLite)
	r.populate(23, 20)
	r.index.down = true
	body := r.page("supervisor", "/dashboard/heat")
	says(t, body, "Поиск сейчас не отвечает")
	says(t, body, `name="measure"`)
	keepsQuiet(t, body, "disk")
	r.page("supervisor", "/dashboard")
}

func testEscalatedListsWhatClimbed(t *testing.T, r *region) {
	t.Helper()
	climbed := where(r.cases(), func(a *workflow.Appeal) bool { return a.Level >= 3 })
	require.NotEmpty(t, climbed)
	body := r.page("supervisor", "/dashboard/escalated")
	listed := map[string]bool{}
	for url := "/dashboard/escalated"; url != ""; {
		page := r.page("supervisor", url)
		for _, m := range regexp.MustCompile(`/console/appeals/(\d+)`).FindAllStringSubmatch(page, -1) {
			listed[m[1]] = true
		}
		url = nextPage(page)
	}
	for _, c := range climbed {
		require.True(t, listed[id(c.Appeal.ID)], c.Appeal.Number)
	}
	require.Len(t, listed, len(climbed))
	says(t, text(body), strconv.Itoa(len(climbed))+" обращени")
	mine := where(climbed, func(a *workflow.Appeal) bool { return a.Agency == r.roads })
	require.Equal(t, len(mine), strings.Count(r.page("head", "/dashboard/escalated"), "otk-dash__excerpt"))
}

// countLink is a link to a list whose text is a number of cases.
type countLink struct {
	url string
	n   int
}

var (
	anchor = regexp.MustCompile(`(?s)<a[^>]*href="((?:/console|/dashboard/cases)\?[^"]*)"[^>]*>(.*?)</a>`)
	tag    = regexp.MustCompile(`(?s)<[^>]*>`)
	number = regexp.MustCompile(`\d+`)
)

func countLinks(body string) []countLink {
	var out []countLink
	seen := map[string]bool{}
	for _, m := range anchor.FindAllStringSubmatch(body, -1) {
		n, err := strconv.Atoi(number.FindString(tag.ReplaceAllString(m[2], " ")))
		if err != nil || seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		out = append(out, countLink{html.UnescapeString(m[1]), n})
	}
	return out
}

// listed walks a list of the inbox to its end and counts its cases.
func (r *region) listed(login, url string) int {
	r.t.Helper()
	seen := map[string]bool{}
	for url != "" {
		body := r.page(login, url)
		for _, m := range regexp.MustCompile(`/console/appeals/(\d+)`).FindAllStringSubmatch(body, -1) {
			seen[m[1]] = true
		}
		url = nextPage(body)
	}
	return len(seen)
}

func nextPage(body string) string {
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(body)
	if next == nil {
		return ""
	}
	return html.UnescapeString(next[1])
}

// numbers are those of the cells of a row, none being 0.
func numbers(row string) []int {
	var out []int
	for _, cell := range regexp.MustCompile(`(?s)<td.*?</td>`).FindAllString(row, -1) {
		n, err := strconv.Atoi(strings.TrimSpace(tag.ReplaceAllString(cell, "")))
		if err != nil {
			n = math.MinInt32
		}
		out = append(out, n)
	}
	return out
}

// text is what a page says, with single spaces.
func text(body string) string {
	body = html.UnescapeString(tag.ReplaceAllString(body, " "))
	body = strings.ReplaceAll(strings.Join(strings.Fields(body), " "), "\u00a0", " ")
	return strings.ReplaceAll(body, " ,", ",")
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

var _ search.Index = (*brokenIndex)(nil)
