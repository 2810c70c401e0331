package console_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/workflow"
)

// deliver runs the bulks whose messages are ready, as the jobs do.
func (r *region) deliver() {
	r.t.Helper()
	rows, err := r.store.ClaimOutbox(r.t.Context(), r.clock.Now(), time.Minute, 500)
	require.NoError(r.t, err)
	bulk := &jobs.Bulk{Bulking: r.bulking(), People: r.store}
	for _, row := range rows {
		if row.Topic == workflow.TopicBulk {
			require.NoError(r.t, bulk.Deliver(r.t.Context(), row))
			require.NoError(r.t, r.store.DoneOutbox(r.t.Context(), []int64{row.ID}))
		}
	}
}

// choose ticks the cases in the list and presses a button of the bar.
func (r *region) choose(b *browser, list string, action workflow.Action, ids ...int64) *screen {
	r.t.Helper()
	page := b.get(list)
	f := page.form("/console/bulk")
	for _, id := range ids {
		value := ""
		for _, in := range all(page.root, "input") {
			if attr(in, "form") == "bulk" && strings.HasPrefix(attr(in, "value"), fmt.Sprintf("%d:", id)) {
				value = attr(in, "value")
			}
		}
		require.NotEmpty(r.t, value, "a box for %d", id)
		f.fields.Add("id", value)
	}
	return f.send("action", string(action))
}

// confirmAll is the form with every case that goes.
func confirmAll(s *screen) *form {
	s.b.t.Helper()
	f := s.form("/console/bulk")
	f.fields.Del("id")
	for _, in := range all(f.node, "input") {
		if attr(in, "name") == "id" {
			f.fields.Add("id", attr(in, "value"))
		}
	}
	return f
}

func (r *region) pits(n int) []int64 {
	var out []int64
	for i := range n {
		r.clock.Advance(time.Minute)
		out = append(out, r.submit("roads.pit", fmt.Sprintf("Яма номер %d у дома на Полевой улице", i)))
	}
	return out
}

func TestBulk_an_executor_is_assigned_to_many_after_the_window(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	ids := r.pits(3)
	b := r.as("coordinator")
	page := r.choose(b, "/console?tab=new", workflow.Assign, ids...)
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.text(), "Пойдут 3 обращения")
	require.Contains(t, page.text(), "20 секунд, чтобы отменить")
	f := confirmAll(page)
	page = f.send("assign-executor", f.option("Подгорин"))
	require.True(t, strings.HasPrefix(page.path, "/console?bulk=1&tab=new"), page.path)
	require.Contains(t, page.text(), "Назначаем исполнителя: 3 обращения")
	require.Contains(t, page.body, `hx-trigger="load delay:21500ms"`)

	r.clock.Advance(19 * time.Second)
	r.deliver()
	require.Equal(t, workflow.StageReceived, r.stage(ids[0]), "still held")
	r.clock.Advance(time.Second)
	r.deliver()
	r.deliver()
	for _, id := range ids {
		found := r.find(id)
		last := found.Events[len(found.Events)-1]
		require.Equal(t, workflow.StageAssigned, found.Appeal.Stage)
		require.Equal(t, r.users["coordinator"].ID, last.Actor, "an event of its own by the officer")
		require.Equal(t, int64(1), last.Data.Bulk)
		require.Empty(t, workflow.Audit(found, r.calendars))
	}
	require.Contains(t, b.get("/console?tab=new&bulk=1").text(), "Исполнитель назначен: 3 обращения")
	require.Contains(t, b.get(card(ids[0])).text(), "действие с несколькими обращениями")
	require.Equal(t, http.StatusNotFound, r.as("head").get("/console/bulk/1").status, "another's doesn't exist")
}

func TestBulk_is_taken_back_within_the_window_and_not_after_it(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	ids := r.pits(2)
	b := r.as("coordinator")
	hold := func(agency string) *screen {
		return confirmAll(r.choose(b, "/console?tab=new", workflow.Redirect, ids...)).
			send("redirect-agency", agency, "redirect-reason", "Дорога в парке")
	}
	page := hold("парки")
	undo := page.form("/undo")
	page = undo.send()
	require.Contains(t, page.text(), "Ни одно обращение не изменилось")
	require.Equal(t, http.StatusOK, undo.send().status, "a second press says the same")
	r.clock.Advance(time.Hour)
	r.deliver()
	require.Equal(t, r.roads, r.find(ids[0]).Appeal.Agency)

	undo = hold("парки").form("/undo")
	r.clock.Advance(20 * time.Second)
	r.deliver()
	page = undo.send()
	require.Equal(t, http.StatusConflict, page.status)
	require.Contains(t, page.text(), "Отменить уже нельзя")
	require.Contains(t, page.text(), "Перенаправлены: 2 обращения")
	require.Equal(t, r.parks, r.find(ids[1]).Appeal.Agency)
}

func TestBulk_the_page_before_says_which_stay_and_why(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	signs, other := r.onSign(), r.onSign()
	works := r.started()
	b := r.as("head")
	page := r.choose(b, "/console?tab=all", workflow.Sign, signs, other, works)
	require.Contains(t, page.text(), "Пойдут 2 обращения")
	require.Contains(t, page.text(), "Не пойдёт 1 обращение")
	f := confirmAll(page)
	require.Len(t, f.fields["id"], 2)

	// Meanwhile the answer is returned in another tab.
	r.act("head", other, workflow.Command{Action: workflow.Return, Reason: "Не на все вопросы"})
	page = f.send("sign-reason", "Видел на месте")
	require.Equal(t, http.StatusConflict, page.status)
	require.Contains(t, page.text(), "Список изменился")
	require.Contains(t, page.text(), "Пока вы выбирали, обращение изменили")
	page = confirmAll(page).send()
	require.Contains(t, page.text(), "Подписываем ответы: 1 обращение")
	r.clock.Advance(time.Minute)
	r.deliver()
	require.Equal(t, workflow.StageAnswered, r.stage(signs))
	require.Equal(t, workflow.StageInWork, r.stage(other))
}

func TestBulk_a_case_that_changes_in_the_window_is_left_alone(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	ids := r.pits(2)
	b := r.as("coordinator")
	f := confirmAll(r.choose(b, "/console?tab=new", workflow.Assign, ids...))
	f.send("assign-executor", f.option("Подгорин"))
	r.act("coordinator", ids[0], workflow.Command{Action: workflow.Assign, Executor: r.users["second"].ID})
	r.clock.Advance(20 * time.Second)
	r.deliver()
	require.Equal(t, r.users["second"].ID, r.find(ids[0]).Appeal.Executor, "not overwritten")
	require.Equal(t, r.users["executor"].ID, r.find(ids[1]).Appeal.Executor)
	page := b.get("/console/bulk/1")
	require.Contains(t, page.text(), "Сделано 1 из 2")
	require.Contains(t, page.text(), "Пока вы выбирали, обращение изменили")
}

func TestBulk_pressed_twice_and_in_two_tabs(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	ids := r.pits(2)
	b := r.as("coordinator")
	f := confirmAll(r.choose(b, "/console?tab=new", workflow.Assign, ids...))
	other := confirmAll(r.choose(b, "/console?tab=new", workflow.Assign, ids...))
	first := f.send("assign-executor", f.option("Подгорин"))
	second := f.send()
	require.Equal(t, first.path, second.path, "the same form is held once")
	page := other.send("assign-executor", other.option("Ракитова"))
	require.Equal(t, http.StatusConflict, page.status)
	require.Contains(t, page.text(), "уже ждёт другого такого действия")
	r.clock.Advance(time.Minute)
	r.deliver()
	require.Len(t, r.find(ids[0]).Events, 3)
	require.Equal(t, r.users["executor"].ID, r.find(ids[0]).Appeal.Executor)
}

func TestBulk_wrong_input_keeps_everything(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	ids := r.pits(2)
	b := r.as("coordinator")
	page := confirmAll(r.choose(b, "/console?tab=new", workflow.Redirect, ids...)).send("redirect-agency", "Министерство магии")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	f := confirmAll(page)
	require.Equal(t, "Министерство магии", f.fields.Get("redirect-agency"))
	require.Len(t, f.fields["id"], 2)
	page = f.send("redirect-agency", "парки", "redirect-reason", "")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, confirmAll(page).fields.Get("redirect-agency"), "парки")

	require.Contains(t, r.choose(b, "/console?tab=new", workflow.Assign).text(), "Сначала отметьте обращения")
	many := b.get("/console?tab=new").form("/console/bulk")
	for i := range 101 {
		many.fields.Add("id", fmt.Sprintf("%d:1", i+1))
	}
	require.Contains(t, many.send("action", "assign").text(), "не больше 100")
	require.Equal(t, http.StatusForbidden, b.get("/console?tab=new").form("/console/bulk").send("action", "sign").status)
	require.False(t, r.as("executor").get("/console?tab=all").hasForm("/console/bulk"), "who may do nothing of it sees no boxes")
	strange := b.get("/console?tab=new").form("/console/bulk")
	strange.fields.Set("id", "999999:1")
	require.Contains(t, strange.send("action", "assign").text(), "Ни с одним из выбранных")
}

func TestBulk_survives_a_restart_in_the_window_and_in_the_middle(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	ids := r.pits(3)
	b := r.as("coordinator")
	f := confirmAll(r.choose(b, "/console?tab=new", workflow.Assign, ids...))
	f.send("assign-executor", f.option("Подгорин"))
	r.clock.Advance(20 * time.Second)
	// A process takes it, does one case and dies: another begins anew.
	held, due, err := r.store.StartBulk(t.Context(), 1, r.clock.Now())
	require.NoError(t, err)
	require.True(t, due)
	require.Len(t, held.Items, 3)
	crashed := fmt.Errorf("power was cut")
	calls := 0
	half := &workflow.Bulking{Engine: r.engine, Bulks: r.store, Clock: r.clock}
	err = half.Run(t.Context(), 1, func(context.Context, int64) (actor.Actor, error) {
		calls++
		return actor.Actor{}, crashed
	})
	require.ErrorIs(t, err, crashed)
	require.Equal(t, 1, calls)
	r.deliver()
	for _, id := range ids {
		require.Equal(t, workflow.StageAssigned, r.stage(id))
		require.Len(t, r.find(id).Events, 3, "assigned once")
	}
}

func TestBulk_an_officer_who_lost_the_right_meanwhile_does_nothing(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	ids := r.pits(1)
	b := r.as("coordinator")
	f := confirmAll(r.choose(b, "/console?tab=new", workflow.Assign, ids...))
	f.send("assign-executor", f.option("Подгорин"))
	u := r.users["coordinator"]
	u.Disabled = true
	require.NoError(t, r.store.SaveUser(t.Context(), u))
	r.clock.Advance(20 * time.Second)
	r.deliver()
	require.Equal(t, workflow.StageReceived, r.stage(ids[0]))
	done, err := r.store.FindBulk(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, workflow.ItemRefused, done.Items[0].State)
}
