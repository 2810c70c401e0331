package project_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/project"
	"github.com/otklik/otklik/app/web/ui"
)

type agencies struct{}

func (agencies) Agency(id int64) (identity.Agency, bool) {
	return identity.Agency{ID: id, Name: lang.Text{RU: "Ведомство " + strconv.FormatInt(id, 10)}}, id == 7 || id == 8
}

func (a agencies) Agencies() []identity.Agency {
	organiser, _ := a.Agency(7)
	checker, _ := a.Agency(8)
	return []identity.Agency{organiser, checker}
}

// browser asks for pages and sends their forms, signed in as login.
type browser struct {
	t     *testing.T
	yard  *storetest.Yard
	http  http.Handler
	login string
}

func open(t *testing.T) *browser {
	t.Helper()
	y := storetest.NewYard(t, storetest.Open(t, storetest.SQLite))
	base, err := url.Parse("http://otklik.test")
	require.NoError(t, err)
	pages := project.New(project.Config{
		Proposals: y.Proposals, Campaigns: y.Store, Agencies: agencies{}, Cases: y.Store, Clock: y.Clock, Zone: time.UTC,
		Frame: func(_ echo.Context, title string) ui.Page { return ui.Page{Title: title} },
		Office: func(_ echo.Context, title string) (ui.Page, error) {
			return ui.Page{Title: title, Area: ui.Console}, nil
		},
	})
	handler, err := web.New(web.Config{
		Base: base, Zone: time.UTC, Clock: y.Clock, Log: slog.New(slog.DiscardHandler),
		Accounts: identity.NewAccounts(y.Store, y.Clock), Pages: web.Pages{Projects: pages},
	})
	require.NoError(t, err)
	b := &browser{t: t, yard: y, http: handler}
	b.hire("organiser", actor.Membership{Agency: 7, Role: actor.Organiser})
	b.hire("executor", actor.Membership{Agency: 8, Role: actor.Executor})
	b.hire("stranger", actor.Membership{Agency: 9, Role: actor.Executor})
	return b
}

func (b *browser) hire(login string, as actor.Membership) {
	b.t.Helper()
	u := &identity.User{Login: login, Name: login, PasswordHash: "-", Memberships: []actor.Membership{as}}
	require.NoError(b.t, b.yard.Store.SaveUser(b.t.Context(), u))
	sum, now := sha256.Sum256([]byte(login)), b.yard.Clock.Now()
	require.NoError(b.t, b.yard.Store.CreateSession(b.t.Context(), hex.EncodeToString(sum[:]), identity.Session{
		User: u.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.AddDate(5, 0, 0),
	}))
}

// as is the same browser with somebody else before it.
func (b *browser) as(login string) *browser {
	other := *b
	other.login = login
	return &other
}

func (b *browser) get(path string, status int) string {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil), status)
}

func (b *browser) post(path string, form url.Values, status int) string {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r, status)
}

// do returns the page, or where the answer leads.
func (b *browser) do(r *http.Request, status int) string {
	b.t.Helper()
	if b.login != "" {
		r.AddCookie(&http.Cookie{Name: "otklik", Value: b.login})
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w := httptest.NewRecorder()
	b.http.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	require.NoError(b.t, err)
	require.Equal(b.t, status, w.Code, "%s %s\n%s", r.Method, r.URL, body)
	if to := w.Header().Get("Location"); to != "" {
		return to
	}
	return string(body)
}

var version = regexp.MustCompile(`name="version" value="(\d+)"`)

// act presses a button of the page at a path, with what was typed there.
func (b *browser) act(path, do string, typed url.Values, status int) string {
	b.t.Helper()
	found := version.FindStringSubmatch(b.get(path, http.StatusOK))
	form := url.Values{"do": {do}}
	if found != nil {
		form.Set("version", found[1])
	}
	for k, v := range typed {
		form[k] = v
	}
	return b.post(path, form, status)
}

func with(pairs ...string) url.Values {
	out := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		out.Add(pairs[i], pairs[i+1])
	}
	return out
}

// code enters the code of the letter at a path that ends in its id.
func (b *browser) code(path string, typed url.Values) string {
	b.t.Helper()
	require.Contains(b.t, b.get(path, http.StatusOK), "Введите код из письма")
	id, _, _ := strings.Cut(path[strings.LastIndex(path, "/")+1:], "?")
	sent, err := b.yard.Store.FindCode(b.t.Context(), id, b.yard.Clock.Now())
	require.NoError(b.t, err)
	typed.Set("code", sent.Digits)
	return b.post(path, typed, http.StatusSeeOther)
}

// propose writes and sends a proposal, and returns the author's page.
func (b *browser) propose(title, email string) string {
	b.t.Helper()
	to := b.post("/campaigns/1/proposals/new", with("title", title, "text", "Поставить", "place", "Во дворе", "name", "Анна П.", "email", email, "do", "send"),
		http.StatusSeeOther)
	return b.code(to, url.Values{})
}

func TestProposal_from_the_form_to_the_report_on_what_was_built(t *testing.T) {
	t.Parallel()
	b := open(t)
	organiser, executor := b.as("organiser"), b.as("executor")
	const list, office = "/campaigns/1/proposals", "/console/campaigns/1/proposals"
	require.Contains(t, b.get("/campaigns/1/proposals", http.StatusOK), "Предложить проект")

	page := b.post(list+"/new", with("title", "Скамьи <у> пруда", "email", "anna", "do", "send"), http.StatusUnprocessableEntity)
	for _, want := range []string{"Скамьи &lt;у&gt; пруда", `value="anna"`, `href="#email"`, `href="#text"`, `href="#name"`} {
		require.Contains(t, page, want, "all that is wrong at once, and all that was typed")
	}
	anna := b.propose("Скамьи", "anna@example.org")
	require.Contains(t, b.get(anna, http.StatusOK), "Скамьи")
	b.get(list+"/1", http.StatusNotFound)
	b.get(anna[:len(anna)-1], http.StatusNotFound)

	b.as("stranger").get(office, http.StatusNotFound)
	require.Contains(t, organiser.get(office, http.StatusOK), "Скамьи")
	page = organiser.act(office+"/1", "return", nil, http.StatusUnprocessableEntity)
	require.Contains(t, page, `href="#reason"`)
	organiser.act(office+"/1", "return", with("reason", "Где это?"), http.StatusSeeOther)
	require.Contains(t, b.get(anna, http.StatusOK), "Где это?")
	b.act(anna, "send", with("title", "Скамьи у пруда", "text", "Пять скамей", "place", "У пруда", "name", "Анна П."), http.StatusSeeOther)
	stale := version.FindStringSubmatch(organiser.get(office+"/1", http.StatusOK))[1]
	organiser.act(office+"/1", "accept", nil, http.StatusSeeOther)
	page = organiser.post(office+"/1", with("do", "reject", "version", stale, "reason", "Две вкладки"), http.StatusConflict)
	require.Contains(t, page, "Две вкладки", "what was typed in another tab stays")
	require.Contains(t, b.get(list+"/1", http.StatusOK), "Скамьи у пруда")

	to := b.post(list+"/1/interest", with("email", "ivan@example.org", "follow", "yes"), http.StatusSeeOther)
	b.code(to, with("follow", "yes"))
	require.Contains(t, b.get(list+"/1", http.StatusOK), "1 человеку")

	page = organiser.act(office+"/1", "send", with("due", "2020-01-01T10:00"), http.StatusUnprocessableEntity)
	require.Contains(t, page, `href="#agency"`)
	due := b.yard.Clock.Now().AddDate(0, 0, 3).Format("2006-01-02T15:04")
	organiser.act(office+"/1", "send", with("agency", "8", "due", due), http.StatusSeeOther)
	require.Contains(t, b.get(list+"/1", http.StatusOK), "Ведомство 8")

	const check = "/console/proposals/1"
	b.as("stranger").get(check, http.StatusNotFound)
	require.Contains(t, executor.get("/console/proposals", http.StatusOK), "Скамьи у пруда")
	page = executor.act(check, "", with("verdict", "feasible", "lines", "Скамьи, двести"), http.StatusUnprocessableEntity)
	require.Contains(t, page, "Скамьи, двести")
	estimate := with("verdict", "changes", "reason", "Четыре скамьи, а не пять", "lines", "Скамьи | 200 000\nПлитка | 300 000")
	for _, point := range proposal.Points {
		estimate.Set("point-"+point, proposal.PointYes)
	}
	executor.act(check, "", estimate, http.StatusSeeOther)
	require.Contains(t, executor.get(check, http.StatusOK), "500\u00a0000\u00a0₽")
	require.Contains(t, b.get(anna, http.StatusOK), "Четыре скамьи, а не пять")
	b.post(anna, with("do", "yes"), http.StatusSeeOther)
	organiser.act(office+"/1", "adopt", nil, http.StatusSeeOther)

	b.announce()
	require.Contains(t, organiser.get(office+"/1", http.StatusOK), "Скамьи у пруда")
	require.Contains(t, b.get(list+"/1", http.StatusOK), "/campaigns/1/projects/s1")
	const built = "/console/campaigns/1/projects/s1"
	page = organiser.get(built, http.StatusOK)
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(page)[1]
	report := with("token", token, "text", "Залит фундамент", "percent", "30", "spent", "150 000", "finish", "2030-01-01")
	page = organiser.post(built, report, http.StatusUnprocessableEntity)
	require.Contains(t, page, `href="#reason"`, "a later day needs a reason")
	report.Set("reason", "Дожди")
	for range 2 { // pressed twice
		organiser.post(built, report, http.StatusSeeOther)
	}
	page = b.get("/campaigns/1/projects/s1", http.StatusOK)
	require.Equal(t, 1, strings.Count(page, "Залит фундамент"))
	require.Contains(t, page, "Дожди")
	b.get("/campaigns/1/projects/p9", http.StatusNotFound)
}

// announce ends the vote with the first proposal as the winner.
func (b *browser) announce() {
	b.t.Helper()
	_, err := b.yard.Store.ChangeCampaign(b.t.Context(), 1, func(c *participation.Campaign) (participation.Note, error) {
		n := participation.Note{At: b.yard.Clock.Now(), Action: participation.Edit, From: c.State, To: participation.Announced}
		c.State, c.Result = participation.Announced, &participation.Result{Projects: &participation.ProjectsResult{Winners: []string{"s1"}}}
		return n, nil
	})
	require.NoError(b.t, err)
}

func TestMerge_by_consent_and_its_undoing(t *testing.T) {
	t.Parallel()
	b := open(t)
	organiser := b.as("organiser")
	const office = "/console/campaigns/1/proposals"
	anna, ivan := b.propose("Горка", "anna@example.org"), b.propose("Качели", "ivan@example.org")
	for _, id := range []string{"1", "2"} {
		organiser.act(office+"/"+id, "accept", nil, http.StatusSeeOther)
	}
	merge := with("parts", "1", "title", "Площадка", "text", "Горка и качели", "place", "Двор")
	page := organiser.post(office, merge, http.StatusUnprocessableEntity)
	require.Contains(t, page, `href="#parts"`)
	require.Contains(t, page, "Горка и качели")
	merge.Add("parts", "2")
	merge.Set("why", "Они об одном")
	organiser.post(office, merge, http.StatusSeeOther)
	page = organiser.post(office, merge, http.StatusConflict)
	require.Contains(t, page, "Горка и качели", "pressed twice it says why, and keeps the text")
	for _, author := range []string{anna, ivan} {
		require.Contains(t, b.get(author, http.StatusOK), "Они об одном")
		b.post(author, with("do", "merge_yes", "merge", "1"), http.StatusSeeOther)
	}
	page = b.get("/campaigns/1/proposals/3", http.StatusOK)
	require.Contains(t, page, "/campaigns/1/proposals/2")
	require.Contains(t, b.get("/campaigns/1/proposals/1", http.StatusOK), "/campaigns/1/proposals/3")
	page = organiser.post(office, with("undo", "1"), http.StatusUnprocessableEntity)
	require.Contains(t, page, `href="#reason"`)
	organiser.post(office, with("undo", "1", "reason", "Разные дворы"), http.StatusSeeOther)
	b.get("/campaigns/1/proposals/3", http.StatusNotFound)
	require.Contains(t, b.get("/campaigns/1/proposals/1", http.StatusOK), "Разные дворы")
}
