// Package opendata owns what is published of appeals for anybody to use: rows
// without texts, numbers, addresses and people, in which nobody can be found by
// what one knows of them.
//
// What one may know of somebody who wrote is where, about what, to whom and
// when. Rows that say the same of these tell of at least [Least] people: where
// there are fewer, the rows say less. What was answered and how it was rated
// isn't known to others, and stays.
//
// Where and about what is told as the public map of the same days tells it: its
// cells are only parted further here, and each part is of [Least] people. So
// whatever one adds or subtracts of both is of as many.
package opendata

import (
	"cmp"
	"slices"
	"time"
)

// Least is of how many people the rows tell that say the same of where, what,
// who and when.
const Least = 3

// Fact is what is known of an appeal.
type Fact struct {
	ID          int64
	Person      []string // marks of who wrote: who shares one is the same; none where nothing is known
	Territory   int64
	Rubric      string
	Agency      int64
	Stage       string
	Outcome     string
	Rating      int
	SubmittedAt time.Time
	Hours       int // from registration to the first final answer, -1 where there is none
}

// Cell is what the public map tells of an appeal: the finest number that counts it.
type Cell struct {
	Municipality int64  // 0: only that it is in the region
	Category     string // "": not told
	Topic        string // "": not told
}

// Map is the public map of the days.
type Map interface {
	// Cell of an appeal; false where it is in no number.
	Cell(territory int64, rubric string) (Cell, bool)
}

// Key is what others may know of who wrote: the same for [Least] people or more.
type Key struct {
	Cell
	Agency     int64  // 0: not told
	Week       string // its Monday, 2006-01-02; "": not told
	Settlement int64  // 0: only the municipality is told
}

// Row is a row of the published table: one appeal.
type Row struct {
	Key
	Stage   string
	Outcome string
	Days    int // -1 where there is no answer
	Rating  int // 0 for none
}

// step parts appeals by one thing more; false where it isn't known of one, or
// says nothing more.
type step struct {
	of  func(Fact, Key) (any, bool)
	set func(*Key, any)
}

func steps(zone *time.Location) []step {
	return []step{
		{
			func(f Fact, _ Key) (any, bool) { return f.Agency, f.Agency != 0 },
			func(k *Key, v any) { k.Agency, _ = v.(int64) },
		},
		{
			func(f Fact, _ Key) (any, bool) {
				day := f.SubmittedAt.In(zone)
				return day.AddDate(0, 0, -(int(day.Weekday())+6)%7).Format(time.DateOnly), true
			},
			func(k *Key, v any) { k.Week, _ = v.(string) },
		},
		{
			func(f Fact, k Key) (any, bool) {
				return f.Territory, k.Municipality != 0 && f.Territory != k.Municipality
			},
			func(k *Key, v any) { k.Settlement, _ = v.(int64) },
		},
	}
}

// people counts who wrote: who shares a mark with another is the same person.
// Those of whom nothing is known may be any of the others.
func people(facts []Fact) int {
	parent := map[string]string{}
	root := func(mark string) string {
		for parent[mark] != mark {
			mark = parent[mark]
		}
		return mark
	}
	count := 0
	for _, f := range facts {
		for i, mark := range f.Person {
			if parent[mark] == "" {
				parent[mark] = mark
				count++
			}
			if a, b := root(f.Person[0]), root(mark); i > 0 && a != b {
				parent[a] = b
				count--
			}
		}
	}
	return count
}

// Anonymise makes the rows of the appeals of the days of a map. They come in an
// order that tells nothing of that in which the appeals were sent. loose is how
// many have none; it is not to be published.
func Anonymise(facts []Fact, m Map, zone *time.Location) (rows []Row, loose int) {
	cells := map[Cell][]Fact{}
	for _, f := range facts {
		if c, ok := m.Cell(f.Territory, f.Rubric); ok {
			cells[c] = append(cells[c], f)
		}
	}
	for c, of := range cells {
		if people(of) >= Least {
			rows = part(rows, Key{Cell: c}, of, steps(zone))
		}
	}
	slices.SortFunc(rows, compareRows)
	return rows, len(facts) - len(rows)
}

// part adds the rows of some appeals, of at least [Least] people, and says as
// much of them as leaves as many in every part, and in what remains.
func part(rows []Row, k Key, facts []Fact, by []step) []Row {
	if len(by) == 0 {
		for _, f := range facts {
			row := Row{Key: k, Stage: f.Stage, Outcome: f.Outcome, Rating: f.Rating, Days: -1}
			if f.Hours >= 0 {
				row.Days = f.Hours / 24
			}
			rows = append(rows, row)
		}
		return rows
	}
	groups := map[any][]Fact{}
	var rest []Fact
	for _, f := range facts {
		if v, ok := by[0].of(f, k); ok {
			groups[v] = append(groups[v], f)
		} else {
			rest = append(rest, f)
		}
	}
	keyed := func(v any) Key {
		finer := k
		by[0].set(&finer, v)
		return finer
	}
	var told []any
	for v, of := range groups {
		if people(of) >= Least {
			told = append(told, v)
		} else {
			rest = append(rest, of...)
		}
	}
	// What remains of one or two people would tell of them: it takes the smallest
	// of the parts with it.
	slices.SortFunc(told, func(a, b any) int {
		return cmp.Or(cmp.Compare(len(groups[a]), len(groups[b])), compareKeys(keyed(a), keyed(b)))
	})
	for len(rest) > 0 && people(rest) < Least {
		rest, told = append(rest, groups[told[0]]...), told[1:]
	}
	for _, v := range told {
		rows = part(rows, keyed(v), groups[v], by[1:])
	}
	if len(rest) > 0 {
		rows = part(rows, k, rest, by[1:])
	}
	return rows
}

func compareKeys(a, b Key) int {
	return cmp.Or(
		cmp.Compare(a.Municipality, b.Municipality), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Topic, b.Topic),
		cmp.Compare(a.Agency, b.Agency), cmp.Compare(a.Week, b.Week), cmp.Compare(a.Settlement, b.Settlement),
	)
}

func compareRows(a, b Row) int {
	return cmp.Or(
		compareKeys(a.Key, b.Key), cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Outcome, b.Outcome),
		cmp.Compare(a.Days, b.Days), cmp.Compare(a.Rating, b.Rating),
	)
}
