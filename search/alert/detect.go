package alert

import (
	"cmp"
	"slices"

	"github.com/otklik/otklik/search/signal"
)

// What makes a burst. The figures were chosen by simulation: see docs/heatmap.md.
const (
	pastDays     = 56   // that a day is compared with
	falseAlarms  = 0.01 // share of the alerts of one look that may be of chance
	leastCount   = 5    // appeals in the window
	leastRise    = 2.0  // times the expected number
	wholeOf      = 0.6  // share of a category's surplus at which its leaf is named
	seasonWeight = 20.0 // appeals that «all days of the week are alike» weighs
)

// cell is a municipality and a topic with its days, the present one last.
type cell struct {
	territory int64
	category  string
	leaf      string // "" for the category as a whole
	days      [pastDays + 1]int
}

// finding is a cell that bursts.
type finding struct {
	*cell
	window   int
	count    int
	expected float64
	chance   float64
}

func (f finding) rubric() string { return cmp.Or(f.leaf, f.category) }

// windows are the lengths that are looked at: a day shows what breaks out, a
// week what swells.
var windows = []int{1, 7}

// detect finds the cells that burst, each once, the surest first.
func detect(cells []*cell) []finding {
	season := seasons(cells)
	var all []finding
	var chances []float64
	for _, c := range cells {
		for _, window := range windows {
			f := c.look(window, season[c.category])
			if f.count == 0 {
				continue // it can't burst, but it was looked at: see tests
			}
			all, chances = append(all, f), append(chances, f.chance)
		}
	}
	tests := len(cells) * len(windows)
	best := map[[2]string]finding{} // by cell
	keep := func(key [2]string, f finding) {
		if old, ok := best[key]; !ok || f.chance < old.chance {
			best[key] = f
		}
	}
	for i, found := range signal.Discoveries(chances, tests, falseAlarms) {
		f := all[i]
		if found && f.count >= leastCount && float64(f.count) >= leastRise*f.expected {
			keep([2]string{placeKey(f.territory, f.category), f.leaf}, f)
		}
	}
	return oneEach(best)
}

// oneEach leaves of a category and its leaves in one place the leaf that has
// most of the surplus, or the category where none has.
func oneEach(best map[[2]string]finding) []finding {
	var out []finding
	byPlace := map[string][]finding{}
	for key, f := range best {
		byPlace[key[0]] = append(byPlace[key[0]], f)
	}
	for place, group := range byPlace {
		slices.SortFunc(group, func(a, b finding) int { return cmp.Or(cmp.Compare(a.chance, b.chance), cmp.Compare(a.leaf, b.leaf)) })
		whole, isWhole := best[[2]string{place, ""}]
		at := slices.IndexFunc(group, func(f finding) bool { return f.leaf != "" })
		switch {
		case at < 0:
			out = append(out, whole)
		case isWhole && float64(group[at].count)-group[at].expected < wholeOf*(float64(whole.count)-whole.expected):
			out = append(out, whole)
		default:
			out = append(out, group[at])
		}
	}
	slices.SortFunc(out, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.chance, b.chance), cmp.Compare(a.territory, b.territory), cmp.Compare(a.rubric(), b.rubric()))
	})
	return out
}

// look compares the last window of the cell with the former ones.
func (c *cell) look(window int, season [7]float64) finding {
	past := signal.Past{}
	if window == 1 {
		past.Now = season[0]
		for back := 1; back <= pastDays; back++ {
			past.Counts = append(past.Counts, c.days[pastDays-back])
			past.Season = append(past.Season, season[back%7])
		}
	} else {
		for back := 1; (back+1)*window <= pastDays; back++ {
			past.Counts = append(past.Counts, c.sum(pastDays-back*window, window))
		}
	}
	f := finding{cell: c, window: window, count: c.sum(pastDays, window)}
	expected := past.Expect()
	f.expected, f.chance = expected.Mean, expected.AtLeast(f.count)
	return f
}

// sum is of the days up to and with the given one.
func (c *cell) sum(upTo, days int) (n int) {
	for day := upTo - days + 1; day <= upTo; day++ {
		n += c.days[day]
	}
	return n
}

// seasons are how many appeals of a category a day of the week has beside the
// mean, of the whole region: index 0 is the weekday of the present day, 1 that
// of the day before it. The present day itself doesn't count.
func seasons(cells []*cell) map[string][7]float64 {
	sums := map[string]*[7]float64{}
	for _, c := range cells {
		if c.leaf != "" {
			continue
		}
		if sums[c.category] == nil {
			sums[c.category] = &[7]float64{}
		}
		for back := 1; back <= pastDays; back++ {
			sums[c.category][back%7] += float64(c.days[pastDays-back])
		}
	}
	out := map[string][7]float64{}
	for category, by := range sums {
		total := 0.0
		for _, n := range by {
			total += n
		}
		var season [7]float64
		for i, n := range by {
			season[i] = (n + seasonWeight) / (total/7 + seasonWeight)
		}
		out[category] = season
	}
	return out
}
