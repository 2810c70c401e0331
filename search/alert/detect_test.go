package alert

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// quiet makes a region of 33 municipalities, 12 categories and 8 leaves of each
// whose appeals come by chance, fewer at weekends, for so many days.
type quiet struct {
	random *rand.Rand
	cells  []*simulated
}

type simulated struct {
	territory      int64
	category, leaf string
	mean           float64
	days           []int
}

func newQuiet(seed uint64, days int) *quiet {
	q := &quiet{random: rand.New(rand.NewPCG(seed, 9))}
	for place := range 33 {
		size := 0.15
		if place < 4 {
			size = 2
		}
		for leaf := range 96 {
			c := &simulated{
				territory: int64(place + 1), category: fmt.Sprintf("c%d", leaf/8), leaf: fmt.Sprintf("c%d.%d", leaf/8, leaf%8),
				mean: size * math.Pow(q.random.Float64(), 3),
			}
			for day := range days {
				c.days = append(c.days, q.draw(c.mean*weekday(day)))
			}
			q.cells = append(q.cells, c)
		}
	}
	return q
}

func weekday(day int) float64 {
	if day%7 > 4 {
		return 0.4
	}
	return 1.24
}

func (q *quiet) draw(mean float64) (n int) {
	for left := q.random.ExpFloat64(); left < mean; left += q.random.ExpFloat64() {
		n++
	}
	return n
}

// look is what the watch sees at the end of a day.
func (q *quiet) look(day int) []finding {
	whole := map[string]*cell{}
	var cells []*cell
	for _, s := range q.cells {
		c := &cell{territory: s.territory, category: s.category, leaf: s.leaf}
		key := placeKey(s.territory, s.category)
		if whole[key] == nil {
			whole[key] = &cell{territory: s.territory, category: s.category}
			cells = append(cells, whole[key])
		}
		some := 0
		for i := range c.days {
			n := s.days[day-pastDays+i]
			c.days[i] = n
			whole[key].days[i] += n
			some += n
		}
		if some > 0 {
			cells = append(cells, c)
		}
	}
	return detect(cells)
}

func TestDetect_is_quiet_where_nothing_happens(t *testing.T) {
	t.Parallel()
	alarms, looks := 0, 0
	for seed := range uint64(3) {
		q := newQuiet(seed, pastDays+61)
		for day := pastDays; day < pastDays+60; day++ {
			alarms += len(q.look(day))
			looks++
		}
	}
	t.Logf("%d false alarms in %d quiet days of 3,564 cells", alarms, looks)
	require.LessOrEqual(t, alarms, looks/20, "one in twenty days at most")
}

// A burst adds so many appeals a day to one leaf from a day on.
func TestDetect_finds_a_burst_in_time(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		perDay, within int // days
	}{{10, 1}, {6, 1}, {4, 3}, {2, 7}} {
		found, delay, elsewhere := 0, 0, 0
		const runs = 20
		for seed := range uint64(runs) {
			q := newQuiet(100+seed, pastDays+15)
			at := q.cells[300+int(seed)*50] // small municipalities
			for day := pastDays; day < len(at.days); day++ {
				at.days[day] += q.draw(float64(c.perDay))
			}
		days:
			for day := pastDays; day < pastDays+14; day++ {
				for _, f := range q.look(day) {
					if f.territory != at.territory || f.category != at.category {
						elsewhere++
						continue
					}
					found++
					delay += day - pastDays + 1
					break days
				}
			}
		}
		require.Positive(t, found)
		mean := float64(delay) / float64(found)
		t.Logf("%d a day: found %d of %d, after %.1f days on the average; %d elsewhere", c.perDay, found, runs, mean, elsewhere)
		require.GreaterOrEqual(t, found, runs*9/10, "%d a day", c.perDay)
		require.LessOrEqual(t, mean, float64(c.within)+0.5, "%d a day", c.perDay)
	}
}

func TestDetect_names_the_leaf_or_the_whole_category(t *testing.T) {
	t.Parallel()
	leaf := func(name string, now int) *cell {
		c := &cell{territory: 1, category: "roads", leaf: name}
		c.days[pastDays] = now
		return c
	}
	whole := leaf("", 20)
	one := detect([]*cell{whole, leaf("roads.a", 18), leaf("roads.b", 2)})
	require.Len(t, one, 1)
	require.Equal(t, "roads.a", one[0].rubric())
	all := detect([]*cell{whole, leaf("roads.a", 7), leaf("roads.b", 7), leaf("roads.c", 6)})
	require.Len(t, all, 1)
	require.Equal(t, "roads", all[0].rubric())
	require.Empty(t, detect([]*cell{leaf("", 4)}), "four are no burst")
}
