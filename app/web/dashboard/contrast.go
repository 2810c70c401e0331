package dashboard

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search/signal"
)

// contrastBasis is how many cases a place or an agency needs to be compared,
// and contrastMost how many are told at each end.
const (
	contrastBasis = 10
	contrastMost  = 5
)

// contrast says who has surely fewer cases overdue than all together, and who
// surely more: whose interval of the share doesn't hold the share of all.
type contrast struct {
	Title       string
	Mean        string // the share overdue of all, and of what it is one
	Best, Worst []contrastRow
	Even        string // how many differ by no more than chance, "" for none
	Few         string // how many have too few cases to say, "" for none
}

type contrastRow struct {
	Name    string
	URL     string
	Overdue string // «12 % (от 5 до 25 %)»
	Solved  string
	Count   string
	late    signal.Interval
}

// contrasted is what is known of a place or an agency.
type contrasted struct {
	name, url    string
	late, due    int
	solved, done int
}

// newContrast compares; ok is false where there is nobody to compare with.
func newContrast(ctx context.Context, title, mean string, all []contrasted) (c contrast, ok bool) {
	late, due, even, few := 0, 0, 0, 0
	for _, one := range all {
		late, due = late+one.late, due+one.due
	}
	if due == 0 {
		return c, false
	}
	middle := float64(late) / float64(due)
	for _, one := range all {
		if one.due == 0 {
			continue
		}
		between := signal.Wilson(one.late, one.due)
		row := contrastRow{
			Name: one.name, URL: one.url, Count: ui.Plural(ctx, "dashboard.basis", one.due), late: between,
			Overdue: ui.T(ctx, "heat.contrast.between", "share", ui.Percent(ctx, float64(one.late)/float64(one.due), 0),
				"low", ui.Percent(ctx, between.Low, 0), "high", ui.Percent(ctx, between.High, 0)),
			Solved: ui.Percent(ctx, float64(one.solved)/float64(max(one.done, 1)), 0),
		}
		switch {
		case one.due < contrastBasis:
			few++
		case between.High < middle:
			c.Best = append(c.Best, row)
		case between.Low > middle:
			c.Worst = append(c.Worst, row)
		default:
			even++
		}
	}
	slices.SortStableFunc(c.Best, func(a, b contrastRow) int { return cmp.Compare(a.late.High, b.late.High) })
	slices.SortStableFunc(c.Worst, func(a, b contrastRow) int { return cmp.Compare(b.late.Low, a.late.Low) })
	c.Title, c.Mean = ui.T(ctx, title), ui.T(ctx, mean, "mean", ui.Percent(ctx, middle, 0))
	c.Best, c.Worst = c.Best[:min(len(c.Best), contrastMost)], c.Worst[:min(len(c.Worst), contrastMost)]
	if even > 0 {
		c.Even = ui.Plural(ctx, "heat.contrast.even", even)
	}
	if few > 0 {
		c.Few = ui.Plural(ctx, "heat.contrast.small", few, "least", contrastBasis)
	}
	return c, len(all) > 1
}

// contrasts compare the municipalities of the map, and the agencies where
// nothing narrows it that the figures of agencies don't know.
func (h *Handlers) contrasts(s screen, q heatQuery, g grid) ([]contrast, error) {
	var out []contrast
	var places []contrasted
	for _, r := range g.Rows {
		if q.cases(r.Territory, "") == "" {
			continue
		}
		places = append(places, contrasted{r.Name, q.cases(r.Territory, ""), r.Total.Overdue, r.Total.Count, r.Total.Solved, r.Total.Count})
	}
	if c, ok := newContrast(s, "dashboard.contrast.places", "heat.contrast.mean_places", places); ok {
		out = append(out, c)
	}
	if q.Words != "" || q.Stage != "" || q.Topic != "" || q.Agency != 0 || q.Outcome != "" || q.Rating != "" || q.Within {
		return out, nil
	}
	agencies, err := h.agencyContrast(s, q)
	if err != nil {
		return nil, err
	}
	if c, ok := newContrast(s, "dashboard.contrast.agencies", "heat.contrast.mean_agencies", agencies); ok {
		out = append(out, c)
	}
	return out, nil
}

func (h *Handlers) agencyContrast(s screen, q heatQuery) ([]contrasted, error) {
	f := q.filter
	f.Territory = 0
	ask := question{f.Period.report(), f.report(s)}
	ask.Filter.Category = q.Category
	lines, err := recall(s, h.memo, "agencies", ask, func(ctx context.Context) ([]report.AgencyLine, error) {
		return h.Reports.Agencies(ctx, ask.Period, ask.Filter, s.now)
	})
	if err != nil {
		return nil, err
	}
	var rows []contrasted
	for _, l := range lines {
		c := l.Counts
		url := f.url("/dashboard/agencies/" + strconv.FormatInt(l.Agency, 10))
		rows = append(rows, contrasted{h.agency(s, l.Agency), url, c.ClosedLate + c.OpenPastDue, c.Closed + c.OpenDue, c.Solved, c.Answered})
	}
	return rows, nil
}
