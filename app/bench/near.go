package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"github.com/otklik/otklik/workflow"
)

// NearOptions say how it is measured what a person is told while they type.
type NearOptions struct {
	Options
	Rows    int // appeals, all of which await an answer
	Samples int // how often each is asked
}

// NearResult is one way of asking.
type NearResult struct {
	Database string  `json:"database"`
	Rows     int     `json:"rows"`
	Held     int     `json:"held"` // in the index
	Query    string  `json:"query"`
	P50      float64 `json:"p50_ms"`
	P95      float64 `json:"p95_ms"`
	P99      float64 `json:"p99_ms"`
	Told     float64 `json:"told"` // share of the answers in which there was something
}

// Near measures through the HTTP handler how long it takes to tell what others
// told near by: of a stored appeal's beginning under its topic at its place, of
// its words and place alone, and of its words alone.
func Near(ctx context.Context, o NearOptions) (results []NearResult, err error) {
	err = o.each(ctx, func(ctx context.Context, s *scratch) error {
		found, err := o.database(ctx, s)
		results = append(results, found...)
		return err
	})
	return results, err
}

func (o NearOptions) database(ctx context.Context, s *scratch) (results []NearResult, err error) {
	f, err := InboxOptions{Options: o.Options, share: 1}.open(ctx, s, o.Rows)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	if err := o.crowded(ctx, f); err != nil {
		return nil, err
	}
	o.say("%s: filling the index of open appeals", s.kind)
	held, err := f.product.app.HoldOpen(ctx)
	if err != nil {
		return nil, err
	}
	f.client.close() // it idled too long
	if f.client, err = dial(ctx, f.product.address); err != nil {
		return nil, err
	}
	ids, err := f.product.app.Store.ListAppealIDs(ctx, firstCopy, o.Rows)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(3, 5)) //nolint:gosec // the same in every run
	book, today := f.product.app.Rubricator.Book(), f.product.app.Clock.Now().In(f.product.app.Config.Zone)
	for _, way := range ways {
		runtime.GC() // each pays for its own garbage
		one := NearResult{Database: s.kind, Rows: o.Rows, Held: held, Query: way.name}
		var took spread
		told := 0
		for n := -5; n < o.Samples; n++ {
			c, err := f.product.app.Store.FindCase(ctx, ids[r.IntN(len(ids))])
			if err != nil {
				return nil, err
			}
			if _, err := book.FindTopic(c.Appeal.Rubric, today); err != nil {
				n-- // nobody can write about it today
				continue
			}
			path, kind, body := way.ask(&c.Appeal)
			began := time.Now()
			status, answer, err := f.client.send(path, kind, body)
			spent := time.Since(began)
			if err != nil {
				return nil, err
			}
			if status != http.StatusOK {
				return nil, fmt.Errorf("POST %s: status %d: %s", path, status, answer)
			}
			if n < 0 {
				continue // a look that doesn't count
			}
			took = append(took, spent)
			if len(answer) > 20 {
				told++
			}
		}
		one.P50, one.P95, one.P99, one.Told = ms(took.at(50)), ms(took.at(95)), ms(took.at(99)), float64(told)/float64(o.Samples)
		results = append(results, one)
	}
	return results, nil
}

// crowded puts all appeals into one town, some 11 by 7 km: the worst case of a
// search around a point.
func (o NearOptions) crowded(ctx context.Context, f *office) error {
	west, south, east, north, ok := f.product.app.Rubricator.Book().Places.Bound()
	if !ok {
		return errors.New("the region has no boundary")
	}
	db, err := openSQL(f.product.database)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, fmt.Sprintf("UPDATE appeals SET lat = %f + (id * 7919 %% 100003) / 1000030.0, lon = %f + (id * 104729 %% 99991) / 999910.0",
		(south+north)/2-0.05, (west+east)/2-0.05))
	return err
}

const (
	jsonBody = "application/json"
	formBody = "application/x-www-form-urlencoded"
)

// way is how somebody asks about a message.
type way struct {
	name string
	ask  func(a *workflow.Appeal) (path, kind, body string)
}

var ways = []way{
	{"API: text, topic, place", func(a *workflow.Appeal) (string, string, string) {
		return "/api/v1/near", jsonBody, described(a, a.Rubric)
	}},
	{"API: text, place", func(a *workflow.Appeal) (string, string, string) {
		return "/api/v1/near", jsonBody, described(a, "")
	}},
	{"page: text, topic", func(a *workflow.Appeal) (string, string, string) {
		return "/near", formBody, url.Values{"text": {beginning(a)}, "rubric": {a.Rubric}}.Encode()
	}},
	{"page: text", func(a *workflow.Appeal) (string, string, string) {
		return "/near", formBody, url.Values{"text": {beginning(a)}}.Encode()
	}},
}

// beginning is as much as somebody has typed.
func beginning(a *workflow.Appeal) string {
	words := []rune(a.Text)
	return string(words[:min(len(words), 160)])
}

func described(a *workflow.Appeal, topic string) string {
	in := map[string]any{"text": beginning(a)}
	if topic != "" {
		in["rubric"] = topic
	}
	if p := a.Place.Point; p != nil {
		in["place"] = map[string]any{"lat": p.Lat, "lon": p.Lon}
	}
	raw, _ := json.Marshal(in) // texts and numbers only: it can't fail
	return string(raw)
}

// aimNear is what the server may take while a person types: p95, ms.
const aimNear = 30.0

// NearTable puts results into a table for people.
func NearTable(results []NearResult) string {
	t := newTable("asked", "database", "appeals", "open", "p50 ms", "p95 ms", "p99 ms", "told of some", "aim")
	for _, r := range results {
		aim := "reached"
		if r.P95 >= aimNear {
			aim = fmt.Sprintf("above %.0f ms", aimNear)
		}
		t.row(r.Query, r.Database, fmt.Sprint(r.Rows), fmt.Sprint(r.Held), millis(r.P50), millis(r.P95), millis(r.P99),
			fmt.Sprintf("%.0f %%", 100*r.Told), aim)
	}
	return t.String()
}
