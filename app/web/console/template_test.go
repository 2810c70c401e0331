package console_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/identity"
)

const templates = "/console/templates"

func TestTemplates_are_for_those_who_may_change_them(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	for login, may := range map[string]bool{
		"coordinator": true, "head": true, "clerk": true, "gardener": true, "admin": true,
		"executor": false, "moderator": false, "supervisor": false,
	} {
		b := r.as(login)
		status := http.StatusForbidden
		if may {
			status = http.StatusOK
		}
		require.Equal(t, status, b.get(templates).status, login)
		require.Equal(t, status, b.get(templates+"/new").status, login)
		require.Equal(t, may, b.get("/console").link("Шаблоны") != "", login)
	}
	id := r.started()
	require.Empty(t, r.as("executor").get(card(id)+"/answer").link("Править шаблоны"))
}

func TestTemplates_one_is_written_offered_changed_and_retired(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("coordinator")
	list := b.get(templates)
	require.Contains(t, list.text(), "Отремонтировано", "those of all agencies are there to be taken as an example")
	require.Contains(t, b.get(list.link("Отремонтировано")).form(templates).fields.Get("text"), "{applicant}")

	form := b.get(list.link("Новый шаблон")).form(templates)
	page := form.send("do", "save", "name", "Ремонт", "text", "Здравствуйте, {applicant}! {bogus} [когда]")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.text(), "Таких полей нет: {bogus}")
	require.Equal(t, "Здравствуйте, {applicant}! {bogus} [когда]", page.form(templates).fields.Get("text"), "what was typed stays")

	page = page.form(templates).send("do", "preview", "text", "Здравствуйте, {applicant}! № {number}, {address}, [когда]")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.text(), "Здравствуйте, Анна Сергеевна! № "+r.find(id).Appeal.Number+", ул. Полевая, 12, [когда]")
	require.Contains(t, page.text(), "Исполнитель заполнит: [когда]")
	require.Equal(t, "Ремонт", page.form(templates).fields.Get("name"))
	lines, err := r.store.ListAccess(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, lines, "a preview opens nobody's data")

	page = page.form(templates).send("do", "preview", "example", "26-999999-0")
	require.Contains(t, page.text(), "Такого обращения нет")
	page = page.form(templates).send("do", "save", "example", "", "topic", "roads", "outcome", "solved")
	require.Contains(t, page.text(), "Шаблон добавлен")

	answer := r.as("executor").get(card(id) + "/answer").form("/answer")
	value := answer.option("Ремонт — ")
	page = answer.send("do", "template", "template", value)
	require.Contains(t, page.form("/answer").fields.Get("text"), "Здравствуйте, Мария Ключевская!", "the branch's template is offered for a leaf under it")

	at := b.get(templates).link("Ремонт")
	b.get(at).form(at).send("do", "retire")
	page = b.get(templates)
	require.Contains(t, page.text(), "1 убранный")
	require.NotContains(t, r.as("executor").get(card(id)+"/answer").text(), "Ремонт — ")
	page = b.get(page.link("Ремонт")).form(at).send("do", "restore")
	require.Contains(t, page.text(), "Шаблон возвращён")
	require.Contains(t, r.as("executor").get(card(id)+"/answer").text(), "Ремонт — ")

	entries, err := r.store.ListJournal(t.Context(), identity.JournalQuery{By: r.users["coordinator"].ID, Limit: 5})
	require.NoError(t, err)
	require.Len(t, entries, 3)
	require.Equal(t, identity.RestoreTemplate, entries[0].Kind)
}

func TestTemplates_two_editors_lose_nothing(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	first, second := r.as("coordinator"), r.as("head")
	first.get(templates+"/new").form(templates).send("do", "save", "name", "Свет", "outcome", "solved", "text", "Фонарь починили вчера.")
	at := first.get(templates).link("Свет")
	mine, theirs := first.get(at).form(at), second.get(at).form(at)
	theirs.send("do", "save", "text", "Фонарь починили сегодня.")
	page := mine.send("do", "save", "name", "Свет во дворе", "text", "Лампу заменили вчера.")
	require.Equal(t, http.StatusConflict, page.status)
	require.Contains(t, page.text(), "Заозерин Егор")
	require.Contains(t, page.text(), "Фонарь починили сегодня.")
	require.Equal(t, "Лампу заменили вчера.", page.form(at).fields.Get("text"))
	require.Equal(t, "Свет во дворе", page.form(at).fields.Get("name"))
	page.form(at).send("do", "save")
	require.Contains(t, first.get(templates).text(), "Свет во дворе")
}

func TestTemplates_another_agencys_are_not_there(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.as("coordinator").get(templates+"/new").form(templates).send("do", "save", "name", "Свет", "outcome", "solved", "text", "Починили.")
	list, err := r.store.ListTemplatesOf(t.Context(), []int64{r.roads, 0})
	require.NoError(t, err)
	require.Len(t, list, 2)
	b := r.as("gardener")
	for _, one := range list {
		require.Equal(t, http.StatusNotFound, b.get(templates+"/"+strconv.FormatInt(one.ID, 10)).status)
	}
	for _, one := range list {
		if one.Agency != 0 {
			require.Equal(t, http.StatusNotFound, b.get(templates+"/new?from="+strconv.FormatInt(one.ID, 10)).status)
		}
	}
	form := b.get(templates + "/new").form(templates)
	page := form.send("do", "save", "agency", strconv.FormatInt(r.roads, 10), "name", "Чужой", "outcome", "solved", "text", "Нет.")
	require.Equal(t, http.StatusForbidden, page.status)
	page = r.as("admin").get(templates+"/new").form(templates).send("do", "save", "name", "Всем", "outcome", "explained", "text", "Разъясняем.")
	require.Contains(t, page.text(), "Шаблон добавлен")
	list, err = r.store.ListTemplates(t.Context(), r.parks, nil)
	require.NoError(t, err)
	require.Len(t, list, 2, "what the system's administrator writes is offered everywhere")
}
