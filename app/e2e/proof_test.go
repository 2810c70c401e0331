package e2e_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/workflow"
)

// begin is a Tuesday morning in the region, with no holiday for weeks.
var begin = time.Date(2026, 9, 1, 7, 0, 0, 0, time.UTC)

// townSite is somebody else's page with the widget of the agency in it.
func townSite(t *testing.T, p *product, agency string) string {
	t.Helper()
	page := fmt.Sprintf(`<!doctype html><html lang="ru"><title>Город</title><h1>Сайт города</h1>
		<script src="%s/widget.js" data-agency="%s"></script><p>Внизу страницы</p>`, html.EscapeString(p.base), agency)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(s.Close)
	return s.URL // http://127.0.0.1:…, another site than localhost
}

// allows lets the pages of an origin embed the agency's widget.
func (p *product) allows(t *testing.T, agency, origin string) {
	t.Helper()
	list, err := p.Store.ListAgencies(t.Context())
	require.NoError(t, err)
	for _, a := range list {
		if a.Code == agency {
			a.WidgetOrigins = append(a.WidgetOrigins, origin)
			require.NoError(t, p.Store.SaveAgency(t.Context(), &a))
		}
	}
	require.NoError(t, p.Reload(t.Context()))
}

// One appeal goes from the widget on another site to a signed answer, a bad
// mark and back; another is left alone until it climbs to the supervisor.
func TestProof(t *testing.T) {
	t.Parallel()
	now := clock.NewFake(begin)
	p := production(t, now)
	city, stranger := townSite(t, p, "city-roads"), townSite(t, p, "city-roads")
	p.allows(t, "city-roads", city)

	t.Run("a site that is not listed can't show the form", func(t *testing.T) {
		alien := visitor(t, p.base)
		alien.isToHear("frame-ancestors")
		alien.isToHear("Framing")
		alien.opens(stranger)
		alien.wait(func() bool { return alien.hasHeard("frame-ancestors") }, func() string { return "the frame to be refused" })
	})

	citizen := visitor(t, p.base)
	citizen.opens(city)
	form := citizen.within(p.base)
	first, link := form.reports(pothole)
	require.Equal(t, workflow.FromWidget, p.appeal(t, first).Source)
	cookies, err := ask[string](form, `document.cookie`)
	require.NoError(t, err)
	require.Empty(t, cookies)

	neighbour := visitor(t, p.base)
	neighbour.opens("/")
	second, _ := neighbour.reports(darkYard)

	now.Advance(time.Hour)
	coordinator := visitor(t, p.base).signsIn("coordinator")
	coordinator.presses("Новые")
	coordinator.presses(first)
	coordinator.sees(pothole.text)
	coordinator.chooses("Исполнитель", "Галеевских")
	coordinator.inside("form", func() { coordinator.presses("Назначить исполнителя") })
	coordinator.sees("Исполнитель назначен")

	now.Advance(time.Hour)
	executor := visitor(t, p.base).signsIn("executor")
	executor.presses("Мои")
	executor.presses(first)
	executor.presses("Взять в работу")
	executor.sees("Обращение взято в работу")
	executor.presses("Написать ответ")
	const answer = "Здравствуйте! Яму на Садовой, 12 заделали 1 сентября: уложили четыре квадратных метра асфальта."
	executor.types("Текст ответа", answer)
	executor.presses("Сохранить черновик")
	executor.sees("Сохранено")
	executor.has("Текст ответа", answer)
	executor.picks("Решено")
	executor.adds("photos", executor.file("заделали.jpg", photograph(executor, 480, 640)))
	executor.presses("Отправить на подпись")
	executor.sees("Ответ отправлен на подпись")

	now.Advance(time.Hour)
	head := visitor(t, p.base).signsIn("head")
	head.presses("На подписи")
	head.presses(first)
	head.presses("Подписать")
	head.sees(answer)
	head.presses("Подписать и отправить")
	head.sees("Ответ подписан")

	now.Advance(24 * time.Hour)
	reader := visitor(t, p.base)
	reader.opens(link)
	reader.sees("Решено", answer)
	reader.clicks("Не решено")
	reader.inside(".otk-objection", func() {
		reader.types("Что не так", "Засыпали песком, после дождя яма снова есть")
		reader.picks("2")
		reader.presses("Вернуть в работу")
	})
	back := p.appeal(t, first)
	require.Equal(t, 2, back.Rating)
	require.Equal(t, workflow.StageReceived, back.Stage)
	require.Equal(t, 2, back.Round)

	due := p.appeal(t, second)
	for day := 0; p.appeal(t, first).Level < 3 || p.appeal(t, second).Level < 3 || !now.Now().After(due.DueAt); day++ {
		require.Less(t, day, 40, "the appeals don't climb to the supervisor")
		now.Advance(24 * time.Hour)
		p.settles(t)
	}

	supervisor := visitor(t, p.base).signsIn("supervisor")
	supervisor.opens("/dashboard")
	supervisor.sees("Дошли до куратора", "Яма на дороге", first, second)
	supervisor.opens("/dashboard/escalated")
	supervisor.sees("2 обращения", first, second)
	supervisor.presses(second)
	supervisor.sees(darkYard.text)
	supervisor.wait(func() bool {
		supervisor.opens("/dashboard/heat")
		return strings.Contains(squash(supervisor.text()), "2 обращения")
	}, func() string { return "the heat map to know both appeals" })
	cells, err := ask[[]string](supervisor, `[...document.querySelectorAll("#heat-table tbody tr")].map((r) => r.innerText.replace(/\s+/g, " "))`)
	require.NoError(t, err)
	require.Contains(t, strings.Join(cells, "\n"), "Белогривск")
	supervisor.types("Слова в обращении", "фонарь")
	supervisor.presses("Показать")
	supervisor.sees("1 обращение")
	supervisor.opens("/console/notices")
	supervisor.sees(first, second)
}

// hasHeard reports whether the browser has complained of what was meant to be.
func (p *person) hasHeard(part string) bool {
	p.said.Lock()
	defer p.said.Unlock()
	return p.said.heard[part]
}
