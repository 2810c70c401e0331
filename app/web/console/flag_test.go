package console_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/conscience"
)

const (
	formal = "Работы по вашему обращению выполнены в полном объёме в соответствии с планом."
	plan   = "Когда отремонтируют улицу Садовую от школы до переезда?"
)

// patchwork is a picture unlike those of other seeds.
func patchwork(t *testing.T, seed uint64) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	img := image.NewRGBA(image.Rect(0, 0, 96, 72))
	for range 60 {
		x, y, shade := r.IntN(96), r.IntN(72), uint8(r.IntN(256))
		for dy := range 18 {
			for dx := range 24 {
				img.Set(x+dx, y+dy, color.RGBA{shade, shade / 2, 255 - shade, 255})
			}
		}
	}
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

// answered is a case of the topic whose answer with the text awaits the head.
func (r *region) answered(rubric, about, text string, outcome workflow.Outcome) int64 {
	r.t.Helper()
	id := r.submit(rubric, about)
	if r.stage(id) == workflow.StageModeration {
		r.act("moderator", id, workflow.Command{Action: workflow.Accept})
	}
	r.act("coordinator", id, workflow.Command{Action: workflow.Assign, Executor: r.users["executor"].ID})
	r.act("executor", id, workflow.Command{Action: workflow.Start})
	r.act("executor", id, workflow.Command{Action: workflow.SubmitAnswer, Text: text, Outcome: outcome})
	return id
}

func TestSign_an_answer_without_flags_takes_one_click(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.answered("roads.plan", plan, "Садовую от школы до переезда начнут ремонтировать 6 апреля, подрядчик выбран. Работы продлятся 40 дней.", workflow.Explained)
	page := r.as("head").get(card(id) + "/sign")
	require.Contains(t, page.text(), "Замечаний к ответу нет")
	require.NotContains(t, page.body, `name="sign-reason"`)
	page = page.form("/sign").send()
	require.Contains(t, page.text(), "Ответ подписан")
	require.Equal(t, workflow.StageAnswered, r.stage(id))
}

func TestSign_a_flagged_answer_takes_a_reason(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.answered("roads.pit", pit, formal, workflow.Solved)
	head := r.as("head")
	page := head.get(card(id) + "/sign")
	for _, words := range []string{
		"Перед подписью: 2 замечания", "Нет фото результата", "Нечего проверить", "В ответе не сказано: когда, кто и сколько.",
		"Подписать с объяснением",
	} {
		require.Contains(t, page.text(), words)
	}
	page = page.form("/sign").send("sign-reason", "  ")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, `href="#sign-reason"`)
	require.Contains(t, page.text(), "Напишите, почему подписываете, несмотря на замечания")
	require.Equal(t, workflow.StageOnSign, r.stage(id))

	page = page.form("/sign").send("sign-reason", "Видел на месте, акт подписан")
	require.Contains(t, page.text(), "Ответ подписан")
	require.Contains(t, page.text(), "Подписано вопреки замечаниям: Нет фото результата; Нечего проверить")
	require.Contains(t, page.text(), "Видел на месте, акт подписан")
	c := r.find(id)
	require.Equal(t, []conscience.Code{conscience.NoPhoto, conscience.Vague}, c.Answers[0].Flags)
	require.Equal(t, "Видел на месте, акт подписан", c.Answers[0].Reason)
	require.True(t, c.Appeal.Formal)
}

func TestSign_a_page_without_flags_does_not_get_round_them(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.answered("roads.plan", plan, "Садовую от школы до переезда начнут ремонтировать 6 апреля, подрядчик выбран.", workflow.Explained)
	form := r.as("head").get(card(id) + "/sign").form("/sign")
	r.act("head", id, workflow.Command{Action: workflow.Return, Reason: "Короче"})
	r.act("executor", id, workflow.Command{Action: workflow.SubmitAnswer, Text: formal, Outcome: workflow.Solved})
	require.Equal(t, http.StatusConflict, form.send().status, "another answer than the one that was read")
	page := form.send("version", "0")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.text(), "Нечего проверить", "the flags are there now")
	require.Equal(t, workflow.StageOnSign, r.stage(id))
}

func TestSign_a_repeated_answer_stands_beside_the_earlier_one(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	text := func(day string) string {
		return "Яму на проезжей части засыпали и закатали " + day + ", работала бригада участка, движение не перекрывали, гарантия два года."
	}
	first := r.answered("roads.plan", plan, text("2 марта"), workflow.Supported)
	r.act("head", first, workflow.Command{Action: workflow.Sign, Reason: "Видел"})
	second := r.answered("roads.plan", plan, text("16 марта"), workflow.Supported)
	page := r.as("head").get(card(second) + "/sign")
	number := r.find(first).Appeal.Number
	require.Contains(t, page.text(), "На 100 % слово в слово повторяет ответ на обращение "+number)
	require.Contains(t, page.text(), "Ответ на "+number)
	require.Contains(t, page.body, "<mark>")
	require.Equal(t, card(first), page.link("Ответ на "+number))
}

func TestSign_pictures_that_prove_nothing_stand_beside_their_twins(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	shot, other := patchwork(t, 1), patchwork(t, 2)
	executor := r.as("executor")
	first := r.started()
	executor.get(card(first)+"/answer").form("/answer").sendFile("photos", shot, "do", "submit", "text", answer, "outcome", "solved")
	head := r.as("head")
	page := head.get(card(first) + "/sign")
	require.Contains(t, page.text(), "Замечаний к ответу нет")
	page.form("/sign").send()
	require.Equal(t, workflow.StageAnswered, r.stage(first))

	second := r.started()
	text := "Яму засыпали щебнем в понедельник, приняли вместе с жильцом дома 12, на неделе положим второй слой."
	executor.get(card(second)+"/answer").form("/answer").sendFile("photos", shot, "do", "save", "text", text, "outcome", "solved")
	executor.get(card(second)+"/answer").form("/answer").sendFile("photos", other, "do", "save")
	page = executor.get(card(second) + "/answer")
	require.Contains(t, page.text(), "Фото уже было в другом ответе", "the executor is told first")
	page.form("/answer").send("do", "submit")
	page = head.get(card(second) + "/sign")
	number := r.find(first).Appeal.Number
	require.Contains(t, page.text(), "Такое же фото уже есть в обращении "+number)
	require.Equal(t, card(first), page.link("Фото из обращения "+number))
	require.Equal(t, 1, strings.Count(page.body, "otk-flag__title"))
	c := r.find(second)
	require.NotZero(t, c.Photos[0].Look)
	require.NotEmpty(t, c.Photos[0].Sent)
}

func TestAnswerFlags_advise_while_one_writes(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	executor := r.as("executor")
	form := executor.get(card(id) + "/answer").form("/answer")
	page := form.send("do", "check", "text", "Меры приняты.")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.text(), "Выберите один вариант")
	require.Contains(t, page.text(), "20 знаков")
	require.Contains(t, page.body, "Меры приняты.")
	page = form.send("do", "check", "text", formal, "outcome", "solved")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.text(), "К ответу 2 замечания")
	require.Equal(t, formal, page.form("/answer").fields.Get("text"))
	require.Empty(t, r.find(id).Answers, "nothing is kept")

	page = executor.post(card(id)+"/answer/flags", "text", formal, "outcome", "solved")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.text(), "Нет фото результата")
	require.NotContains(t, page.body, "<html", "a part of the page")
	page = executor.post(card(id)+"/answer/flags", "text", "Яма", "outcome", "")
	require.Empty(t, strings.TrimSpace(page.text()), "too little to say anything of")
	require.Equal(t, http.StatusForbidden, r.as("second").post(card(id)+"/answer/flags", "text", formal, "outcome", "solved").status)
	require.Equal(t, http.StatusNotFound, r.as("gardener").post(card(id)+"/answer/flags", "text", formal).status)

	page = form.send("do", "submit", "text", formal, "outcome", "solved")
	require.Contains(t, page.text(), "Ответ отправлен на подпись", "advice stops nobody")
}
