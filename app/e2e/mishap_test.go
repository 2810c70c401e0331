package e2e_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestMishap_two_presses_send_one_appeal(t *testing.T) {
	t.Parallel()
	p := shared(t)
	citizen := visitor(t, p.base)
	pr := pothole
	pr.text = "Яма на дороге у школы номер семь одна, а кнопку нажали дважды"
	citizen.opens("/")
	citizen.describes(pr)
	citizen.goesOn(pr)
	citizen.doubleClicks("Отправить")
	number, link := citizen.receipt()
	citizen.opens(link)
	citizen.sees(number)
	officer := visitor(t, p.base).signsIn("coordinator")
	officer.opens("/console?tab=all&q=" + number)
	officer.sees(number)
	officer.wait(func() bool {
		officer.opens("/console?tab=all&q=" + "дважды+нажали+школы")
		return strings.Contains(officer.text(), number)
	}, func() string { return "the search to know the appeal" })
	rows, err := ask[int](officer, `document.querySelectorAll("tr[data-row]").length`)
	require.NoError(t, err)
	require.Equal(t, 1, rows)
}

func TestMishap_connection_is_lost_in_mid_form(t *testing.T) {
	t.Parallel()
	p := shared(t)
	w := wireTo(t, p)
	citizen := visitor(t, w.base)
	citizen.isToHear("net::ERR_")
	citizen.opens("/")
	citizen.describes(pothole)
	citizen.picks(pothole.answer)
	citizen.presses("Дальше")
	const address = "ул. Садовая, 12, за остановкой"
	citizen.types("Адрес", address)

	w.cuts()
	s := citizen.find(`otkPress("Дальше")`, "«Дальше»")
	citizen.click(s, 1)
	citizen.wait(func() bool { return !strings.HasPrefix(citizen.origin(), w.base) }, func() string { return "the browser to say that nothing answers" })
	w.mends()
	citizen.do(chromedp.Reload()) // sends the form again
	citizen.arrives()
	citizen.has("Адрес", address)
	citizen.sees("По адресу не понять")
	citizen.opens(strings.Replace(citizen.path(), "/place", "/questions", 1)) // as one who goes back and begins the page anew
	citizen.presses("Дальше")
	citizen.has("Адрес", address)
	citizen.chooses("Район", pothole.town)
	citizen.presses("Дальше")
	citizen.saysOther()
	citizen.sees("Фото")

	// A tab that the browser has shut, or a page that is loaded anew.
	citizen.adds("photos", citizen.file("яма.jpg", photograph(citizen, 640, 480)))
	citizen.presses("Дальше")
	citizen.presses("Дальше")
	citizen.types("Имя", pothole.name)
	citizen.do(chromedp.Reload())
	citizen.arrives()
	citizen.has("Имя", pothole.name)
	citizen.goesOn(pothole)
	citizen.sends()
}

// origin is whose page it is; the browser's own page of an error has none.
func (p *person) origin() string {
	o, _ := ask[string](p, `location.origin`)
	return o
}

func TestMishap_session_ends_in_mid_answer(t *testing.T) {
	t.Parallel()
	p := shared(t)
	executor := p.withCaseInWork(t)
	executor.presses("Написать ответ")
	const words = "Здравствуйте! Яму заделали, пока вы ждали ответа. Проверьте, пожалуйста."
	executor.types("Текст ответа", words)
	executor.losesCookies()
	executor.presses("Сохранить черновик")
	executor.sees("Время сеанса вышло", "Ничего не потеряно")
	other := executor.opensTab(func() { executor.clicks("Войдите в новой вкладке") })
	other.entersAs("executor")
	executor.presses("Отправить ещё раз")
	executor.isAt("/answer")
	executor.has("Текст ответа", words)
}

func TestMishap_two_tabs_on_one_card(t *testing.T) {
	t.Parallel()
	p := shared(t)
	executor := p.withCaseInWork(t)
	executor.presses("Написать ответ")
	other := executor.anotherTab()
	other.opens(executor.at())
	const words = "Здравствуйте! Это вариант из второй вкладки, и он не должен пропасть."
	other.types("Текст ответа", words)
	other.sees("Сохранено в")

	const mine = "Здравствуйте! Этот вариант пишут в первой вкладке, и он тоже не должен пропасть."
	executor.types("Текст ответа", mine)
	executor.presses("Сохранить черновик")
	executor.sees("Два текста ответа", "Ваш текст", "сохранили этот ответ в другом окне")
	executor.sees("вариант из второй вкладки", "вариант пишут в первой вкладке")
}

// withCaseInWork is the executor before the card of an appeal of their own that
// they have begun to work on.
func (p *product) withCaseInWork(t *testing.T) *person {
	t.Helper()
	citizen := visitor(t, p.base)
	citizen.opens("/")
	number, _ := citizen.reports(pothole)
	coordinator := visitor(t, p.base).signsIn("coordinator")
	coordinator.opens("/console?q=" + number)
	coordinator.sees(pothole.text)
	coordinator.chooses("Исполнитель", "Галеевских")
	coordinator.inside("form", func() { coordinator.presses("Назначить исполнителя") })
	executor := visitor(t, p.base).signsIn("executor")
	executor.opens("/console?q=" + number)
	executor.sees(pothole.text)
	executor.presses("Взять в работу")
	return executor
}

func TestMishap_pictures_that_are_none(t *testing.T) {
	t.Parallel()
	p := shared(t)
	citizen := visitor(t, p.base)
	citizen.opens("/")
	citizen.describes(pothole)
	citizen.picks(pothole.answer)
	citizen.presses("Дальше")
	citizen.types("Адрес", pothole.address)
	citizen.chooses("Район", pothole.town)
	citizen.presses("Дальше")
	citizen.saysOther()
	for _, c := range []struct {
		name, file string
		content    []byte
		says       string
	}{
		{"a text called a picture", "яма.jpg", []byte(strings.Repeat("это не картинка ", 40)), "это не фото"},
		{"a picture of 41 megapixels", "яма.png", hugePNG(), "мегапикс"},
		{"half a picture", "яма.jpg", photograph(citizen, 640, 480)[:3000], "повреждён"},
		{"an empty file", "яма.jpg", nil, "пуст"},
	} {
		citizen.adds("photos", citizen.file(c.file, c.content))
		citizen.presses("Дальше")
		citizen.isAt("/photos")
		beside, err := ask[string](citizen, `document.querySelector("#photos-error")?.innerText ?? ""`)
		require.NoError(t, err)
		require.Contains(t, strings.ToLower(beside), c.says, c.name)
	}
	citizen.goesOn(pothole)
}

// scrollsTo brings a part of the page into sight.
func (p *person) scrollsTo(css string) {
	p.t.Helper()
	_, err := ask[bool](p, `(document.querySelector(`+quote(css)+`).scrollIntoView({block: "center", behavior: "instant"}), true)`)
	require.NoError(p.t, err)
}

// hugePNG claims to be a picture of 41 megapixels in a few bytes.
func hugePNG() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		body := append([]byte(name), data...)
		b.Write(body)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(body))
	}
	head := binary.BigEndian.AppendUint32(nil, 8200)
	head = binary.BigEndian.AppendUint32(head, 5000)
	chunk("IHDR", append(head, 8, 2, 0, 0, 0))
	chunk("IDAT", []byte{0x78, 0x9c, 0x63, 0, 0, 0, 2, 0, 1})
	chunk("IEND", nil)
	return b.Bytes()
}

func TestMishap_a_point_outside_the_region(t *testing.T) {
	t.Parallel()
	p := shared(t)
	citizen := visitor(t, p.base)
	citizen.opens("/")
	citizen.describes(pothole)
	citizen.picks(pothole.answer)
	citizen.presses("Дальше")
	citizen.types("Адрес", pothole.address)
	// The corner of the map is sea or another region.
	citizen.scrollsTo(".otk-place")
	box := citizen.find(`document.querySelector(".maplibregl-canvas")`, "the map")
	size, err := ask[spot](citizen, `(() => { const r = document.querySelector(".maplibregl-canvas").getBoundingClientRect(); return {x: r.width, y: r.height}; })()`)
	require.NoError(t, err)
	citizen.wait(func() bool {
		citizen.click(spot{X: box.X - size.X/2 + 6, Y: box.Y + size.Y/2 - 6}, 1)
		said, err := ask[string](citizen, `document.getElementById("place-status").innerText`)
		return err == nil && strings.Contains(said, "вне региона")
	}, func() string { return "the map to say that the point is outside" })
	empty, err := ask[string](citizen, `document.getElementById("lat").value`)
	require.NoError(t, err)
	require.Empty(t, empty)
	// One that the map would not take, sent all the same.
	_, err = ask[bool](citizen, `(document.getElementById("lat").value = "59.93", document.getElementById("lon").value = "30.31", true)`)
	require.NoError(t, err)
	citizen.presses("Дальше")
	citizen.isAt("/place")
	citizen.has("Адрес", pothole.address)
	beside, err := ask[string](citizen, `document.querySelector(".govuk-error-message")?.innerText ?? ""`)
	require.NoError(t, err)
	require.NotEmpty(t, beside, citizen.text())
	// The middle of the map is in the region.
	citizen.scrollsTo(".otk-place")
	box = citizen.find(`document.querySelector(".maplibregl-canvas")`, "the map")
	citizen.click(box, 1)
	citizen.until(`document.getElementById("lat").value !== "59.93" && document.getElementById("lat").value !== ""`, "the map to take the point")
}
