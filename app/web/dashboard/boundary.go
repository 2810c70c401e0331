package dashboard

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/rubricator/territory"
)

// shapes are the boundaries of the municipalities as GeoJSON (RFC 7946), made
// once for each state of the region and language.
type shapes struct {
	mu   sync.Mutex
	of   *territory.Index
	made map[lang.Lang]shape
}

type shape struct {
	body    []byte
	version string
}

func (s *shapes) get(places *territory.Index, l lang.Lang) (shape, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of != places {
		s.of, s.made = places, map[lang.Lang]shape{}
	}
	if made, ok := s.made[l]; ok {
		return made, nil
	}
	made, err := newShape(places, l)
	if err == nil {
		s.made[l] = made
	}
	return made, err
}

func newShape(places *territory.Index, l lang.Lang) (shape, error) {
	type properties struct {
		ID   int64  `json:"id"`
		Code string `json:"code"`
		Name string `json:"name"`
	}
	type feature struct {
		Type       string          `json:"type"`
		ID         int64           `json:"id"`
		Properties properties      `json:"properties"`
		Geometry   json.RawMessage `json:"geometry"`
	}
	features := []feature{}
	for _, t := range places.Municipalities() {
		if t.Boundary == "" {
			continue
		}
		name := t.Short
		if name.Empty() {
			name = t.Name
		}
		features = append(features, feature{
			"Feature", t.ID, properties{t.ID, t.Code, name.In(l)}, json.RawMessage(t.Boundary),
		})
	}
	body, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		return shape{}, err
	}
	sum := sha256.Sum256(body)
	return shape{body, hex.EncodeToString(sum[:6])}, nil
}

// boundariesURL is the address of the boundaries as they are now; it changes
// with them, so that a browser keeps what it has for good.
func (h *Handlers) boundariesURL(c echo.Context, places *territory.Index) (string, error) {
	made, err := h.shapes.get(places, edge.Lang(c))
	return "/dashboard/boundaries.geojson?lang=" + string(edge.Lang(c)) + "&v=" + made.version, err
}

// Boundaries are the municipalities for the map.
func (h *Handlers) Boundaries(c echo.Context) error {
	made, err := h.shapes.get(h.Rubrics.Book().Places, edge.Lang(c))
	if err != nil {
		return err
	}
	age := "private, no-cache"
	if c.QueryParam("v") == made.version {
		age = "private, max-age=31536000, immutable"
	}
	c.Response().Header().Set("Cache-Control", age)
	return c.Blob(http.StatusOK, "application/geo+json", made.body)
}
