package console_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/workflow"
)

func TestViews_are_saved_counted_shared_and_opened(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.pits(3)
	r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	b := r.as("coordinator")
	page := b.get("/console?tab=all&topic=roads.pit&size=100").form("/console/views").send("name", "  Ямы   города ")
	require.Equal(t, "/console?size=100&tab=all&topic=roads.pit", page.path)
	link := page.link("Ямы города")
	require.Equal(t, "/console?tab=all&topic=roads.pit", link, "the size of the page is no part of it")
	require.Contains(t, page.text(), "1 Ямы города 3")
	require.Contains(t, page.body, `data-key="Digit1"`)

	page = b.get("/console?tab=new").form("/console/views").send("name", "")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.text(), "Назовите вид")
	form := page.form("/console/views")
	page = form.send("name", "Новые ведомства", "agency", form.option("Дорожный комитет"))
	require.Contains(t, page.text(), "Новые ведомства")

	other := r.as("executor")
	require.NotEmpty(t, other.get("/console?tab=all").link("Новые ведомства"), "everybody in the agency has it")
	require.Empty(t, other.get("/console?tab=all").link("Ямы города"))
	require.Empty(t, r.as("gardener").get("/console?tab=all").link("Новые ведомства"))
	shared := other.get("/console/views")
	require.Equal(t, http.StatusForbidden, shared.form("/console/views/2").send("do", "delete").status)
	shared.form("/console/views/2").send("do", "default")
	require.Contains(t, other.get("/console").text(), "Новые ведомства")
	require.Equal(t, http.StatusNotFound, other.get("/console/views").form("/console/views/2").at("/console/views/1").send("do", "delete").status)

	b.get("/console?tab=overdue").form("/console/views").send("name", "Поздно")
	b.get("/console/views").form("/console/views/3").send("do", "up")
	require.Less(t, strings.Index(b.get("/console").text(), "Поздно"), strings.Index(b.get("/console").text(), "Ямы города"))
	b.get("/console/views").form("/console/views/3").send("do", "default")
	require.Equal(t, "", b.get("/console?tab=new").link("нет такого"))
	require.Contains(t, b.get("/console").text(), "Просроченных нет", "the list begins with it")
	page = b.get("/console/views").form("/console/views/3").send("do", "rename", "name", strings.Repeat("я", 41))
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	page.form("/console/views/3").send("do", "rename", "name", "Опоздали")
	require.NotEmpty(t, b.get("/console?tab=new").link("Опоздали"))
	b.get("/console/views").form("/console/views/3").send("do", "delete")
	require.Empty(t, b.get("/console?tab=new").link("Опоздали"))
}

// at is the form sent elsewhere.
func (f *form) at(path string) *form {
	for i := range f.node.Attr {
		if f.node.Attr[i].Key == "action" {
			f.node.Attr[i].Val = path
		}
	}
	return f
}

func TestPlan_shows_due_dates_days_off_and_what_is_late(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	due := r.find(id).Appeal.DueAt.In(time.FixedZone("region", 3*3600))
	require.Equal(t, "2026-03-27", due.Format(time.DateOnly))
	r.submit("roads.pit", pit)
	for login, want := range map[string]string{"executor": "1 обращение", "coordinator": "2 обращения"} {
		b := r.as(login)
		page := b.get("/console/calendar")
		require.Equal(t, http.StatusOK, page.status)
		require.Contains(t, page.text(), "Март 2026")
		list := b.get(page.link(want))
		require.Len(t, numbers(list), map[string]int{"executor": 1, "coordinator": 2}[login])
		require.Contains(t, list.text(), "срок 27 марта")
	}
	require.Contains(t, r.as("executor").get("/console/calendar?of=agency").text(), "2 обращения")
	b := r.as("executor")
	week := b.get("/console/calendar?day=2026-03-25&by=week")
	require.Contains(t, week.text(), "23 марта – 29 марта")
	require.Equal(t, card(id)+"?due=2026-03-27&tab=mine", week.link(r.find(id).Appeal.Number))
	off := 0
	for _, td := range all(b.get("/console/calendar?day=2026-05-10").root, "td") {
		if strings.Contains(attr(td, "class"), "otk-plan__day--off") && !strings.Contains(attr(td, "class"), "outside") {
			off++
		}
	}
	require.Equal(t, 12, off, "ten days of weekends, May 1st and the moved 11th")
	require.Equal(t, http.StatusOK, b.get("/console/calendar?day=2039-01-01&by=week").status, "a year without a calendar")
	require.Equal(t, http.StatusOK, b.get("/console/calendar?day=nonsense").status)
	r.clock.Advance(30 * 24 * time.Hour)
	require.Contains(t, r.as("executor").get("/console/calendar").text(), "Просрочено 1 обращение")
}

func TestWorkload_says_who_has_how_much_to_do(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.started()
	r.onSign()
	done := r.onSign()
	r.clock.Advance(36 * time.Hour)
	r.act("head", done, workflow.Command{Action: workflow.Sign, Reason: "Видел на месте"})
	page := r.as("head").get("/console/workload")
	text := page.text()
	require.Contains(t, text, "Подгорин Глеб В работе: 2")
	require.Contains(t, text, "На подписи: 1")
	require.Contains(t, text, "Ответов за месяц: 1")
	require.Contains(t, text, "1,5 дн.")
	require.Contains(t, text, "Ракитова Дина В работе: 0")
	require.Len(t, numbers(r.as("head").get(page.link("Подгорин"))), 2)
	require.Equal(t, http.StatusForbidden, r.as("executor").get("/console/workload").status)
	require.Equal(t, http.StatusForbidden, r.as("head").get("/console/workload?agency="+strconv.FormatInt(r.parks, 10)).status)
	require.Equal(t, http.StatusOK, r.as("supervisor").get("/console/workload?agency="+strconv.FormatInt(r.parks, 10)).status)
}

func TestAbsence_a_substitute_works_on_the_absent_ones_cases_until_they_are_back(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.assigned()
	second := r.as("second")
	require.False(t, second.get(card(id)).hasForm("/start"))

	b := r.as("executor")
	form := b.get("/console/absences").form("/console/absences")
	page := form.send("from", "2026-03-17", "to", "2026-03-16", "substitute", form.option("Ракитова"))
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.text(), "Последний день раньше первого")
	form = page.form("/console/absences")
	require.Equal(t, "2026-03-17", form.fields.Get("from"), "what was typed stays")
	page = form.send("to", "2026-03-18")
	require.Contains(t, page.text(), "Отсутствие записано")
	require.Contains(t, page.text(), "Сейчас нет")
	require.Equal(t, http.StatusConflict, page.form("/console/absences").send("from", "2026-03-18", "to", "2026-03-19").status, "the days overlap")

	require.Len(t, numbers(second.get("/console?tab=mine")), 1, "among their own now")
	second.get(card(id)).form("/start").send()
	require.Equal(t, workflow.StageInWork, r.stage(id))
	require.Contains(t, second.get(card(id)).text(), "замещает: Подгорин Глеб")
	require.Empty(t, workflow.Audit(r.find(id), r.calendars))

	other := r.submit("roads.pit", pit)
	desk := r.as("coordinator")
	assign := desk.get(card(other)).form("/assign")
	require.Contains(t, assign.option("Ракитова"), "")
	page = assign.send("assign-executor", assign.option("Подгорин"))
	require.Equal(t, http.StatusConflict, page.status)
	require.Contains(t, page.text(), "Подгорин Глеб отсутствует по 18 марта")
	form = page.form("/assign")
	require.Equal(t, strconv.FormatInt(r.users["second"].ID, 10), form.fields.Get("assign-executor"), "the substitute is chosen")
	form.send("assign-executor", strconv.FormatInt(r.users["executor"].ID, 10))
	require.Equal(t, r.users["executor"].ID, r.find(other).Appeal.Executor, "all the same, knowing it")

	r.clock.Advance(48 * time.Hour)
	require.Empty(t, numbers(second.get("/console?tab=mine")), "it ended by itself")
	require.False(t, second.get(card(other)).hasForm("/start"))
}

func TestAbsence_is_set_for_others_by_those_who_may(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	set := func(login string) *screen {
		value := strconv.FormatInt(r.users["second"].ID, 10) + ":" + strconv.FormatInt(r.roads, 10) + ":executor"
		return r.as(login).get("/console/absences").form("/console/absences").send("user", value, "from", "2026-04-01", "to", "2026-04-10")
	}
	require.Equal(t, http.StatusForbidden, set("executor").status)
	require.Contains(t, set("coordinator").text(), "Отсутствие записано")
	list, err := r.store.ListAbsences(t.Context(), r.roads, r.clock.Now())
	require.NoError(t, err)
	require.Len(t, list, 1)
	path := "/console/absences/" + strconv.FormatInt(list[0].ID, 10) + "/end"
	require.False(t, r.as("executor").get("/console/absences").hasForm(path))
	require.Equal(t, http.StatusNotFound, r.as("executor").get("/console/absences").form("/console/absences").at(path).send().status)
	r.as("second").get("/console/absences").form(path).send()
	require.Contains(t, r.as("second").get("/console/absences").text(), "Все на месте")
}

func TestAbsence_a_case_whose_substitute_is_away_too_goes_on(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	third := &identity.User{Login: "third", Name: "Третьяков Лев", PasswordHash: passwordHash(), Memberships: []actor.Membership{{Agency: r.roads, Role: actor.Executor}}}
	require.NoError(t, r.store.SaveUser(t.Context(), third))
	away := func(who, substitute int64) {
		require.NoError(t, r.store.CreateAbsence(t.Context(), &identity.Absence{
			User: who, Agency: r.roads, Role: actor.Executor, Substitute: substitute, From: tuesday.Add(-time.Hour), To: tuesday.Add(time.Hour), SetAt: tuesday,
		}))
	}
	id := r.assigned()
	away(r.users["executor"].ID, r.users["second"].ID)
	away(r.users["second"].ID, third.ID)
	r.as("third").get(card(id)).form("/start").send()
	require.Equal(t, workflow.StageInWork, r.stage(id))
	require.Contains(t, r.as("coordinator").get("/console/absences").text(), "Ракитова Дина")
}
