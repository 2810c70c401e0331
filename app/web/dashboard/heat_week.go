package dashboard

import (
	"context"
	"strconv"
	"time"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
)

// How many weeks the slider shows.
const (
	leastWeeks = 12
	mostWeeks  = 53
)

// weeks are the last weeks up to the end of the period, the earliest first.
type weeks struct {
	Weeks []week7
	Scale scale // of all weeks
}

// week7 is one week of the slider and of the list below it.
type week7 struct {
	Text  string `json:"text"` // «2–8 ноября»
	URL   string `json:"url"`  // the map of this week alone
	Count string `json:"count"`
	Areas []area `json:"areas"`
}

// weeks counts each week in one pass of the index. What the measure compares
// with the time before has no meaning week by week: then numbers are shown.
func (h *Handlers) weeks(s screen, q heatQuery) (weeks, error) {
	if q.Within {
		return weeks{}, nil
	}
	days := q.Period.days()
	n := min(max((days+6)/7, leastWeeks), mostWeeks)
	ask := q.ask(s)
	ask.ByLeaf = false
	end := q.Period.To.AddDate(0, 0, 1)
	for i := n; i >= 0; i-- {
		ask.Edges = append(ask.Edges, end.AddDate(0, 0, -7*i).UTC())
	}
	ask.From, ask.To = ask.Edges[0], ask.Edges[n]
	key := ask
	key.Now = key.Now.Truncate(memoLife)
	m, err := recall(s, h.memo, "weeks", key, func(ctx context.Context) (search.HeatMap, error) { return h.Index.HeatMap(ctx, ask) })
	if err != nil {
		return weeks{}, err
	}
	by := q.Measure
	if by.Key == "trend" || by.Key == "recent" {
		by = measures[0]
	}
	totals := make([]map[int64]*sums, n)
	all := make([]int, n)
	for i := range totals {
		totals[i] = map[int64]*sums{}
	}
	for _, c := range m.Cells {
		all[c.Step] += c.Count
		if home, ok := s.book.Places.Municipality(c.Territory); ok {
			sumsAt(totals[c.Step], home.ID).add(c)
		}
	}
	var shown []sums
	for _, week := range totals {
		for id, one := range week {
			t, _ := s.book.Places.Find(id)
			one.Population = t.Population
			shown = append(shown, *one)
		}
	}
	sc := by.scaleOf(shown)
	out := weeks{Scale: sc}
	for i := range n {
		from, to := ask.Edges[i].In(h.Zone), ask.Edges[i+1].In(h.Zone).AddDate(0, 0, -1)
		w := week7{
			Text: weekWords(s, from, to), Count: ui.Number(s, all[i]),
			URL: q.url("period", "", "from", from.Format(time.DateOnly), "to", to.Format(time.DateOnly)),
		}
		for _, t := range s.book.Places.Municipalities() {
			one := sums{Population: t.Population}
			if found := totals[i][t.ID]; found != nil {
				one = *found
			}
			text := by.text(s, one)
			if text == "" {
				text = "0"
			}
			w.Areas = append(w.Areas, area{ID: t.ID, Level: sc.level(one), Text: text})
		}
		out.Weeks = append(out.Weeks, w)
	}
	return out, nil
}

func weekWords(ctx context.Context, from, to time.Time) string {
	return ui.T(ctx, "heat.week", "from", ui.Date(ctx, from), "to", ui.Date(ctx, to))
}

func (w weeks) last() string { return strconv.Itoa(max(len(w.Weeks)-1, 0)) }

func (w weeks) lastText() string {
	if len(w.Weeks) == 0 {
		return ""
	}
	return w.Weeks[len(w.Weeks)-1].Text
}
