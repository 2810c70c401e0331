package portal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/portal"
	"github.com/otklik/otklik/workflow"
)

const text = "На улице Мира большая яма, пробил колесо"

// toReview fills the form of a pothole up to its last page.
func (b *browser) toReview() {
	b.Helper()
	b.post("/report", "text", text)
	b.on("topic")
	require.Contains(b, b.page, "по словам: ")
	b.post(b.here(), "rubric", "roads.pothole")
	b.on("questions")
	b.post(b.here(), "q.size", "big", "q.depth", "12,5", "q.since-day", "1", "q.since-month", "5", "q.since-year", "2026")
	b.on("place")
	b.post(b.here(), "address", "г. Белогривск, ул. Мира, 5")
	b.on("photos")
	b.upload(b.here(), map[string][]byte{"яма.png": picture(b, 90)})
	b.on("photos")
	b.post(b.here(), "then", "next")
	b.on("contacts")
	b.post(b.here(), "name", "Анна", "email", "anna@example.ru", "phone", "8 (900) 123-45-67", "consent", "yes")
	b.on("review")
}

var secretLink = regexp.MustCompile(`http[^"]*/a/([0-9-]+)/([a-z2-7]{26})`)

func (b *browser) link() (path string, id int64) {
	b.Helper()
	m := secretLink.FindStringSubmatch(b.page)
	require.NotNil(b, m, b.page)
	id, err := b.store.FindID(b.Context(), m[1])
	require.NoError(b, err)
	return "/a/" + m[1] + "/" + m[2], id
}

func TestFlow_from_words_to_a_rated_answer_without_scripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.get("/")
	require.Contains(t, b.page, "Опишите проблему своими словами")
	b.toReview()
	for _, s := range []string{text, "Дороги → Яма на дороге", "Большая", "12,5", "01.05.2026", "город Белогривск", "+79001234567", "Дороги города", "Ответят до 14 мая", "/photos/"} {
		require.Contains(t, b.page, s)
	}
	review := b.here()
	b.post(review)
	b.on("done")
	link, id := b.link()
	require.Contains(t, b.page, "Ответят до 14 мая")

	// A second press, in another tab, gives the same receipt.
	b.post(review)
	b.on("done")
	again, _ := b.link()
	require.Equal(t, link, again)
	found, err := w.store.FindCase(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, int64(2), found.Appeal.Agency)
	require.Equal(t, workflow.FromPortal, found.Appeal.Source)
	require.Len(t, found.Photos, 1)
	ids, err := w.store.ListAppealIDs(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, ids, 1)
	by, err := w.store.ReadApplicant(t.Context(), id, actor.Job, "test")
	require.NoError(t, err)
	require.Equal(t, "+79001234567", by.Phone)

	b.get(link)
	require.Equal(t, "no-store", b.header.Get("Cache-Control"))
	for _, s := range []string{"Ответят до 14 мая", "Дороги города", "Обращение отправлено", "Получено ведомством"} {
		require.Contains(t, b.page, s)
	}
	small := regexp.MustCompile(`src="(/a/[^"]+size=small)"`).FindStringSubmatch(b.page)
	require.NotNil(t, small)
	b.get(small[1])
	require.Equal(t, "image/jpeg", b.header.Get("Content-Type"))
	require.Equal(t, "inline", b.header.Get("Content-Disposition"))
	require.Contains(t, b.header.Get("Content-Security-Policy"), "sandbox")

	w.clock.Advance(24 * time.Hour)
	w.answer(id)
	b.get(link)
	require.Contains(t, b.page, "Яму заделали горячим асфальтом.")
	require.Contains(t, b.page, "Решено")
	require.NotContains(t, b.page, "submit_answer")

	b.post(link + "/rate")
	b.invalid("от 1 до 5")
	b.post(link+"/again", "not_fixed", "yes", "rating", "2")
	b.invalid("не решено")
	b.post(link+"/again", "not_fixed", "yes", "rating", "2", "text", "Песком засыпали, опять яма")
	require.Equal(t, http.StatusOK, b.status)
	require.Contains(t, b.page, "Вы вернули обращение в работу")
	require.Contains(t, b.page, "Песком засыпали")
	b.post(link+"/again", "not_fixed", "yes", "text", "ещё раз то же")
	require.Equal(t, http.StatusConflict, b.status, "pressed twice")
	require.Contains(t, b.page, "Пока вы писали")

	w.answer(id)
	b.get(link)
	require.Contains(t, b.page, "пусть решит куратор")
	b.post(link+"/rate", "rating", "5")
	require.Contains(t, b.page, "Обращение закрыто")
}

func TestFlow_asked_silent_and_sent_again(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.post("/report", "text", "Счётчик воды и газа показывает не то", "rubric", "gas.meter")
	b.on("help")
	require.Contains(t, b.page, "Замените батарейку")
	form := strings.TrimSuffix(b.at.Path, "/help")
	b.get(form + "/place")
	b.post(form+"/place", "territory", "3")
	b.on("contacts") // the topic takes no photos
	b.post(b.here(), "name", "Пётр", "phone", "+44 20 7946 0958", "consent", "yes")
	b.on("review")
	b.post(b.here())
	b.on("done")
	require.Contains(t, b.page, "модератор")
	link, id := b.link()

	_, err := w.engine.Act(t.Context(), officer(1, actor.Moderator, 4), id, workflow.Command{Action: workflow.Ask, Reason: "Назовите номер счётчика"})
	require.NoError(t, err)
	b.get(link)
	require.Contains(t, b.page, "Назовите номер счётчика")
	require.Contains(t, b.page, "иначе обращение отклонят")
	b.upload(link+"/photos", map[string][]byte{"a.png": []byte("не фото")})
	b.invalid("Это не фото")
	b.upload(link+"/photos", map[string][]byte{"a.png": picture(t, 10)})
	require.Contains(t, b.page, "Вы добавили фото")

	found, err := w.store.FindCase(t.Context(), id)
	require.NoError(t, err)
	for _, d := range found.Appeal.Deadline {
		if d.Kind == "clarification" {
			for !d.NextAt.IsZero() {
				w.clock.Set(d.NextAt)
				_, err := w.engine.Fire(t.Context(), workflow.Due{Appeal: id, N: d.N, Step: d.Step, At: d.NextAt})
				require.NoError(t, err)
				now, err := w.store.FindCase(t.Context(), id)
				require.NoError(t, err)
				d = now.Appeal.Deadline[d.N-1]
				if now.Appeal.Stage == workflow.StageRejected {
					break
				}
			}
		}
	}
	b.get(link)
	require.Contains(t, b.page, "Отправить снова")
	b.post(link + "/resubmit")
	require.Contains(t, b.page, "Вы отправили обращение снова")
	b.post(link+"/withdraw", "text", "Сам починил")
	require.Contains(t, b.page, "Вы отозвали обращение")
}

func TestFlow_keeps_what_was_typed_when_the_topic_changes(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	b.toReview()
	form := strings.TrimSuffix(b.at.Path, "/review")
	b.post(form+"/topic?from=review", "rubric", "roads.sign")
	b.on("questions")
	require.Contains(t, b.page, `value="12,5"`, "the same code of question")
	b.post(b.here(), "q.depth", "2")
	b.on("review")
	b.get(form + "/topic?from=review")
	b.post(form+"/topic?from=review", "rubric", "roads.pothole")
	b.on("questions")
	require.Regexp(t, `value="big"[^>]*checked`, b.page)
}

func TestFlow_refuses_and_says_what_to_do(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.post("/report", "text", "")
	b.invalid("Опишите, что случилось")
	b.post("/report", "text", "Яма")
	b.invalid("хотя бы 10", ">Яма</textarea>")
	b.post("/report", "text", strings.Repeat("ы", workflow.MaxText+1))
	b.invalid("не больше 4000")
	b.post("/report", "text", "Яма", "rubric", "roads.pothole")
	b.invalid("хотя бы 10", "Кто ответит")

	b.post("/report", "text", text)
	form := strings.TrimSuffix(b.at.Path, "/topic")
	b.post(form+"/topic", "rubric", "no.such")
	b.invalid("Выберите один вариант")
	b.post(form + "/topic")
	b.invalid("Выберите один вариант")
	b.post(form+"/topic", "rubric", "gas.smell")
	b.on("urgent")
	require.Contains(t, b.page, "Звоните 104 или 112")
	b.post(form+"/topic", "rubric", "other.ice")
	b.on("urgent")
	require.Contains(t, b.page, "с 15 ноября по 15 марта")
	b.post(form+"/topic", "rubric", "roads.pothole")
	b.on("questions")
	b.post(form+"/questions", "q.depth", "глубоко", "q.since-day", "31", "q.since-month", "2", "q.since-year", "2026")
	b.invalid("Введите число", `value="глубоко"`, "Введите дату", `value="31"`, "Заполните это поле")

	for _, c := range []struct {
		name, sentence string
		form           []string
	}{
		{"nothing", "Отметьте место на карте", nil},
		{"outside", "вне региона", []string{"lat", "60", "lon", "60", "address", "Дальняя, 1"}},
		{"no point", "не определяется", []string{"lat", "север", "lon", "1"}},
		{"infinite point", "не определяется", []string{"lat", "NaN", "lon", "Inf"}},
		{"another district chosen", "город Белогривск", []string{"lat", "50.5", "lon", "40.5", "territory", "3"}},
		{"a street alone", "Выберите его из списка", []string{"address", "ул. Мира, 5"}},
		{"unknown district", "вариант из списка", []string{"territory", "77"}},
		{"long address", "не больше 300", []string{"address", strings.Repeat("д", 301)}},
	} {
		b.post(form+"/place", c.form...)
		b.invalid(c.sentence)
		for i := 0; i+1 < len(c.form); i += 2 {
			if c.form[i] == "address" {
				require.Contains(t, b.page, c.form[i+1], c.name)
			}
		}
	}
	b.get(form + "/place")
	require.Contains(t, b.page, "ул. Мира, 5", "an address without a place is kept in the draft")

	b.post(form+"/contacts", "name", strings.Repeat("я", 151), "email", "anna@", "phone", "12")
	b.invalid("адрес почты целиком", `value="anna@"`, `value="12"`, "номер с кодом", "Без согласия", "не больше 150")
	b.post(form+"/topic", "rubric", "other.official")
	b.post(form+"/contacts", "consent", "yes")
	b.invalid("имя и фамилию", "почту или телефон", "Личность подтверждает ведомство")
	// What is missing is asked for before the form can be sent.
	b.post(form + "/review")
	b.on("place")
}

func TestFlow_photos(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *portal.Config) {
		c.Limits = photo.Limits{Bytes: 1 << 20, Pixels: 1e6, Side: 200, Thumb: 40, Quality: 80}
	})
	b := w.browser()
	b.post("/report", "text", text, "rubric", "roads.sign")
	form := strings.TrimSuffix(b.at.Path, "/questions")
	here := form + "/photos"
	b.post(here, "then", "next")
	b.invalid("Приложите хотя бы одно фото")
	b.upload(here, map[string][]byte{"письмо.jpg": []byte("просто текст"), "хорошо.png": picture(t, 50)})
	b.invalid("Это не фото", "Убрать фото")
	b.upload(here, map[string][]byte{"big.png": make([]byte, 1<<20+1)})
	b.invalid("не больше 1 МБ")
	b.upload(here, map[string][]byte{"x.svg": []byte("<svg onload='alert(1)'/>")})
	b.invalid("SVG")
	half := picture(t, 60)
	b.upload(here, map[string][]byte{"half.png": half[:len(half)/2]})
	b.invalid("повреждён")
	b.get(here)
	require.Equal(t, 1, strings.Count(b.page, `name="photo"`))
	name := regexp.MustCompile(`name="photo" value="([0-9a-f]{64})"`).FindStringSubmatch(b.page)[1]
	b.get(here + "/" + name)
	require.Equal(t, "image/jpeg", b.header.Get("Content-Type"))
	b.get(here + "/" + strings.Repeat("0", 64))
	require.Equal(t, http.StatusNotFound, b.status)
	b.post(here+"/remove", "photo", name)
	b.on("photos")
	require.NotContains(t, b.page, `name="photo"`)
	for i := range portal.MaxPhotos {
		b.upload(here, map[string][]byte{"p.png": picture(t, uint8(100+10*i))})
		require.Equal(t, http.StatusOK, b.status)
	}
	b.upload(here, map[string][]byte{"p.png": picture(t, 7)})
	b.invalid("не больше 10 фото")
}

func TestFlow_expired_and_foreign_drafts_are_gone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.get("/report/aaaaaaaaaaaaaaaaaaaaaaaaaa/topic")
	require.Equal(t, http.StatusGone, b.status)
	require.Contains(t, b.page, "Начните заново")
	b.post("/report", "text", text)
	form := strings.TrimSuffix(b.at.Path, "/topic")
	b.get("/embed/town-roads" + form + "/topic")
	require.Equal(t, http.StatusGone, b.status, "the widget doesn't open the portal's")
	w.clock.Advance(workflow.DraftLife + time.Hour)
	b.post(form+"/text", "text", text)
	require.Equal(t, http.StatusGone, b.status)
}

func TestFlow_slows_down_who_sends_too_much(t *testing.T) {
	t.Parallel()
	b := newWorld(t, func(c *portal.Config) {
		c.Rates = portal.DefaultRates
		c.Rates.Drafts = edge.Rate{PerMinute: 4, Burst: 2}
	}).browser()
	for range 2 {
		b.post("/report", "text", text)
		b.on("topic")
	}
	b.post("/report", "text", text)
	require.Equal(t, http.StatusTooManyRequests, b.status)
	require.Equal(t, "15", b.header.Get("Retry-After"))
	require.Contains(t, b.page, "через 15 с")
}

func TestStatus_opens_only_with_number_and_code(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	b.toReview()
	b.post(b.here())
	link, _ := b.link()
	parts := strings.Split(link, "/")
	number, code := parts[2], parts[3]
	b.post("/status", "number", strings.ReplaceAll(number, "-", " "), "code", strings.ToUpper(code))
	require.Equal(t, link, b.at.Path)
	b.post("/status", "code", b.url+link)
	require.Equal(t, link, b.at.Path)
	b.post("/status", "number", "", "code", "")
	b.invalid("Введите номер")
	b.post("/status", "number", "26-000001-3", "code", code)
	b.invalid("опечатка", "26-000001-3", code)
	b.post("/status", "number", number, "code", strings.Repeat("a", 26))
	b.invalid("нет")
	b.get("/a/" + number + "/" + strings.Repeat("a", 26))
	require.Equal(t, http.StatusNotFound, b.status)
	require.NotContains(t, b.page, text)
	b.post(link + "/sign")
	require.Equal(t, http.StatusNotFound, b.status)
}

func TestPages_have_words_in_both_languages(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	for _, l := range []string{"ru", "en"} {
		for _, path := range []string{
			"/", "/topics", "/topics?in=roads", "/topics?q=яма", "/topics?q=щщщ", "/topics/roads.pothole", "/topics/gas.smell",
			"/topics/other.ice", "/topics/gas.meter", "/status", "/agencies", "/agencies/region", "/about", "/privacy", "/accessibility",
			"/embed/town-roads", "/embed/town-roads/topics?in=roads",
		} {
			u, err := url.Parse(path)
			require.NoError(t, err)
			q := u.Query()
			q.Set("lang", l)
			u.RawQuery = q.Encode()
			b.get(u.String())
			require.Equal(t, http.StatusOK, b.status, path)
			require.Contains(t, b.page, `lang="`+l+`"`)
			if l == "en" {
				require.NotContains(t, b.page, "Дальше")
			}
		}
	}
	b.get("/agencies/none")
	require.Equal(t, http.StatusNotFound, b.status)
	b.get("/topics?in=none")
	require.Equal(t, http.StatusNotFound, b.status)
	b.get("/territories.geojson")
	require.Contains(t, b.page, `"FeatureCollection"`)
	require.Contains(t, b.page, `"id":3`)
	version := sha256.Sum256([]byte(b.page))
	b.get("/territories.geojson?v=" + hex.EncodeToString(version[:6]))
	require.Contains(t, b.header.Get("Cache-Control"), "immutable", "kept for good under its version")
	b.post("/suggest", "text", "большая яма")
	require.Contains(t, b.page, `value="roads.pothole"`)
	require.NotContains(t, b.page, "<html")
}
