package duplicate

import (
	"hash/fnv"
	"slices"
	"unicode"
)

// stemRunes is how much of a word is compared: what follows is mostly an ending,
// and a typing error in it costs nothing.
const stemRunes = 5

// maxStems bounds what is kept of a text: the first so many different stems.
const maxStems = 64

// stop are words that say nothing of a problem.
var stop = setOf(
	"и", "в", "во", "на", "не", "что", "по", "с", "со", "к", "ко", "у", "от", "до", "за", "из", "о", "об", "а", "но", "как", "так", "же", "ли", "бы",
	"это", "этот", "эта", "эти", "мы", "вы", "я", "он", "она", "они", "нас", "нам", "вас", "вам", "мне", "его", "ее", "их", "для", "при", "или", "то",
	"все", "всё", "уже", "еще", "ещё", "очень", "просим", "прошу", "здравствуйте", "добрый", "день", "пожалуйста", "спасибо", "уважаемые", "помогите",
	"г", "ул", "д", "улица", "дом", "дома", "нет", "есть", "был", "была", "было", "были", "быть", "там", "тут", "где", "когда", "который", "которая",
	"the", "a", "an", "of", "to", "in", "on", "at", "is", "are", "and", "or", "it", "for", "please", "hello", "we", "i",
)

func setOf(words ...string) map[string]bool {
	out := make(map[string]bool, len(words))
	for _, w := range words {
		out[w] = true
	}
	return out
}

// tokens cuts a text into words of letters and digits, in lower case and with е
// for ё.
func tokens(text string) []string {
	var out []string
	word := make([]rune, 0, 24)
	digits := false
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = word[:0]
		}
	}
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			if len(word) > 0 && !digits {
				flush() // «д12»
			}
			digits = true
			word = append(word, r)
		case unicode.IsLetter(r):
			r = unicode.ToLower(r)
			if r == 'ё' {
				r = 'е'
			}
			if digits && len(word) > 0 {
				// «12а» is a house, «2го» and «12дом» are not.
				flush()
			}
			digits = false
			word = append(word, r)
		default:
			flush()
			digits = false
		}
	}
	flush()
	return out
}

func number(w string) bool { return w[0] >= '0' && w[0] <= '9' }

// stem is the part of a word that is compared.
func stem(w string) string {
	n := 0
	for i := range w {
		if n == stemRunes {
			return w[:i]
		}
		n++
	}
	return w
}

func hash32(s string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return h.Sum32()
}

// stems are the hashes of the different stems of a text, sorted. Numbers are
// left to houses.
func stems(words []string) []uint32 {
	out := make([]uint32, 0, min(len(words), maxStems))
	for _, w := range words {
		if number(w) || stop[w] {
			continue
		}
		if h := hash32(stem(w)); !slices.Contains(out, h) {
			out = append(out, h)
			if len(out) == maxStems {
				break
			}
		}
	}
	slices.Sort(out)
	return out
}
