package ui

import "strings"

// Softened is a name with soft hyphens where a narrow place may part it: before
// a consonant that a vowel follows, with a vowel before it.
func Softened(name string) string {
	letters := []rune(name)
	vowel := func(i int) bool { return strings.ContainsRune("аеёиоуыэюяaeiouy", lower(letters[i])) }
	letter := func(i int) bool {
		return i < len(letters) && strings.ContainsRune("абвгдежзиклмнопрстуфхцчшщэюяabcdefghijklmnopqrstuvwxyz", lower(letters[i]))
	}
	var b strings.Builder
	voiced, since := false, 0
	for i, r := range letters {
		if since >= 2 && voiced && letter(i) && !vowel(i) && letter(i+1) && vowel(i+1) && i+2 < len(letters) {
			b.WriteRune('\u00ad')
			since = 0
		}
		b.WriteRune(r)
		since++
		if r == ' ' || r == '-' {
			voiced, since = false, 0
		} else if vowel(i) {
			voiced = true
		}
	}
	return b.String()
}

func lower(r rune) rune { return []rune(strings.ToLower(string(r)))[0] }
