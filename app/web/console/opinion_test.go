package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
)

func TestOpinion_from_question_to_the_answer(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	lead := r.as("executor")
	ask := lead.get(card(id) + "/ask_opinion")
	require.Contains(t, ask.body, "Садовников", "colleagues of other agencies are listed")
	wrong := ask.form("/ask_opinion").send("ask_opinion-colleague", "Никто", "ask_opinion-reason", "Чьи деревья?")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text(), "Выберите исполнителя из списка")
	require.Equal(t, "Чьи деревья?", wrong.form("/ask_opinion").fields.Get("ask_opinion-reason"), "what was typed stays")
	page := wrong.form("/ask_opinion").send("ask_opinion-colleague", "садовников")
	require.Contains(t, page.path, card(id)+"?done=")
	require.Contains(t, page.text(), "Мнение запрошено")
	require.Contains(t, page.text(), "Чьи деревья?")

	guest := r.as("arborist")
	inbox := guest.get("/console?tab=asked")
	require.Equal(t, []string{r.find(id).Appeal.Number}, numbers(inbox))
	require.Contains(t, inbox.text(), "Просят мнение")
	page = guest.get(card(id))
	require.True(t, page.hasForm("/give_opinion"))
	require.False(t, page.hasForm("/assign"))
	blank := page.form("/give_opinion").send()
	require.Contains(t, blank.text(), "Напишите ваше мнение")

	late := lead.get(card(id)+"/answer").form("/answer").send("do", "submit", "text", answer, "outcome", "solved")
	require.Equal(t, http.StatusUnprocessableEntity, late.status)
	require.Contains(t, late.text(), "Не все мнения получены: ждём 1")
	require.Equal(t, answer, late.form("/answer").fields.Get("text"))

	page = blank.form("/give_opinion").send("give_opinion-text", "Деревья наши, спилим в мае.")
	require.Contains(t, page.path, card(id)+"?done=")
	require.Empty(t, numbers(guest.get("/console?tab=asked")))
	require.NotContains(t, guest.get("/console?tab=all").text(), "Просят мнение", "the tab is there when somebody asks")

	editor := lead.get(card(id) + "/answer")
	require.Contains(t, editor.text(), "Деревья наши")
	merged := editor.form("/answer").send("do", "opinion:1", "text", "Здравствуйте!")
	require.Equal(t, "Здравствуйте!\n\nДеревья наши, спилим в мае.", merged.form("/answer").fields.Get("text"))
	merged.form("/answer").send("do", "submit", "outcome", "solved")
	require.Equal(t, workflow.StageOnSign, r.find(id).Appeal.Stage)
	require.Contains(t, lead.get(card(id)).text(), "Запрошено мнение")
}

func TestChecklist_on_the_card_and_before_the_signature(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	r.as("coordinator").get(card(id)).form("/add_items").send("add_items-text", "Когда засыплют?\nКто возместит?")
	b := r.as("executor")
	page := b.get(card(id))
	require.Contains(t, page.text(), "Когда засыплют?")
	settle := page.form("/settle_item")
	wrong := settle.send("settle_item-item", "1", "settle_item-outcome", "solved")
	require.Contains(t, wrong.text(), "Напишите, что сказать заявителю")
	wrong.form("/settle_item").send("settle_item-text", "Засыпали вчера.")
	open := b.get(card(id)+"/answer").form("/answer").send("do", "submit", "text", answer, "outcome", "solved")
	require.Equal(t, http.StatusUnprocessableEntity, open.status)
	require.Contains(t, open.text(), "Осталось: 2 («Кто возместит?»)")
	require.Contains(t, open.body, `href="#items"`)
	b.get(card(id)).form("/drop_item").send("drop_item-item", "2", "drop_item-reason", "Об этом другое обращение")
	b.get(card(id)+"/answer").form("/answer").send("do", "submit", "text", answer, "outcome", "solved")
	require.Equal(t, workflow.StageOnSign, r.find(id).Appeal.Stage)
	require.Contains(t, b.get(card(id)).text(), "«Кто возместит?»", "the history keeps what was dropped")

	r.as("coordinator").get(card(id)).form("/add_items").send("add_items-text", "А тротуар?")
	head := r.as("head")
	sign := head.get(card(id) + "/sign").form("/sign").send()
	require.Equal(t, http.StatusUnprocessableEntity, sign.status)
	require.Contains(t, sign.text(), "Осталось: 2 («А тротуар?»)")
}

func TestAnswer_asks_for_what_is_left_of_a_template(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	page := r.as("executor").get(card(id)+"/answer").form("/answer").
		send("do", "submit", "text", "Яму засыпали [когда], работы принял {who}.", "outcome", "solved")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.text(), "Допишите то, что осталось от шаблона: [когда], {who}")
	require.Contains(t, page.body, `href="#text"`)
}

func TestAnswer_is_not_submitted_over_another_tab(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("executor")
	one, two := b.get(card(id)+"/answer").form("/answer"), b.get(card(id)+"/answer").form("/answer")
	one.send("do", "save", "text", "Из первого окна")
	page := two.send("do", "submit", "text", answer, "outcome", "solved")
	require.Equal(t, http.StatusConflict, page.status)
	require.Equal(t, answer, page.form("/answer").fields.Get("text"))
	require.Contains(t, page.text(), "Из первого окна")
	require.Equal(t, workflow.StageInWork, r.find(id).Appeal.Stage)
	page.form("/answer").send("do", "submit")
	require.Equal(t, workflow.StageOnSign, r.find(id).Appeal.Stage)
}

func TestRedirect_says_where_it_was_already(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.pit", pit)
	r.act("coordinator", id, workflow.Command{Action: workflow.Redirect, Agency: r.parks, Reason: "Это их дерево"})
	page := r.as("gardener").get(card(id))
	require.Contains(t, page.text(), "Уже были в ведомствах: Комитет дорожного хозяйства")
	page = page.form("/redirect").send("redirect-agency", "Комитет дорожного хозяйства", "redirect-reason", "Нет, их")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.text(), "Обращение уже было в этом ведомстве")
	require.Contains(t, page.body, `href="#redirect-agency"`)
	require.NotContains(t, r.as("supervisor").get(card(id)).text(), "Уже были в ведомствах")
}

func TestOpinion_contacts_are_for_the_agency_that_answers_until_it_opens_them(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	lead, guest := r.as("executor"), r.as("arborist")
	require.False(t, lead.get(card(id)).hasForm("/open_contacts"), "there is nobody to open them to")
	r.act("executor", id, workflow.Command{
		Action: workflow.AskOpinion, Executor: r.users["arborist"].ID, Agency: r.parks, Reason: "Чьи деревья?",
	})
	page := guest.get(card(id))
	require.False(t, page.hasForm("/contacts"))
	require.Contains(t, page.text(), "Контакты скрыты: вы даёте мнение, а отвечает Дорожный комитет. Если без них не обойтись, попросите открыть их: Подгорин Глеб.")
	show := lead.get(card(id)).form("/contacts")
	show.s = page // the guest sends the form that only the lead was shown
	refused := show.send("purpose", "visit")
	require.Equal(t, http.StatusForbidden, refused.status)
	require.NotContains(t, refused.body, "+7000")
	lines, err := r.store.ListAccess(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, lines)

	open := lead.get(card(id)).form("/open_contacts")
	wrong := open.send("open_contacts-opinion", open.option("Садовников"))
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	wrong.form("/open_contacts").send("open_contacts-reason", "Договориться о выезде к дереву")
	page = guest.get(card(id))
	require.Contains(t, page.text(), "Соисполнителю открыты контакты заявителя")
	require.Contains(t, page.form("/contacts").send("purpose", "visit").text(), "+70001234567")
	lines, err = r.store.ListAccess(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, lines, 1, "and each reading is noted")
	require.False(t, lead.get(card(id)).hasForm("/open_contacts"), "they are open already")
}
