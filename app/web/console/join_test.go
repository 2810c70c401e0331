package console_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
)

func idText(id int64) string { return strconv.FormatInt(id, 10) }

func passing(t *testing.T, row workflow.Outbox) (lead, answer int64) {
	t.Helper()
	var p workflow.Passing
	require.NoError(t, json.Unmarshal([]byte(row.Payload), &p))
	return p.Lead, p.Answer
}

func (r *region) deliverPassings() {
	r.t.Helper()
	rows, err := r.store.ClaimOutbox(r.t.Context(), r.clock.Now(), time.Minute, 1000)
	require.NoError(r.t, err)
	for _, row := range rows {
		if row.Topic == workflow.TopicShareAnswer {
			lead, answer := passing(r.t, row)
			require.NoError(r.t, r.engine.ShareAnswer(context.Background(), row.Appeal, lead, answer))
		}
	}
}

func TestGather_joins_what_is_proposed_and_answers_all(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	lead := r.started()
	one := r.submit("roads.pit", "Яма на Полевой у дома 12, колесо пробито, объехать нельзя")
	two := r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	r.act("moderator", two, workflow.Command{Action: workflow.Accept})
	b := r.as("coordinator")
	page := b.get(b.get(card(lead)).link("Присоединить похожие"))
	require.Contains(t, page.text(), r.find(one).Appeal.Number, "it is proposed for its words")
	form := page.form("/gather")

	page = form.send("do", "find", "number", "26-000000-7")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, `href="#number"`)
	page = page.form("/gather").send("do", "find", "number", r.find(two).Appeal.Number)
	require.Contains(t, page.text(), "Садовую", "added by its number")
	page = page.form("/gather").send("do", "join", "appeals", idText(one))
	require.Contains(t, page.text(), "Обращения присоединены")
	require.Contains(t, page.text(), r.find(one).Appeal.Number)
	require.Equal(t, lead, r.find(one).Appeal.Lead)

	inbox := b.get("/console?tab=all").text()
	require.Contains(t, inbox, "+")
	require.Contains(t, inbox, "к "+r.find(lead).Appeal.Number)
	there := b.get(card(one))
	require.Contains(t, there.text(), "Обращение присоединено к "+r.find(lead).Appeal.Number)
	require.False(t, there.hasForm("/assign"), "it isn't worked apart")

	r.act("executor", lead, workflow.Command{
		Action: workflow.SubmitAnswer, Outcome: workflow.Solved, Text: "По обращению {number} яму засыпали 16 марта, гарантия два года.",
	})
	page = r.as("head").get(card(lead) + "/sign")
	require.Contains(t, page.text(), "ещё 1 заявител")
	page.form("/sign").send("sign-reason", "Видел на месте")
	r.deliverPassings()
	c := r.find(one)
	require.Equal(t, workflow.StageAnswered, c.Appeal.Stage)
	require.Contains(t, c.Answers[0].Text, "По обращению "+c.Appeal.Number)
	require.Contains(t, r.find(lead).Answers[0].Text, "По обращению "+r.find(lead).Appeal.Number)

	_, err := r.engine.Act(t.Context(), actor.Author(one), one, workflow.Command{Action: workflow.ReReview, Rating: 1, NotFixed: true, Text: "Яма на месте"})
	require.NoError(t, err)
	require.Zero(t, r.find(one).Appeal.Lead, "who isn't content is worked alone")
	require.Zero(t, r.find(lead).Appeal.Joined)
	require.Equal(t, workflow.StageAnswered, r.stage(lead))
}

func TestGather_one_is_taken_out_with_one_press(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	lead, one := r.started(), r.submit("roads.pit", pit)
	_, err := r.engine.Join(t.Context(), r.users["coordinator"].Actor(), lead, 0, []int64{one})
	require.NoError(t, err)
	due := r.find(one).Appeal.DueAt
	b := r.as("coordinator")
	page := b.get(card(lead)).form(card(one) + "/leave").send()
	require.Contains(t, page.text(), "снова ведётся отдельно")
	require.Zero(t, r.find(one).Appeal.Lead)
	require.Equal(t, due, r.find(one).Appeal.DueAt)

	form := b.get(card(lead) + "/gather?with=" + idText(one)).form("/gather")
	r.act("coordinator", lead, workflow.Command{Action: workflow.AddNote, Text: "Звонил подрядчику"})
	page = form.send("do", "join")
	require.Equal(t, http.StatusConflict, page.status, "somebody was faster")
	page.form("/gather").send("do", "join")
	require.Equal(t, lead, r.find(one).Appeal.Lead, "what was chosen stays chosen")
}

func TestSplit_makes_an_appeal_of_marked_sentences(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.pit", "На Полевой у дома 12 третью неделю яма. Ещё в парке на ул. Лесной сломана лавочка!\nСделайте что-нибудь.")
	b := r.as("coordinator")
	page := b.get(b.get(card(id)).link("Разделить на части"))
	require.Contains(t, page.text(), "Ещё в парке на ул. Лесной сломана лавочка!")
	page = page.form("/split").send("do", "split")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, `href="#part-1-rubric"`)
	page = page.form("/split").send("do", "more", "part-1-text", "1", "part-1-rubric", "roads.plan")
	require.Equal(t, "1", page.form("/split").fields.Get("part-1-text"), "what was marked stays")
	page = page.form("/split").send("do", "split")
	require.Contains(t, page.text(), "Обращение разделено")
	_, parts, err := r.store.ListTied(t.Context(), id, 10)
	require.NoError(t, err)
	require.Len(t, parts, 1)
	part := r.find(parts[0])
	require.Equal(t, "Ещё в парке на ул. Лесной сломана лавочка!", part.Appeal.Text)
	require.Equal(t, "roads.plan", part.Appeal.Rubric)
	require.Equal(t, r.find(id).Appeal.DueAt, part.Appeal.DueAt)
	require.Contains(t, page.text(), part.Appeal.Number)
	require.Contains(t, b.get(card(parts[0])).text(), "Часть обращения "+r.find(id).Appeal.Number)
	require.Equal(t, http.StatusForbidden, r.as("executor").get(card(id)+"/split").status)
}

func TestSimilar_stands_beside_and_begins_an_answer(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	old := r.started()
	name := "Мария Ключевская"
	r.act("executor", old, workflow.Command{
		Action: workflow.SubmitAnswer, Outcome: workflow.Solved,
		Text: "Здравствуйте, " + name + "! По обращению " + r.find(old).Appeal.Number + " яму засыпали и заасфальтировали 16 марта.",
	})
	r.act("head", old, workflow.Command{Action: workflow.Sign, Reason: "Видел на месте"})
	r.clock.Advance(24 * time.Hour)
	id := r.started()
	b := r.as("executor")
	page := b.get(card(id) + "/similar")
	require.Contains(t, page.text(), r.find(old).Appeal.Number)
	page = b.get(page.link("На Полевой"))
	require.Contains(t, page.text(), "яму засыпали и заасфальтировали 16 марта")
	require.NotContains(t, page.text(), "Ключевская", "the other's name isn't shown")
	page = b.get(page.link("Взять этот ответ за основу"))
	text := page.form("/answer").fields.Get("text")
	require.Contains(t, text, "По обращению "+r.find(id).Appeal.Number)
	require.NotContains(t, text, "Ключевская")
	require.Empty(t, r.find(id).Answers, "nothing is kept before one saves")

	require.NotContains(t, r.as("gardener").get(card(id)+"/similar").text(), r.find(old).Appeal.Number, "another agency sees nothing of it")
}
