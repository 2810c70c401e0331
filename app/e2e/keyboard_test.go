package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// puts the text into the field, the focus coming there by Tab alone.
func (p *person) putsByKeys(field, text string) {
	p.t.Helper()
	p.tabsToField(field)
	p.keys(text)
	p.has(field, text)
}

// goesByKeys presses a button or follows a link by Tab and Enter.
func (p *person) goesByKeys(words string) {
	p.t.Helper()
	p.tabsToButton(words)
	p.leaves(func() { p.hits(kb.Enter) })
}

func TestCitizen_by_keyboard_alone(t *testing.T) {
	t.Parallel()
	p := shared(t)
	citizen := visitor(t, p.base)
	citizen.opens("/")
	citizen.hits(kb.Tab)
	citizen.tabsToButton("К содержанию") // the first thing that Tab comes to
	citizen.hits(kb.Enter)
	citizen.until(`document.activeElement.id === "main-content"`, "the focus to skip to the content")

	citizen.putsByKeys("Опишите проблему", pothole.text)
	citizen.sees("Похоже, это")
	citizen.inside("#fitting", func() { citizen.goesByKeys(pothole.topic) })
	for range 9 {
		switch step := lastPart(citizen.path()); step {
		case "questions":
			citizen.tabsTo(`e.type === "radio"`, "the choices")
			citizen.hits(kb.ArrowDown)
			citizen.hits(kb.ArrowDown)
			citizen.goesByKeys("Дальше")
		case "place":
			citizen.putsByKeys("Адрес", pothole.address)
			citizen.tabsToField("Район")
			citizen.hits("г") // «городской округ Белогривск» is the first that begins so
			citizen.until(eyes+`otkField("Район").selectedOptions[0].text.includes("Белогривск")`, "the town to be chosen by its letter")
			citizen.goesByKeys("Дальше")
		case "near":
			citizen.goesByKeys("Нет, у меня другое")
		case "photos":
			if !citizen.shows(".otk-photos img") {
				citizen.adds("photos", citizen.file("яма.jpg", photograph(citizen, 640, 480)))
			}
			citizen.goesByKeys("Дальше")
		case "contacts":
			citizen.putsByKeys("Имя", pothole.name)
			citizen.putsByKeys("Электронная почта", pothole.email)
			citizen.tabsTo(`e.type === "checkbox"`, "the consent")
			citizen.hits(" ")
			citizen.goesByKeys("Дальше")
		case "review":
			citizen.goesByKeys("Отправить")
		case "done":
			citizen.receipt()
			return
		default:
			require.FailNow(t, "an unknown page", citizen.at())
		}
	}
	require.FailNow(t, "the form does not end", citizen.at())
}

func TestOfficer_by_keyboard_alone(t *testing.T) {
	t.Parallel()
	p := shared(t)
	officer := visitor(t, p.base)
	officer.opens("/sign-in")
	officer.putsByKeys("Логин", "executor")
	officer.putsByKeys("Пароль", "otklik-demo")
	officer.leaves(func() { officer.hits(kb.Enter) })
	officer.opens("/console?tab=all")

	row := func() string {
		number, err := ask[string](officer, `document.activeElement.closest("tr")?.querySelector("a[data-open]").innerText.trim() ?? ""`)
		require.NoError(t, err)
		return number
	}
	officer.until(`document.querySelectorAll("tr[data-row]").length > 3`, "some appeals to be there")
	officer.wait(func() bool { officer.hits("j"); return row() != "" }, func() string { return "«j» to pick a row" })
	first := row()
	officer.showsFocus("the row")
	officer.hits("j")
	require.NotEqual(t, first, row(), "«j» stays")
	officer.hits("о") // the same key in the Russian layout types «о»
	officer.hits("k")

	officer.hits("?")
	officer.until(`document.querySelector("dialog#keys").open`, "«?» to open the help")
	officer.looksOver()
	officer.hits(kb.Escape)
	officer.until(`!document.querySelector("dialog#keys").open`, "Esc to close the help")

	officer.hits("/")
	officer.until(`document.activeElement.matches("[data-search]")`, "«/» to lead to the search")
	officer.keys("яма")
	officer.leaves(func() { officer.hits(kb.Enter) })
	officer.sees("по словам «яма»")

	officer.opens("/console?tab=all")
	officer.wait(func() bool { officer.hits("j"); return row() != "" }, func() string { return "«j» to pick a row" })
	number := row()
	officer.leaves(func() { officer.hits(kb.Enter) })
	officer.sees(number, "Что сделать")
	officer.leaves(func() { officer.hits("u") })
	officer.isAt("/console")
}
