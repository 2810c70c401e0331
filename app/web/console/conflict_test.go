package console_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
)

const mineText = "Яму на Полевой засыпали 5 мая, дорогу проверили."

func TestAnswer_two_texts_are_shown_side_by_side_and_one_is_picked(t *testing.T) {
	t.Parallel()
	for picked, want := range map[string]string{
		"mine": mineText, "theirs": answer, "join": "Собрали из двух: засыпали 5 мая и проверили дорогу.",
	} {
		r := newRegion(t)
		id := r.started()
		b := r.as("executor")
		late := b.get(card(id) + "/answer").form("/answer")
		b.get(card(id)+"/answer").form("/answer").send("do", "save", "text", answer, "outcome", "explained")

		page := late.send("do", "save", "text", mineText, "outcome", "solved")
		require.Equal(t, http.StatusConflict, page.status)
		require.Contains(t, page.text(), "в другом окне")
		require.Contains(t, page.body, "otk-rival__own")
		require.Contains(t, page.text(), answer)
		require.Contains(t, page.text(), "Полевой засыпали 5 мая")
		form := page.form("/answer")
		require.Equal(t, mineText, form.fields.Get("mine"))
		page = form.send("do", "save", "pick", picked, "text", "Собрали из двух: засыпали 5 мая и проверили дорогу.")
		require.Equal(t, http.StatusOK, page.status, picked)
		saved := r.find(id).Answers[0]
		require.Equal(t, want, saved.Text)
		outcome := map[string]workflow.Outcome{"mine": workflow.Solved, "theirs": workflow.Explained, "join": workflow.Solved}[picked]
		require.Equal(t, outcome, saved.Outcome, picked)
	}
}

func TestAnswer_a_third_text_makes_the_choice_come_again(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("executor")
	late := b.get(card(id) + "/answer").form("/answer")
	other := b.get(card(id)+"/answer").form("/answer").send("do", "save", "text", answer)
	conflict := late.send("do", "save", "text", mineText)
	other.form("/answer").send("do", "save", "text", answer+" И ещё строка.")
	page := conflict.form("/answer").send("do", "save", "pick", "theirs")
	require.Equal(t, http.StatusConflict, page.status)
	require.Equal(t, mineText, page.form("/answer").fields.Get("mine"), "what one wrote is never lost")
	require.Contains(t, page.text(), "И ещё строка")
	require.Equal(t, answer+" И ещё строка.", r.find(id).Answers[0].Text)
}

func TestAct_words_stay_when_the_case_leaves_for_another_agency(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("executor")
	note := b.get(card(id)).form("/note")
	editor := b.get(card(id) + "/answer").form("/answer")
	form := r.as("coordinator").get(card(r.submit("roads.pit", pit))).form("/redirect")
	require.NotNil(t, form)
	r.handOver(id)
	page := note.send("note-text", "Позвонить подрядчику до пятницы")
	require.Equal(t, http.StatusNotFound, page.status)
	require.Contains(t, page.text(), "Позвонить подрядчику до пятницы")
	require.Contains(t, page.text(), "больше не у вашего ведомства")
	require.NotContains(t, page.text(), "Полевой", "nothing of the case is shown any more")
	page = editor.send("do", "submit", "text", mineText)
	require.Equal(t, http.StatusNotFound, page.status)
	require.Contains(t, page.text(), mineText)
}

// handOver makes the case another agency's.
func (r *region) handOver(id int64) {
	r.t.Helper()
	require.NoError(r.t, r.store.InTx(r.t.Context(), func(tx workflow.Tx) error {
		a, err := tx.FindAppeal(r.t.Context(), id)
		if err != nil {
			return err
		}
		a.Agency = r.parks
		return tx.SaveAppeal(r.t.Context(), a)
	}))
}

// script sends what a page's script would.
func (b *browser) script(path string, values ...string) (status int, body map[string]any) {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		form.Set(values[i], values[i+1])
	}
	res, err := b.client.PostForm(b.base+path, form)
	require.NoError(b.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	if len(raw) > 0 {
		require.NoError(b.t, json.Unmarshal(raw, &body), string(raw))
	}
	return res.StatusCode, body
}

func TestKeepAnswer_saves_while_one_types_and_overwrites_nobody(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	path := "/console/live/appeals/" + strconv.FormatInt(id, 10) + "/answer"
	b := r.as("executor")
	status, got := b.script(path, "text", "Начало", "draft", "0")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "Сохранено в 10:00", got["saved"])
	first := draftOf(t, got)
	status, got = b.script(path, "text", "Начало и продолжение", "draft", first)
	require.Equal(t, http.StatusOK, status)
	second := draftOf(t, got)

	// The answer to the second was lost on the way: the page still has the first
	// version, and goes on typing.
	status, _ = b.script(path, "text", "Начало и продолжение, и ещё", "draft", first, "last", "Начало и продолжение")
	require.Equal(t, http.StatusOK, status)
	status, _ = b.script(path, "text", "Начало и продолжение, и ещё", "draft", second)
	require.Equal(t, http.StatusOK, status, "the same words are no conflict")

	status, got = b.script(path, "text", "Другое окно", "draft", first)
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "workflow.stale_draft", got["code"])
	status, _ = b.script(path, "text", "Никто ещё не начинал?", "draft", "0")
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "Начало и продолжение, и ещё", r.find(id).Answers[0].Text)

	status, got = b.script(path, "text", "x", "draft", second, "outcome", "planned", "promised", "tomorrow")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.NotEmpty(t, got["fields"])
	status, _ = r.as("gardener").script(path, "text", "x")
	require.Equal(t, http.StatusNotFound, status)
	status, _ = r.as("head").script(path, "text", "x", "draft", second)
	require.Equal(t, http.StatusForbidden, status)
	status, _ = r.browser().script(path, "text", "x")
	require.Equal(t, http.StatusUnauthorized, status, "for scripts: no page to sign in")
}

// draftOf is the version of the draft that an answer tells of.
func draftOf(t *testing.T, got map[string]any) string {
	t.Helper()
	n, ok := got["draft"].(float64)
	require.True(t, ok, "%v", got)
	return strconv.Itoa(int(n))
}
