package portal_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/web/portal"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

// alike says that some appeals are at the place.
type alike struct{ ids *[]int64 }

func (a alike) Duplicates(context.Context, string, string, workflow.Place) []duplicate.Candidate {
	var out []duplicate.Candidate
	for _, id := range *a.ids {
		out = append(out, duplicate.Candidate{ID: id, Score: 0.9, Metres: 34, Why: []duplicate.Reason{{Fact: duplicate.Near, Metres: 34}}})
	}
	return out
}

func TestNear_shows_nothing_of_others_and_joins_who_says_so(t *testing.T) {
	t.Parallel()
	var ids []int64
	w := newWorld(t, func(c *portal.Config) { c.Duplicates = alike{&ids} })
	r, err := w.engine.Submit(t.Context(), workflow.Submission{
		Text: "Колодец без крышки у подъезда Зинаиды", Rubric: "roads.pothole", Place: workflow.Place{Territory: 2, Address: "ул. Мира, 5, кв. 77"},
		Applicant: workflow.Applicant{Name: "Зинаида", Email: "zina@example.ru", Lang: "ru"}, Source: workflow.FromPortal,
	})
	require.NoError(t, err)
	ids = []int64{r.ID}
	if c, err := w.store.FindCase(t.Context(), r.ID); err == nil && c.Appeal.Stage == workflow.StageModeration {
		_, err = w.engine.Act(t.Context(), officer(1, actor.Moderator, 2), r.ID, workflow.Command{Action: workflow.Accept})
		require.NoError(t, err)
	}
	b := w.browser()
	b.post("/report", "text", text, "rubric", "roads.pothole")
	b.on("questions")
	b.post(b.here(), "q.size", "big", "q.depth", "12,5", "q.since-day", "1", "q.since-month", "5", "q.since-year", "2026")
	b.on("place")
	b.post(b.here(), "address", "г. Белогривск, ул. Мира, 5")
	b.on("near")
	require.Contains(t, b.page, "около 30 м отсюда")
	require.Contains(t, b.page, "1 человек")
	for _, secret := range []string{"Зинаид", "zina@", "Колодец", "кв. 77", r.Number} {
		require.NotContains(t, b.page, secret)
	}
	near := b.here()
	b.post(near, "same", "999")
	b.on("near") // only what was shown can be chosen
	b.post(near, "same", "0")
	b.on("photos")
	b.post(near, "same", strconv.FormatInt(r.ID, 10))
	b.on("photos")
	b.upload(b.here(), map[string][]byte{"яма.png": picture(t, 90)})
	b.post(b.here(), "then", "next")
	b.post(b.here(), "name", "Анна", "email", "anna@example.ru", "consent", "yes")
	b.on("review")
	require.Contains(t, b.page, "Да, та же проблема")
	b.post(b.here())
	b.on("done")
	_, id := b.link()
	c, err := w.store.FindCase(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, r.ID, c.Appeal.SameAs)
	require.Equal(t, r.ID, c.Events[0].Data.SameAs)
	require.False(t, c.Appeal.DueAt.IsZero(), "a clock of its own")
}
