package atlas_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/atlas"
)

// world is a random region with its appeals.
type world struct {
	places, categories int
	topics             []int // of each category
	facts              []atlas.Fact
}

func place(n int) string    { return fmt.Sprint("p", n) }
func category(n int) string { return fmt.Sprint("c", n) }

func topic(category, n int) string { return fmt.Sprintf("c%d.t%d", category, n) }

// newWorld has from hardly anything to a lot in a cell. Where people write but
// once, somebody who attacks may know it.
func newWorld(r *rand.Rand, once bool) world {
	w := world{places: 1 + r.IntN(5), categories: 1 + r.IntN(5)}
	for range w.categories {
		w.topics = append(w.topics, 1+r.IntN(5))
	}
	person := atlas.Sign(0)
	for p := range w.places {
		for c := range w.categories {
			for n := r.IntN(1 + r.IntN(1<<r.IntN(6))); n > 0; n-- {
				f := atlas.Fact{Place: place(p), Category: category(c), Topic: topic(c, r.IntN(w.topics[c]))}
				if person++; !once && r.IntN(3) == 0 {
					person -= atlas.Sign(r.IntN(3))
				}
				f.Signs[0] = person + 100
				f.Joined, f.Answered, f.Solved, f.Days = r.IntN(9) == 0, r.IntN(5) > 0, r.IntN(2) > 0, r.IntN(40)
				w.facts = append(w.facts, f)
			}
		}
	}
	return w
}

func (w world) sizes() atlas.Sizes {
	return atlas.Sizes{Places: w.places, Categories: w.categories, Topics: func(category string) int {
		var n int
		_, _ = fmt.Sscanf(category, "c%d", &n)
		return w.topics[n]
	}}
}

func (w world) published() string {
	out, err := json.Marshal(atlas.Draw(w.facts, w.sizes()))
	if err != nil {
		panic(err)
	}
	return string(out)
}

// spot is a cell of any level; an empty topic is all of them.
type spot struct{ place, category, topic string }

func (s spot) has(f atlas.Fact) bool {
	return f.Place == s.place && f.Category == s.category && (s.topic == "" || f.Topic == s.topic)
}

func (w world) spots() []spot {
	var out []spot
	for p := range w.places {
		for c := range w.categories {
			out = append(out, spot{place(p), category(c), ""})
			for t := range w.topics[c] {
				out = append(out, spot{place(p), category(c), topic(c, t)})
			}
		}
	}
	return out
}

func (w world) count(s spot) (appeals, people int) {
	who := map[atlas.Sign]bool{}
	for _, f := range w.facts {
		if s.has(f) {
			appeals++
			who[f.Signs[0]] = true
		}
	}
	return appeals, len(who)
}

// shown is the number that is published of a spot.
func shown(n atlas.Node, s spot) (int, bool) {
	n, ok := n.Part(s.place)
	if ok {
		n, ok = n.Part(s.category)
	}
	if ok && s.topic != "" {
		n, ok = n.Part(s.topic)
	}
	return n.Count, ok
}

func TestDraw_shows_no_cell_of_fewer_than_three_people_and_counts_right(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		w := newWorld(rand.New(rand.NewPCG(seed, 1)), seed%2 == 0)
		whole := atlas.Draw(w.facts, w.sizes())
		for _, s := range w.spots() {
			appeals, people := w.count(s)
			got, ok := shown(whole, s)
			if ok {
				require.GreaterOrEqual(t, people, atlas.Fewest, "%d %v", seed, s)
				require.Equal(t, appeals, got, "%d %v", seed, s)
			}
			if s.topic == "" {
				require.Equal(t, people >= atlas.Fewest, ok, "%d %v: no category is hidden without need", seed, s)
			}
		}
		consistent(t, whole)
	}
}

// consistent checks that every number is what its parts and its rest come to.
func consistent(t *testing.T, n atlas.Node) {
	t.Helper()
	if n.Solved != nil {
		require.GreaterOrEqual(t, n.Count, atlas.FewestAnswers)
	}
	if len(n.Parts) == 0 && n.Rest == 0 {
		return
	}
	sum := n.Rest
	for _, p := range n.Parts {
		sum += p.Count
		consistent(t, p)
	}
	require.Equal(t, n.Count, sum)
}

// TestDraw_what_is_hidden_could_be_otherwise attacks with all knowledge of how a
// map is drawn: for every hidden number there is another world with the very same
// published bytes in which that number is another.
func TestDraw_what_is_hidden_could_be_otherwise(t *testing.T) {
	t.Parallel()
	hidden := 0
	for seed := range uint64(30) {
		w := newWorld(rand.New(rand.NewPCG(seed, 2)), seed%2 == 0)
		whole := atlas.Draw(w.facts, w.sizes())
		told := w.published()
		for _, s := range w.spots() {
			_, people := w.count(s)
			if _, ok := shown(whole, s); ok || people == 0 || people >= atlas.Fewest {
				continue
			}
			hidden++
			require.True(t, w.otherwise(s, told), "seed %d: %v is pinned\n%s", seed, s, told)
		}
	}
	require.Greater(t, hidden, 150, "there was something to attack")
}

// otherwise looks for such a world one step away: an appeal of the spot that was
// never sent, or was about something else, or another that was about this.
func (w world) otherwise(s spot, told string) bool {
	same := func(facts []atlas.Fact) bool {
		other := w
		other.facts = facts
		return other.published() == told
	}
	for i, f := range w.facts {
		if s.has(f) && same(slices.Delete(slices.Clone(w.facts), i, i+1)) {
			return true
		}
		for _, to := range w.spots() {
			moved := slices.Clone(w.facts)
			moved[i].Place, moved[i].Category, moved[i].Topic = to.place, to.category, to.topic
			if to.topic != "" && s.has(f) != s.has(moved[i]) && same(moved) {
				return true
			}
		}
	}
	return false
}

// TestDraw_no_equations_pin_what_is_hidden attacks with everything that is
// published as a system of equations over the cells, and with the knowledge that
// everybody wrote once: a hidden cell is then 0, 1 or 2.
func TestDraw_no_equations_pin_what_is_hidden(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		w := newWorld(rand.New(rand.NewPCG(seed, 3)), true)
		whole := atlas.Draw(w.facts, w.sizes())
		a := newAttack(w, whole)
		a.narrow()
		for i, s := range a.cells {
			appeals, people := w.count(s)
			if _, ok := shown(whole, s); ok || people == 0 || people >= atlas.Fewest {
				continue
			}
			require.LessOrEqual(t, a.low[i], appeals, "the attack is right")
			require.GreaterOrEqual(t, a.high[i], appeals, "the attack is right")
			require.Greater(t, a.high[i]-a.low[i], 0, "seed %d: %v is between %d and %d", seed, s, a.low[i], a.high[i])
			require.False(t, a.solvable(i), "seed %d: %v follows from the equations", seed, s)
		}
	}
}

// attack is equations over cells: each says that some cells come to a sum.
type attack struct {
	cells     []spot
	low, high []int
	sets      [][]int
	sums      []int
}

func newAttack(w world, whole atlas.Node) *attack {
	a := &attack{}
	for _, s := range w.spots() {
		if s.topic != "" {
			a.cells = append(a.cells, s)
			a.low, a.high = append(a.low, 0), append(a.high, len(w.facts))
		}
	}
	known := func(sum int, of func(s spot) bool) {
		var set []int
		for i, s := range a.cells {
			if of(s) {
				set = append(set, i)
			}
		}
		a.sets, a.sums = append(a.sets, set), append(a.sums, sum)
	}
	if whole.Rest > 0 {
		known(whole.Rest, func(s spot) bool { _, ok := whole.Part(s.place); return !ok })
	}
	for _, p := range whole.Parts {
		if p.Rest > 0 {
			known(p.Rest, func(s spot) bool { _, ok := p.Part(s.category); return s.place == p.Key && !ok })
		}
		for _, c := range p.Parts {
			in := func(s spot) bool { return s.place == p.Key && s.category == c.Key }
			known(c.Count, in)
			for _, t := range c.Parts {
				known(t.Count, func(s spot) bool { return in(s) && s.topic == t.Key })
			}
		}
	}
	for i, s := range a.cells {
		_, category := shown(whole, spot{s.place, s.category, ""})
		p, _ := whole.Part(s.place)
		c, _ := p.Part(s.category)
		_, itself := c.Part(s.topic)
		if !category || len(c.Parts) > 0 && !itself {
			a.high[i] = atlas.Fewest - 1
		}
	}
	return a
}

// narrow takes from the bounds of each cell what the equations leave no room for,
// until nothing changes.
func (a *attack) narrow() {
	for again := true; again; {
		again = false
		for n, set := range a.sets {
			low, high := 0, 0
			for _, i := range set {
				low, high = low+a.low[i], high+a.high[i]
			}
			for _, i := range set {
				if most := a.sums[n] - (low - a.low[i]); most < a.high[i] {
					high, again = high-a.high[i]+most, true
					a.high[i] = most
				}
				if least := a.sums[n] - (high - a.high[i]); least > a.low[i] {
					low, again = low-a.low[i]+least, true
					a.low[i] = least
				}
			}
		}
	}
}

// solvable reports whether the equations alone have one value for the cell:
// whether its unit vector is among the sums of their rows.
func (a *attack) solvable(cell int) bool {
	rows := make([][]*big.Rat, len(a.sets))
	for n, set := range a.sets {
		rows[n] = make([]*big.Rat, len(a.cells))
		for i := range rows[n] {
			rows[n][i] = new(big.Rat)
		}
		for _, i := range set {
			rows[n][i].SetInt64(1)
		}
	}
	target := make([]*big.Rat, len(a.cells))
	for i := range target {
		target[i] = new(big.Rat)
	}
	target[cell].SetInt64(1)
	at := 0
	for column := range a.cells {
		pivot := slices.IndexFunc(rows[at:], func(r []*big.Rat) bool { return r[column].Sign() != 0 })
		if pivot < 0 {
			continue
		}
		rows[at], rows[at+pivot] = rows[at+pivot], rows[at]
		for n := at + 1; n < len(rows); n++ {
			eliminate(rows[n], rows[at], column)
		}
		eliminate(target, rows[at], column)
		at++
	}
	return !slices.ContainsFunc(target, func(x *big.Rat) bool { return x.Sign() != 0 })
}

func eliminate(row, pivot []*big.Rat, column int) {
	if row[column].Sign() == 0 {
		return
	}
	times := new(big.Rat).Quo(row[column], pivot[column])
	for i := column; i < len(row); i++ {
		row[i].Sub(row[i], new(big.Rat).Mul(times, pivot[i]))
	}
}
