package heatmap

import (
	"bytes"
	"encoding/json"
	"math"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator/territory"
)

// Table sends everything that is published of a period as CSV: a line for each
// municipality, each category in it and each topic that is shown.
func (h *Handlers) Table(c echo.Context) error {
	q, m, all, err := h.read(c)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "error.not_found")
	}
	ctx, book := edge.Ctx(c), h.Book()
	sheet := document.Sheet{Columns: []document.Column{
		{Head: ui.T(ctx, "atlas.file.place")},
		{Head: ui.T(ctx, "atlas.file.oktmo")},
		{Head: ui.T(ctx, "atlas.file.category")},
		{Head: ui.T(ctx, "atlas.file.topic")},
		{Head: ui.T(ctx, "atlas.measure.count"), Kind: document.Whole},
		{Head: ui.T(ctx, "atlas.file.problems"), Kind: document.Whole},
		{Head: ui.T(ctx, "atlas.measure.per_10k"), Kind: document.Real},
		{Head: ui.T(ctx, "atlas.measure.solved"), Kind: document.Share},
		{Head: ui.T(ctx, "atlas.measure.days"), Kind: document.Whole},
	}}
	var rows [][]any
	add := func(t territory.Territory, category, topic string, n atlas.Node) {
		per := math.NaN()
		if x, ok := measures[1].value(cell{n, t.Population}); ok {
			per = x
		}
		solved, days := math.NaN(), any(nil)
		if n.Solved != nil {
			solved = float64(*n.Solved) / 100
		}
		if n.Days != nil {
			days = *n.Days
		}
		rows = append(rows, []any{t.Name.In(ui.Lang(ctx)), t.OKTMO, category, topic, n.Count, n.Problems, per, solved, days})
	}
	for _, t := range book.Places.Municipalities() {
		place, ok := m.Whole.Part(t.Code)
		if !ok {
			continue
		}
		add(t, "", "", place)
		for _, category := range place.Parts {
			of := name(ctx, book, category.Key)
			add(t, of, "", category)
			for _, topic := range category.Parts {
				add(t, of, name(ctx, book, topic.Key), topic)
			}
		}
	}
	sheet.Rows = document.Rows(rows)
	var b bytes.Buffer
	if err := document.WriteCSV(&b, ui.Lang(ctx), h.Zone, sheet); err != nil {
		return err
	}
	edge.Attachment(c, "map-"+q.Period.Key()+".csv", document.TypeCSV)
	return kept(c, document.TypeCSV, b.Bytes())
}

// Geo sends the boundaries with what is published of each municipality.
func (h *Handlers) Geo(c echo.Context) error {
	q, m, all, err := h.read(c)
	if err != nil {
		return err
	}
	ctx, book := edge.Ctx(c), h.Book()
	if len(all) == 0 || !book.Places.Mapped() {
		return fault.New(fault.NotFound, "error.not_found")
	}
	type feature struct {
		Type       string          `json:"type"`
		ID         int64           `json:"id"`
		Properties map[string]any  `json:"properties"`
		Geometry   json.RawMessage `json:"geometry"`
	}
	features := []feature{}
	for _, t := range book.Places.Municipalities() {
		about := map[string]any{
			"name": t.Name.In(ui.Lang(ctx)), "code": t.Code, "oktmo": t.OKTMO, "population": t.Population, "period": q.Period.Key(), "count": nil,
		}
		if place, ok := m.Whole.Part(t.Code); ok {
			per, _ := measures[1].value(cell{place, t.Population})
			categories := map[string]int{}
			for _, p := range place.Parts {
				categories[p.Key] = p.Count
			}
			about["count"], about["problems"], about["per_10k"] = place.Count, place.Problems, math.Round(per*100)/100
			about["solved_percent"], about["days"], about["categories"] = place.Solved, place.Days, categories
		}
		geometry := json.RawMessage("null")
		if t.Boundary != "" {
			geometry = json.RawMessage(t.Boundary)
		}
		features = append(features, feature{"Feature", t.ID, about, geometry})
	}
	body, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		return err
	}
	const media = "application/geo+json"
	edge.Attachment(c, "map-"+q.Period.Key()+".geojson", media)
	return kept(c, media, body)
}
