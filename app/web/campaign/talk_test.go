package campaign_test

import (
	"crypto/sha256"
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

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/campaign"
	"github.com/otklik/otklik/app/web/ui"
)

// talker is a browser that keeps its cookies.
type talker struct {
	t       *testing.T
	hall    *storetest.TalkHall
	http    http.Handler
	cookies []*http.Cookie
}

func openTalk(t *testing.T, change ...func(*participation.Campaign)) *talker {
	t.Helper()
	h := storetest.NewTalkHall(t, storetest.Open(t, storetest.SQLite), change...)
	base, err := url.Parse("http://localhost:8080")
	require.NoError(t, err)
	pages := campaign.New(campaign.Config{
		Campaigns: h.Campaigns, Voting: h.Voting, Talks: h.Talks, Agencies: agencies{}, Clock: h.Clock, Zone: time.UTC, Base: base,
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
	return &talker{t: t, hall: h, http: handler}
}

func (b *talker) do(r *http.Request) (int, string) {
	b.t.Helper()
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.http.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == "otklik_talk" {
			require.Equal(b.t, "/campaigns/1", c.Path)
			require.True(b.t, c.HttpOnly)
			b.cookies = []*http.Cookie{c}
		}
	}
	body, err := io.ReadAll(w.Result().Body)
	require.NoError(b.t, err)
	if to := w.Header().Get("Location"); to != "" {
		return w.Code, to
	}
	return w.Code, string(body)
}

func (b *talker) get(path string) (int, string) {
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *talker) post(path string, form url.Values) (int, string) {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// digits is the code of the letter that a page waits for.
func (b *talker) digits(form url.Values) string {
	b.t.Helper()
	code, err := b.hall.Store.FindCode(b.t.Context(), form.Get("code_id"), b.hall.Clock.Now())
	require.NoError(b.t, err)
	return code.Digits
}

var idle = regexp.MustCompile(`id="r(\d+)"`)

func TestTalk_without_a_script(t *testing.T) {
	t.Parallel()
	b := openTalk(t)
	status, page := b.get("/campaigns/1")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Собак выгуливают на площадке.")
	require.Contains(t, page, `id="p2"`)
	require.Contains(t, page, "Замечаний пока нет")

	status, page = b.get("/campaigns/1/remark?v=1&p=p2")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Сквер закрывают на ночь.")
	form := hidden(page)
	form.Set("text", "Не закрывайте!\nЗвоните 8 900 123-45-67")
	form.Set("do", "review")
	status, page = b.post("/campaigns/1/remark", form)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Напишите, как вас подписать")
	require.Contains(t, page, "Не закрывайте!", "what was typed is kept")
	form.Set("name", "Анна")
	form.Set("email", "anna@example.org")
	status, page = b.post("/campaigns/1/remark", form)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "номер телефона")
	send := hidden(page)
	send.Set("do", "send")
	send.Set("text", "Не закрывайте!")
	send.Set("code", "000000x")
	status, page = b.post("/campaigns/1/remark", send)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Не закрывайте!")
	send.Set("code", b.digits(send))
	status, to := b.post("/campaigns/1/remark", send)
	require.Equal(t, http.StatusSeeOther, status)
	status, again := b.post("/campaigns/1/remark", send)
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, to, again, "a second press is the same remark")
	_, page = b.get(strings.TrimSuffix(to, "#sent"))
	require.Contains(t, page, "Замечание опубликовано")
	require.Contains(t, page, "1 замечание")
	require.NotContains(t, page, "anna@example.org")
	require.Len(t, idle.FindAllString(page, -1), 1)

	other := &talker{t: t, hall: b.hall, http: b.http}
	status, to = other.post("/campaigns/1/remarks/1/support", nil)
	require.Equal(t, http.StatusSeeOther, status)
	_, page = other.get(to)
	enter := hidden(page)
	enter.Set("email", "boris@example.org")
	status, page = other.post("/campaigns/1/enter", enter)
	require.Equal(t, http.StatusOK, status)
	enter = hidden(page)
	enter.Set("code", other.digits(enter))
	status, _ = other.post("/campaigns/1/enter", enter)
	require.Equal(t, http.StatusSeeOther, status)
	_, page = other.get("/campaigns/1")
	require.Regexp(t, `Вы поддержали \(1\)[^<]*<[^<]*<?span class="govuk-visually-hidden">: Замечание № 1<`, page, "a screen reader hears which one")
	status, _ = b.post("/campaigns/1/remarks/1/support", nil)
	require.Equal(t, http.StatusConflict, status, "nobody supports themselves")

	require.NoError(t, b.hall.Talks.HideRemark(t.Context(), b.hall.Moderator, 1, 1, "off_topic", "Это о другом сквере"))
	_, page = b.get("/campaigns/1?sort=new&p=p2")
	require.NotContains(t, page, "Не закрывайте!")
	require.Contains(t, page, "Не о тексте. Это о другом сквере")
	_, page = b.get("/campaigns/1/moderation")
	require.Contains(t, page, "Это о другом сквере")
	require.NoError(t, b.hall.Talks.RestoreRemark(t.Context(), b.hall.Moderator, 1, 1, "Ошиблись"))

	_, err := b.hall.Talks.ReviseText(t.Context(), b.hall.Organiser, 1, 1, strings.Replace(storetest.TalkText, "на ночь", "зимой", 1), "Учли")
	require.NoError(t, err)
	_, page = b.get("/campaigns/1/compare")
	require.Contains(t, page, "<del>")
	require.Contains(t, page, "<ins>")
	_, page = b.get("/campaigns/1")
	require.Contains(t, page, "написано к редакции 1")

	late := hidden(func() string { _, p := b.get("/campaigns/1/remark?p=p2"); return p }())
	late.Set("text", "Опоздавшее слово")
	late.Set("name", "Анна")
	late.Set("do", "send")
	b.hall.Clock.Advance(participation.PassLife - time.Minute)
	b.hall.Clock.Set(b.hall.Campaign(t).Closed)
	late.Set("email", "anna@example.org")
	status, page = b.post("/campaigns/1/remark", late)
	require.Equal(t, http.StatusGone, status)
	require.Contains(t, page, "Опоздавшее слово", "also a closing loses nothing that was typed")

	for _, path := range []string{"summary", "remarks.json", "protocol.pdf"} {
		status, _ = b.get("/campaigns/1/" + path)
		require.Equal(t, http.StatusNotFound, status, path)
	}
	b.hall.Seal(t)
	require.NoError(t, b.hall.Talks.AnswerRemark(t.Context(), b.hall.Organiser, 1, 1, discussion.Partly, "Закроем только зимой"))
	_, err = b.hall.Talks.Sum(t.Context(), b.hall.Organiser, 1)
	require.NoError(t, err)
	c, err := b.hall.Campaigns.Act(t.Context(), b.hall.Organiser, 1, participation.Announce, "")
	require.NoError(t, err)
	_, page = b.get("/campaigns/1/summary")
	require.Contains(t, page, "Закроем только зимой")
	require.Contains(t, page, c.Result.Talk.Data)
	require.Contains(t, page, `href="/campaigns/1/remarks.xlsx"`)
	status, page = b.get("/campaigns/1/remarks.xlsx")
	require.Equal(t, http.StatusOK, status)
	require.True(t, strings.HasPrefix(page, "PK"), "a table of its own form")
	_, page = b.get("/campaigns/1/remarks.json")
	require.Equal(t, c.Result.Talk.Data, sum(page))
	_, page = b.get("/campaigns/1/remarks.csv")
	require.Contains(t, page, "Принято частично")
	status, page = b.get("/campaigns/1/protocol.pdf")
	require.Equal(t, http.StatusOK, status)
	require.True(t, strings.HasPrefix(page, "%PDF"), strconv.Quote(page[:min(20, len(page))]))
}

func TestHearing_says_on_what_each_step_stands(t *testing.T) {
	t.Parallel()
	rule, ok := participation.FindRule(participation.SeededRules(), "planning")
	require.True(t, ok)
	b := openTalk(t, func(c *participation.Campaign) {
		c.Terms.Opens, c.Terms.Closes = storetest.Noon.AddDate(0, 0, 8), storetest.Noon.AddDate(0, 0, 10)
		c.Terms.Talk.Hearing = &participation.Steps{
			Rule: rule, Notice: "2026-03-03", Posted: "2026-03-10", ShownTo: "2026-03-13", Protocol: "2026-03-14", Conclusion: "2026-03-18",
		}
	})
	_, page := b.get("/campaigns/1")
	for _, want := range []string{"ст. 5.1 ч. 6–8", "ст. 5.1 ч. 21–23", "ст. 46 ч. 11", "текст закона на 1 января 2025"} {
		require.Contains(t, page, want)
	}
}

func sum(body string) string { return participation.HashText(sha256.Sum256([]byte(body))) }
