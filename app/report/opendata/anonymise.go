// Package opendata owns what is published of appeals for anybody to use: rows
// without texts, numbers, addresses and people, in which nobody can be found by
// what one knows of them.
//
// What one may know of somebody who wrote is where, about what, to whom and
// when. Rows that say the same of these tell of at least [Least] people: where
// there are fewer, the rows say less. What was answered and how it was rated
// isn't known to others, and stays.
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
	Person      []string // marks of who wrote: who shares one is the same; none where it isn't known
	Territory   int64
	Rubric      string
	Agency      int64
	Stage       string
	Outcome     string
	Rating      int
	SubmittedAt time.Time
	Hours       int // from registration to the first final answer, -1 where there is none
}

// Region says what lies in what.
type Region interface {
	// Municipality of a territory; false for the region as a whole.
	Municipality(territory int64) (int64, bool)
	Category(rubric string) string
}

// Detail is how much a row says, from most to least.
type Detail int

// The details. Each leaves out or widens one thing more.
const (
	BySettlement Detail = iota // settlement, topic, agency, week
	ByMunicipality
	ByCategory
	ByMonth
	WithoutAgency
	Remainder // of the whole month only how many there are

	details = Remainder
)

// Key is what others may know of who wrote: the same for [Least] people or more.
type Key struct {
	Detail       Detail
	Settlement   int64 // 0 where only the municipality is told
	Municipality int64
	Category     string
	Topic        string // "" where only the category is told
	Agency       int64
	From         string // first day of the week or of the month, 2006-01-02
}

// Row is a row of the published table. That of the remainder has a count and
// nothing else.
type Row struct {
	Key
	Count   int
	Stage   string
	Outcome string
	Days    int // -1 where there is no answer
	Rating  int // 0 for none
}

// keyOf is what a row of so much detail says of an appeal; false where that
// can't be said of it.
func keyOf(f Fact, d Detail, r Region, zone *time.Location) (Key, bool) {
	home, ok := r.Municipality(f.Territory)
	if !ok {
		return Key{}, false
	}
	day := f.SubmittedAt.In(zone)
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	k := Key{Detail: d, Municipality: home, Category: r.Category(f.Rubric), Topic: f.Rubric, Agency: f.Agency, From: monday.Format(time.DateOnly)}
	switch d {
	case BySettlement:
		if f.Territory == home {
			return Key{}, false
		}
		k.Settlement = f.Territory
	case ByMunicipality:
	case ByCategory:
		k.Topic = ""
	case ByMonth:
		k.Topic, k.From = "", day.AddDate(0, 0, 1-day.Day()).Format(time.DateOnly)
	case WithoutAgency:
		k.Topic, k.Agency, k.From = "", 0, day.AddDate(0, 0, 1-day.Day()).Format(time.DateOnly)
	case Remainder:
		return Key{Detail: Remainder}, true
	}
	return k, true
}

// people counts who wrote: who shares a mark with another is the same person.
// Those of whom nothing is known may all be one, and count as one.
func people(facts []Fact) int {
	parent := map[string]string{}
	root := func(mark string) string {
		for parent[mark] != mark {
			mark = parent[mark]
		}
		return mark
	}
	count, unknown := 0, 0
	for _, f := range facts {
		if len(f.Person) == 0 {
			unknown = 1
		}
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
	return count + unknown
}

// Anonymise makes the rows of the appeals of one month. They come in an order
// that tells nothing of that in which the appeals were sent.
func Anonymise(facts []Fact, r Region, zone *time.Location) (rows []Row, loose int) {
	type group struct {
		key   Key
		facts []Fact
	}
	var kept []group
	rest := facts
	for d := BySettlement; d < details; d++ {
		groups, vague := map[Key][]Fact{}, []Fact(nil)
		for _, f := range rest {
			if k, ok := keyOf(f, d, r, zone); ok {
				groups[k] = append(groups[k], f)
			} else {
				vague = append(vague, f)
			}
		}
		rest = vague
		for k, of := range groups {
			if people(of) >= Least {
				kept = append(kept, group{k, of})
			} else {
				rest = append(rest, of...)
			}
		}
	}
	// A remainder of one or two people would tell of them: it takes the smallest
	// of the others with it.
	slices.SortFunc(kept, func(a, b group) int {
		return cmp.Or(cmp.Compare(len(a.facts), len(b.facts)), compareKeys(a.key, b.key))
	})
	for len(rest) > 0 && people(rest) < Least && len(kept) > 0 {
		rest, kept = append(rest, kept[0].facts...), kept[1:]
	}
	for _, g := range kept {
		for _, f := range g.facts {
			row := Row{Key: g.key, Count: 1, Stage: f.Stage, Outcome: f.Outcome, Rating: f.Rating, Days: -1}
			if f.Hours >= 0 {
				row.Days = f.Hours / 24
			}
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, compareRows)
	if len(rest) > 0 && people(rest) >= Least {
		rows = append(rows, Row{Key: Key{Detail: Remainder}, Count: len(rest), Days: -1})
	}
	return rows, len(rest)
}

func compareKeys(a, b Key) int {
	return cmp.Or(
		cmp.Compare(a.Municipality, b.Municipality), cmp.Compare(a.Settlement, b.Settlement), cmp.Compare(a.Category, b.Category),
		cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.From, b.From), cmp.Compare(a.Agency, b.Agency), cmp.Compare(a.Detail, b.Detail),
	)
}

func compareRows(a, b Row) int {
	return cmp.Or(
		compareKeys(a.Key, b.Key), cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Outcome, b.Outcome),
		cmp.Compare(a.Days, b.Days), cmp.Compare(a.Rating, b.Rating),
	)
}
