package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// IntakeOptions say how the intake is measured.
type IntakeOptions struct {
	Options
	// Seconds is how long each way is measured at each number of connections,
	// in rounds that alternate.
	Seconds     float64
	Connections []int
}

// IntakeResult is the intake of one database at one number of connections.
type IntakeResult struct {
	Database         string  `json:"database"`
	Connections      int     `json:"connections"`
	ProductPerSecond float64 `json:"product_per_second"`
	RawPerSecond     float64 `json:"raw_per_second"` // a statement for each row, in a transaction
	Ratio            float64 `json:"ratio"`
	BatchPerSecond   float64 `json:"raw_batch_per_second,omitempty"` // all in one round trip; PostgreSQL
	P50              float64 `json:"p50_ms"`
	P99              float64 `json:"p99_ms"`
	HalfLoadP50      float64 `json:"half_load_p50_ms"`
	HalfLoadP99      float64 `json:"half_load_p99_ms"`
	HalfLoadRate     float64 `json:"half_load_per_second"`
}

// rounds is into how many rounds the time of a measurement is cut.
const rounds = 5

// Intake measures how many durable appeals a second the HTTP API takes, beside
// the same rows by plain SQL. Product and plain SQL take turns; the background
// work has caught up before each. In the end every appeal that was answered
// must be there with events, deadlines and in the index.
func Intake(ctx context.Context, o IntakeOptions) (results []IntakeResult, err error) {
	err = o.each(ctx, func(ctx context.Context, s *scratch) error {
		found, err := o.database(ctx, s)
		results = append(results, found...)
		return err
	})
	return results, err
}

func (o IntakeOptions) database(ctx context.Context, s *scratch) (results []IntakeResult, err error) {
	p, err := openProduct(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.settle(ctx); err != nil {
		return nil, err
	}
	forms, err := newForms(p)
	if err != nil {
		return nil, err
	}
	rows, err := capture(ctx, p, forms)
	if err != nil {
		return nil, err
	}
	raw, err := newPlain(ctx, s, rows)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, raw.close()) }()
	if err := p.serve(ctx, true); err != nil {
		return nil, err
	}
	door := &door{address: p.address, forms: forms, taken: map[string]bool{}}
	for _, n := range o.Connections {
		o.say("%s: intake, %d connections", s.kind, n)
		one, err := o.measure(ctx, p, door, raw, n)
		if err != nil {
			return results, err
		}
		one.Database, one.Connections = s.kind, n
		results = append(results, one)
	}
	return results, door.check(ctx, p)
}

// measure alternates the ways and then opens the door at half of the rate.
func (o IntakeOptions) measure(ctx context.Context, p *product, d *door, raw *plain, n int) (IntakeResult, error) {
	var r IntakeResult
	round := time.Duration(o.Seconds / rounds * float64(time.Second))
	var product, single, batch []float64
	var took spread
	for range rounds {
		if err := p.quiet(ctx); err != nil {
			return r, err
		}
		rate, times, err := d.closedLoop(ctx, n, round)
		if err != nil {
			return r, err
		}
		product, took = append(product, rate), append(took, times...)
		if err := p.quiet(ctx); err != nil {
			return r, err
		}
		if rate, err = raw.run(ctx, n, round, raw.transaction); err != nil {
			return r, err
		}
		single = append(single, rate)
		if raw.pool == nil {
			continue
		}
		if rate, err = raw.run(ctx, n, round, raw.batch); err != nil {
			return r, err
		}
		batch = append(batch, rate)
	}
	r.ProductPerSecond, r.RawPerSecond, r.BatchPerSecond = median(product), median(single), median(batch)
	r.Ratio = ratio(r.ProductPerSecond, r.RawPerSecond)
	r.P50, r.P99 = ms(took.at(50)), ms(took.at(99))
	if err := p.quiet(ctx); err != nil {
		return r, err
	}
	r.HalfLoadRate = r.ProductPerSecond / 2
	half, err := d.openLoop(ctx, n, r.HalfLoadRate, time.Duration(o.Seconds*float64(time.Second)))
	r.HalfLoadP50, r.HalfLoadP99 = ms(half.at(50)), ms(half.at(99))
	return r, err
}

// together runs so many workers until one fails or all are done, each with its
// own number.
func together(n int, work func(worker int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = work(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Aims of the intake.
const (
	aimRatio    = 0.60
	aimHalfLoad = 50.0 // p99, ms
)

// IntakeTable puts results into a table for people.
func IntakeTable(results []IntakeResult) string {
	t := newTable("database", "connections", "appeals/s", "plain SQL/s", "ratio", "one batch/s", "p50 ms", "p99 ms", "p99 ms at half load", "aims")
	for _, r := range results {
		aims := "reached"
		switch {
		case r.Database != postgres:
			aims = "none set"
		case r.Ratio < aimRatio:
			aims = fmt.Sprintf("ratio below %.2f", aimRatio)
		case r.HalfLoadP99 >= aimHalfLoad:
			aims = fmt.Sprintf("half load above %.0f ms", aimHalfLoad)
		}
		t.row(r.Database, fmt.Sprint(r.Connections), rate(r.ProductPerSecond), rate(r.RawPerSecond), fmt.Sprintf("%.2f", r.Ratio),
			rate(r.BatchPerSecond), millis(r.P50), millis(r.P99), millis(r.HalfLoadP99), aims)
	}
	return t.String()
}
