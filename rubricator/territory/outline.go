package territory

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/otklik/otklik/app/lang"
)

// Outline is the boundaries of the municipalities as a GeoJSON
// FeatureCollection (RFC 7946), with names in one language. Version changes
// with the body.
type Outline struct {
	Body    []byte
	Version string
}

// Outline returns the boundaries for a map. Each feature has the id of the
// territory and the properties id, code and name. It is drawn once.
func (x *Index) Outline(l lang.Lang) (Outline, error) { return x.outlines[l]() }

type outlined struct {
	Type       string          `json:"type"`
	ID         int64           `json:"id"`
	Properties called          `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

type called struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

func (x *Index) outline(l lang.Lang) (Outline, error) {
	features := []outlined{}
	for _, t := range x.Municipalities() {
		if t.Boundary == "" {
			continue
		}
		name := t.Short.Or(t.Name).In(l)
		features = append(features, outlined{"Feature", t.ID, called{t.ID, t.Code, name}, json.RawMessage(t.Boundary)})
	}
	body, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		return Outline{}, fmt.Errorf("draw the boundaries: %w", err)
	}
	sum := sha256.Sum256(body)
	return Outline{body, hex.EncodeToString(sum[:6])}, nil
}
