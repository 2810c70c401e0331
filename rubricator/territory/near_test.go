package territory_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/rubricator/territory"
)

func TestIndex_Near(t *testing.T) {
	t.Parallel()
	x := load(t, collection)
	const metre = 1.0 / 111_320
	for _, c := range []struct {
		name                string
		lat, lon, tolerance float64
		want                string
		off                 float64
	}{
		{"inside", 53, 43, 100, "lugovoi-raion", 0},
		{"30 m west of the border", 52.5, 40 - 30*metre/math.Cos(52.5*math.Pi/180), 100, "lugovoi-raion", 30},
		{"30 m south of the border", 50 - 30*metre, 41, 100, "lugovoi-raion", 30},
		{"further than the tolerance", 50 - 300*metre, 41, 100, "", 0},
		{"near the other part of the town", 50 - 50*metre, 46.5, 100, "gorodskoi-okrug-zarechnyi", 50},
		{"no tolerance", 50 - 30*metre, 41, 0, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, off, ok := x.Near(c.lat, c.lon, c.tolerance)
			require.Equal(t, c.want != "", ok)
			require.Equal(t, c.want, got.Code)
			require.InDelta(t, c.off, off, 0.5)
		})
	}
}

func TestIndex_Near_a_settlement_in_a_district_in_a_region(t *testing.T) {
	t.Parallel()
	square := func(a, b string) string {
		return `{"type":"Polygon","coordinates":[[[` + a + `,` + a + `],[` + b + `,` + a + `],[` + b + `,` + b + `],[` + a + `,` + b + `],[` + a + `,` + a + `]]]}`
	}
	x, err := territory.NewIndex([]territory.Territory{
		{ID: 1, Code: "r", Kind: "region", Boundary: square("0", "30")},
		{ID: 2, Parent: 1, Code: "d", Kind: "district", Boundary: square("0", "10")},
		{ID: 3, Parent: 2, Code: "s", Kind: "settlement", Boundary: square("0", "2")},
	})
	require.NoError(t, err)
	for want, at := range map[string]float64{"s": 1, "d": 5, "r": 20} {
		got, ok := x.Locate(at, at)
		require.True(t, ok)
		require.Equal(t, want, got.Code)
	}
	got, _, ok := x.Near(-0.0001, 1, 100)
	require.True(t, ok)
	require.Equal(t, "s", got.Code, "on a common border the most exact wins")
}

func TestParseGeoJSON_refuses_what_is_no_area(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ ring, says string }{
		"a bow":                     {"[[40,50],[41,51],[41,50],[40,51],[40,50]]", "line 2: Луг: a ring crosses itself near"},
		"open":                      {"[[40,50],[41,50],[41,51],[40,51]]", "a ring is not closed"},
		"latitude before longitude": {"[[150,20],[151,20],[151,21],[150,20]],[[20,150],[21,150],[21,151],[20,150]]", "no longitude and latitude"},
	} {
		_, err := territory.ParseGeoJSON(strings.NewReader("{\"type\":\"FeatureCollection\",\"features\":[\n" +
			`{"properties":{"name":"Луг"},"geometry":{"type":"Polygon","coordinates":[` + c.ring + `]}}]}`))
		require.ErrorContains(t, err, c.says, name)
	}
}

// Every municipality of a real region against a plain loop over all polygons:
// the same answer for every point, in microseconds.
func TestIndex_agrees_with_a_plain_loop_and_is_faster(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(shared(t, "kursk-municipalities.geojson"))
	require.NoError(t, err)
	x := load(t, string(raw))
	var shapes []orb.MultiPolygon
	var names []string
	for _, m := range x.Municipalities() {
		var g struct {
			Type        string
			Coordinates json.RawMessage
		}
		require.NoError(t, json.Unmarshal([]byte(m.Boundary), &g))
		var shape orb.MultiPolygon
		if g.Type == "Polygon" {
			shape = orb.MultiPolygon{{}}
			require.NoError(t, json.Unmarshal(g.Coordinates, &shape[0]))
		} else {
			require.NoError(t, json.Unmarshal(g.Coordinates, &shape))
		}
		shapes, names = append(shapes, shape), append(names, m.Name.RU)
	}
	west, south, east, north, _ := x.Bound()
	dice := rand.New(rand.NewPCG(4, 2))
	points := make([]orb.Point, 2000)
	for i := range points {
		points[i] = orb.Point{west + dice.Float64()*(east-west), south + dice.Float64()*(north-south)}
	}
	plain := func(p orb.Point) map[string]bool {
		in := map[string]bool{}
		for i, s := range shapes {
			if planar.MultiPolygonContains(s, p) {
				in[names[i]] = true
			}
		}
		return in
	}
	start := time.Now()
	for _, p := range points {
		plain(p)
	}
	loop := time.Since(start) / time.Duration(len(points))
	start = time.Now()
	for _, p := range points {
		x.Locate(p.Lat(), p.Lon())
	}
	index := time.Since(start) / time.Duration(len(points))
	for _, p := range points {
		got, ok := x.Locate(p.Lat(), p.Lon())
		want := plain(p)
		require.Equal(t, len(want) > 0, ok, p)
		require.True(t, !ok || want[got.Name.RU], p)
	}
	t.Logf("a point: %s with the index, %s with a plain loop, %.0f times", index, loop, float64(loop)/float64(index))
}
