package alert

import (
	"context"
	"strconv"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/search"
)

// sameBurst is for how long without being seen a burst is still the same one.
const sameBurst = 4 * 24 * time.Hour

// wordsTold is how many rising words name a burst.
const wordsTold = 4

// Region knows the places and topics of the region.
type Region interface {
	// Municipality of a territory; ok is false for the region as a whole.
	Municipality(territory int64) (id int64, ok bool)
	Below(territory int64) []int64
	// Category of a leaf, by its code.
	Category(leaf string) string
}

// Watch looks for bursts.
type Watch struct {
	Index  search.Index
	Store  Store
	Region func() Region
	Clock  clock.Clock
	Zone   *time.Location
	Tell   func(ctx context.Context, a Alert) error
}

// Work looks once, in days that end with the last full hour, and tells of what
// was found.
func (w *Watch) Work(ctx context.Context) (more bool, err error) {
	now := w.Clock.Now()
	region, end := w.Region(), now.Truncate(time.Hour)
	cells, err := w.cells(ctx, region, end)
	if err != nil {
		return false, err
	}
	for _, f := range detect(cells) {
		a := Alert{
			Territory: f.territory, Rubric: f.rubric(), Window: f.window, RaisedOn: now.In(w.Zone).Format(time.DateOnly), RaisedAt: now, LastAt: now,
			Count: f.count, Expected: f.expected, Chance: f.chance,
		}
		if a.Words, err = w.words(ctx, region, f, end); err != nil {
			return false, err
		}
		if err := w.Store.RaiseAlert(ctx, a, now.Add(-sameBurst)); err != nil {
			return false, err
		}
	}
	untold, err := w.Store.ListUntold(ctx)
	if err != nil {
		return false, err
	}
	for _, a := range untold {
		if err := w.Tell(ctx, a); err != nil {
			return false, err
		}
		if err := w.Store.MarkTold(ctx, a.ID); err != nil {
			return false, err
		}
	}
	return false, nil
}

// cells are all pairs of a municipality and a topic that had an appeal, by day,
// from one pass of the index.
func (w *Watch) cells(ctx context.Context, region Region, end time.Time) ([]*cell, error) {
	q := search.HeatQuery{Query: search.Query{Region: true}, ByLeaf: true}
	for day := pastDays + 1; day >= 0; day-- {
		q.Edges = append(q.Edges, end.Add(-time.Duration(day)*24*time.Hour))
	}
	q.From, q.To = q.Edges[0], end
	m, err := w.Index.HeatMap(ctx, q)
	if err != nil {
		return nil, err
	}
	type key struct {
		territory int64
		category  string
		leaf      string
	}
	at := map[key]*cell{}
	var out []*cell
	add := func(k key, day, n int) {
		c := at[k]
		if c == nil {
			c = &cell{territory: k.territory, category: k.category, leaf: k.leaf}
			at[k] = c
			out = append(out, c)
		}
		c.days[day] += n
	}
	for _, one := range m.Cells {
		home, ok := region.Municipality(one.Territory)
		if !ok || one.By == "" {
			continue
		}
		category := region.Category(one.By)
		add(key{home, category, ""}, one.Step, one.Count)
		add(key{home, category, one.By}, one.Step, one.Count)
	}
	return out, nil
}

// words name what is new in the burst.
func (w *Watch) words(ctx context.Context, region Region, f finding, end time.Time) ([]string, error) {
	q := search.RisingQuery{Limit: wordsTold, Query: search.Query{
		Region: true, Rubric: f.rubric(), Territory: region.Below(f.territory), From: end.Add(-time.Duration(f.window) * 24 * time.Hour), To: end,
	}}
	q.Before = q.From.AddDate(0, 0, -pastDays)
	found, err := w.Index.Rising(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, one := range found.Words {
		out = append(out, one.Word)
	}
	return out, nil
}

func placeKey(territory int64, category string) string {
	return strconv.FormatInt(territory, 10) + " " + category
}
