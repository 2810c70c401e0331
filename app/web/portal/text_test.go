package portal

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator/territory"
)

func TestPhone_brings_numbers_into_one_form(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"8 (900) 123-45-67": "+79001234567", "79001234567": "+79001234567", "900 123 45 67": "+79001234567",
		"+7 900 123-45-67": "+79001234567", "+44 20 7946 0958": "+442079460958", "+995 32 2 12 34 56": "+995322123456",
		"12": "", "+7 900 123": "", "телефон": "", "": "", "+": "", "8900123456": "+78900123456", "0123456789": "",
		"+1234567890123456": "",
	} {
		got, ok := phone(typed)
		require.Equal(t, want != "", ok, typed)
		if ok {
			require.Equal(t, want, got)
		}
	}
}

func TestGoodEmail(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{
		"anna@example.ru": true, "a.b+c@mail.example.com": true, "anna@": false, "anna": false, "Анна <anna@example.ru>": false,
		"anna@localhost": false, "anna@example.ru\nBcc: x@y.ru": false, "": false, "a@b.": false, "a@[127.0.0.1]": false,
	} {
		require.Equal(t, want, goodEmail(typed), typed)
	}
}

func TestByWords_finds_the_one_municipality_that_is_named(t *testing.T) {
	t.Parallel()
	name := func(id int64, kind, short, full string) territory.Territory {
		return territory.Territory{ID: id, Parent: 1, Code: kind + short, Kind: kind, Name: lang.Text{RU: full}, Short: lang.Text{RU: short}}
	}
	places, err := territory.NewIndex([]territory.Territory{
		{ID: 1, Code: "r", Kind: "region", Name: lang.Text{RU: "Заречный край"}},
		name(2, "town", "Белогривск", "городской округ Белогривск"),
		name(3, "district", "Белогривский", "Белогривский район"),
		name(4, "district", "Липовый Яр", "Липовый Яр"),
		{ID: 5, Parent: 3, Code: "s", Kind: "settlement", Name: lang.Text{RU: "село Петрушино"}},
	})
	require.NoError(t, err)
	for address, want := range map[string]int64{
		"г. Белогривск, ул. Мира, 5": 2, "Белогривский район, Садовая 1": 3, "в Белогривске у вокзала, город": 2,
		"в белогривском районе": 3, "с. Петрушино, дом 3": 3, "ул. Мира, 5": 0, "Заречный край": 0, "": 0, "белогривске": 0,
	} {
		require.Equal(t, want, byWords(places, address), address)
	}
}
