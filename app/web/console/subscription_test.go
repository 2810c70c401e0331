package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
)

func TestViews_with_words_are_counted_and_fed(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.submit("roads.pit", pit)
	r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	b := r.as("coordinator")
	require.Equal(t, http.StatusOK, b.post("/console/views?q="+url.QueryEscape("яма тема:roads.pit"), "name", "Ямы").status)
	require.Contains(t, b.get("/console?tab=all").text(), "Ямы 1")

	list, err := r.store.ListViews(t.Context(), r.users["coordinator"].ID, nil)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Contains(t, b.get("/console/views").text(), "Ямы 1 сейчас в этом виде")
	page := "/console/views/" + strconv.FormatInt(list[0].ID, 10)
	made := b.post(page, "do", "feed_on")
	address := regexp.MustCompile(`/feeds/[\w-]+`).FindString(made.body)
	require.NotEmpty(t, address, made.text())
	require.NotContains(t, b.get("/console/views").body, address, "it is shown once")

	anybody := r.browser()
	feed := anybody.get(address)
	require.Equal(t, http.StatusOK, feed.status)
	require.Contains(t, feed.body, r.find(id).Appeal.Number)
	require.Contains(t, feed.body, `xmlns="http://www.w3.org/2005/Atom"`)
	require.NotContains(t, feed.body, "Полев", "no words of people")
	require.NotContains(t, feed.body, "Садов")
	require.Equal(t, http.StatusNotFound, anybody.get(address[:len(address)-2]+"AA").status)
	require.Equal(t, http.StatusNotFound, anybody.get("/feeds/x").status)

	// The rights are those of today: another agency took the case.
	r.act("coordinator", id, workflow.Command{Action: workflow.Redirect, Agency: r.parks, Reason: "Это парк, дорога внутренняя"})
	r.reindex(id)
	require.NotContains(t, anybody.get(address).body, r.find(id).Appeal.Number)

	b.post(page, "do", "feed_off")
	require.Equal(t, http.StatusNotFound, anybody.get(address).status)
	require.Equal(t, http.StatusNotFound, r.as("gardener").post(page, "do", "feed_on").status, "somebody else's view")

	b.post(page, "do", "subscribe", "rhythm", "daily")
	subs, err := r.store.ListSubscriptions(t.Context(), r.users["coordinator"].ID)
	require.NoError(t, err)
	require.Equal(t, workflow.Daily, subs[0].Rhythm)
	require.Equal(t, http.StatusUnprocessableEntity, b.post(page, "do", "subscribe", "rhythm", "hourly").status)
	b.post(page, "do", "subscribe", "rhythm", "")
	subs, err = r.store.ListSubscriptions(t.Context(), r.users["coordinator"].ID)
	require.NoError(t, err)
	require.Empty(t, subs)
}
