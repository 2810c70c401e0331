package duplicate

import "slices"

// house is a number after the name of a street, in an address or in a text.
type house struct{ street, number uint32 }

// maxHouses bounds what is kept: a text that names more is about a district.
const maxHouses = 4

// between may stand between a street's name and the number, or before the name,
// and is no name itself.
var between = setOf(
	"ул", "улица", "улице", "улицы", "улицу", "дом", "дома", "доме", "дому", "домов", "д", "пр", "проспект", "проспекте", "проспекта", "пер", "переулок",
	"переулке", "переулка", "проезд", "проезде", "проезда", "пл", "площадь", "площади", "б", "р", "бульвар", "бульваре", "ш", "шоссе", "номер", "возле",
	"около", "напротив", "рядом", "street", "st", "house", "№", "корпус", "корп", "к", "напр", "тер", "мкр", "микрорайон", "микрорайоне", "имени", "им",
)

// notHouses follow numbers that count something else: «3 года», «5 подъезд».
var notHouses = setOf(
	"год", "года", "году", "лет", "раз", "раза", "день", "дня", "дней", "неделя", "недели", "неделю", "недель", "месяц", "месяца", "месяцев", "час", "часа",
	"часов", "метр", "метра", "метров", "подъезд", "подъезде", "этаж", "этаже", "этажа", "рублей", "руб", "человек", "маршрут", "маршрута", "км", "м",
)

const (
	longestHouse = 3 // digits: more is a year, a post code or a document
	gap          = 3 // words that may stand between
)

// houses finds the pairs of street and number in words.
func houses(words []string) []house {
	var out []house
	for i, w := range words {
		if !number(w) || len(w) > longestHouse || i+1 < len(words) && notHouses[words[i+1]] {
			continue
		}
		for j := i - 1; j >= 0 && j >= i-gap; j-- {
			name := words[j]
			if number(name) || between[name] || stop[name] {
				if number(name) && j == i-1 { // «12 3»: a flat or a block after the house
					break
				}
				continue
			}
			if len([]rune(name)) < 4 {
				break
			}
			h := house{hash32(stem(name)), hash32(w)}
			if !slices.Contains(out, h) {
				out = append(out, h)
			}
			break
		}
		if len(out) == maxHouses {
			break
		}
	}
	return out
}

// meet compares the houses of two appeals: they share one, or they name other
// numbers of the same street, or neither.
func meet(a, b []house) (same, other bool) {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true, false
			}
			other = other || x.street == y.street
		}
	}
	return false, other
}
