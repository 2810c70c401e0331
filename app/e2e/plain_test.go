package e2e_test

import (
	"testing"
)

// Everything but the map works without scripts.
func TestCitizen_without_scripts(t *testing.T) {
	t.Parallel()
	p := shared(t)
	citizen := visitor(t, p.base).withoutScripts()
	citizen.opens("/")
	number, link := citizen.reports(pothole)
	citizen.opens(link)
	citizen.sees(number, pothole.text, "У ведомства")
	citizen.presses("Моё обращение")
	citizen.types("Номер обращения", number)
	citizen.types("Код", link) // the whole link will do
	citizen.presses("Показать")
	citizen.sees(number, pothole.address)
}

// A topic can be found by walking the tree and by searching it.
func TestCitizen_finds_the_topic_in_the_tree(t *testing.T) {
	t.Parallel()
	p := shared(t)
	citizen := visitor(t, p.base)
	citizen.opens("/")
	citizen.presses("Дороги и тротуары")
	citizen.presses("Дорожное полотно")
	citizen.presses("Яма на дороге")
	citizen.sees("Ответят до", "Опишите проблему")
	citizen.opens("/topics")
	citizen.types("Найти тему по словам", "колдобина")
	citizen.presses("Найти")
	citizen.sees("Яма на дороге")
	citizen.types("Найти тему по словам", "ъъъъ")
	citizen.presses("Найти")
	citizen.sees("ничего не нашлось")
}
