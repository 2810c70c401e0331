package duplicate

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

const (
	// cellSize is the side of the squares by which cases are found near a point,
	// in degrees of latitude: 250 m.
	cellSize = 250.0 / 111_195
	// mostCells bounds how far one looks for a topic with a wide radius.
	mostCells = 6
	// mostWeighed bounds how many cases one message is compared with in full: in
	// squares with more, the latest are.
	mostWeighed = 3000
	// mostAlike bounds what one band brings: texts of a chain letter.
	mostAlike = 200
	// mostOfTopic bounds how many of the topic one looks at where a place is
	// unknown.
	mostOfTopic = 400
	// dfSize is how many counters of words there are. Two words may share one:
	// then both look a little less rare than they are.
	dfSize = 1 << 18
)

// Index holds the cases that a message may be the same as. It is safe for
// concurrent use.
type Index struct {
	mu      sync.RWMutex
	at      map[int64]int32 // slot by id
	slots   []sketch
	free    []int32
	cells   map[cell][]int32
	streets map[street][]int32
	persons map[uint64][]int32
	topics  map[matter][]int32
	bands   [bandCount]chains
	df      []uint32 // texts with the word
}

type cell struct{ y, x int32 }

type street struct {
	territory int32
	house
}

// matter is a topic in a territory, apart for cases with a point and without.
type matter struct {
	territory int32
	topic     uint32
	known     bool
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	return &Index{
		at: map[int64]int32{}, cells: map[cell][]int32{}, streets: map[street][]int32{}, persons: map[uint64][]int32{},
		topics: map[matter][]int32{},
		df:     make([]uint32, dfSize),
	}
}

// Len is how many cases it holds.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.at)
}

// Has reports whether it holds the case.
func (x *Index) Has(id int64) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	_, ok := x.at[id]
	return ok
}

// Put puts cases in, in the place of those with the same ids.
func (x *Index) Put(cases ...Case) {
	made := make([]sketch, len(cases))
	for i := range cases {
		made[i] = newSketch(&cases[i])
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range made {
		x.remove(made[i].id)
		x.add(made[i])
	}
}

// Remove takes cases out; those that aren't in it are passed over.
func (x *Index) Remove(ids ...int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		x.remove(id)
	}
}

// Clear takes all out.
func (x *Index) Clear() {
	fresh := NewIndex()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.at, x.slots, x.free, x.cells, x.streets, x.persons = fresh.at, nil, nil, fresh.cells, fresh.streets, fresh.persons
	x.topics = fresh.topics
	x.bands, x.df = fresh.bands, fresh.df
}

func (x *Index) add(s sketch) {
	slot := int32(len(x.slots)) //nolint:gosec // fewer than two thousand million
	if n := len(x.free); n > 0 {
		slot, x.free = x.free[n-1], x.free[:n-1]
		x.slots[slot] = s
	} else {
		x.slots = append(x.slots, s)
	}
	x.at[s.id] = slot
	if s.known {
		c := cellOf(&s)
		x.cells[c] = append(x.cells[c], slot)
	}
	for _, h := range s.houses {
		k := street{s.territory, h}
		x.streets[k] = append(x.streets[k], slot)
	}
	for _, p := range s.persons {
		x.persons[p] = append(x.persons[p], slot)
	}
	m := matter{s.territory, s.topic, s.known}
	x.topics[m] = append(x.topics[m], slot)
	if keys, ok := bands(s.words); ok {
		for i := range keys {
			x.bands[i].add(keys[i], slot)
		}
	}
	for _, w := range s.words {
		x.df[w%dfSize]++
	}
}

func (x *Index) remove(id int64) {
	slot, ok := x.at[id]
	if !ok {
		return
	}
	s := &x.slots[slot]
	if s.known {
		drop(x.cells, cellOf(s), slot)
	}
	for _, h := range s.houses {
		drop(x.streets, street{s.territory, h}, slot)
	}
	for _, p := range s.persons {
		drop(x.persons, p, slot)
	}
	drop(x.topics, matter{s.territory, s.topic, s.known}, slot)
	if keys, ok := bands(s.words); ok {
		for i := range keys {
			x.bands[i].drop(keys[i], slot)
		}
	}
	for _, w := range s.words {
		x.df[w%dfSize]--
	}
	delete(x.at, id)
	*s = sketch{}
	x.free = append(x.free, slot)
}

func drop[K comparable](from map[K][]int32, key K, slot int32) {
	rest := slices.DeleteFunc(from[key], func(s int32) bool { return s == slot })
	if len(rest) == 0 {
		delete(from, key)
		return
	}
	from[key] = rest
}

func cellOf(s *sketch) cell { return cellAt(float64(s.lat), float64(s.lon)) }

// rarities tells how much words say, in nats: the logarithm of how many texts
// there are for each that has the word.
type rarities struct {
	all float64
	df  []uint32
}

func (x *Index) rarity() rarities { return rarities{math.Log(float64(len(x.at)) + 2), x.df} }

func (r rarities) of(w uint32) float64 { return r.all - logOf(r.df[w%dfSize]+1) }

// logs are the logarithms of small numbers, since most words are in few texts.
var logs = func() (out [4096]float64) {
	for i := range out {
		out[i] = math.Log(float64(i))
	}
	return out
}()

func logOf(n uint32) float64 {
	if int(n) < len(logs) {
		return logs[n]
	}
	return math.Log(float64(n))
}

// Find returns the cases that may be about the same problem, each lead once,
// the likeliest first, with a score of at least least. The case itself and
// those joined to the same lead are left out.
func (x *Index) Find(c *Case, least float64, limit int) []Candidate {
	s := newSketch(c)
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.among(&s, x.near(&s, c.Radius), c.Radius, least, limit)
}

// Scan is Find that compares the case with every other: what Find is measured
// by.
func (x *Index) Scan(c *Case, least float64, limit int) []Candidate {
	s := newSketch(c)
	x.mu.RLock()
	defer x.mu.RUnlock()
	all := make([]int32, 0, len(x.at))
	for _, slot := range x.at {
		all = append(all, slot)
	}
	return x.among(&s, all, c.Radius, least, limit)
}

func (x *Index) among(s *sketch, slots []int32, radius int, least float64, limit int) []Candidate {
	var found []Candidate
	rarity := x.rarity()
	for _, slot := range slots {
		other := &x.slots[slot]
		if other.id == s.id || other.of == s.of && s.of != 0 {
			continue
		}
		score, far, why := weigh(s, other, radius, rarity)
		if score >= least {
			found = append(found, Candidate{ID: other.of, By: other.id, Score: score, Metres: far, Why: why})
		}
	}
	slices.SortFunc(found, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID), cmp.Compare(a.By, b.By))
	})
	seen := map[int64]bool{}
	found = slices.DeleteFunc(found, func(c Candidate) bool {
		again := seen[c.ID]
		seen[c.ID] = true
		return again
	})
	return found[:min(limit, len(found))]
}

// near gathers the slots that are worth comparing: those around the point, at
// the same house, from the same person, with words like these anywhere, and of
// the same topic where a point is missing.
func (x *Index) near(s *sketch, radius int) []int32 {
	seen := map[int32]struct{}{}
	var out []int32
	take := func(slots []int32, most int) {
		if len(slots) > most {
			slots = slots[len(slots)-most:]
		}
		for _, slot := range slots {
			if _, ok := seen[slot]; !ok && len(out) < mostWeighed {
				seen[slot] = struct{}{}
				out = append(out, slot)
			}
		}
	}
	for _, p := range s.persons {
		take(x.persons[p], mostAlike)
	}
	for _, h := range s.houses {
		take(x.streets[street{s.territory, h}], mostAlike)
	}
	if keys, ok := bands(s.words); ok {
		var slots []int32
		for i := range keys {
			slots = x.bands[i].find(keys[i], slots[:0], mostAlike)
			take(slots, mostAlike)
		}
	}
	if len(s.words) > 0 {
		take(x.topics[matter{s.territory, s.topic, false}], mostOfTopic)
		if !s.known {
			take(x.topics[matter{s.territory, s.topic, true}], mostOfTopic)
		}
	}
	if s.known {
		reach := min(mostCells, 1+int(beyond*float64(radius)/250))
		for ring := range reach + 1 {
			for _, c := range around(float64(s.lat), float64(s.lon), ring) {
				take(x.cells[c], mostWeighed)
			}
		}
	}
	return out
}

// Words are the words of a text, made ready to be compared.
type Words []uint32

// Ready makes a text ready.
func Ready(text string) Words { return stems(tokens(text)) }

// Likeness compares the words of two texts alone, from 0 to 1: how rare a word
// is, is known from the cases in the index.
func (x *Index) Likeness(a, b Words) float64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return likeness(a, b, x.rarity())
}
