package ui_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/web/ui"
)

func TestSoftened_parts_names_by_syllables(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Белогривский": "Бе|лог|ривс|кий", "Вязоверхский": "Вя|зо|верхс|кий", "Дно": "Дно", "Тальник. р-н": "Таль|ник. р-н",
		"Верхнеольш.": "Верх|неольш.", "Lakeside": "La|ke|side", "Усть-Кут": "Усть-Кут", "": "",
	} {
		require.Equal(t, want, strings.ReplaceAll(ui.Softened(name), "\u00ad", "|"))
	}
}
