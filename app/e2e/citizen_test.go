package e2e_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"

	"github.com/stretchr/testify/require"
)

// problem is what a citizen has to say.
type problem struct {
	text    string
	topic   string
	answer  string // to the topic's question
	address string
	town    string
	photo   bool
	name    string
	email   string
}

var pothole = problem{
	text:    "На улице Садовой у дома 12 огромная яма на дороге, вчера пробил колесо",
	topic:   "Яма на дороге",
	answer:  "Больше метра",
	address: "ул. Садовая, 12",
	town:    "городской округ Белогривск",
	photo:   true,
	name:    "Мария Тестова",
	email:   "maria@example.org",
}

var darkYard = problem{
	text:    "Не горит фонарь у подъезда на улице Лесной, вечером ничего не видно и страшно ходить",
	topic:   "Темно во дворе",
	address: "ул. Лесная, 40",
	town:    "городской округ Белогривск",
	name:    "Пётр Вечерин",
	email:   "petr@example.org",
}

// reports goes all the way from the first page to the receipt.
func (p *person) reports(pr problem) (number, link string) {
	p.t.Helper()
	p.describes(pr)
	p.goesOn(pr)
	return p.sends()
}

// describes types the problem and takes a topic that is offered while typing;
// without scripts it is offered on the page after.
func (p *person) describes(pr problem) {
	p.t.Helper()
	p.types("Опишите проблему", pr.text)
	if p.noJS {
		p.presses("Дальше")
		p.inside(".otk-topics", func() { p.presses(pr.topic) })
		return
	}
	p.inside("#fitting", func() { p.presses(pr.topic) })
}

// goesOn fills in whatever pages the topic asks for, up to the review.
func (p *person) goesOn(pr problem) {
	p.t.Helper()
	for range 8 {
		step := lastPart(p.path())
		if p.onWay != nil {
			p.onWay(step)
		}
		switch step {
		case "help":
			p.presses("Не помогло")
		case "questions":
			if pr.answer != "" {
				p.picks(pr.answer)
			}
			p.presses("Дальше")
		case "place":
			p.types("Адрес", pr.address)
			p.chooses("Район", pr.town)
			p.presses("Дальше")
		case "near":
			p.saysOther()
		case "photos":
			if pr.photo && !p.shows(".otk-photos img") {
				p.adds("photos", p.file("яма.jpg", photograph(p, 800, 600)))
			}
			p.presses("Дальше")
		case "contacts":
			p.types("Имя", pr.name)
			p.types("Электронная почта", pr.email)
			p.picks("Согласен")
			p.presses("Дальше")
		case "review":
			p.sees(pr.text, pr.topic, pr.name)
			return
		default:
			require.FailNow(p.t, "an unknown page", "%s\n%s", p.at(), p.text())
		}
	}
	require.FailNow(p.t, "the form does not end", p.at())
}

// saysOther passes the page that shows what others told near by, where there is
// such a thing by now: tests send their problems from one address.
func (p *person) saysOther() {
	p.t.Helper()
	if lastPart(p.path()) == "near" {
		p.presses("Нет, у меня другое")
	}
}

// sends the reviewed form and reads the receipt.
func (p *person) sends() (number, link string) {
	p.t.Helper()
	p.presses("Отправить")
	return p.receipt()
}

func (p *person) receipt() (number, link string) {
	p.t.Helper()
	p.sees("Обращение отправлено", "Сохраните ссылку")
	number, err := ask[string](p, `document.querySelector("[data-submitted]").dataset.submitted`)
	require.NoError(p.t, err)
	link, err = ask[string](p, `document.querySelector(".otk-secret a").href`)
	require.NoError(p.t, err)
	require.Contains(p.t, link, "/a/"+number+"/")
	return number, link
}

func lastPart(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}

// photograph is a picture that is not of one colour.
func photograph(p *person, width, height int) []byte {
	p.t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, color.RGBA{R: uint8(x), G: uint8(y), B: uint8(x * y >> 4), A: 255})
		}
	}
	// One of another form is another picture, also to who compares what one sees.
	for i := range min(width, height) / 2 {
		for j := range 1 + height*160/width {
			m.Set(i, j, color.White)
		}
	}
	var b bytes.Buffer
	require.NoError(p.t, jpeg.Encode(&b, m, nil))
	return b.Bytes()
}
