package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/otklik/otklik/app/report"
)

// DashboardOptions say what of dashboards is measured.
type DashboardOptions struct {
	Options
	Appeals int
	Samples int  // how often each page is opened; the plain recount a fifth of that
	Heat    bool // the heat map too: then the search index is filled, which takes longer
}

// DashboardResult is one page on one database.
type DashboardResult struct {
	Database string  `json:"database"`
	Appeals  int     `json:"appeals"`
	Page     string  `json:"page"`
	P50      float64 `json:"p50_ms"`
	P95      float64 `json:"p95_ms"`
	PlainP50 float64 `json:"plain_p50_ms"` // the same counts by GROUP BY over the appeals
	PlainP95 float64 `json:"plain_p95_ms"`
	Cells    int     `json:"cells"`
	Rebuild  float64 `json:"rebuild_s"`
	Memory   float64 `json:"rss_mb"`
}

// Dashboard opens pages of dashboards over so many appeals.
func Dashboard(ctx context.Context, o DashboardOptions) (results []DashboardResult, err error) {
	err = o.each(ctx, func(ctx context.Context, s *scratch) error {
		found, err := o.database(ctx, s)
		results = append(results, found...)
		return err
	})
	return results, err
}

func (o DashboardOptions) database(ctx context.Context, s *scratch) (_ []DashboardResult, err error) {
	inbox := InboxOptions{Options: o.Options, Index: o.Heat}
	f, err := inbox.open(ctx, s, o.Appeals)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	a := f.product.app
	o.say("%s: summing", s.kind)
	began := time.Now()
	if err := a.RebuildKPIs(ctx, func(int) {}); err != nil {
		return nil, err
	}
	rebuild := time.Since(began).Seconds()
	cells := 0
	err = a.Store.EachKPI(ctx, func(report.Key, *report.Sums) error { cells++; return nil }, func(int64, []byte) error { return nil })
	if err != nil {
		return nil, err
	}
	if f.client, err = dial(ctx, f.product.address); err != nil { // the server left the idle one
		return nil, err
	}
	day := f.now.In(a.Config.Zone)
	to := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, a.Config.Zone)
	place := a.Rubricator.Book().Places.Municipalities()[0]
	var agency int64
	users, err := a.Store.FindUserByLogin(ctx, "coordinator")
	if err != nil {
		return nil, err
	}
	agency = users.Actor().Agencies()[0]
	person, err := a.Store.FindUserByLogin(ctx, desk)
	if err != nil {
		return nil, err
	}
	employer := person.Actor().Agencies()[0]
	var out []DashboardResult
	for _, p := range o.pages(agency, place.ID, employer, person.ID) {
		from := to.AddDate(0, 0, -p.days)
		sign := "?"
		if strings.Contains(p.path, sign) {
			sign = "&"
		}
		path := p.path + sign + "from=" + from.Format(time.DateOnly) + "&to=" + to.AddDate(0, 0, -1).Format(time.DateOnly)
		var ours sample
		for range o.Samples {
			pg := page{name: p.name, who: regional, paths: []string{path}}
			time.Sleep(dashboardPause)
			if err := f.once(ctx, &pg, &ours); err != nil {
				return out, err
			}
		}
		o.say("%s: %s, p95 %.0f ms", s.kind, p.name, ms(ours.product.at(95)))
		var plain spread
		period := report.Period{From: from.UTC(), To: to.UTC()}
		for range max(1, o.Samples/5) {
			began := time.Now()
			if _, err := a.Store.CountsBy(ctx, period, p.filter, f.now, report.GroupAgency); err != nil {
				return out, err
			}
			plain = append(plain, time.Since(began))
		}
		out = append(out, DashboardResult{
			Database: s.kind, Appeals: o.Appeals, Page: p.name, P50: ms(ours.product.at(50)), P95: ms(ours.product.at(95)),
			PlainP50: ms(plain.at(50)), PlainP95: ms(plain.at(95)), Cells: cells, Rebuild: rebuild, Memory: memory(),
		})
	}
	return out, nil
}

// figurePage is a page over a period, and of whose appeals its figures are.
type figurePage struct {
	name, path string
	days       int
	filter     report.Filter
}

func (o DashboardOptions) pages(agency, place, employer, person int64) []figurePage {
	region, one := report.Filter{Region: true}, report.Filter{Region: true, Agency: agency}
	there, theirs := report.Filter{Region: true, Territory: []int64{place}}, report.Filter{Region: true, Agency: employer, Executor: person}
	ofAgency, ofPlace := fmt.Sprintf("/dashboard/agencies/%d", agency), fmt.Sprintf("?territory=%d", place)
	ofPerson := fmt.Sprintf("/dashboard/agencies/%d/people/%d", employer, person)
	out := []figurePage{
		{"region, year", "/dashboard", 365, region},
		{"region, quarter", "/dashboard", 90, region},
		{"agency, year", ofAgency, 365, one},
		{"agency, quarter", ofAgency, 90, one},
		{"municipality, year", "/dashboard" + ofPlace, 365, there},
		{"municipality, quarter", "/dashboard" + ofPlace, 90, there},
		{"executor, year", ofPerson, 365, theirs},
		{"executor, quarter", ofPerson, 90, theirs},
		{"where cases wait, year", "/dashboard/flow", 365, region},
		{"where cases of an agency wait, year", fmt.Sprintf("/dashboard/flow?agency=%d", agency), 365, one},
		{"where cases of a municipality wait, year", "/dashboard/flow" + ofPlace, 365, there},
		{"a trend, year", "/dashboard/trend?kpi=overdue", 365, region},
		{"repeat addresses, quarter", "/dashboard/again", 90, region},
		{"what climbed, year", "/dashboard/escalated", 365, region},
	}
	if o.Heat {
		out = append(out, figurePage{"heat map, year", "/dashboard/heat", 365, region}, figurePage{"heat map, quarter", "/dashboard/heat", 90, region})
	}
	return out
}

// dashboardPause is longer than pages keep figures: each look is counted anew.
const dashboardPause = 3100 * time.Millisecond

// once opens a page once.
func (f *office) once(ctx context.Context, p *page, s *sample) error {
	began := time.Now()
	status, _, err := f.client.get(p.paths[0], f.cookies[p.who])
	s.product = append(s.product, time.Since(began))
	if err == nil && status != 200 {
		err = fmt.Errorf("GET %s: status %d", p.paths[0], status)
	}
	return errors.Join(err, ctx.Err())
}

// aimDashboard is what a page may take, ms at p95.
const aimDashboard = 200

// DashboardTable puts results into a table for people.
func DashboardTable(results []DashboardResult) string {
	t := newTable("page", "database", "appeals", "p50 ms", "p95 ms", "recount p50 ms", "recount p95 ms", "aim")
	for _, r := range results {
		aim := "reached"
		if r.P95 >= aimDashboard {
			aim = fmt.Sprintf("above %d ms", aimDashboard)
		}
		t.row(r.Page, r.Database, fmt.Sprint(r.Appeals), millis(r.P50), millis(r.P95), millis(r.PlainP50), millis(r.PlainP95), aim)
	}
	out := t.String()
	for i, r := range results {
		if i == 0 || results[i-1].Database != r.Database {
			out += fmt.Sprintf("\n%s: %d cells, made anew in %.1f s, %.0f MB of memory, this measurement included", r.Database, r.Cells, r.Rebuild, r.Memory)
		}
	}
	return out + "\n"
}
