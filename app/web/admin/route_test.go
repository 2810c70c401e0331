package admin_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// settleRoutes founds a region with one road topic that asks whose road it is.
func settleRoutes(t *testing.T, o *office) (city, federal string) {
	t.Helper()
	places := []territory.Territory{{Code: "r", Kind: "region", Name: lang.Text{RU: "Край"}}}
	require.NoError(t, o.store.SaveTerritories(t.Context(), places))
	towns := []territory.Territory{{Code: "m", Parent: places[0].ID, Kind: "town", Name: lang.Text{RU: "Город"}}}
	require.NoError(t, o.store.SaveTerritories(t.Context(), towns))
	bodies := []identity.Agency{{Code: "city", Name: lang.Text{RU: "Мэрия"}}, {Code: "fed", Name: lang.Text{RU: "Федеральные дороги"}}}
	require.NoError(t, o.store.SaveAgencies(t.Context(), bodies))
	_, err := o.store.PublishVersion(t.Context(), []*rubricator.Rubric{
		{Code: "roads", Name: lang.Text{RU: "Дороги"}, Children: []*rubricator.Rubric{{
			Code: "roads.pit", Name: lang.Text{RU: "Яма"}, Questions: []rubricator.Question{{
				Code: "class", Type: rubricator.QChoice, Name: lang.Text{RU: "Чья дорога?"},
				Options: []rubricator.Option{{Code: "federal", Name: lang.Text{RU: "федеральная"}}, {Code: "own", Name: lang.Text{RU: "местная"}}},
			}},
		}}},
	}, "for the tests")
	require.NoError(t, err)
	require.NoError(t, o.store.ReplaceRules(t.Context(), []rubricator.Rule{{Rubric: rubricator.Any, Agency: bodies[0].ID}}))
	return strconv.FormatInt(bodies[0].ID, 10), strconv.FormatInt(bodies[1].ID, 10)
}

func TestRoutes_a_rule_with_a_condition_is_added_tried_and_deleted(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite)
	o.editor.Bodies = o.takers
	city, federal := settleRoutes(t, o)
	const list, form = "/admin/rubricator/routes", "/admin/rubricator/routes/rule"
	admin := actor.Actor{Kind: actor.Officer, User: 1, Memberships: []actor.Membership{{Role: actor.SystemAdmin}}}

	status, _, _ := o.do("supervisor", http.MethodGet, list, "", nil)
	require.Equal(t, http.StatusForbidden, status)
	status, page, _ := o.do("admin", http.MethodGet, list+"?try_topic=roads.pit&try_place=m", "", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Показаны действующие правила")
	require.Contains(t, page, "любая тема, везде")

	_, page, _ = o.do("admin", http.MethodGet, form+"?topic=roads.pit", "", nil)
	require.Contains(t, page, "Чья дорога? — федеральная")
	status, page, _ = o.post("admin", form, "topic", "roads.pit", "place", "*", "when", "class=state", "agency", "")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "Выберите ведомство")
	_, err := o.editor.Draft(t.Context(), admin)
	require.Error(t, err, "what is wrong begins no draft")

	status, page, to := o.post("admin", form, "topic", "roads.pit", "place", "*", "when", "class=federal", "agency", federal)
	require.Equal(t, http.StatusSeeOther, status, page)
	require.Equal(t, list, to)
	_, page, _ = o.do("admin", http.MethodGet, list+"?try_topic=roads.pit&try_place=m&try.class=federal", "", nil)
	require.Contains(t, page, "Показаны правила черновика")
	require.Contains(t, page, "Правило: Дороги → Яма, везде, если «Чья дорога? — федеральная»")
	_, page, _ = o.do("admin", http.MethodGet, list+"?try_topic=roads.pit&try_place=m&try.class=own", "", nil)
	require.Contains(t, page, "Правило: любая тема, везде")
	require.Contains(t, page, "не подошло: ответ на вопрос другой или его нет")

	status, page, _ = o.post("admin", form, "topic", "roads.pit", "place", "*", "when", "class=federal", "agency", city)
	require.Equal(t, http.StatusUnprocessableEntity, status, "it is there already")
	require.Contains(t, page, "Такое правило уже есть")

	rule := "roads.pit @ * ? class = federal"
	status, _, _ = o.do("admin", http.MethodGet, form+"?"+url.Values{"rule": {rule}}.Encode(), "", nil)
	require.Equal(t, http.StatusOK, status)
	status, _, _ = o.post("admin", form, "rule", rule, "topic", "roads.pit", "do", "delete")
	require.Equal(t, http.StatusSeeOther, status)
	status, page, _ = o.post("admin", form, "rule", rule, "topic", "roads.pit", "place", "*", "agency", city)
	require.Equal(t, http.StatusConflict, status, "somebody deleted it in another tab")
	require.Contains(t, page, "уже нет")

	// Without any rule nothing is published: the page says why.
	_, _, _ = o.post("admin", form, "rule", "* @ *", "topic", "*", "do", "delete")
	_, page, _ = o.do("admin", http.MethodGet, list, "", nil)
	require.Contains(t, page, "Дороги → Яма: никто не отвечает — Город")
	d, err := o.editor.Draft(t.Context(), admin)
	require.NoError(t, err)
	require.Empty(t, d.Rules)
	rules, err := o.store.ListRules(t.Context())
	require.NoError(t, err)
	require.Len(t, rules, 1, "what is in force stays")
}

// takers are the agencies of the store, each with somebody to see appeals.
func (o *office) takers(ctx context.Context) ([]rubricator.Body, error) {
	agencies, err := o.store.ListAgencies(ctx)
	var out []rubricator.Body
	for _, a := range agencies {
		out = append(out, rubricator.Body{ID: a.ID, Code: a.Code, Takes: true, Coordinators: 1})
	}
	return out, err
}
