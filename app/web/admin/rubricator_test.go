package admin_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// grown is an office with a tree in force.
func grown(t *testing.T, dialect string) *office {
	t.Helper()
	o := newOffice(t, dialect)
	tree, err := rubricator.ParseYAML(strings.NewReader(`
rubrics:
  - code: roads
    name: {ru: Дороги}
    children:
      - {code: roads.hole, name: {ru: Яма}, days: 30, words: [выбоина]}
      - {code: roads.snow, name: {ru: Снег на дороге}}
  - code: other
    name: {ru: Другое}
    children:
      - {code: other.any, name: {ru: Другой вопрос}}
`))
	require.NoError(t, err)
	ctx := t.Context()
	require.NoError(t, o.store.SaveTerritories(ctx, []territory.Territory{{Code: "r", Kind: "region", Name: lang.Text{RU: "Область"}, Col: -1, Row: -1}}))
	bodies := []identity.Agency{{Code: "a", Name: lang.Text{RU: "Комитет дорог"}}}
	require.NoError(t, o.store.SaveAgencies(ctx, bodies))
	require.NoError(t, o.store.ReplaceRules(ctx, []rubricator.Rule{{Rubric: rubricator.Any, Agency: bodies[0].ID}}))
	_, err = o.store.PublishVersion(ctx, tree.Roots, "first")
	require.NoError(t, err)
	return o
}

func (o *office) draft() *rubricator.Draft {
	o.t.Helper()
	d, err := o.store.FindTreeDraft(o.t.Context())
	require.NoError(o.t, err)
	rubricator.Check(d.Roots, nil)
	return d
}

// seen is what the form of a node says that its administrator saw.
func (o *office) seen(code string) string {
	o.t.Helper()
	r, ok := o.draft().Find(code)
	require.True(o.t, ok)
	return r.Seen()
}

func TestRubricator_a_topic_is_dropped_and_the_change_taken_back(t *testing.T) {
	t.Parallel()
	o := grown(t, storetest.SQLite)
	const tree = "/admin/rubricator"
	drop := func(code, from, parent, before string) (int, string) {
		status, page, _ := o.post("admin", tree, "do", "move", "dropped", "yes", "code", code, "from", from, "parent", parent, "before", before)
		return status, page
	}
	status, _ := drop("roads.snow", "roads", "roads", "roads.hole")
	require.Equal(t, http.StatusSeeOther, status)
	require.Contains(t, o.page("admin", tree), "Последняя правка Внутри другой порядок: Дороги")
	status, page := drop("roads.hole", "other", "roads", "")
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, page, "переставил другой администратор")
	status, _ = drop("other.any", "other", "roads", "")
	require.Equal(t, http.StatusSeeOther, status)
	page = o.page("admin", tree)
	require.Contains(t, page, "Перенесено: Другой вопрос Другое → Дороги")
	require.Contains(t, page, "Убраны разделы: Другое")
	require.Contains(t, page, "В разделе не осталось тем", "that it goes is said")
	_, there := o.draft().Find("other")
	require.False(t, there)

	stale := strconv.Itoa(o.draft().Version - 1)
	status, page, _ = o.post("admin", tree, "do", "undo", "version", stale)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, page, "Пока вы смотрели, черновик изменили")
	for range 2 {
		status, _, _ = o.post("admin", tree, "do", "undo", "version", strconv.Itoa(o.draft().Version))
		require.Equal(t, http.StatusSeeOther, status)
	}
	_, there = o.draft().Find("other")
	require.True(t, there)
	require.NotContains(t, o.page("admin", tree), "Последняя правка Внутри")
	status, page, _ = o.post("admin", tree, "do", "undo", "version", strconv.Itoa(o.draft().Version))
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, page, "Отменять больше нечего")
	status, _, _ = o.post("agency-admin", tree, "do", "undo", "version", "1")
	require.Equal(t, http.StatusForbidden, status)
}

func TestRubricator_tells_what_collided(t *testing.T) {
	t.Parallel()
	o := grown(t, storetest.SQLite)
	status, _, _ := o.post("admin", "/admin/rubricator/nodes/roads.hole", "draft", o.published("roads.hole").Seen(), "name_ru", "Ямы", "order", "fast",
		"rule_set", "message", "days", "10", "unit", "calendar", "identity", "contact", "photo", "optional")
	require.Equal(t, http.StatusSeeOther, status)
	tree, err := o.editor.InForce(t.Context())
	require.NoError(t, err)
	hole, _ := tree.Find("roads.hole")
	hole.Name.RU, hole.Words = "Выбоины", []string{"выбоина", "колдобина"}
	_, err = o.store.PublishVersion(t.Context(), tree.Roots, "theirs")
	require.NoError(t, err)
	require.Contains(t, o.page("admin", "/admin/rubricator"), "Вступила в силу другая версия")
	status, _, to := o.post("admin", "/admin/rubricator", "do", "rebase")
	require.Equal(t, http.StatusSeeOther, status)
	page := o.page("admin", to)
	require.Contains(t, page, "Столкнулись 2 правки")
	require.Contains(t, page, "Название по-русски: у вас Ямы, в новой версии Выбоины. Осталось ваше.")
	status, _, _ = o.post("admin", "/admin/rubricator", "do", "undo", "version", strconv.Itoa(o.draft().Version))
	require.Equal(t, http.StatusSeeOther, status)
	require.Contains(t, o.page("admin", "/admin/rubricator"), "Вступила в силу другая версия", "bringing it upon the other can be taken back")
}

// published is a node of the tree in force.
func (o *office) published(code string) *rubricator.Rubric {
	o.t.Helper()
	tree, err := o.editor.InForce(o.t.Context())
	require.NoError(o.t, err)
	r, ok := tree.Find(code)
	require.True(o.t, ok)
	return r
}

func TestRubricator_from_a_draft_to_a_new_version(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			o := grown(t, dialect)
			require.Contains(t, o.page("admin", "/admin/rubricator?q=выбоин"), "1 тема")
			status, _, _ := o.post("admin", "/admin/rubricator", "do", "begin")
			require.Equal(t, http.StatusSeeOther, status)

			// A node: two questions, the second asked only after a reply to the first.
			hole := "/admin/rubricator/nodes/roads.hole"
			form := func(days string, more ...string) []string {
				return append([]string{
					"draft", o.seen("roads.hole"), "name_ru", "Яма на дороге", "words", "выбоина\nяма", "order", "fast", "rule_set", "message", "days", days,
					"unit", "calendar", "identity", "contact", "photo", "optional",
				}, more...)
			}
			status, page, _ := o.post("admin", hole, form("десять")...)
			require.Equal(t, http.StatusUnprocessableEntity, status)
			require.Contains(t, page, "число")
			status, _, location := o.post("admin", hole, form("10", "q0.type", "choice", "q0.code", "where", "q0.name_ru", "Где?", "q0.options", "road | Дорога\nДвор", "do", "add")...)
			require.Equal(t, http.StatusSeeOther, status)
			require.True(t, strings.HasSuffix(location, "#question-1"), location)
			page = o.page("admin", hole)
			require.Contains(t, page, "Напишите вопрос по-русски", "what is wrong stands beside")
			status, _, _ = o.post("admin", hole, form("10",
				"q0.type", "choice", "q0.code", "where", "q0.name_ru", "Где?", "q0.options", "road | Дорога\nyard | Двор | Yard",
				"q1.type", "number", "q1.code", "depth", "q1.name_ru", "Глубина", "q1.required", "yes", "q1.when", "where=road")...)
			require.Equal(t, http.StatusSeeOther, status)
			require.Contains(t, o.page("admin", hole), "Отвечайте, только если на вопрос «Где?» выбрали «Дорога»")
			status, page, _ = o.post("admin", hole+"/preview", form("10", "name_ru", "x")...)
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, page, "Ответят за 10 дней")

			// Two topics into a new one, one moved, and all of it in words.
			status, _, _ = o.post("admin", "/admin/rubricator/nodes/roads.snow/change", "do", "retire", "fresh", "Снег и лёд | Snow and ice")
			require.Equal(t, http.StatusSeeOther, status)
			status, _, _ = o.post("admin", "/admin/rubricator", "do", "move", "code", "other", "way", "up")
			require.Equal(t, http.StatusSeeOther, status)
			page = o.page("admin", "/admin/rubricator/changes")
			for _, s := range []string{
				"Снег и лёд", "вместо неё: Снег и лёд", "Дней на ответ: 30 → 10", "Порядок: Общий → Ускоренный", "Название по-русски: Яма → Яма на дороге",
				"Новые вопросы", "Верхний уровень", "отвечают те же",
			} {
				require.Contains(t, page, s)
			}
			version := strconv.Itoa(o.draft().Version)
			status, page, _ = o.post("admin", "/admin/rubricator/changes", "version", version, "note", "")
			require.Equal(t, http.StatusUnprocessableEntity, status)
			require.Contains(t, page, "Напишите, что и почему меняется")
			status, _, _ = o.post("admin", "/admin/rubricator/changes", "version", "1", "note", "Весна", "sure", "yes")
			require.Equal(t, http.StatusConflict, status, "somebody changed it since it was looked at")
			status, _, location = o.post("admin", "/admin/rubricator/changes", "version", version, "note", "Весна", "sure", "yes")
			require.Equal(t, http.StatusSeeOther, status)
			page = o.page("admin", location)
			require.Contains(t, page, "Весна")
			require.Contains(t, page, "Дней на ответ: 30 → 10")
			require.Contains(t, o.page("admin", "/admin/rubricator/versions"), "admin Весна")
			require.Contains(t, o.page("admin", "/admin/journal"), "Опубликована новая версия рубрикатора")

			// Back to the first version: what came later is retired, not lost.
			list, err := o.store.ListVersions(t.Context(), 10)
			require.NoError(t, err)
			first := "/admin/rubricator/versions/" + strconv.FormatInt(list[1].ID, 10)
			status, _, _ = o.post("admin", first)
			require.Equal(t, http.StatusSeeOther, status)
			page = o.page("admin", "/admin/rubricator/changes")
			require.Contains(t, page, "Снова в обращении")
			require.Contains(t, page, "Дней на ответ: 10 → 30")
			d := o.draft()
			made, there := d.Find("roads.sneg-i-led")
			require.True(t, there)
			require.True(t, made.Retired)
		})
	}
}

func TestRubricator_two_administrators_never_overwrite_one_another(t *testing.T) {
	t.Parallel()
	o := grown(t, storetest.SQLite)
	status, _, _ := o.post("admin", "/admin/rubricator", "do", "begin")
	require.Equal(t, http.StatusSeeOther, status)
	section := "/admin/rubricator/nodes/roads"
	before := o.seen("roads")
	leaf := o.seen("other.any")
	status, _, _ = o.post("admin", section, "draft", before, "name_ru", "Дороги и мосты")
	require.Equal(t, http.StatusSeeOther, status)
	status, page, _ := o.post("admin", section, "draft", before, "name_ru", "Дороги и тротуары")
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, page, "изменил другой администратор")
	require.Contains(t, page, "Дороги и мосты")
	// Another node is nobody's hindrance.
	status, _, _ = o.post("admin", "/admin/rubricator/nodes/other.any", "draft", leaf, "name_ru", "Иное", "order", "general", "rule_set", "message", "days", "30", "unit", "calendar", "identity", "contact", "photo", "optional")
	require.Equal(t, http.StatusSeeOther, status)
	r, _ := o.draft().Find("roads")
	require.Equal(t, "Дороги и мосты", r.Name.RU)
}

func TestRubricator_the_file_comes_back_and_loses_no_topic(t *testing.T) {
	t.Parallel()
	o := grown(t, storetest.SQLite)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+"/admin/rubricator/file.yaml", nil)
	require.NoError(t, err)
	req.AddCookie(&http.Cookie{Name: "otklik", Value: "admin"})
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	file, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	send := func(yaml string) (int, string) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "rubricator.yaml")
		require.NoError(t, err)
		_, err = io.WriteString(part, yaml)
		require.NoError(t, err)
		require.NoError(t, form.Close())
		status, page, _ := o.do("admin", http.MethodPost, "/admin/rubricator/file", form.FormDataContentType(), &body)
		return status, page
	}
	status, page := send(strings.ReplaceAll(string(file), "roads.hole", "roads.pit"))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "roads.hole was published and isn't here")
	status, _ = send(strings.Replace(string(file), "days: 30", "days: 20", 1))
	require.Equal(t, http.StatusSeeOther, status)
	require.Contains(t, o.page("admin", "/admin/rubricator/changes"), "Дней на ответ: 30 → 20")
}

func TestRubricator_is_for_administrators_of_the_system(t *testing.T) {
	t.Parallel()
	o := grown(t, storetest.SQLite)
	for _, login := range []string{"supervisor", "agency-admin"} {
		for _, path := range []string{"", "/new", "/nodes/roads", "/changes", "/versions", "/versions/1", "/file.yaml"} {
			status, _, _ := o.do(login, http.MethodGet, "/admin/rubricator"+path, "", nil)
			require.Equal(t, http.StatusForbidden, status, path)
		}
		status, _, _ := o.post(login, "/admin/rubricator", "do", "begin")
		require.Equal(t, http.StatusForbidden, status)
	}
}
