package territory_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/rubricator/territory"
)

const collection = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"Луговой район"},"geometry":{"type":"Polygon","coordinates":
 [[[40,50],[44,50],[44,54],[40,54],[40,50]],[[41,51],[42,51],[42,52],[41,52],[41,51]]]}},
{"type":"Feature","properties":{"name":"городской округ Заречный","population":9000},"geometry":{"type":"MultiPolygon","coordinates":
 [[[[41,51],[42,51],[42,52],[41,52],[41,51]]],[[[46,50],[47,50],[47,51],[46,50]]]]}}
]}`

func load(t *testing.T, json string) *territory.Index {
	t.Helper()
	places, err := territory.ParseGeoJSON(strings.NewReader(json))
	require.NoError(t, err)
	all := []territory.Territory{{ID: 100, Code: "region", Kind: "region", Col: -1, Row: -1}}
	for i, p := range places {
		p.ID, p.Parent = int64(i+1), 100
		all = append(all, p.Territory)
	}
	x, err := territory.NewIndex(all)
	require.NoError(t, err)
	return x
}

func TestIndex_Locate(t *testing.T) {
	t.Parallel()
	x := load(t, collection)
	for _, c := range []struct {
		name     string
		lat, lon float64
		want     string
	}{
		{"inside the district", 53, 43, "lugovoi-raion"},
		{"in the hole lies the town", 51.5, 41.5, "gorodskoi-okrug-zarechnyi"},
		{"in the town's other part", 50.2, 46.8, "gorodskoi-okrug-zarechnyi"},
		{"outside", 60, 60, ""},
		{"latitude and longitude swapped", 43, 53, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, ok := x.Locate(c.lat, c.lon)
			require.Equal(t, c.want != "", ok)
			require.Equal(t, c.want, got.Code)
		})
	}
}

func TestParseGeoJSON_reads_what_names_say(t *testing.T) {
	t.Parallel()
	places, err := territory.ParseGeoJSON(strings.NewReader(collection))
	require.NoError(t, err)
	require.Equal(t, "district", places[0].Kind)
	require.Equal(t, "Луговой", places[0].Short.RU)
	require.Equal(t, 2, places[0].Line)
	require.Equal(t, "town", places[1].Kind)
	require.Equal(t, 4, places[1].Line)
	require.Equal(t, 9000, places[1].Population)
}

func TestParseGeoJSON_names_line_and_reason(t *testing.T) {
	t.Parallel()
	_, err := territory.ParseGeoJSON(strings.NewReader(`{"type":"FeatureCollection","features":[
{"properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}},
{"properties":{"name":"Точка"},"geometry":{"type":"Point","coordinates":[1,2]}},
{"properties":{"name":"Открытый"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[5,5]]]}},
{"properties":{"name":"Далеко"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1000,0],[1,1],[0,0]]]}},
{"properties":{"name":"Дважды"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}},
{"properties":{"name":"Дважды"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}
]}`))
	for _, want := range []string{
		"line 2: the feature has no property", "line 3: Точка: a Point is no area", "line 4: Открытый: a ring is not closed",
		"line 5: Далеко: the point", `line 7: code: "dvazhdy" (Дважды) is there already, in line 6`,
	} {
		require.ErrorContains(t, err, want)
	}
	for _, junk := range []string{"", "[]", "{}", `{"features":[]}`, `{"features":3}`, `{"features":[1`} {
		_, err := territory.ParseGeoJSON(strings.NewReader(junk))
		require.Error(t, err, junk)
	}
}

func TestIndex_tree(t *testing.T) {
	t.Parallel()
	x, err := territory.NewIndex([]territory.Territory{
		{ID: 1, Code: "r", Kind: "region"}, {ID: 2, Parent: 1, Code: "m", Kind: "district"}, {ID: 3, Parent: 2, Code: "s", Kind: "settlement"},
	})
	require.NoError(t, err)
	require.Equal(t, []int64{1, 2, 3}, x.Below(1))
	m, ok := x.Municipality(3)
	require.True(t, ok)
	require.Equal(t, int64(2), m.ID)
	_, ok = x.Municipality(1)
	require.False(t, ok)
	require.Equal(t, "r", x.Region().Code)
	require.False(t, x.Mapped())
}

// shared returns a file of the real data beside the project, or skips.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("OTKLIK_SHARED")
	if dir == "" {
		dir = "../../../shared"
	}
	path := filepath.Join(dir, "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here; set OTKLIK_SHARED to the folder that holds data/", name)
	}
	return path
}

func TestIndex_on_real_boundaries(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(shared(t, "kursk-municipalities.geojson"))
	require.NoError(t, err)
	x := load(t, string(raw))
	require.Len(t, x.Municipalities(), 33)
	city, ok := x.Locate(51.73, 36.19)
	require.True(t, ok)
	require.Contains(t, city.Name.RU, "Курск")
	t.Log(city.Name.RU)

	taken := map[[2]int]string{}
	for _, m := range x.Municipalities() {
		at := [2]int{m.Col, m.Row}
		require.Empty(t, taken[at], "%s and %s share a tile", taken[at], m.Name.RU)
		taken[at] = m.Name.RU
		require.Less(t, m.Col, 12)
		require.Less(t, m.Row, 12)
	}
}

func BenchmarkLocate(b *testing.B) {
	raw, err := os.ReadFile(shared(b, "kursk-municipalities.geojson"))
	require.NoError(b, err)
	places, err := territory.ParseGeoJSON(strings.NewReader(string(raw)))
	require.NoError(b, err)
	var all []territory.Territory
	for i, p := range places {
		p.ID = int64(i + 1)
		all = append(all, p.Territory)
	}
	x, err := territory.NewIndex(all)
	require.NoError(b, err)
	for b.Loop() {
		x.Locate(51.73, 36.19)
	}
}

func FuzzParseGeoJSON(f *testing.F) {
	f.Add(collection)
	f.Fuzz(func(_ *testing.T, s string) {
		_, _ = territory.ParseGeoJSON(strings.NewReader(s))
	})
}
