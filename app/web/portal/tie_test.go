package portal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
)

const (
	pit  = "На улице Мира большая яма, пробил колесо."
	sign = "Ещё упал дорожный знак у школы."
)

func (w *world) submit(text string) workflow.Receipt {
	w.Helper()
	r, err := w.engine.Submit(w.Context(), workflow.Submission{
		Text: text, Rubric: "roads.pothole", Place: workflow.Place{Territory: 2}, Source: workflow.FromPortal,
		Applicant: workflow.Applicant{Name: "Анна", Email: "anna@example.ru", Lang: "ru"},
	})
	require.NoError(w, err)
	return r
}

func linkOf(r workflow.Receipt) string { return "/a/" + r.Number + "/" + r.Secret }

// leadsTo requires that the page links an appeal's page.
func (b *browser) leadsTo(r workflow.Receipt) {
	b.Helper()
	require.Contains(b, b.page, `href="`+linkOf(r)+`"`)
}

func TestStatus_of_a_split_appeal_leads_to_its_parts_and_back(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	of := w.submit(pit + " " + sign)
	_, made, err := w.engine.Split(t.Context(), officer(2, actor.Coordinator, 1), of.ID, 0,
		[]workflow.Part{{Text: sign, Rubric: "roads.sign"}})
	require.NoError(t, err)
	require.Len(t, made, 1)
	b := w.browser()
	for _, c := range []struct{ lang, parts, origin, topic string }{
		{"ru", "Ваши вопросы отдельно", "Часть вашего обращения", "Дороги → "},
		{"en", "Your questions, each on its own", "A part of your appeal", "Roads → "},
	} {
		b.get(linkOf(of) + "?lang=" + c.lang)
		require.Contains(t, b.page, c.parts)
		require.Contains(t, b.page, c.topic)
		require.NotContains(t, b.page, c.origin)
		b.leadsTo(made[0])

		b.get(linkOf(made[0]) + "?lang=" + c.lang)
		require.Equal(t, http.StatusOK, b.status)
		require.Contains(t, b.page, c.origin)
		require.NotContains(t, b.page, c.parts)
		b.leadsTo(of)
	}
	// The page stands as it was where a form comes back.
	b.get(linkOf(of) + "?lang=ru")
	w.answer(of.ID)
	b.post(linkOf(of) + "/rate")
	b.invalid("от 1 до 5", "Ваши вопросы отдельно")
	b.leadsTo(made[0])
}

func TestStatus_of_joined_appeals_tells_of_others_and_shows_none(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lead, other, alone := w.submit(pit), w.submit(pit), w.submit(sign)
	_, err := w.engine.Join(t.Context(), officer(2, actor.Coordinator, 1), lead.ID, 0, []int64{other.ID})
	require.NoError(t, err)
	b := w.browser()
	sentences := map[string]string{"ru": "присоединены обращения других жителей", "en": "Appeals of other residents"}
	for lang, sentence := range sentences {
		for _, pair := range [][2]workflow.Receipt{{lead, other}, {other, lead}} {
			b.get(linkOf(pair[0]) + "?lang=" + lang)
			require.Contains(t, b.page, sentence)
			require.NotContains(t, b.page, pair[1].Number, "neither number nor link of somebody else's")
			require.NotContains(t, b.page, pair[1].Secret)
		}
		b.get(linkOf(alone) + "?lang=" + lang)
		require.Equal(t, http.StatusOK, b.status)
		require.NotContains(t, b.page, sentence)
	}

	w.answer(lead.ID)
	found, err := w.store.FindCase(t.Context(), lead.ID)
	require.NoError(t, err)
	b.get(linkOf(other) + "?lang=ru")
	require.Contains(t, b.page, sentences["ru"], "the answer is on its way")
	require.NoError(t, w.engine.ShareAnswer(t.Context(), other.ID, lead.ID, found.Answers[0].ID))
	for _, r := range []workflow.Receipt{lead, other} {
		b.get(linkOf(r) + "?lang=ru")
		require.Contains(t, b.page, "Яму заделали горячим асфальтом.")
		require.NotContains(t, b.page, sentences["ru"], "no answer is promised to who has it")
	}
}
