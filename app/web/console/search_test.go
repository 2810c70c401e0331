package console_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/workflow"
)

func asking(words string) string { return "/console?q=" + url.QueryEscape(words) }

func TestInbox_search_understands_the_query_language(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.assigned()
	id := r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	b := r.as("coordinator")
	garden := r.find(id).Appeal.Number
	for _, words := range []string{
		`"улицу садовую"`, `садовая -яма`, `тема:roads.plan`, `тема:"ремонт улицы"`, `тема:рем`, `рубрика:"ремнот улицы"`, `ведомство:дорожный -яма`,
		`этап:"в работе" | rubric:roads.plan`, `подано:сегодня садовой`, `источник:портал садовая`, `-исполнитель:я школа`,
	} {
		require.Equal(t, []string{garden}, numbers(b.get(asking(words))), words)
	}
	for words, says := range map[string]string{
		"ведомсво:roads":     "Может быть, «ведомство:»?",
		"срок:<2x":           "«срок:<2x» непонятно: напишите, например, срок:<2d",
		"agency:parks":       "обращения этого ведомства вам не видны",
		"rubric:абракадабра": "ничего не подходит",
		"этап:":              "Напишите после «этап:»",
		"executor:gardener":  "ничего не подходит",
	} {
		page := b.get(asking(words))
		require.Equal(t, http.StatusUnprocessableEntity, page.status, words)
		require.Contains(t, page.text(), says, words)
		require.Contains(t, page.body, strings.ReplaceAll(words, "<", "&lt;"), "what was typed stays")
		require.Empty(t, numbers(page))
	}
	require.Equal(t, http.StatusUnprocessableEntity, b.get("/console/inbox.csv?q="+url.QueryEscape("agency:parks")).status)
}

func TestInbox_facets_narrow_what_was_found(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.submit("roads.pit", pit)
	r.submit("roads.plan", "Яма на улице Садовой: когда отремонтируют?")
	b := r.as("supervisor")
	page := b.get(asking("яма"))
	require.Len(t, numbers(page), 2)
	narrower := page.link("Ремонт улицы 1")
	require.NotEmpty(t, narrower)
	page = b.get(narrower)
	require.Len(t, numbers(page), 1)
	require.Len(t, numbers(b.get(page.link("Ремонт улицы , убрать × 1"))), 2)
	require.NotEmpty(t, b.get("/console?tab=all&category=roads").link("Ремонт улицы 1"), "filters alone have them too")

	foreign := r.as("gardener").get(asking("яма"))
	require.NotContains(t, foreign.body, "otk-facets", "nothing to count is nothing to see")
}

func TestInbox_a_phone_leads_to_its_cases_and_is_not_in_the_address(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	first := r.submit("roads.pit", pit)
	phone := func() string {
		who, err := r.store.ReadApplicant(t.Context(), first, r.users["coordinator"].Actor(), "check")
		require.NoError(t, err)
		return who.Phone
	}()
	require.NotEmpty(t, phone)
	b := r.as("coordinator")
	require.Equal(t, card(first), b.get(asking(phone)).path)
	r.submit("roads.plan", "Когда отремонтируют улицу Садовую от школы до переезда?")
	both := b.get(asking(phone))
	require.Len(t, numbers(both), 2)
	require.NotContains(t, both.path, strings.TrimPrefix(phone, "+"))
	none := r.as("gardener").get(asking(phone))
	require.Contains(t, none.text(), "обращений не нашлось")
	require.NotContains(t, none.body, strings.TrimPrefix(phone, "+7"))
	lines, err := r.store.ListJournal(t.Context(), identity.JournalQuery{Limit: 10})
	require.NoError(t, err)
	looks := 0
	for _, l := range lines {
		if l.Kind == identity.LookUpCaller {
			looks++
		}
	}
	require.Equal(t, 3, looks)
}

func TestSuggestSearch(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	for _, c := range []struct{ login, box, want string }{
		{"coordinator", "", "ведомство:"},
		{"coordinator", "яма ве", "яма ведомство:"},
		{"coordinator", "яма ag", "яма agency:"},
		{"coordinator", "яма -этап:\"в ра", "яма -этап:in_work "},
		{"coordinator", "яма -этап:раб", "яма -этап:in_work "},
		{"coordinator", "тема:\"ремонт ул", "тема:roads.plan "},
		{"coordinator", "ремо", "тема:roads.plan "},
		{"coordinator", "место:лип", "место:lipki "},
		{"coordinator", "срок:", "срок:overdue "},
		{"coordinator", "исполнитель:", "исполнитель:me "},
		{"coordinator", "ведомство:", "ведомство:roads "},
		{"gardener", "ведомство:", "ведомство:parks "},
		{"coordinator", "ведомство:пар", ""},
		{"supervisor", "ведомство:пар", "ведомство:parks "},
		{"coordinator", "абвгд:", ""},
	} {
		page := r.as(c.login).post("/console/suggest", "q", c.box)
		require.Equal(t, http.StatusOK, page.status)
		var got []struct{ Box, Label, Note string }
		require.NoError(t, json.Unmarshal([]byte(page.body), &got))
		if c.want == "" {
			require.Empty(t, got, c.box)
			continue
		}
		require.NotEmpty(t, got, c.box)
		require.Equal(t, c.want, got[0].Box, c.box)
		require.NotEmpty(t, got[0].Label)
		require.NotEmpty(t, got[0].Note)
	}
}

func TestInbox_waits_for_what_the_reader_has_just_done(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.assigned()
	before, number := asking("этап:in_work"), r.find(id).Appeal.Number
	b := r.as("executor")
	_, err := r.engine.Act(t.Context(), r.users["executor"].Actor(), id, workflow.Command{Action: workflow.Start}) // the index lacks it
	require.NoError(t, err)
	waits := 0
	r.catchUp = func(context.Context) error {
		waits++
		r.reindex(id)
		return nil
	}
	require.Empty(t, numbers(b.get(before)))
	require.Zero(t, waits, "who did nothing waits for nothing")
	require.Equal(t, []string{number}, numbers(b.get(before+"&done=start")))
	require.Equal(t, 1, waits)

	r.catchUp = func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	late := b.get(before + "&done=start")
	require.Equal(t, http.StatusOK, late.status, "an index that is far behind holds up nobody")
	require.Equal(t, []string{number}, numbers(late))
}
