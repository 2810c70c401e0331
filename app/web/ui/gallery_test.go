package ui

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
)

// The gallery renders every component in every frame. With
// OTKLIK_GALLERY=DIR the pages are written there to be looked at.

var galleryNow = time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)

func galleryScreen(l lang.Lang) context.Context {
	return WithNow(WithZone(WithLang(context.Background(), l), moscow), galleryNow)
}

func render(ctx context.Context, t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, c.Render(ctx, &b))
	return b.String()
}

func keepGallery(t *testing.T, name, html string) {
	t.Helper()
	if dir := os.Getenv("OTKLIK_GALLERY"); dir != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".html"), []byte(html), 0o600))
	}
}

func inside(page Page, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return Layout(page).Render(templ.WithChildren(ctx, templ.Join(parts...)), w)
	})
}

func text(html string) templ.Component { return templ.Raw(html) }

// row wraps cells into a row of a table.
func row(cells ...templ.Component) templ.Component { return nest(Row(), cells...) }

// nest gives a component its children.
func nest(outer templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

func galleryPages() map[string]templ.Component {
	errs := Errors{{"text", "Напишите подробнее: хотя бы 10 знаков"}, {"rubric", "Выберите один вариант"}}
	day := 24 * time.Hour
	start := galleryNow.Add(-10 * day)
	due := func(days int) templ.Component {
		at := galleryNow.Add(time.Duration(days) * day)
		state, spent := StateOfDue(start, at, galleryNow)
		return DueBar(at, spent, state)
	}
	nav := []NavItem{
		{Text: "Обращения", URL: "/console", Count: 128, Current: true},
		{Text: "Обзор", URL: "/dashboard"},
		{Text: "Карта", URL: "/heatmap"},
		{Text: "Настройки", URL: "/admin"},
	}
	console := Page{
		Title: "Обращения", Area: Console, Path: "/console?tab=mine", Nav: nav, Search: &Search{Action: "/console"},
		User: &User{Name: "Ирина Ветрова", Note: "Дорожная служба · координатор", URL: "/account"}, SignOut: "/sign-out",
	}
	form := []templ.Component{
		ErrorSummary(errs),
		text(`<h1 class="govuk-heading-l">Сообщить о проблеме</h1>`),
		text(`<form method="post" novalidate>`),
		Textarea(LongField{Field: Field{Name: "text", Label: "Что случилось", Hint: "Своими словами: что, где, с какого времени", Error: errs.Of("text")}, Value: "Яма", Max: 4000}),
		Radios(ChoiceField{
			Field: Field{Name: "rubric", Label: "О чём это", Error: errs.Of("rubric")}, Values: []string{"b"},
			Options: []Option{{Value: "a", Label: "Ямы и выбоины", Hint: "Дорожная служба, до 10 дней"}, {Value: "b", Label: "Освещение улиц"}, {Value: "c", Label: "Другое", More: Input(TextField{Field: Field{Name: "other", Label: "Что именно"}})}},
		}),
		Checkboxes(ChoiceField{Field: Field{Name: "when", Label: "Когда это бывает"}, Values: []string{"1"}, Options: []Option{{Value: "1", Label: "Утром"}, {Value: "2", Label: "Вечером"}}}),
		Select(ChoiceField{Field: Field{Name: "territory", Label: "Район"}, Options: []Option{{Value: "1", Label: "Левобережный", Group: "Город"}, {Value: "2", Label: "Озёрский", Group: "Округа"}}}),
		Input(TextField{Field: Field{Name: "email", Label: "Почта", Hint: "Сюда придёт ответ", Optional: true}, Kind: "email", Autocomplete: "email", Chars: 20}),
		Input(TextField{Field: Field{Name: "depth", Label: "Глубина"}, Kind: "number", Chars: 4, Suffix: "см"}),
		DateInput(DateField{Field: Field{Name: "since", Label: "С какого дня", Hint: "Например, 14 05 2026"}, Day: "14", Month: "5", Year: "2026"}),
		FileUpload(FileField{Field: Field{Name: "photos", Label: "Фото", Optional: true}, Accept: "image/*", Multiple: true}),
		nest(Details("Что увидят другие"), text(`<p class="govuk-body">Текст и место. Имя и почту не увидит никто.</p>`)),
		nest(ButtonGroup(), Button(ButtonField{Text: "Продолжить"}), Button(ButtonField{Text: "Сохранить черновик", Look: Secondary}), text(`<a class="govuk-link" href="/">Отмена</a>`)),
		text(`</form>`),
	}
	when := func(hours int) time.Time { return galleryNow.Add(-time.Duration(hours) * time.Hour) }
	status := []templ.Component{
		nest(Panel("Обращение принято", "А-2026-000123"), text(`<p>Ответят до 14 мая</p>`)),
		nest(Notice(Success, ""), text(`<p class="govuk-body">Ссылка отправлена на почту.</p>`)),
		nest(Notice(Info, "Ведомство сменилось"), text(`<p class="govuk-body">Теперь отвечает Дорожная служба. Срок прежний.</p>`)),
		nest(Notice(Caution, ""), text(`<p class="govuk-body">Нужно уточнить адрес до 13 мая.</p>`)),
		nest(Notice(Failure, ""), text(`<p class="govuk-body">Фото не сохранилось, отправьте ещё раз.</p>`)),
		SummaryList([]SummaryRow{
			{Key: "Стадия", Body: StageTag("in_work")},
			{Key: "Срок", Body: due(2)},
			{Key: "Текст", Value: "Яма на Садовой, 12.\nНе объехать.", URL: "/edit"},
			{Key: "Район", Value: "Левобережный", URL: "/edit"},
		}),
		Timeline([]TimelineItem{
			{Title: "Назначен исполнитель", By: "Дорожная служба", At: when(3)},
			{Title: "Перенаправлено", By: "Администрация района", At: when(30), Text: "Дорога областная, её ремонтирует Дорожная служба."},
			{Title: "Отправлено", At: when(50)},
		}),
		nest(InsetText(), text(`Если яма опасна, позвоните 112.`)),
		nest(Empty("Ответов пока нет", "Мы напишем, когда ведомство ответит"), ButtonLink("На главную", "/")),
		Pagination("/?before=1", "/?after=2"),
	}
	heads := []Head{{Text: "Номер", SortURL: "?sort=number"}, {Text: "Суть"}, {Text: "Стадия"}, {Text: "Срок", SortURL: "?sort=due", Sort: "ascending"}, {Text: "Заявителей", Numeric: true}}
	var rows []templ.Component
	for i, stage := range []string{"new", "clarification", "assigned", "in_work", "on_sign", "answered", "closed", "rejected"} {
		rows = append(rows, row(
			nest(RowHead(), text(`<a class="govuk-link otk-number" data-open href="/console/1">А-2026-00012`+string(rune('0'+i))+`</a>`)),
			nest(Cell(), text(`Яма на Садовой, напротив дома 12, не объехать`)), nest(Cell(), StageTag(stage)),
			nest(Cell(), due(4-2*i)), NumberCell(Number(galleryScreen(lang.RU), 3*i*i*i*i+1)),
		))
	}
	inbox := []templ.Component{
		text(`<h1 class="govuk-heading-l">Обращения</h1>`),
		Tabs("Виды списка", []Tab{{"Новые", "?", 12, false}, {"Мои", "?tab=mine", 128, true}, {"Скоро срок", "?", 7, false}, {"Просрочено", "?", 1, false}, {"На подписи", "?", 0, false}, {"Все", "?", -1, false}}),
		nest(Table(TableFrame{Caption: "Мои обращения", Hidden: true, Heads: heads, Dense: true, Stack: true, Island: "shortcuts"}), rows...),
		Pagination("", "/?after=2"),
		KeysHelp(),
	}
	var tiles []Tile
	for i := range 18 {
		tiles = append(tiles, Tile{Col: 1 + i%6, Row: 1 + i/6, Code: "Лвб", Name: "Левобережный", Value: Number(galleryScreen(lang.RU), i*7), Level: HeatLevel(float64(i*7), 119), URL: "/console"})
	}
	var heat []templ.Component
	for i, name := range []string{"Левобережный", "Озёрский", "Степной"} {
		cells := []templ.Component{nest(RowHead(), text(name))}
		for j := range 6 {
			cells = append(cells, HeatCell(Number(galleryScreen(lang.RU), i*j*9+j), HeatLevel(float64(i*j*9+j), 95), "/console"))
		}
		heat = append(heat, row(cells...))
	}
	dashboard := []templ.Component{
		text(`<h1 class="govuk-heading-l">Обзор региона</h1>`),
		KPIs([]KPI{
			{Label: "Просрочено", Value: "12,3 %", Note: "предел 5 %", URL: "/console", Bad: true},
			{Label: "Ответ, медиана", Value: "6 дней", Note: "90 % — до 14 дней"},
			{Label: "Оценка", Value: "3,9", Note: "по 412 ответам"},
			{Label: "Обращений", Value: "12 480", Note: "за 30 дней", URL: "/console"},
			{Label: "Повторные", Value: "4,1 %"},
		}),
		nest(Columns(),
			nest(Card("Районы"), TileGrid("Обращения по районам", tiles), text(`<div class="otk-chart" data-island="chart"><script type="application/json">{"kind":"line","title":"По неделям","labels":["1","2","3","4"],"series":[{"name":"Поступило","values":[120,132,101,134]},{"name":"Закрыто","values":[90,140,121,110]}]}</script></div>`)),
			nest(Card("Темы"), nest(Table(TableFrame{Caption: "Чаще всего", Dense: true, Heads: []Head{{Text: "Тема"}, {Text: "Обращений", Numeric: true}}}), row(nest(RowHead(), text("Дороги")), NumberCell("1 204")), row(nest(RowHead(), text("ЖКХ")), NumberCell("998")))),
		),
		nest(Table(TableFrame{Caption: "Районы и темы", Dense: true, Heads: []Head{{Text: "Район"}, {Text: "Дороги", Numeric: true}, {Text: "ЖКХ", Numeric: true}, {Text: "Свет", Numeric: true}, {Text: "Мусор", Numeric: true}, {Text: "Транспорт", Numeric: true}, {Text: "Другое", Numeric: true}}}), heat...),
	}
	portal := Page{Title: "Сообщить о проблеме", Path: "/new", Back: "/", Invalid: true, Nav: []NavItem{{Text: "Сообщить", URL: "/new", Current: true}, {Text: "Проверить", URL: "/status"}}}
	overview := console
	overview.Title = "Обзор региона"
	return map[string]templ.Component{
		"form": inside(portal, form...), "status": inside(Page{Title: "Обращение", Path: "/a"}, status...),
		"inbox": inside(console, inbox...), "dashboard": inside(overview, dashboard...),
		"embed": inside(Page{Title: "Сообщить", Agency: "Дорожная служба", Origin: "https://roads.example"}.embedded(), form[1:]...),
	}
}

// Nothing inline: the pages are served under a CSP that forbids it.
var inline = regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|javascript:|<style|<script(?:>| type="text)`)

func TestGallery_every_component_draws_in_both_languages_and_nothing_is_inline(t *testing.T) {
	t.Parallel()
	for name, page := range galleryPages() {
		for _, l := range Langs {
			html := render(galleryScreen(l), t, page)
			require.NotRegexp(t, inline, html, name)
			require.NotContains(t, html, "<no value>", name)
			require.Contains(t, html, `lang="`+string(l)+`"`)
			keepGallery(t, name+"-"+string(l), html)
		}
	}
}

func TestGallery_ids_are_unique_and_every_reference_leads_to_one(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`\sid="([^"]*)"`)
	ref := regexp.MustCompile(`\s(?:for|aria-describedby|aria-labelledby|data-aria-controls)="([^"]*)"|href="#([^"]+)"`)
	for name, page := range galleryPages() {
		html := render(galleryScreen(lang.RU), t, page)
		seen := map[string]bool{}
		for _, hit := range id.FindAllStringSubmatch(html, -1) {
			require.False(t, seen[hit[1]], "%s: id %q twice", name, hit[1])
			seen[hit[1]] = true
		}
		for _, hit := range ref.FindAllStringSubmatch(html, -1) {
			for _, target := range strings.Fields(hit[1] + hit[2]) {
				require.True(t, seen[target], "%s: nothing has the id %q", name, target)
			}
		}
	}
}
