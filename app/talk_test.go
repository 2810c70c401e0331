package app

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Among two or three remarks every word that they share looks common, so that near
// twins would look unlike as soon as another remark is hidden: what else was
// written there tells how rare a word is.
func TestAlikeTexts_finds_twins_in_a_short_list(t *testing.T) {
	t.Parallel()
	const one, twin = "На поводке вдоль клумб собакам тесно. Сделайте площадку для выгула за мостом.",
		"Собакам тесно на поводке вдоль клумб: нужна площадка для выгула за мостом."
	const other = "Песок весной лежит на газонах до мая. Пусть подметают сразу, как сойдёт снег."
	text := []string{
		"Речной сквер открыт для всех каждый день с 7 до 23 часов.", "В сквере нельзя разводить огонь и ставить мангалы.",
		"Собак в сквере выгуливают на поводке.", "Дорожки убирают до 8 часов утра.",
	}
	const least = 0.35 // from which on discussion offers to merge
	for name, written := range map[string][]string{
		"two remarks":              append([]string{one, twin}, text...),
		"three, of which one said": append([]string{one, twin, other}, text...),
		"one of them hidden":       append([]string{one, twin, other, "Все воры"}, text...),
	} {
		got := alikeTexts(one, []string{twin, other}, written)
		require.Greater(t, got[0], least, name)
		require.Less(t, got[1], least, name)
	}
}
