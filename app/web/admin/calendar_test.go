package admin_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/admin"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/classifier"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

// monday is 16 March 2026, 10:00 in Moscow.
var monday = time.Date(2026, 3, 16, 7, 0, 0, 0, time.UTC)

// office is the administrators' pages over a real store.
type office struct {
	t         *testing.T
	url       string
	store     *store.Store
	clock     *clock.Fake
	engine    *workflow.Engine
	calendars *workflow.Calendars
	learning  *rubricator.Learning
	editor    *rubricator.Editor
}

type leaf struct{}

func (leaf) Leaf(_ context.Context, code string, _ int64, _ []workflow.Reply) (workflow.Leaf, error) {
	return workflow.Leaf{
		Version: 1, Code: code, Category: "roads", RuleSet: workflow.Message, Order: workflow.Fast,
		Review: calendar.Days(10), Agency: 10, Rule: "*",
	}, nil
}

func newOffice(t *testing.T, dialect string) *office {
	t.Helper()
	o := &office{t: t, clock: clock.NewFake(monday)}
	o.store = storetest.OpenAt(t, dialect, o.clock)
	cal, err := calendar.Load()
	require.NoError(t, err)
	require.NoError(t, o.store.SaveCalendar(t.Context(), cal.Version(), cal.Encode()))
	o.engine, err = workflow.NewEngine(workflow.Config{
		Store: o.store, Catalog: leaf{}, Clock: o.clock, Calendar: cal, Secret: []byte("a secret of the tests only"),
	})
	require.NoError(t, err)
	o.calendars = &workflow.Calendars{Store: o.store, Engine: o.engine, Clock: o.clock}
	o.learning = &rubricator.Learning{
		Store: o.store, Rubricator: rubricator.New(o.store, o.store), Clock: o.clock, Zone: cal.Zone(),
		Agencies: func() []classifier.Class { return nil },
	}
	for login, m := range map[string]actor.Membership{
		"admin": {Role: actor.SystemAdmin}, "supervisor": {Role: actor.Supervisor}, "agency-admin": {Agency: 10, Role: actor.AgencyAdmin},
	} {
		o.signInAs(login, m)
	}
	o.editor = &rubricator.Editor{Store: o.store, Clock: o.clock, Reload: func(context.Context) error { return nil }}
	base, err := url.Parse("http://otklik.test")
	require.NoError(t, err)
	handler, err := web.New(web.Config{
		Base: base, Zone: cal.Zone(), Clock: o.clock, Log: slog.New(slog.DiscardHandler),
		Accounts: identity.NewAccounts(o.store, o.clock), Ready: func(context.Context) error { return nil },
		Pages: web.Pages{Admin: admin.New(admin.Config{
			Calendars: o.calendars, Learning: o.learning, Staff: &identity.Staff{Store: o.store, Clock: o.clock}, Directory: agencies{o.store}, Reader: o.store, Past: o.store,
			Editor: o.editor, Simulator: &rubricator.Simulator{Store: o.store, Clock: o.clock},
			Clock: o.clock, Zone: cal.Zone(),
			Frame: func(_ echo.Context, title string) (ui.Page, error) {
				return ui.Page{Title: title, Area: ui.Console}, nil
			},
		})},
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	o.url = server.URL
	return o
}

// signInAs hires a person and opens a session for them.
func (o *office) signInAs(login string, roles ...actor.Membership) {
	o.t.Helper()
	u := &identity.User{Login: login, Name: login, PasswordHash: "-", Memberships: roles}
	require.NoError(o.t, o.store.SaveUser(o.t.Context(), u))
	sum := sha256.Sum256([]byte(login))
	require.NoError(o.t, o.store.CreateSession(o.t.Context(), hex.EncodeToString(sum[:]), identity.Session{
		User: u.ID, CreatedAt: monday, SeenAt: monday, ExpiresAt: monday.AddDate(1, 0, 0),
	}))
}

func (o *office) do(login, method, path, kind string, body io.Reader) (status int, page, location string) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), method, o.url+path, body)
	require.NoError(o.t, err)
	req.AddCookie(&http.Cookie{Name: "otklik", Value: login})
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(o.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(o.t, err)
	return res.StatusCode, text(string(raw)), res.Header.Get("Location")
}

var tag = regexp.MustCompile(`(?s)<[^>]*>`)

// text is what a page says.
func text(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(page, " "))), " ")
}

func (o *office) post(login, path string, pairs ...string) (status int, page, location string) {
	o.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return o.do(login, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (o *office) upload(file string, pairs ...string) (status int, page, location string) {
	o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		require.NoError(o.t, w.WriteField(pairs[i], pairs[i+1]))
	}
	if file != "" {
		part, err := w.CreateFormFile("file", "2026.xml")
		require.NoError(o.t, err)
		_, err = part.Write([]byte(file))
		require.NoError(o.t, err)
	}
	require.NoError(o.t, w.Close())
	return o.do("admin", http.MethodPost, "/admin/calendar/years", w.FormDataContentType(), &body)
}

// work takes the change as far as it goes.
func (o *office) work() {
	o.t.Helper()
	for range 20 {
		more, err := o.calendars.Work(o.t.Context())
		require.NoError(o.t, err)
		if !more {
			return
		}
	}
	require.Fail(o.t, "the change never ends")
}

func (o *office) submit() int64 {
	o.t.Helper()
	r, err := o.engine.Submit(o.t.Context(), workflow.Submission{
		Text: "Во дворе яма, в неё провалилась машина", Rubric: "roads.pit", Place: workflow.Place{Territory: 5}, Source: workflow.FromPortal,
	})
	require.NoError(o.t, err)
	return r.ID
}

func (o *office) due(id int64) string {
	o.t.Helper()
	c, err := o.store.FindCase(o.t.Context(), id)
	require.NoError(o.t, err)
	return c.Appeal.Open(deadline.Review).DueAt.In(o.engine.Calendar().Zone()).Format(time.DateOnly)
}

func TestCalendar_a_day_off_is_counted_confirmed_and_moves_the_dates(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, dialect)
			ids := []int64{o.submit(), o.submit()}
			require.Equal(t, "2026-03-26", o.due(ids[0]), "Thursday")

			status, _, change := o.post("admin", "/admin/calendar/days", "day", "2026-03-26", "kind", "regional_off", "day_note", "Закон края № 5")
			require.Equal(t, http.StatusSeeOther, status)
			_, page, _ := o.do("admin", http.MethodGet, change, "", nil)
			require.Contains(t, page, "считается")
			require.NotContains(t, page, "Ввести в силу")
			status, _, _ = o.post("admin", change, "decision", "confirm", "move", "earlier")
			require.Equal(t, http.StatusConflict, status, "what isn't counted yet can't be confirmed")

			o.work()
			_, page, _ = o.do("admin", http.MethodGet, change, "", nil)
			require.Contains(t, page, "2 срока станут раньше")
			require.Contains(t, page, "26 марта → 25 марта")
			require.Contains(t, page, "26 марта 2026, четверг рабочий день выходной в регионе")
			require.Equal(t, "2026-03-26", o.due(ids[0]), "nothing moved yet")
			status, page, _ = o.post("admin", "/admin/calendar/days", "day", "2026-04-01", "kind", "regional_off", "day_note", "Ещё закон")
			require.Equal(t, http.StatusConflict, status)
			require.Contains(t, page, "Другое изменение календаря ещё не решено")

			status, _, _ = o.post("admin", change, "decision", "confirm", "move", "earlier")
			require.Equal(t, http.StatusSeeOther, status)
			require.Equal(t, "2026-03-25", o.due(o.submit()), "what is counted from now on is counted with it")
			o.work()
			require.Equal(t, "2026-03-26", o.due(ids[0]), "dates wait until every node knows")
			o.clock.Advance(2 * time.Minute)
			o.work()
			for _, id := range ids {
				require.Equal(t, "2026-03-25", o.due(id))
			}
			_, page, _ = o.do("admin", http.MethodGet, change, "", nil)
			require.Contains(t, page, "действует")
			require.Contains(t, page, ", admin")
			require.Regexp(t, `Сдвинуто сроков 2\b`, page)

			// Another node starts: it learns what is in force, and the history replays.
			other, err := workflow.NewEngine(workflow.Config{
				Store: o.store, Catalog: leaf{}, Clock: o.clock, Calendar: must(calendar.Load()), Secret: []byte("a secret of the tests only"),
			})
			require.NoError(t, err)
			require.NoError(t, (&workflow.Calendars{Store: o.store, Engine: other, Clock: o.clock}).Reload(t.Context()))
			require.Equal(t, o.engine.Calendar().Version(), other.Calendar().Version())
			c, err := o.store.FindCase(t.Context(), ids[0])
			require.NoError(t, err)
			require.Empty(t, workflow.Audit(c, func(version string) (*calendar.Calendar, error) {
				body, err := o.store.FindCalendar(t.Context(), version)
				require.NoError(t, err)
				return calendar.Decode(body)
			}))
			last := c.Events[len(c.Events)-1]
			require.Equal(t, workflow.Recount, last.Action)
			require.Equal(t, "Закон края № 5", last.Reason)
		})
	}
}

func must(c *calendar.Calendar, err error) *calendar.Calendar {
	if err != nil {
		panic(err)
	}
	return c
}

func TestCalendar_a_dropped_change_moves_nothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite)
	id := o.submit()
	_, _, change := o.post("admin", "/admin/calendar/days", "day", "2026-03-26", "kind", "regional_off", "day_note", "Закон")
	o.work()
	status, _, _ := o.post("admin", change, "decision", "drop")
	require.Equal(t, http.StatusSeeOther, status)
	o.clock.Advance(time.Hour)
	o.work()
	require.Equal(t, "2026-03-26", o.due(id))
	require.Equal(t, "2026-03-26", o.due(o.submit()))
	status, _, _ = o.post("admin", change, "decision", "confirm", "move", "earlier")
	require.Equal(t, http.StatusConflict, status)
}

func TestCalendar_a_year_comes_from_a_file(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite)
	const year2028 = `<calendar year="2028"><days><day d="01.03" t="1" h="1"/><day d="02.22" t="2"/></days></calendar>`
	status, page, _ := o.upload("", "note", "Проект")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Выберите файл")
	status, page, _ = o.upload(year2028, "note", "")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Укажите закон, постановление или приказ")
	status, page, _ = o.upload("<html>", "note", "Проект", "status", "draft")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Это не файл производственного календаря")
	status, page, _ = o.upload(`<calendar year="2028"><days><day d="13.03" t="1"/></days></calendar>`, "note", "Проект", "status", "draft")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "День № 1 в файле: d = «13.03» не читается")

	status, _, change := o.upload(year2028, "note", "Проект постановления", "status", "draft")
	require.Equal(t, http.StatusSeeOther, status)
	o.work()
	status, _, _ = o.post("admin", change, "decision", "confirm")
	require.Equal(t, http.StatusSeeOther, status)
	_, page, _ = o.do("admin", http.MethodGet, "/admin/calendar?year=2028", "", nil)
	require.Contains(t, page, "проект")
	require.Contains(t, page, "22 февраля 2028, вторник сокращённый день")
}

func TestCalendar_is_for_administrators_of_the_system_alone(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite)
	for _, login := range []string{"supervisor", "agency-admin"} {
		for _, path := range []string{"/admin/calendar", "/admin/calendar/changes/1"} {
			status, _, _ := o.do(login, http.MethodGet, path, "", nil)
			require.Equal(t, http.StatusForbidden, status, login)
		}
		for _, path := range []string{"/admin/calendar/days", "/admin/calendar/years", "/admin/calendar/changes/1"} {
			status, _, _ := o.post(login, path, "decision", "confirm")
			require.Equal(t, http.StatusForbidden, status, login)
		}
	}
	status, page, _ := o.post("admin", "/admin/calendar/days", "day", "вчера", "kind", "regional_off", "day_note", "Закон")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Ошибка")
	status, page, _ = o.post("admin", "/admin/calendar/days", "day", "2040-03-26", "kind", "regional_off", "day_note", "Закон")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Нет производственного календаря на 2040 год")
	status, page, _ = o.post("admin", "/admin/calendar/days", "day", "2026-03-28", "kind", "shortened", "day_note", "Закон")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "выходной, сократить его нельзя")
}
