package classifier

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one word or number of a text.
type token struct {
	hash       uint64
	start, end int // where it stands in the text, in bytes
	from, to   int // its folded letters in the scratch buffer
}

// Numbers of FNV-1a and of the finaliser of SplitMix64.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func finish(h uint64) uint64 {
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return h ^ h>>31
}

func hashOf(b []byte) uint64 {
	h := uint64(fnvOffset)
	for _, c := range b {
		h = (h ^ uint64(c)) * fnvPrime
	}
	return finish(h)
}

const (
	other = iota
	letter
	digit
)

// tokens cuts a text into words and numbers, in small letters and without «ё»,
// and appends their letters to buf. What stands in [brackets] was masked and
// says nothing.
func tokens(text string, buf []byte, out []token) ([]byte, []token) {
	kind, from, start := other, len(buf), 0
	masked := 0
	flush := func(end int) {
		if kind != other && masked == 0 {
			out = append(out, token{hash: hashOf(buf[from:]), start: start, end: end, from: from, to: len(buf)})
		} else {
			buf = buf[:from]
		}
		from = len(buf)
	}
	for i := 0; i < len(text); {
		c := text[i]
		size, k := 1, other
		lower := rune(c)
		switch {
		case c < utf8.RuneSelf:
			switch {
			case 'a' <= c && c <= 'z':
				k = letter
			case 'A' <= c && c <= 'Z':
				k, lower = letter, rune(c|0x20)
			case '0' <= c && c <= '9':
				k = digit
			}
		case (c == 0xD0 || c == 0xD1) && i+1 < len(text) && text[i+1]&0xC0 == 0x80:
			size = 2
			r := rune(c&0x1F)<<6 | rune(text[i+1]&0x3F)
			switch {
			case 'А' <= r && r <= 'Я':
				k, lower = letter, r+0x20
			case 'а' <= r && r <= 'я':
				k, lower = letter, r
			case r == 'ё' || r == 'Ё':
				k, lower = letter, 'е'
			case unicode.IsLetter(r):
				k, lower = letter, unicode.ToLower(r)
			}
		default:
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			switch {
			case r == utf8.RuneError:
			case unicode.IsLetter(r):
				k, lower = letter, unicode.ToLower(r)
			case unicode.IsDigit(r):
				k, lower = digit, r
			}
		}
		if k != kind {
			flush(i)
			kind, start = k, i
		}
		switch {
		case k != other:
			buf = utf8.AppendRune(buf, lower)
		case c == '[' && strings.IndexByte(text[i:min(len(text), i+maskLength)], ']') > 0:
			masked++
		case c == ']' && masked > 0:
			masked--
		}
		i += size
	}
	flush(len(text))
	return buf, out
}

// maskLength is more than the bytes of any mask such as «[телефон]».
const maskLength = 40

// latin reports whether a text is written in Latin letters only.
func latin(text string) bool {
	n := 0
	for _, r := range text {
		switch {
		case r >= 0x400 && r < 0x530:
			return false
		case 'a' <= r|0x20 && r|0x20 <= 'z':
			n++
		}
	}
	return n > 2
}

// Latin spellings of Russian letters, the longest first.
var translit = strings.NewReplacer(
	"shch", "щ", "sch", "щ", "yo", "е", "jo", "е", "yu", "ю", "ju", "ю", "ya", "я", "ja", "я", "zh", "ж", "kh", "х",
	"ts", "ц", "ch", "ч", "sh", "ш", "iy", "ий", "yy", "ый", "a", "а", "b", "б", "c", "ц", "d", "д", "e", "е",
	"f", "ф", "g", "г", "h", "х", "i", "и", "j", "й", "k", "к", "l", "л", "m", "м", "n", "н", "o", "о", "p", "п",
	"q", "к", "r", "р", "s", "с", "t", "т", "u", "у", "v", "в", "w", "в", "x", "кс", "y", "ы", "z", "з", "'", "ь",
)

// The keys of a Russian keyboard where a Latin layout was left on.
var layout = strings.NewReplacer(
	"q", "й", "w", "ц", "e", "у", "r", "к", "t", "е", "y", "н", "u", "г", "i", "ш", "o", "щ", "p", "з", "[", "х",
	"]", "ъ", "a", "ф", "s", "ы", "d", "в", "f", "а", "g", "п", "h", "р", "j", "о", "k", "л", "l", "д", ";", "ж",
	"'", "э", "z", "я", "x", "ч", "c", "с", "v", "м", "b", "и", "n", "т", "m", "ь", ",", "б", ".", "ю", "`", "е",
)

// readings lists how a Latin text may have been meant in Russian.
func readings(text string) []string {
	small := strings.ToLower(text)
	return []string{translit.Replace(small), layout.Replace(small)}
}
