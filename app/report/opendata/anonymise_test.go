package opendata_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/report/opendata"
)

// plainMap: territory 11 is a settlement of 10; the category of a topic is its
// first letter. Topics y are told as their category, and z as the municipality,
// from 30 on all is one, and what is nowhere is in no number.
type plainMap struct{}

func (plainMap) Cell(territory int64, rubric string) (opendata.Cell, bool) {
	c := opendata.Cell{Municipality: territory / 10 * 10, Category: rubric[:1], Topic: rubric}
	switch {
	case territory < 10:
		return c, false
	case territory >= 30:
		return opendata.Cell{}, true
	case rubric[2:] == "z":
		c.Topic, c.Category = "", ""
	case rubric[2:] == "y":
		c.Topic = ""
	}
	return c, true
}

var may = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) // a Monday

func fact(person string, territory int64, rubric string, agency int64, day int) opendata.Fact {
	f := opendata.Fact{Territory: territory, Rubric: rubric, Agency: agency, SubmittedAt: may.AddDate(0, 0, day), Hours: -1, Stage: "received"}
	if person != "" {
		f.Person = []string{person}
	}
	return f
}

func anonymised(facts ...opendata.Fact) ([]opendata.Row, int) {
	return opendata.Anonymise(facts, plainMap{}, time.UTC)
}

func TestAnonymise_says_as_much_as_three_people_allow(t *testing.T) {
	t.Parallel()
	pit := opendata.Cell{Municipality: 10, Category: "r", Topic: "r.pit"}
	for name, c := range map[string]struct {
		facts []opendata.Fact
		want  []opendata.Key // of the rows, each once
	}{
		"three in a settlement": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 1, 2), fact("c", 11, "r.pit", 1, 6),
		}, []opendata.Key{{Cell: pit, Agency: 1, Week: "2026-05-04", Settlement: 11}}},
		"three in several": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 12, "r.pit", 1, 2), fact("c", 10, "r.pit", 1, 6),
		}, []opendata.Key{{Cell: pit, Agency: 1, Week: "2026-05-04"}}},
		"of several weeks": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 1, 8), fact("c", 11, "r.pit", 1, 16),
		}, []opendata.Key{{Cell: pit, Agency: 1, Settlement: 11}}},
		"at several agencies": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 2, 0), fact("c", 11, "r.pit", 3, 0),
		}, []opendata.Key{{Cell: pit, Week: "2026-05-04", Settlement: 11}}},
		"a fourth in another week takes the three with it": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 1, 0), fact("c", 11, "r.pit", 1, 0), fact("d", 11, "r.pit", 1, 8),
		}, []opendata.Key{{Cell: pit, Agency: 1, Settlement: 11}}},
		"three in each of two weeks": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 1, 0), fact("c", 11, "r.pit", 1, 0),
			fact("d", 11, "r.pit", 1, 8), fact("e", 11, "r.pit", 1, 8), fact("f", 11, "r.pit", 1, 8),
		}, []opendata.Key{{Cell: pit, Agency: 1, Week: "2026-05-04", Settlement: 11}, {Cell: pit, Agency: 1, Week: "2026-05-11", Settlement: 11}}},
		"no more than the map": {[]opendata.Fact{
			fact("a", 31, "r.pit", 1, 0), fact("b", 31, "r.pit", 1, 0), fact("c", 31, "r.pit", 1, 0),
		}, []opendata.Key{{Agency: 1, Week: "2026-05-04"}}},
		"in no number of the map": {[]opendata.Fact{
			fact("a", 1, "r.pit", 1, 0), fact("b", 1, "r.pit", 1, 0), fact("c", 1, "r.pit", 1, 0),
		}, nil},
		"one who wrote four times, and another": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("a", 11, "r.pit", 1, 0), fact("a", 11, "r.pit", 1, 0), fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 1, 0),
		}, nil},
		"those of whom nothing is known may be the others": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 1, 0), fact("", 11, "r.pit", 1, 0),
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, loose := anonymised(c.facts...)
			var got []opendata.Key
			for _, r := range rows {
				if len(got) == 0 || got[len(got)-1] != r.Key {
					got = append(got, r.Key)
				}
			}
			require.Equal(t, c.want, got)
			require.Equal(t, len(c.facts)-len(rows), loose)
		})
	}
}

func TestAnonymise_counts_people_and_not_marks(t *testing.T) {
	t.Parallel()
	both := fact("", 11, "r.pit", 1, 0)
	both.Person = []string{"phone", "mail"}
	rows, _ := anonymised(fact("phone", 11, "r.pit", 1, 0), fact("mail", 11, "r.pit", 1, 0), both, fact("x", 11, "r.pit", 1, 0))
	require.Empty(t, rows, "a telephone and an e-mail that somebody has both are one person's")
}

// Whatever is sent in: the rows part the cells of the map, each part is of at
// least three people, and nobody is told of twice. So a sum of the map less any
// rows is of as many, or of nobody.
func TestAnonymise_nobody_can_be_found(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		var facts []opendata.Fact
		cells := map[opendata.Cell]map[string]bool{}
		for range r.IntN(400) {
			person := fmt.Sprintf("p%d", r.IntN(150))
			f := fact(person, int64(10*r.IntN(5)+r.IntN(3)), string("rwl"[r.IntN(3)])+"."+string("xyz"[r.IntN(3)]), int64(r.IntN(4)), r.IntN(27))
			f.ID = int64(len(facts) + 1)
			f.Rating = int(f.ID) // names the appeal in its row
			facts = append(facts, f)
			if c, ok := (plainMap{}).Cell(f.Territory, f.Rubric); ok {
				if cells[c] == nil {
					cells[c] = map[string]bool{}
				}
				cells[c][person] = true
			}
		}
		rows, loose := opendata.Anonymise(facts, plainMap{}, time.UTC)
		classes, seen := map[opendata.Key]map[string]bool{}, map[int]bool{}
		for _, row := range rows {
			require.False(t, seen[row.Rating], "nobody is told of twice")
			seen[row.Rating] = true
			f := facts[row.Rating-1]
			if classes[row.Key] == nil {
				classes[row.Key] = map[string]bool{}
			}
			classes[row.Key][f.Person[0]] = true
			cell, _ := (plainMap{}).Cell(f.Territory, f.Rubric)
			require.Equal(t, cell, row.Cell)
		}
		for key, persons := range classes {
			require.GreaterOrEqual(t, len(persons), opendata.Least, "seed %d: %+v", seed, key)
		}
		require.Equal(t, len(facts), len(seen)+loose)
		for i, f := range facts {
			if c, ok := (plainMap{}).Cell(f.Territory, f.Rubric); ok && len(cells[c]) >= opendata.Least {
				require.True(t, seen[i+1], "whoever is in a number of the map has a row")
			}
		}
	}
}

func TestAnonymise_order_tells_nothing(t *testing.T) {
	t.Parallel()
	var facts []opendata.Fact
	for i := range 30 {
		f := fact(fmt.Sprint(i), 11, "r.pit", 1, i%5)
		f.Rating = i % 3
		facts = append(facts, f)
	}
	want, _ := anonymised(facts...)
	rand.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
	got, _ := anonymised(facts...)
	require.Equal(t, want, got)
}
