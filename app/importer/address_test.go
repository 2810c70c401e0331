package importer_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/importer"
	"github.com/otklik/otklik/app/store/storetest"
)

func TestAddresses_replace_what_their_territories_had(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := storetest.Open(t, storetest.SQLite)
	_, err := importer.Addresses(ctx, s, "a.csv", strings.NewReader("territory,street\nlug,Мира\n"), false, func(int) {})
	require.ErrorContains(t, err, "import them first")
	_, err = importer.Territories(ctx, s, "t.yaml", strings.NewReader(
		"territories:\n  - {code: land, kind: region, name: {ru: Край}}\n  - {code: lug, parent: land, kind: town, name: {ru: Луг}, oktmo: \"99701000\"}\n"), false)
	require.NoError(t, err)
	const table = "OKTMO;settlement;type;street;house;korpus;stroenie;lat;lon\n" +
		"99701000001;;улица;Мира;12А;;;51,50010;36,50020\n" +
		"99701000001;;ул;Мира;12;3;;;\n" +
		"99701000;с. Луговое;пер.;Садовый;;;;51.6;36.6\n"
	read := 0
	for _, dry := range []bool{true, false, false} {
		r, err := importer.Addresses(ctx, s, "a.csv", strings.NewReader(table), dry, func(n int) { read = n })
		require.NoError(t, err)
		require.Equal(t, 2, r.Added+r.Changed)
	}
	require.Equal(t, 3, read)
	streets, err := s.ListStreets(ctx)
	require.NoError(t, err)
	require.Len(t, streets, 2)
	require.Equal(t, "ул.", streets[0].Kind)
	require.Equal(t, "12 к3\n12а\t0\t0\n", string(streets[0].Houses))
	require.InDelta(t, 51.5001, streets[0].Lat, 1e-9, "a street without a point lies among its houses")
	require.Equal(t, "с. Луговое", streets[1].Settlement)
}

func TestAddresses_tell_every_wrong_line(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite)
	raw, err := os.ReadFile("../demo/data/territories.yaml")
	require.NoError(t, err)
	_, err = importer.Territories(t.Context(), s, "t.yaml", strings.NewReader(string(raw)), false)
	require.NoError(t, err)
	for table, want := range map[string][]string{
		"":                                 {"no row of column names"},
		"territory,street,colour\nx,y,z\n": {"colour: there is no such column"},
		"street\nМира\n":                   {"one of the columns territory and oktmo"},
		"territory,house\nbelogrivsk,5\n":  {"street: the column is missing"},
		"territory,street,house,lat,lon\nbelogrivsk,Мира,1,200,0\nnowhere,Мира,2,,\nbelogrivsk,,3,,\nbelogrivsk,Мира\n,Мира,1,,\n": {
			"line 2: lat:", "line 3: territory: there is no territory", "line 4: street: the row names neither", "line 5:", "line 6: territory: the row says",
		},
	} {
		_, err := importer.Addresses(t.Context(), s, "a.csv", strings.NewReader(table), false, func(int) {})
		for _, w := range want {
			require.ErrorContains(t, err, w, table)
		}
	}
	_, err = importer.Landmarks(t.Context(), s, "l.csv", strings.NewReader("territory,kind,name,lat,lon\nbelogrivsk,castle,Замок,53,46\nbelogrivsk,school,Школа,,\n"), false)
	require.ErrorContains(t, err, `line 2: kind: "castle" is none of school`)
	require.ErrorContains(t, err, "line 3: lat: a landmark needs")
}
