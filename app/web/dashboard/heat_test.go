package dashboard_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func testHeatWeeksSumUp(t *testing.T, r *region) {
	t.Helper()
	body := r.page("supervisor", "/dashboard/heat?from=2026-03-26&to=2026-06-17") // 12 weeks
	list := regexp.MustCompile(`(?s)<ol class="otk-dash__list otk-weeks__list">.*?</ol>`).FindString(body)
	items := regexp.MustCompile(`(?s)<li>.*?</li>`).FindAllString(list, -1)
	require.Len(t, items, 12)
	sum := 0
	for _, item := range items {
		n, err := strconv.Atoi(strings.TrimSpace(item[strings.LastIndex(item, ":")+1 : strings.LastIndex(item, "<")]))
		require.NoError(t, err)
		sum += n
	}
	require.Equal(t, len(r.cases()), sum, "everybody wrote in these weeks")
	var weeks []struct {
		Areas []struct {
			Level int    `json:"level"`
			Text  string `json:"text"`
		} `json:"areas"`
	}
	raw := regexp.MustCompile(`(?s)<script[^>]*id="weeks-data"[^>]*>(.*?)</script>`).FindStringSubmatch(body)
	require.NotNil(t, raw)
	require.NoError(t, json.Unmarshal([]byte(raw[1]), &weeks))
	require.Len(t, weeks, 12)
	require.Len(t, weeks[0].Areas, 3)
}

func testHeatPointsKnowRights(t *testing.T, r *region) {
	t.Helper()
	path := "/dashboard/heat/points.geojson?period=90&bbox=30,40,45,60"
	body := r.page("supervisor", path)
	require.JSONEq(t, `{"type":"FeatureCollection","features":[]}`, body, "nobody of this region gave a point")
	for _, bad := range []string{"", "1,2,3", "a,b,c,d", "5,5,5,5", "1,2,300,4"} {
		status, _ := r.get("supervisor", "/dashboard/heat/points.geojson?bbox="+bad)
		require.Equal(t, http.StatusUnprocessableEntity, status, bad)
	}
	status, _ := r.get("nobody", path)
	require.Equal(t, http.StatusForbidden, status)
}

func testHeatCompares(t *testing.T, r *region) {
	t.Helper()
	body := text(r.page("supervisor", "/dashboard/heat/compare?period=90&with=place&territory="+id(r.places["lipki"])+"&other="+id(r.places["bor"])))
	says(t, body, "Липки — Бор")
	says(t, body, "Дороги")
	says(t, text(r.page("head", "/dashboard/heat/compare?with=year")), "2025")
	status, _ := r.get("supervisor", "/dashboard/heat/compare?from=2026-06-20&to=2026-06-01")
	require.Equal(t, http.StatusUnprocessableEntity, status)
}

func testHeatIsTakenAway(t *testing.T, r *region) {
	t.Helper()
	var geo struct {
		Features []struct {
			Properties map[string]any `json:"properties"`
			Geometry   map[string]any `json:"geometry"`
		} `json:"features"`
	}
	require.NoError(t, json.Unmarshal([]byte(r.page("supervisor", "/dashboard/heat.geojson?period=90")), &geo))
	require.Len(t, geo.Features, 3)
	for _, f := range geo.Features {
		require.Equal(t, "Polygon", f.Geometry["type"])
		require.Positive(t, f.Properties["count"])
	}
	for _, name := range []string{"heat-map", "heat-tiles"} {
		drawing := r.page("supervisor", "/dashboard/"+name+".svg?period=90&measure=overdue")
		says(t, drawing, "Липки")
		wellFormed(t, drawing)
	}
}

func wellFormed(t *testing.T, drawing string) {
	t.Helper()
	reader := xml.NewDecoder(strings.NewReader(drawing))
	for {
		_, err := reader.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err, "it is well-formed XML")
	}
}
