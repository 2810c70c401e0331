package territory_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator/territory"
)

func TestIndex_NamedIn_finds_the_one_municipality_that_is_named(t *testing.T) {
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
		"в белогривском районе": 3, "с. Петрушино, дом 3": 3, "ул. Мира, 5": 0, "Заречный край": 0, "": 0, "белогривске": 2, "белогривского": 3, "белогривском": 0,
	} {
		require.Equal(t, want, places.NamedIn(address), address)
	}
}
