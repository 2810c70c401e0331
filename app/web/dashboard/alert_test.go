package dashboard_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/alert"
)

// alertRegion shows the little region to the watch.
type alertRegion struct{ r *region }

func (a alertRegion) Municipality(id int64) (int64, bool) { return id, id != a.r.places["region"] }

func (alertRegion) Below(id int64) []int64 { return []int64{id} }

func (alertRegion) Category(leaf string) string { return strings.SplitN(leaf, ".", 2)[0] }

func TestAlerts_a_burst_is_raised_once_and_taken_note_of(t *testing.T) {
	t.Parallel()
	r := newRegion(t, storetest.SQLite)
	var docs []search.Doc
	add := func(age time.Duration, words string) {
		docs = append(docs, search.Doc{
			ID: int64(len(docs) + 1), Text: words, Territory: r.places["bor"], Category: "roads", Rubric: "roads.pit", Agency: r.roads,
			Stage: "received", SubmittedAt: today.Add(-age),
		})
	}
	for day := range 50 {
		add(time.Duration(day+2)*24*time.Hour, "яма у школы")
	}
	for i := range 12 {
		add(time.Duration(i+1)*time.Hour, "прорвало трубу и размыло дорогу")
	}
	require.NoError(t, r.index.Apply(t.Context(), docs, nil, "1"))
	told := 0
	watch := &alert.Watch{
		Index: r.index, Store: r.store, Clock: r.clock, Zone: zone, Region: func() alert.Region { return alertRegion{r} },
		Tell: func(context.Context, alert.Alert) error { told++; return nil },
	}
	for range 3 {
		_, err := watch.Work(t.Context())
		require.NoError(t, err)
		r.clock.Advance(time.Hour)
	}
	r.clock.Set(today)
	require.Equal(t, 1, told, "one burst, told once")

	body := text(r.page("supervisor", "/dashboard/alerts"))
	says(t, body, "Бор — Яма")
	says(t, body, "12 обращений")
	says(t, body, "прорвало")
	for login, want := range map[string]int{"head": http.StatusForbidden, "nobody": http.StatusForbidden} {
		status, _ := r.get(login, "/dashboard/alerts")
		require.Equal(t, want, status, login)
		require.Equal(t, want, r.post(login, "/dashboard/alerts/1", url.Values{}), login)
	}
	long := strings.Repeat("а", 1001)
	status, body := r.send("supervisor", "/dashboard/alerts/1", url.Values{"note-1": {long}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	says(t, body, long, "what was typed is kept")
	for _, empty := range []string{"", "  \n "} {
		status, body = r.send("supervisor", "/dashboard/alerts/1", url.Values{"note-1": {empty}})
		require.Equal(t, http.StatusUnprocessableEntity, status, "nothing was decided")
		says(t, body, "Напишите, что решили")
		says(t, body, `href="#note-1"`)
	}
	keepsQuiet(t, text(r.page("supervisor", "/dashboard/alerts")), "Принято к сведению")
	require.Equal(t, http.StatusSeeOther, r.post("supervisor", "/dashboard/alerts/1", url.Values{"note-1": {"Бригада выехала"}}))
	for _, late := range []string{"И я решил", ""} { // another tab, a double click
		status, body = r.send("supervisor", "/dashboard/alerts/1", url.Values{"note-1": {late}})
		require.Equal(t, http.StatusConflict, status)
		says(t, body, "уже приняли к сведению")
		says(t, body, late, "what was typed is kept")
		keepsQuiet(t, body, `href="#note-1"`)
	}
	require.Equal(t, http.StatusSeeOther, r.post("supervisor", "/dashboard/alerts/mail", url.Values{"mail": {"yes"}}))
	body = text(r.page("supervisor", "/dashboard/alerts"))
	says(t, body, "Принято к сведению")
	says(t, body, "Бригада выехала")
	says(t, body, "приходят вам и на почту")
}

// post sends a form as somebody and returns the status.
func (r *region) post(login, path string, form url.Values) int {
	r.t.Helper()
	status, _ := r.send(login, path, form)
	return status
}

// send sends a form as somebody.
func (r *region) send(login, path string, form url.Values) (status int, body string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+path, strings.NewReader(form.Encode()))
	require.NoError(r.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.AddCookie(&http.Cookie{Name: "otklik", Value: r.tokens[login]})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(r.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	return res.StatusCode, string(raw)
}
