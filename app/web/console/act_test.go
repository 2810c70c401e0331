package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
)

func (r *region) stage(id int64) workflow.Stage { return r.find(id).Appeal.Stage }

func TestAct_a_case_goes_from_moderation_to_a_signed_answer_by_plain_forms(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")

	page := r.as("moderator").get(card(id)).form("/ask").send("ask-reason", "Уточните, с какой стороны переезда?")
	require.Contains(t, page.text(), "Вопрос отправлен заявителю")
	require.Equal(t, workflow.StageClarification, r.stage(id))
	_, err := r.engine.Act(t.Context(), actor.Author(id), id, workflow.Command{Action: workflow.ReplyAction, Text: "С северной"})
	require.NoError(t, err)

	page = r.as("moderator").get(card(id)).form("/accept").send()
	require.Contains(t, page.text(), "С северной", "the reply stands on the card")
	require.Equal(t, workflow.StageReceived, r.stage(id))

	form := r.as("coordinator").get(card(id)).form("/assign")
	require.Contains(t, form.option("Подгорин Глеб (0 в работе)"), "")
	form.send("assign-executor", form.option("Подгорин"))
	require.Equal(t, workflow.StageAssigned, r.stage(id))

	executor := r.as("executor")
	executor.get(card(id)).form("/start").send()
	require.Equal(t, workflow.StageInWork, r.stage(id))
	executor.get(card(id)).form("/note").send("note-text", "Созвонились с подрядчиком")
	page = executor.get(card(id))
	require.Contains(t, page.text(), "Созвонились с подрядчиком")
	require.Contains(t, page.text(), "для сотрудников")

	executor.get(card(id)).form("/ask_extension").send("ask_extension-days", "10", "ask_extension-reason", "Ждём поставку щебня")
	page = r.as("head").get(card(id)).form("/approve_extension").send()
	require.Contains(t, page.text(), "Срок продлён")
	require.True(t, r.find(id).Appeal.Extended)

	page = executor.get(executor.get(card(id)).link("Написать ответ"))
	page = page.form("/answer").send("do", "submit", "text", answer, "outcome", "explained")
	require.Contains(t, page.text(), "Ответ отправлен на подпись")
	require.Equal(t, workflow.StageOnSign, r.stage(id))

	head := r.as("head")
	form = head.get(card(id)).form("/return")
	form.send("return-quick", form.option("не на все вопросы"), "return-reason", "Когда начнут?")
	require.Equal(t, workflow.StageInWork, r.stage(id))
	page = executor.get(card(id) + "/answer")
	require.Contains(t, page.text(), "Ответ дан не на все вопросы. Когда начнут?")
	require.Equal(t, answer, page.form("/answer").fields.Get("text"), "the returned text is there to go on with")
	page.form("/answer").send("do", "submit", "text", answer+" Начнут в апреле.")

	page = head.get(head.get(card(id)).link("Подписать"))
	require.Contains(t, page.text(), "Начнут в апреле", "as the citizen will read it")
	page = page.form("/sign").send()
	require.Contains(t, page.text(), "Ответ подписан")
	require.Equal(t, workflow.StageAnswered, r.stage(id))
	require.Equal(t, workflow.AnswerSigned, r.find(id).Answers[0].State)
}

func TestAct_a_redirect_leaves_for_the_list_and_keeps_its_way(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.pit", pit)
	b := r.as("coordinator")
	form := b.get(card(id) + "?tab=new").form("/redirect")
	require.Contains(t, b.get(card(id)).text(), "ещё 2 раза")

	page := form.send("redirect-agency", "Министерство магии", "redirect-reason", "Дорога в парке")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	form = page.form("/redirect")
	require.Equal(t, "Министерство магии", form.fields.Get("redirect-agency"))
	require.Equal(t, "Дорога в парке", form.fields.Get("redirect-reason"))
	require.Contains(t, page.text(), "Такого ведомства нет")

	page = form.send("redirect-agency", "парки")
	require.True(t, strings.HasPrefix(page.path, "/console?"), page.path)
	require.Contains(t, page.text(), r.find(id).Appeal.Number+": Обращение перенаправлено")
	require.Equal(t, r.parks, r.find(id).Appeal.Agency)

	there := r.as("gardener").get(card(id))
	require.Contains(t, there.text(), "Путь обращения Дорожный комитет 17 марта – 17 марта Дорога в парке Парки с 17 марта")
}

func TestAct_a_supervisor_decides_a_dispute(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		form string
		want workflow.Stage
	}{{"uphold", workflow.StageClosed}, {"send_back", workflow.StageReceived}} {
		r := newRegion(t)
		id := r.onSign()
		r.act("head", id, workflow.Command{Action: workflow.Sign, Reason: "Видел на месте"})
		again := workflow.Command{Action: workflow.ReReview, Rating: 1, NotFixed: true, Text: "Яма на месте"}
		_, err := r.engine.Act(t.Context(), actor.Author(id), id, again)
		require.NoError(t, err)
		r.act("coordinator", id, workflow.Command{Action: workflow.Assign, Executor: r.users["second"].ID})
		r.act("second", id, workflow.Command{Action: workflow.Start})
		r.act("second", id, workflow.Command{Action: workflow.SubmitAnswer, Text: answer, Outcome: workflow.Explained})
		r.act("head", id, workflow.Command{Action: workflow.Sign, Reason: "Видел на месте"})
		again.Action = workflow.Dispute
		_, err = r.engine.Act(t.Context(), actor.Author(id), id, again)
		require.NoError(t, err)

		page := r.as("supervisor").get(card(id))
		require.Contains(t, page.text(), "Повторно")
		page.form("/"+way.form).send(way.form+"-reason", "Проверили на месте с жителем")
		require.Equal(t, way.want, r.stage(id))
	}
}

func TestAct_a_rejection_takes_a_ready_reason_and_refuses_an_empty_one(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	b := r.as("moderator")
	page := b.get(card(id)).form("/reject").send()
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, `href="#reject-reason"`)
	form := page.form("/reject")
	form.send("reject-quick", form.option("за пределами региона"), "reject-reason", "Это соседняя область.")
	require.Equal(t, workflow.StageRejected, r.stage(id))
	events := r.find(id).Events
	require.Equal(t, "Место находится за пределами региона.\nЭто соседняя область.", events[len(events)-1].Reason)
}

func TestAct_a_case_changed_meanwhile_keeps_what_was_typed(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.pit", pit)
	form := r.as("coordinator").get(card(id)).form("/redirect")
	r.act("coordinator", id, workflow.Command{Action: workflow.AddNote, Text: "Звонил подрядчику"})
	page := form.send("redirect-agency", "Парки", "redirect-reason", "Дорога в парке")
	require.Equal(t, http.StatusConflict, page.status)
	require.Contains(t, page.text(), "Верескова Алина")
	require.Contains(t, page.text(), "Звонил подрядчику", "who did what meanwhile")
	form = page.form("/redirect")
	require.Equal(t, "Дорога в парке", form.fields.Get("redirect-reason"))
	form.send()
	require.Equal(t, r.parks, r.find(id).Appeal.Agency, "sent again on purpose, it is taken")
}

func TestAct_words_survive_when_the_action_is_over(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	form := r.as("moderator").get(card(id)).form("/ask")
	r.act("coordinator", id, workflow.Command{Action: workflow.Accept})
	page := form.send("ask-reason", "С какой стороны переезда?")
	require.Equal(t, http.StatusConflict, page.status)
	require.Contains(t, page.text(), "С какой стороны переезда?")
	require.False(t, page.hasForm("/ask"))
}

func TestAct_a_form_without_a_session_is_kept_and_sent_again(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.pit", pit)
	b := r.as("coordinator")
	form := b.get(card(id)).form("/redirect")
	r.clock.Advance(13 * 3600e9)
	page := form.send("redirect-agency", "Парки", "redirect-reason", `Дорога "в парке" <у пруда>`)
	require.Equal(t, http.StatusUnauthorized, page.status)
	require.Contains(t, page.text(), "Время сеанса вышло")
	require.Equal(t, "/sign-in", page.link("Войдите в новой вкладке"))
	b.get("/sign-in").form("/sign-in").send("login", "coordinator", "password", password)
	page.form("/redirect").send()
	require.Equal(t, r.parks, r.find(id).Appeal.Agency)
	events := r.find(id).Events
	require.Equal(t, `Дорога "в парке" <у пруда>`, events[len(events)-1].Reason)
}

func TestAnswer_is_kept_as_a_draft_with_photos(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("executor")
	page := b.get(card(id) + "/answer")
	require.Contains(t, page.text(), "По этой теме нужно фото")
	page = page.form("/answer").sendFile("photos", snapshot(t), "do", "save", "text", "Начало отв", "outcome", "planned", "promised", "2026-04-20")
	require.Contains(t, page.text(), "Сохранено в 10:00")
	form := page.form("/answer")
	require.Equal(t, "Начало отв", form.fields.Get("text"))
	require.Equal(t, "planned", form.fields.Get("outcome"))
	require.Equal(t, "2026-04-20", form.fields.Get("promised"))
	images := all(page.root, "img")
	require.Len(t, images, 1)
	got := b.get(attr(images[0], "src"))
	require.Equal(t, http.StatusOK, got.status)
	require.True(t, strings.HasPrefix(got.body, "\xff\xd8"), "a JPEG")
	require.Equal(t, http.StatusNotFound, r.as("gardener").get(attr(images[0], "src")).status)

	page = form.sendFile("photos", []byte("<svg>no picture</svg>"), "do", "submit", "text", answer)
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Equal(t, answer, page.form("/answer").fields.Get("text"))
	require.Equal(t, workflow.StageInWork, r.stage(id), "nothing was sent by halves")
	page.form("/answer").sendFile("photos", snapshot(t), "do", "submit")
	require.Equal(t, workflow.StageOnSign, r.stage(id))
	require.Len(t, r.find(id).Photos, 2)
}

func TestAnswer_a_template_is_filled_in_on_the_server(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("executor")
	form := b.get(card(id) + "/answer").form("/answer")
	page := form.send("do", "template", "template", form.option("Отремонтировано"), "text", "Добрый день.")
	text := page.form("/answer").fields.Get("text")
	require.Equal(t, "Добрый день.\n\nЗдравствуйте, Мария Ключевская! По обращению "+r.find(id).Appeal.Number+
		" от 17 марта работы по адресу ул. Полевая, 12 выполнены {day}.", text)
	require.Contains(t, page.text(), "{day}", "a place for which nothing is known is named")
	require.Equal(t, "solved", page.form("/answer").fields.Get("outcome"))
	reads, err := r.store.ListAccess(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, reads, 1, "the name was read, and that is noted")
	require.Empty(t, r.find(id).Answers, "nothing is kept before one saves")
}

func TestAnswer_two_windows_do_not_overwrite_each_other(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("executor")
	b.get(card(id)+"/answer").form("/answer").send("do", "save", "text", "Первый вариант")
	one, two := b.get(card(id)+"/answer").form("/answer"), b.get(card(id)+"/answer").form("/answer")
	one.send("do", "save", "text", "Из первого окна")
	page := two.send("do", "save", "text", "Из второго окна")
	require.Equal(t, http.StatusConflict, page.status)
	require.Equal(t, "Из второго окна", page.form("/answer").fields.Get("text"))
	require.Contains(t, page.text(), "Из первого окна", "the other version is at hand")
	page.form("/answer").send("do", "save")
	require.Equal(t, "Из второго окна", r.find(id).Answers[0].Text)
}

func TestAnswer_asks_for_a_date_and_a_ground_where_they_are_needed(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("executor")
	for outcome, anchor := range map[string]string{"planned": "#promised", "refused": "#ground", "": "#outcome"} {
		page := b.get(card(id)+"/answer").form("/answer").send("do", "submit", "text", answer, "outcome", outcome)
		require.Equal(t, http.StatusUnprocessableEntity, page.status)
		require.Contains(t, page.body, `href="`+anchor+`"`, outcome)
		require.Equal(t, answer, page.form("/answer").fields.Get("text"))
	}
}
