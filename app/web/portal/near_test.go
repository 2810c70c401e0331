package portal_test

import (
	"context"
	"regexp"
	"strconv"
	"strings"
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

var joining = regexp.MustCompile(`form="(\w+)" name="same" value="(\d+)"`)

func TestNear_beside_the_form_while_one_types(t *testing.T) {
	t.Parallel()
	var ids []int64
	w := newWorld(t, func(c *portal.Config) { c.Duplicates = alike{&ids} }, withAddresses(t))
	r, err := w.engine.Submit(t.Context(), workflow.Submission{
		Text: "Колодец без крышки у подъезда Зинаиды", Rubric: "roads.pothole", Place: workflow.Place{Territory: 2, Address: "ул. Мира, 5, кв. 77"},
		Applicant: workflow.Applicant{Name: "Зинаида", Email: "zina@example.ru", Lang: "ru"}, Source: workflow.FromPortal,
	})
	require.NoError(t, err)
	ids = []int64{r.ID}
	b := w.browser()
	b.get("/")
	require.Contains(t, b.page, `data-island="near"`)
	const said = "Яма на улице Мира у дома 5 в городе Белогривске, объехать нельзя"

	b.post("/near", "text", "Яма на дороге, объехать нельзя")
	require.Empty(t, strings.TrimSpace(b.page), "nobody knows where")
	b.post("/near", "text", "Яма")
	require.Empty(t, strings.TrimSpace(b.page))
	b.post("/near", "text", "Счётчик в городе Белогривске на улице Мира, 5", "rubric", "gas.meter")
	require.Empty(t, strings.TrimSpace(b.page), "no matter of a place")
	b.post("/near", "text", said)
	require.Contains(t, b.page, "Рядом об этом уже рассказали")
	require.Contains(t, b.page, "Это оно — присоединиться")
	for _, secret := range []string{"Зинаид", "zina@", "Колодец", "кв. 77", r.Number} {
		require.NotContains(t, b.page, secret)
	}
	join := joining.FindStringSubmatch(b.page)
	require.Equal(t, []string{"begin", strconv.FormatInt(r.ID, 10)}, join[1:])

	// Joined before a topic is chosen: topic and place come with it, the person
	// sees both and types nothing anew.
	b.post("/report", "text", said, "same", join[2])
	b.on("questions")
	form := strings.TrimSuffix(b.at.Path, "/questions")
	b.post(b.here(), "q.size", "big")
	b.on("place")
	require.Contains(t, b.page, `value="ул. Мира, 5"`)
	b.post(form+"/place/near", "address", "ул. Мира, 5", "territory", "2")
	require.Equal(t, "place", joining.FindStringSubmatch(b.page)[1])
	b.post(form+"/place/near", "address", "где-то")
	require.Empty(t, strings.TrimSpace(b.page))
	b.post(form+"/place", "address", "ул. Мира, 5", "territory", "2")
	b.on("photos") // it is not asked again
	d := w.draft(form)
	require.Equal(t, r.ID, d.SameAs)
	require.Equal(t, said, d.Text)

	// Another topic is another matter; joined again beside the place.
	b.post(form+"/topic", "rubric", "roads.sign")
	b.post(form+"/topic", "rubric", "roads.pothole")
	require.Zero(t, w.draft(form).SameAs)
	b.post(form+"/place", "address", "ул. Мира, 5", "territory", "2", "same", join[2])
	b.on("photos")
	require.Equal(t, r.ID, w.draft(form).SameAs)
	b.post("/report", "text", said, "rubric", "roads.pothole", "same", "999")
	b.on("questions") // what was not shown is not chosen
	require.Zero(t, w.draft(strings.TrimSuffix(b.at.Path, "/questions")).SameAs)
}

func (w *world) draft(path string) *workflow.Draft {
	w.Helper()
	d, err := w.store.FindDraft(w.Context(), strings.TrimPrefix(path, "/report/"))
	require.NoError(w, err)
	return d
}
