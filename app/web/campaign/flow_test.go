package campaign_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/campaign"
	"github.com/otklik/otklik/app/web/ui"
)

type agencies struct{}

func (agencies) Agency(int64) (identity.Agency, bool) {
	return identity.Agency{ID: 7, Code: "city", Name: lang.Text{RU: "Город"}}, true
}

func (agencies) Agencies() []identity.Agency {
	return []identity.Agency{{ID: 7, Code: "city", Name: lang.Text{RU: "Город"}}}
}

// browser asks for pages and sends their forms.
type browser struct {
	t    *testing.T
	hall *storetest.Hall
	http http.Handler
}

func open(t *testing.T, change ...func(*participation.Campaign)) *browser {
	t.Helper()
	h := storetest.NewHall(t, storetest.Open(t, storetest.SQLite), change...)
	base, err := url.Parse("http://localhost:8080")
	require.NoError(t, err)
	pages := campaign.New(campaign.Config{
		Campaigns: h.Campaigns, Voting: h.Voting, PaperBox: h.Paper, Agencies: agencies{}, Clock: h.Clock, Zone: time.UTC, Base: base,
		Places: func() []participation.Named { return nil },
		Frame:  func(_ echo.Context, title string) ui.Page { return ui.Page{Title: title} },
		Office: func(_ echo.Context, title string) (ui.Page, error) {
			return ui.Page{Title: title, Area: ui.Console}, nil
		},
	})
	handler, err := web.New(web.Config{
		Base: base, Zone: time.UTC, Clock: h.Clock, Log: slog.New(slog.DiscardHandler),
		Accounts: identity.NewAccounts(h.Store, clock.System{}), Pages: web.Pages{Campaigns: pages},
	})
	require.NoError(t, err)
	return &browser{t, h, handler}
}

func (b *browser) get(path string) (int, string) {
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *browser) post(path string, form url.Values) (int, string) {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) do(r *http.Request) (int, string) {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.http.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	require.NoError(b.t, err)
	if to := w.Header().Get("Location"); to != "" {
		return w.Code, to
	}
	return w.Code, string(body)
}

var field = regexp.MustCompile(`<input type="hidden" name="([a-z0-9_.]+)" value="([^"]*)"`)

// hidden are the hidden fields of a page.
func hidden(page string) url.Values {
	out := url.Values{}
	for _, m := range field.FindAllStringSubmatch(page, -1) {
		out.Add(m[1], m[2])
	}
	return out
}

// recognised goes through the e-mail to the ballot.
func (b *browser) recognised(email string) string {
	b.t.Helper()
	status, to := b.post("/campaigns/1/vote", url.Values{"email": {email}})
	require.Equal(b.t, http.StatusSeeOther, status)
	code, err := b.hall.Store.FindCode(b.t.Context(), to[strings.LastIndex(to, "/")+1:], b.hall.Clock.Now())
	require.NoError(b.t, err)
	status, page := b.get(to)
	require.Equal(b.t, http.StatusOK, status)
	require.Contains(b.t, page, "Введите код из письма")
	status, page = b.post(to, url.Values{"code": {code.Digits}})
	require.Equal(b.t, http.StatusOK, status)
	return page
}

var receipt = regexp.MustCompile(`([0-9A-Z]{4}-){4}[0-9A-Z]{4}`)

func TestVoting_without_a_script(t *testing.T) {
	t.Parallel()
	b := open(t)
	status, page := b.get("/campaigns")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Сквер")
	_, page = b.get("/campaigns/1")
	require.Contains(t, page, "Проголосовать")

	status, page = b.post("/campaigns/1/vote", url.Values{"email": {"anna"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, `value="anna"`)

	page = b.recognised("anna@example.org")
	form := hidden(page)
	status, page = b.post("/campaigns/1/ballot", form)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Ответьте на этот вопрос")

	form.Set("q1", "yes")
	status, page = b.post("/campaigns/1/ballot", form)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Проверьте свой выбор")
	send := hidden(page)
	require.Equal(t, "yes", send.Get("q1"))
	send.Set("do", "send")
	status, page = b.post("/campaigns/1/ballot", send)
	require.Equal(t, http.StatusOK, status)
	code := receipt.FindString(page)
	require.NotEmpty(t, code)

	status, page = b.post("/campaigns/1/ballot", send)
	require.Equal(t, http.StatusOK, status, "a second press gives the same receipt")
	require.Equal(t, code, receipt.FindString(page))

	again := hidden(b.recognised("anna@example.org"))
	again.Set("q1", "no")
	again.Set("do", "send")
	status, page = b.post("/campaigns/1/ballot", again)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, page, "Вы уже проголосовали")

	_, page = b.get("/campaigns/1/check?code=" + code)
	require.Contains(t, page, "войдёт в журнал через секунду")
	b.hall.Work(t)
	_, page = b.get("/campaigns/1/check?code=" + strings.ToLower(code))
	require.Contains(t, page, "Голос в журнале")
	require.NotContains(t, page, "yes")
	status, _ = b.get("/campaigns/1/check?code=AAAA")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	status, page = b.get("/campaigns/1/log/entries")
	require.Equal(t, http.StatusOK, status)
	require.Len(t, strings.TrimSpace(page), 64)
	_, page = b.get("/campaigns/1/log/checkpoint")
	require.Contains(t, page, "vote.example.org/campaigns/1\n1\n")

	again.Set("former_code", code)
	again.Set("former_secret", form.Get("secret"))
	status, page = b.post("/campaigns/1/ballot", again)
	require.Equal(t, http.StatusOK, status, "a changed mind")
	require.NotEqual(t, code, receipt.FindString(page))

	status, _ = b.get("/campaigns/1/files.zip")
	require.Equal(t, http.StatusNotFound, status)
	b.hall.Finish(t)
	_, page = b.get("/campaigns/1")
	require.Contains(t, page, "Проголосовало: 1")
	status, _ = b.get("/campaigns/1/files.zip")
	require.Equal(t, http.StatusOK, status)
	status, _ = b.get("/campaigns/1/vote")
	require.Equal(t, http.StatusSeeOther, status)
}

func TestVoting_every_form_of_question_comes_back_as_it_was_typed(t *testing.T) {
	t.Parallel()
	name := func(s string) lang.Text { return lang.Text{RU: s} }
	options := []participation.Option{{ID: "o1", Name: name("Раз")}, {ID: "o2", Name: name("Два")}}
	b := open(t, func(c *participation.Campaign) {
		c.Terms.Kind = participation.Poll
		c.Terms.Questions = []participation.Question{
			{ID: "q1", Ask: participation.Some, Name: name("Что"), Options: options},
			{ID: "q2", Ask: participation.Matrix, Name: name("Как"), Options: options, Rows: []participation.Option{{ID: "r1", Name: name("Строка")}}},
			{ID: "q3", Ask: participation.Ranking, Name: name("Порядок"), Options: options},
			{ID: "q4", Ask: participation.Scale, Name: name("Сколько"), From: 1, To: 5},
			{ID: "q5", Ask: participation.Words, Name: name("Почему")},
		}
	})
	form := hidden(b.recognised("anna@example.org"))
	for k, v := range map[string]string{"q2.r1": "o2", "q3.o1": "2", "q3.o2": "1", "q4": "4", "q5": "Потому <что>"} {
		form.Set(k, v)
	}
	form["q1"] = []string{"o1", "o2"}
	status, page := b.post("/campaigns/1/ballot", form)
	require.Equal(t, http.StatusOK, status)
	for _, want := range []string{"Строка — Два", "1. Два", "2. Раз", "Потому &lt;что&gt;"} {
		require.Contains(t, page, want)
	}
	edit := hidden(page)
	edit.Set("do", "edit")
	status, page = b.post("/campaigns/1/ballot", edit)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, 4, strings.Count(page, "checked"))
	require.Contains(t, page, `<option value="2" selected>`)
}

func TestVoting_on_projects_by_order_and_by_points(t *testing.T) {
	t.Parallel()
	budget := func(form participation.Form) *browser {
		return open(t, func(c *participation.Campaign) {
			c.Terms.Kind, c.Terms.Questions = participation.Budget, nil
			c.Terms.Money = &participation.Money{Budget: 100, Rule: "greedy", Points: 5, PerProject: 3, Projects: []participation.Project{
				{ID: "p1", Name: lang.Text{RU: "Сквер"}, Cost: 60}, {ID: "p2", Name: lang.Text{RU: "Мост"}, Cost: 50}, {ID: "p3", Name: lang.Text{RU: "Лавки"}, Cost: 10},
			}}
			c.Terms.Money.SetForm(form)
		})
	}
	b := budget(participation.FormOrdinal)
	form := hidden(b.recognised("anna@example.org"))
	form.Set("projects.p3", "1")
	form.Set("projects.p1", "1")
	status, page := b.post("/campaigns/1/ballot", form)
	require.Equal(t, http.StatusUnprocessableEntity, status, "an order is never guessed")
	require.Contains(t, page, "Место 1 отдано дважды")
	require.Equal(t, 2, strings.Count(page, `<option value="1" selected>`), "both stay as they were chosen")
	form.Set("projects.p1", "2")
	status, page = b.post("/campaigns/1/ballot", form)
	require.Equal(t, http.StatusOK, status)
	require.Regexp(t, `(?s)1\. Лавки.*2\. Сквер`, page)
	send := hidden(page)
	send.Set("do", "send")
	status, page = b.post("/campaigns/1/ballot", send)
	require.Equal(t, http.StatusOK, status, page)
	c := b.hall.Finish(t)
	require.Equal(t, []participation.PickCount{{ID: "p1", N: 2}, {ID: "p2", N: 0}, {ID: "p3", N: 3}}, c.Result.Projects.Points)

	b = budget(participation.FormCumulative)
	form = hidden(b.recognised("anna@example.org"))
	for points, want := range map[string]string{"4": "одному проекту можно не больше 3", "x": "целые числа от 0 до 3"} {
		form.Set("projects.p1", points)
		status, page = b.post("/campaigns/1/ballot", form)
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Contains(t, page, want)
		require.Contains(t, page, `value="`+points+`"`)
	}
	form.Set("projects.p1", "3")
	form.Set("projects.p2", "3")
	_, page = b.post("/campaigns/1/ballot", form)
	require.Contains(t, page, "Роздано 6 баллов из 5: уберите 1")
	form.Set("projects.p2", "2")
	_, page = b.post("/campaigns/1/ballot", form)
	require.Contains(t, page, "Сквер\u00a0— 60\u00a0₽: 3 балла")
	edit := hidden(page)
	edit.Set("do", "edit")
	_, page = b.post("/campaigns/1/ballot", edit)
	require.Regexp(t, `name="projects.p2"[^>]*value="2"|value="2"[^>]*name="projects.p2"`, page)

	b = budget(participation.FormKnapsack)
	form = hidden(b.recognised("anna@example.org"))
	form["projects"] = []string{"p1", "p2"}
	status, page = b.post("/campaigns/1/ballot", form)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Дороже бюджета на 10 ₽")
}

func TestVoting_a_poll_that_has_enough_says_so_before_the_questions(t *testing.T) {
	t.Parallel()
	b := open(t, func(c *participation.Campaign) {
		c.Terms.Kind = participation.Poll
		c.Terms.Quotas = []participation.Quota{{Age: &participation.Band{From: 18, To: 34}, Most: 1}}
	})
	_, page := b.get("/campaigns/1/vote")
	require.Contains(t, page, "18–34")
	status, to := b.post("/campaigns/1/vote", url.Values{"email": {"anna@example.org"}, "band": {"0"}})
	require.Equal(t, http.StatusSeeOther, status)
	code, err := b.hall.Store.FindCode(t.Context(), to[strings.LastIndex(to, "/")+1:], b.hall.Clock.Now())
	require.NoError(t, err)
	_, page = b.post(to, url.Values{"code": {code.Digits}})
	form := hidden(page)
	form.Set("q1", "yes")
	form.Set("do", "send")
	status, _ = b.post("/campaigns/1/ballot", form)
	require.Equal(t, http.StatusOK, status)
	status, page = b.post("/campaigns/1/vote", url.Values{"email": {"vera@example.org"}, "band": {"0"}})
	require.Equal(t, http.StatusGone, status)
	require.Contains(t, page, "Набрано")
	status, _ = b.post("/campaigns/1/vote", url.Values{"email": {"vera@example.org"}, "band": {"-1"}})
	require.Equal(t, http.StatusSeeOther, status)

	c := b.hall.Finish(t)
	require.Equal(t, []participation.QuotaCount{{Quota: participation.OtherQuotas, Taken: 1}}, c.Result.Quotas, "few are not told by themselves")
	_, page = b.get("/campaigns/1")
	require.Contains(t, page, "Ответившие по квотам")
	require.Contains(t, page, "18–34 лет")
	_, table := b.get("/campaigns/1/result.csv")
	require.Contains(t, table, "Другие квоты вместе")
}
