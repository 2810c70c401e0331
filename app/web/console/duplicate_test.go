package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search/duplicate"
)

const duplicates = "/console/duplicates"

// suspect notes that appeals may be the same, as the follower of the log does.
func (r *region) suspect(first int64, others ...int64) {
	r.t.Helper()
	var found []duplicate.Suspicion
	for _, id := range others {
		found = append(found, duplicate.Suspicion{
			Pair: duplicate.PairOf(first, id), Score: 0.93, FoundAt: r.clock.Now(),
			Why: []duplicate.Reason{{Fact: duplicate.Near, Points: 3, Metres: 12}, {Fact: duplicate.OtherWords, Points: -0.5}},
		})
	}
	require.NoError(r.t, r.store.Suspicions().Note(r.t.Context(), found, nil, ""))
}

func TestDuplicates_are_put_together_with_one_press_and_taken_apart_with_one(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	lead := r.started()
	one, two := r.submit("roads.pit", "Яма на Полевой у дома 12"), r.submit("roads.pit", "Полевая: пробил колесо в яме")
	r.suspect(lead, one, two)
	due := r.find(one).Appeal.DueAt
	b := r.as("coordinator")
	page := b.get(duplicates)
	require.Contains(t, page.text(), "Дубли 1")
	require.Contains(t, page.text(), "в 12 м друг от друга")
	require.Contains(t, page.text(), "Вероятность 93 %")
	require.Contains(t, page.text(), r.find(two).Appeal.Number)
	form := page.form(duplicates)
	form.fields["appeals"] = []string{idText(one), idText(two)}
	page = form.send("do", "join")
	require.Contains(t, page.text(), "Присоединены 2 обращения")
	require.Contains(t, page.text(), "Похожих обращений нет")
	require.Equal(t, lead, r.find(one).Appeal.Lead, "who is in work leads")
	require.Equal(t, lead, r.find(two).Appeal.Lead)

	form = page.form(duplicates)
	form.fields["undo"] = []string{"leave-" + idText(one) + "-" + idText(lead), "leave-" + idText(two) + "-" + idText(lead)}
	page = form.send("do", "undo")
	require.Contains(t, page.text(), "Отменено")
	require.Zero(t, r.find(one).Appeal.Lead)
	require.Zero(t, r.find(lead).Appeal.Joined)
	require.Equal(t, due, r.find(one).Appeal.DueAt)
	require.Contains(t, page.text(), "Дубли 1", "they are in question again")
}

func TestDuplicates_that_are_none_are_not_shown_again(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	lead := r.started()
	one, two := r.submit("roads.pit", "Яма на Полевой у дома 12"), r.submit("roads.pit", "Полевая: пробил колесо в яме")
	r.suspect(lead, one, two)
	b := r.as("coordinator")
	page := b.get(duplicates).form(duplicates).send("do", "dismiss", "appeals", idText(two))
	require.Contains(t, page.text(), "Больше не покажем")
	require.Contains(t, page.text(), r.find(one).Appeal.Number)
	require.NotContains(t, page.text(), r.find(two).Appeal.Number)
	r.suspect(lead, two)
	require.NotContains(t, b.get(duplicates).text(), r.find(two).Appeal.Number, "found again, it stays so")
	require.Contains(t, page.form(duplicates).send("do", "undo").text(), r.find(two).Appeal.Number)
}

func TestDuplicates_are_those_that_one_sees_and_may_put_together(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	lead, one := r.started(), r.submit("roads.pit", "Яма на Полевой у дома 12")
	r.suspect(lead, one)
	form := r.as("coordinator").get(duplicates).form(duplicates)
	require.NotContains(t, r.as("gardener").get(duplicates).text(), r.find(one).Appeal.Number)
	require.Equal(t, http.StatusForbidden, r.as("executor").get(duplicates).status)
	watching := r.as("supervisor").get(duplicates)
	require.Contains(t, watching.text(), r.find(one).Appeal.Number)
	require.NotContains(t, watching.body, `value="join"`, "who watches puts nothing together")
	require.NotContains(t, watching.text(), "нет права", "and is not told so")
	require.Contains(t, watching.body, `value="dismiss"`)

	// Somebody was faster: nothing is lost, and the page says so.
	_, err := r.engine.Join(t.Context(), r.users["coordinator"].Actor(), lead, 0, []int64{one})
	require.NoError(t, err)
	page := form.send("do", "join")
	require.Equal(t, http.StatusConflict, page.status)
	stranger := r.as("gardener").get(duplicates)
	require.Equal(t, http.StatusOK, stranger.status)
}
