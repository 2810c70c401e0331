package atlas

import (
	"context"
	"slices"
	"time"
)

// Source is where the facts come from.
type Source interface {
	// FirstAppeal is when the first appeal was sent, the zero time for none.
	FirstAppeal(ctx context.Context) (time.Time, error)
	// EachMapFact gives the appeals sent in [from, to) that were taken to be worked
	// on. Places are given by their number.
	EachMapFact(ctx context.Context, from, to time.Time, fn func(territory int64, f Fact) error) error
}

// Shelf keeps the maps.
type Shelf interface {
	// ListPeriods lists the periods that are published, the latest first.
	ListPeriods(ctx context.Context) ([]Period, error)
	// PutMap publishes a map. Where one of these days is published it does
	// nothing.
	PutMap(ctx context.Context, m Map) error
	// FindMap is the map that begins on the day, or fault.NotFound.
	FindMap(ctx context.Context, from Day) (Map, error)
}

// Region knows the places and topics of the facts.
type Region interface {
	// Place is the code of the municipality in which a territory lies.
	Place(territory int64) (code string, ok bool)
	// Topic is what a topic is called now, which may be another that took it in.
	Topic(code string) string
	Sizes() Sizes
}

// Publisher draws the periods that are over.
type Publisher struct {
	Source Source
	Shelf  Shelf
	Region func() Region
	Grain  Grain
	Zone   *time.Location
	Now    func() time.Time
}

// Step draws one map, the earliest that is missing; more says that there may be
// others.
func (p *Publisher) Step(ctx context.Context) (more bool, err error) {
	due := p.Grain.Ended(p.Now(), p.Zone)
	if p.Grain == None || len(due) == 0 {
		return false, nil
	}
	first, err := p.Source.FirstAppeal(ctx)
	if err != nil || first.IsZero() {
		return false, err
	}
	done, err := p.Shelf.ListPeriods(ctx)
	if err != nil {
		return false, err
	}
	for _, period := range due {
		if !period.To.In(p.Zone).After(first) || slices.ContainsFunc(done, period.overlaps) {
			continue
		}
		m, err := p.Drawn(ctx, period)
		if err != nil {
			return false, err
		}
		return true, p.Shelf.PutMap(ctx, m)
	}
	return false, nil
}

// Drawn makes the map of a period. What has no municipality is on no map.
func (p *Publisher) Drawn(ctx context.Context, period Period) (Map, error) {
	region := p.Region()
	var facts []Fact
	err := p.Source.EachMapFact(ctx, period.From.In(p.Zone), period.To.In(p.Zone), func(territory int64, f Fact) error {
		var ok bool
		if f.Place, ok = region.Place(territory); ok {
			f.Topic = region.Topic(f.Topic)
			facts = append(facts, f)
		}
		return nil
	})
	return Map{Period: period, At: p.Now().UTC(), Rules: Rules, Whole: Draw(facts, region.Sizes())}, err
}
