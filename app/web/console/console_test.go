package console_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/search/alert"
	"github.com/otklik/otklik/workflow"
)

func card(id int64) string { return "/console/appeals/" + strconv.FormatInt(id, 10) }

func TestSignIn_leads_everybody_to_their_place(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	for login, path := range map[string]string{"coordinator": "/console", "supervisor": "/dashboard", "admin": "/console"} {
		page := r.browser().get("/sign-in").form("/sign-in").send("login", login, "password", password)
		require.Equal(t, path, page.path, login)
	}
}

func TestSignIn_returns_to_our_own_pages_only(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	for back, want := range map[string]string{
		"/console/notices":      "/console/notices",
		"//evil.example":        "/console",
		"https://evil.example/": "/console",
		`/\evil.example`:        "/console",
		"/sign-out":             "/console",
	} {
		page := r.browser().get("/sign-in").form("/sign-in").send("login", "coordinator", "password", password, "back", back)
		require.Equal(t, want, page.path, back)
	}
}

func TestSignIn_says_what_is_wrong_and_slows_guessing_down(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	page := r.browser().get("/console")
	require.Equal(t, "/sign-in?back=%2Fconsole", page.path)
	for range 5 {
		page = page.form("/sign-in").send("login", "head", "password", "wrong")
		require.Equal(t, http.StatusUnauthorized, page.status)
		require.Equal(t, "head", page.form("/sign-in").fields.Get("login"), "what was typed stays")
		require.Equal(t, "/console", page.form("/sign-in").fields.Get("back"))
	}
	page = page.form("/sign-in").send("login", "head", "password", password)
	require.Equal(t, http.StatusTooManyRequests, page.status)
}

func TestSignOut_ends_the_session(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	b := r.as("coordinator")
	require.Equal(t, "/sign-in", b.get("/console").form("/sign-out").send().path)
	require.Equal(t, "/sign-in?back=%2Fconsole", b.get("/console").path)
}

func TestInbox_each_role_begins_where_its_work_is(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	r.assigned()
	r.onSign()
	for login, tab := range map[string]string{
		"moderator": "Новые", "coordinator": "Новые", "executor": "Мои", "head": "На подписи", "admin": "Все",
	} {
		page := r.as(login).get("/console")
		require.Equal(t, http.StatusOK, page.status)
		var current string
		for _, a := range all(page.root, "a") {
			if attr(a, "class") == "otk-strip__link" && attr(a, "aria-current") == "page" {
				current = textOf(a)
			}
		}
		require.Contains(t, current, tab, login)
	}
	require.Contains(t, r.as("moderator").get("/console").text(), "Садовую")
	require.NotContains(t, r.as("gardener").get("/console?tab=all").text(), "Полевой", "another agency's cases are not in the list")
}

func TestPalette_leads_where_one_may_go(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	commands := func(login string) (urls []string) {
		for _, a := range all(r.as(login).get("/console").root, "a") {
			if url := attr(a, "href"); has(a, "data-command") && strings.HasPrefix(url, "/admin/") {
				urls = append(urls, url)
			}
		}
		return urls
	}
	require.Subset(t, commands("admin"), []string{
		"/admin/users", "/admin/journal", "/admin/calendar", "/admin/rubricator", "/admin/models", "/admin/rubricator/routes", "/admin/rubricator/simulation",
	})
	require.Empty(t, commands("executor"))
}

func TestInbox_pages_both_ways_without_a_gap(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	for i := range 70 {
		r.clock.Advance(time.Minute)
		r.submit("roads.pit", "Яма номер "+strconv.Itoa(i)+" на дороге у дома")
	}
	for _, tab := range []string{"all", "new"} {
		b := r.as("coordinator")
		var seen []string
		page := b.get("/console?tab=" + tab)
		var back []string
		for {
			seen = append(seen, numbers(page)...)
			next := page.link("Дальше")
			if next == "" {
				break
			}
			page = b.get(next)
		}
		require.Len(t, seen, 70)
		for page.link("Назад") != "" {
			page = b.get(page.link("Назад"))
			back = append(numbers(page), back...)
		}
		require.Equal(t, seen[:60], back[len(back)-60:][:60])
		require.Equal(t, seen[:30], numbers(page))
	}
}

func numbers(s *screen) []string {
	var out []string
	for _, a := range all(s.root, "a") {
		if has(a, "data-open") {
			out = append(out, (&screen{root: a}).text())
		}
	}
	return out
}

func TestInbox_filters_narrow_the_list_and_can_be_dropped(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.assigned()
	r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	b := r.as("coordinator")
	page := b.get("/console?tab=all").form("/console").get("topic", "roads.plan", "from", "2026-03-17", "to", "2026-03-17")
	require.Len(t, numbers(page), 1)
	require.Contains(t, page.text(), "Садовую")
	require.NotEmpty(t, page.link("Ремонт улицы ×"))
	require.Len(t, numbers(b.get("/console?tab=all&executor="+strconv.FormatInt(r.users["executor"].ID, 10))), 1)
	require.Empty(t, numbers(b.get("/console?tab=all&from=2026-03-18")))
	wrong := b.get("/console?tab=all&from=yesterday")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text(), "Введите дату")
	require.Equal(t, http.StatusOK, b.get("/console?tab=nonsense&after=zzz&territory=x").status)
}

func TestInbox_search_finds_words_and_numbers_within_what_one_may_see(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.pit", pit)
	r.submit("roads.pit", "На Лесной провалился асфальт у остановки")
	number := r.find(id).Appeal.Number

	b := r.as("coordinator")
	page := b.get("/console?q=" + "яма+полевая")
	require.Equal(t, []string{number}, numbers(page))
	require.Contains(t, page.body, "<mark>")
	require.Equal(t, card(id), b.get("/console?q="+number).path)
	require.Contains(t, b.get("/console?q=слонопотам").text(), "Ничего не нашлось")

	foreign := r.as("gardener")
	require.Empty(t, numbers(foreign.get("/console?q=яма")))
	require.Contains(t, foreign.get("/console?q="+number).text(), "Обращения "+number+" нет")
	require.Equal(t, []string{number}, numbers(r.as("supervisor").get("/console?q=яма+полевая")))
}

func TestCard_of_another_agency_does_not_exist(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("gardener")
	for _, path := range []string{"", "/answer", "/assign", "/photos/1", "/note"} {
		require.Equal(t, http.StatusNotFound, b.get(card(id)+path).status, path)
	}
	require.Equal(t, http.StatusNotFound, r.as("executor").get(card(id)+"/no-such-action").status)
}

func TestCard_offers_each_role_its_own_actions(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	fresh := r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	works, signs := r.started(), r.onSign()
	for _, one := range []struct {
		login string
		id    int64
		forms []string
		none  []string
	}{
		{"moderator", fresh, []string{"/accept", "/ask", "/reject", "/note"}, []string{"/assign"}},
		{"coordinator", works, []string{"/assign", "/note"}, []string{"/ask_extension"}},
		{"executor", works, []string{"/ask_extension", "/note"}, []string{"/assign", "/return"}},
		{"second", works, []string{"/note"}, []string{"/ask_extension"}},
		{"head", signs, []string{"/return"}, []string{"/assign"}},
		{"supervisor", works, []string{"/note"}, []string{"/assign"}},
		{"admin", works, nil, []string{"/note", "/assign", "/ask_extension"}},
	} {
		page := r.as(one.login).get(card(one.id))
		require.Equal(t, http.StatusOK, page.status, one.login)
		for _, f := range one.forms {
			require.True(t, page.hasForm(f), "%s %s", one.login, f)
		}
		for _, f := range one.none {
			require.False(t, page.hasForm(f), "%s %s", one.login, f)
		}
	}
	require.NotEmpty(t, r.as("executor").get(card(works)).link("Написать ответ"))
	require.Empty(t, r.as("second").get(card(works)).link("Написать ответ"))
	require.NotEmpty(t, r.as("head").get(card(signs)).link("Подписать"))
}

func TestCard_says_why_the_case_is_here(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.pit", "Яма на Полевой улице, машины объезжают её по тротуару.")
	text := r.as("coordinator").get(card(id)).text()
	require.Contains(t, text, "Почему здесь")
	require.Contains(t, text, "Яма на дороге, везде")
	require.Contains(t, text, "любая тема, везде")
	require.Contains(t, text, "решило правило для более узкой темы")
}

func TestCard_shows_who_wrote_only_on_purpose_and_notes_it(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.assigned()
	b := r.as("executor")
	page := b.get(card(id))
	require.NotContains(t, page.body, "Ключевская")
	require.NotContains(t, page.body, "maria@example.org")
	page = page.form("/contacts").send("purpose", "clarify")
	require.Contains(t, page.text(), "Мария Ключевская")
	require.Contains(t, page.text(), "+70001234567")
	reads, err := r.store.ListAccess(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, reads, 1)
	require.Equal(t, r.users["executor"].ID, reads[0].User)
	require.Equal(t, "clarify", reads[0].Purpose)
	require.NotContains(t, b.get(card(id)).body, "Ключевская", "another look is another reading")
	require.Equal(t, http.StatusUnprocessableEntity, b.get(card(id)).form("/contacts").send("purpose", "curiosity").status)
}

func TestNotices_of_bursts_say_where_and_about_what(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	now := r.clock.Now()
	require.NoError(t, r.store.RaiseAlert(t.Context(), alert.Alert{
		Territory: r.places[1].ID, Rubric: "roads.pit", Window: 1, RaisedOn: now.Format(time.DateOnly), RaisedAt: now, LastAt: now, Count: 9,
	}, now.Add(-time.Hour)))
	raised, err := r.store.ListAlerts(t.Context(), 1)
	require.NoError(t, err)
	require.NoError(t, r.store.AddNotices(t.Context(), []notify.Notice{
		{User: r.users["supervisor"].ID, Event: int(raised[0].ID), Key: "burst.notice", At: now},
		{User: r.users["supervisor"].ID, Event: int(raised[0].ID) + 7, Key: "burst.notice", At: now},
	}))
	page := r.as("supervisor").get("/console/notices").text()
	require.Contains(t, page, "Всплеск обращений: Липкинский район, ")
	require.Contains(t, page, "Всплеск обращений: посмотрите", "one of long ago")
}

func TestNotices_are_listed_and_marked_as_seen(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.assigned()
	u := r.users["executor"]
	require.NoError(t, r.store.AddNotices(t.Context(), []notify.Notice{{
		User: u.ID, Appeal: id, Number: r.find(id).Appeal.Number, Event: 3, Key: "notice.officer.assigned", At: r.clock.Now(),
	}}))
	b := r.as("executor")
	require.Contains(t, b.get("/console").link("Уведомления 1"), "/console/notices")
	page := b.get("/console/notices")
	require.Equal(t, card(id), page.link(r.find(id).Appeal.Number))
	page = page.form("/console/notices/seen").send()
	require.Equal(t, "/console/notices", page.path)
	require.Empty(t, page.link("Уведомления 1"))
	require.Contains(t, r.as("head").get("/console/notices").text(), "Уведомлений нет")
}

func TestCard_leads_to_the_next_case_of_the_queue(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	var ids []int64
	for range 3 {
		r.clock.Advance(time.Hour)
		ids = append(ids, r.submit("roads.pit", pit))
	}
	b := r.as("coordinator")
	next := b.get(card(ids[2]) + "?tab=new").link("Следующее")
	require.Equal(t, card(ids[1])+"?tab=new", next)
	form := b.get(next).form("/assign")
	page := form.send("assign-executor", form.option("Подгорин"), "then", "next")
	require.Equal(t, card(ids[0])+"?tab=new", page.path, "on to the one after it")
	require.Equal(t, workflow.StageAssigned, r.find(ids[1]).Appeal.Stage)
	require.Equal(t, card(ids[2])+"?tab=new", page.link("Следующее"), "and round to the first")
}
