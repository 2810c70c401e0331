package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"time"

	"github.com/otklik/otklik/app"
)

// InboxOptions say how the inbox is measured.
type InboxOptions struct {
	Options
	Rows    []int // sizes of the table, the first is what others are compared with
	Samples int   // how often each page is opened
	Index   bool  // fill the search index too: a card looks for similar cases
	// SQLiteRows is the largest size measured on SQLite, 0 for any.
	SQLiteRows int
	share      float64 // of open appeals, 0 for the usual
}

// InboxResult is one page at one size.
type InboxResult struct {
	Database string  `json:"database"`
	Rows     int     `json:"rows"`
	Query    string  `json:"query"`
	P50      float64 `json:"p50_ms"`
	P95      float64 `json:"p95_ms"`
	VsFirst  float64 `json:"vs_10k"`     // p95 to that of the first size, measured in turns with it
	RawP50   float64 `json:"raw_p50_ms"` // the rows of the page by plain SQL
	RawP95   float64 `json:"raw_p95_ms"`
	Bytes    int     `json:"bytes"`     // of an answer, as sent
	Memory   float64 `json:"memory_mb"` // of the process after all pages of this size
}

// Inbox measures how long pages of the inbox and cards take through the HTTP
// handler, signed in, at each size.
func Inbox(ctx context.Context, o InboxOptions) (results []InboxResult, err error) {
	err = o.each(ctx, func(ctx context.Context, s *scratch) error {
		found, err := o.database(ctx, s)
		results = append(results, found...)
		return err
	})
	return results, err
}

func (o InboxOptions) database(ctx context.Context, s *scratch) (results []InboxResult, err error) {
	var first *office
	for _, rows := range o.Rows { // one after the other: disk and memory are finite
		if s.kind == sqlite && o.SQLiteRows > 0 && rows > o.SQLiteRows {
			continue
		}
		now, err := o.open(ctx, s, rows)
		if err != nil {
			return results, err
		}
		if first == nil {
			first = now
			defer func() { err = errors.Join(err, first.close()) }()
		}
		found, err := o.measure(ctx, first, now)
		if now != first {
			err = errors.Join(err, now.close())
		}
		if err != nil {
			return results, err
		}
		for i := range found {
			found[i].Database, found[i].Rows, found[i].Memory = s.kind, rows, memory()
		}
		results = append(results, found...)
	}
	return results, nil
}

// open makes a region with so many appeals and serves it, without background
// work: nothing changes while pages are measured.
func (o InboxOptions) open(ctx context.Context, s *scratch, rows int) (*office, error) {
	o.say("%s: %d appeals", s.kind, rows)
	p, err := openProduct(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := p.app.SeedDemo(ctx, io.Discard); err != nil {
		return nil, errors.Join(err, p.close())
	}
	c, err := newCrowd(ctx, s.kind, p)
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	if o.share > 0 {
		c.share = o.share
	}
	began := time.Now()
	err = c.fill(ctx, p.database, rows, func(done int) {
		if done%100_000 == 0 {
			o.say("%s: %d of %d, %s", s.kind, done, rows, time.Since(began).Round(time.Second))
		}
	})
	if err == nil && o.Index {
		o.say("%s: indexing", s.kind)
		err = app.Reindex(ctx, p.app.Config.Index, p.app.Store, p.app.Log, func(int) {})
	}
	if err == nil {
		err = p.serve(ctx, false)
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	f, err := newOffice(ctx, s, p, c, rows)
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return f, nil
}

// sample is one page measured at one size.
type sample struct {
	product, plain spread
	bytes          int
}

// measure opens every page by turns: at the first size, at this size, and by
// plain SQL, in rounds.
func (o InboxOptions) measure(ctx context.Context, first, now *office) ([]InboxResult, error) {
	o.say("%s: %d pages", now.kind, len(now.pages))
	var out []InboxResult
	perRound := max(1, o.Samples/rounds)
	for i := range now.pages {
		runtime.GC() // each page pays for its own garbage
		var here, there sample
		for range rounds {
			if first != now {
				if err := first.open(ctx, &first.pages[i], perRound, &there); err != nil {
					return nil, err
				}
			}
			if err := now.open(ctx, &now.pages[i], perRound, &here); err != nil {
				return nil, err
			}
			if err := now.ask(ctx, &now.pages[i], perRound, &here); err != nil {
				return nil, err
			}
		}
		r := InboxResult{
			Query: now.pages[i].name, P50: ms(here.product.at(50)), P95: ms(here.product.at(95)), VsFirst: 1,
			RawP50: ms(here.plain.at(50)), RawP95: ms(here.plain.at(95)), Bytes: here.bytes,
		}
		if first != now {
			r.VsFirst = ratio(r.P95, ms(there.product.at(95)))
		}
		out = append(out, r)
	}
	return out, nil
}

// open opens a page so often, after a look that doesn't count.
func (f *office) open(ctx context.Context, p *page, times int, s *sample) error {
	for n := -1; n < times; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := p.paths[p.turn%len(p.paths)]
		p.turn++
		began := time.Now()
		status, answer, err := f.client.get(path, f.cookies[p.who])
		took := time.Since(began)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("GET %s: status %d", path, status)
		}
		if n >= 0 {
			s.product, s.bytes = append(s.product, took), len(answer)
		}
	}
	return nil
}

// ask reads the rows of a page by plain SQL.
func (f *office) ask(ctx context.Context, p *page, times int, s *sample) error {
	for n := -1; n < times; n++ {
		args := p.args[p.asked%len(p.args)]
		p.asked++
		began := time.Now()
		for _, query := range p.plain {
			if err := f.plain.read(ctx, query, args); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
		if n >= 0 {
			s.plain = append(s.plain, time.Since(began))
		}
	}
	return nil
}

// Aims of the inbox.
const (
	aimPage  = 20.0 // p95, ms
	aimCase  = 15.0 // p95, ms
	aimGrown = 1.5  // times its p95 at the first size
)

// InboxTable puts results into a table for people.
func InboxTable(results []InboxResult) string {
	t := newTable("page", "database", "appeals", "p50 ms", "p95 ms", "to first size", "SQL p50 ms", "SQL p95 ms", "kB sent", "aims")
	sizes := map[string]float64{}
	var order []string
	for _, r := range results {
		aims := "reached"
		switch {
		case r.Query == caseQuery && r.P95 >= aimCase:
			aims = fmt.Sprintf("above %.0f ms", aimCase)
		case r.P95 >= aimPage:
			aims = fmt.Sprintf("above %.0f ms", aimPage)
		case r.VsFirst > aimGrown:
			aims = fmt.Sprintf("grew by more than %.1f", aimGrown)
		}
		t.row(r.Query, r.Database, fmt.Sprint(r.Rows), millis(r.P50), millis(r.P95), fmt.Sprintf("%.2f", r.VsFirst),
			fmt.Sprintf("%.2f", r.RawP50), fmt.Sprintf("%.2f", r.RawP95), millis(float64(r.Bytes)/1000), aims)
		key := fmt.Sprintf("%s, %d appeals", r.Database, r.Rows)
		if !slices.Contains(order, key) {
			order = append(order, key)
		}
		sizes[key] = r.Memory
	}
	out := t.String() + "\nMemory of the process, this measurement included:"
	for _, key := range order {
		out += fmt.Sprintf(" %s: %.0f MB;", key, sizes[key])
	}
	return out + "\n"
}
