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

func hashOf(s string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return finish(h)
}

const (
	other = iota
	letter
	digit
)

// Letters of one byte, and Cyrillic ones of two, by kind and small form.
var (
	kinds    [utf8.RuneSelf]uint8
	small    [utf8.RuneSelf]uint8
	cyrillic [cyrillicCount]uint16
)

const (
	cyrillicFirst = 0x400
	cyrillicCount = 0x80
)

func init() {
	for c := range kinds {
		r := rune(c)
		switch {
		case unicode.IsLetter(r):
			kinds[c], small[c] = letter, uint8(unicode.ToLower(r))
		case unicode.IsDigit(r):
			kinds[c], small[c] = digit, uint8(r)
		}
	}
	for i := range cyrillic {
		cyrillic[i] = uint16(smallRune(cyrillicFirst + rune(i)))
	}
}

// smallRune is a letter's small form, in which «ё» is «е».
func smallRune(r rune) rune {
	if r = unicode.ToLower(r); r == 'ё' {
		return 'е'
	}
	return r
}

// sign reads the letter, digit or other sign at the start of a text: its kind,
// small form and bytes.
func sign(text string) (kind int, r rune, size int) {
	c := text[0]
	if c < utf8.RuneSelf {
		return int(kinds[c]), rune(small[c]), 1
	}
	if c&0xFE == 0xD0 && len(text) > 1 && text[1]&0xC0 == 0x80 {
		return letter, rune(cyrillic[int(c&1)<<6|int(text[1]&0x3F)]), 2
	}
	r, size = utf8.DecodeRuneInString(text)
	switch {
	case r == utf8.RuneError:
	case unicode.IsLetter(r):
		return letter, smallRune(r), size
	case unicode.IsDigit(r):
		return digit, r, size
	}
	return other, r, size
}

// tokens cuts a text into words and numbers, which are the same in capital and
// small letters and with «ё» or «е». What stands in [brackets] was masked and
// says nothing, and nothing after the first mostWords is read.
func tokens(text string, out []token) []token {
	masked, most := 0, len(out)+mostWords
	for i := 0; i < len(text) && len(out) < most; {
		kind, r, size := sign(text[i:])
		if kind == other {
			switch text[i] {
			case '[':
				if strings.IndexByte(text[i:min(len(text), i+maskLength)], ']') > 0 {
					masked++
				}
			case ']':
				masked = max(masked-1, 0)
			}
			i += size
			continue
		}
		h := uint64(fnvOffset)
		start := i
		for k := kind; k == kind; {
			h = (h ^ uint64(r)) * fnvPrime
			if i += size; i == len(text) {
				break
			}
			k, r, size = sign(text[i:])
		}
		if masked == 0 {
			out = append(out, token{hash: finish(h), start: start, end: i})
		}
	}
	return out
}

// folded is the form in which words are compared.
func folded(word string, buf []byte) []byte {
	for i := 0; i < len(word) && len(buf) < longestWord; {
		_, r, size := sign(word[i:])
		buf = utf8.AppendRune(buf, r)
		i += size
	}
	return buf
}

const (
	mostWords   = 2000 // of a text: what follows is not read
	longestWord = 100  // bytes
)

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
	lower := strings.ToLower(text)
	return []string{translit.Replace(lower), layout.Replace(lower)}
}
