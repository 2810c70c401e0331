package console

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompareWords_marks_what_each_has_of_its_own(t *testing.T) {
	t.Parallel()
	mark := func(list []piece) string {
		var b strings.Builder
		for _, p := range list {
			if p.Own {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		return b.String()
	}
	for name, one := range map[string][4]string{
		"equal texts":            {"Яма засыпана.", "Яма засыпана.", "Яма засыпана.", "Яма засыпана."},
		"a word was exchanged":   {"Яма засыпана 5 мая", "Яма засыпана 7 мая", "Яма засыпана [5 ]мая", "Яма засыпана [7 ]мая"},
		"words were added":       {"Яма засыпана", "Яма на Лесной засыпана щебнем", "Яма засыпана", "Яма [на Лесной ]засыпана [щебнем]"},
		"one is empty":           {"", "Яма", "", "[Яма]"},
		"nothing in common":      {"раз два", "три", "[раз два]", "[три]"},
		"lines end differently":  {"Раз\r\nдва", "Раз\nдва", "Раз\nдва", "Раз\nдва"},
		"space alone is nothing": {"Раз  два", "Раз два", "Раз  два", "Раз два"},
	} {
		a, b := compareWords(one[0], one[1])
		require.Equal(t, one[2], mark(a), name)
		require.Equal(t, one[3], mark(b), name)
	}
}

func TestCompareWords_loses_nothing(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var b strings.Builder
		for range random.IntN(60) {
			b.WriteString([]string{"яма ", "дорога\n", "щебень, ", "5 ", "мая.\n\n"}[random.IntN(5)])
		}
		return b.String()
	}
	whole := func(list []piece) (s string) {
		for _, p := range list {
			s += p.Text
		}
		return s
	}
	shared := func(list []piece) (s []string) {
		for _, p := range list {
			if !p.Own {
				s = append(s, strings.Fields(p.Text)...)
			}
		}
		return s
	}
	for range 300 {
		x, y := text(), text()
		a, b := compareWords(x, y)
		require.Equal(t, x, whole(a))
		require.Equal(t, y, whole(b))
		require.Equal(t, shared(a), shared(b))
	}
	long, other := strings.Repeat("слово ", 5000), strings.Repeat("иное ", 5000)
	a, _ := compareWords("Начало "+long, "Начало "+other)
	require.Equal(t, "Начало ", a[0].Text, "too long to compare: the middle is wholly different")
}
