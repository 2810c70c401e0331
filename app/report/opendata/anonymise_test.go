package opendata_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/report/opendata"
)

// plainRegion: territory 11 is a settlement of 10; 1 is the region. The category
// of a topic is its first letter.
type plainRegion struct{}

func (plainRegion) Municipality(territory int64) (int64, bool) {
	return territory / 10 * 10, territory >= 10
}
func (plainRegion) Category(rubric string) string { return rubric[:1] }

var may = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) // a Monday

func fact(person string, territory int64, rubric string, agency int64, day int) opendata.Fact {
	f := opendata.Fact{Territory: territory, Rubric: rubric, Agency: agency, SubmittedAt: may.AddDate(0, 0, day), Hours: -1, Stage: "received"}
	if person != "" {
		f.Person = []string{person}
	}
	return f
}

func anonymised(facts ...opendata.Fact) ([]opendata.Row, int) {
	return opendata.Anonymise(facts, plainRegion{}, time.UTC)
}

func TestAnonymise_says_as_much_as_three_people_allow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		facts []opendata.Fact
		want  opendata.Detail
	}{
		"three in a settlement": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 1, 2), fact("c", 11, "r.pit", 1, 6),
		}, opendata.BySettlement},
		"three in a municipality": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 12, "r.pit", 1, 2), fact("c", 10, "r.pit", 1, 6),
		}, opendata.ByMunicipality},
		"of several topics": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.sign", 1, 2), fact("c", 11, "r.pit", 1, 6),
		}, opendata.ByCategory},
		"of several weeks": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 1, 8), fact("c", 11, "r.pit", 1, 16),
		}, opendata.ByMonth},
		"at several agencies": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 2, 0), fact("c", 11, "r.pit", 3, 0),
		}, opendata.WithoutAgency},
		"in several categories": {[]opendata.Fact{
			fact("a", 11, "r.pit", 1, 0), fact("b", 11, "w.cold", 1, 0), fact("c", 11, "l.dark", 1, 0),
		}, opendata.Remainder},
		"of no municipality": {[]opendata.Fact{
			fact("a", 1, "r.pit", 1, 0), fact("b", 1, "r.pit", 1, 0), fact("c", 1, "r.pit", 1, 0),
		}, opendata.Remainder},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, loose := anonymised(c.facts...)
			require.NotEmpty(t, rows)
			for _, r := range rows {
				require.Equal(t, c.want, r.Detail)
			}
			require.Equal(t, c.want == opendata.Remainder, loose == 3)
		})
	}
}

func TestAnonymise_counts_people_and_not_appeals(t *testing.T) {
	t.Parallel()
	one := fact("a", 11, "r.pit", 1, 0)
	rows, loose := anonymised(one, one, one, one, fact("b", 11, "r.pit", 1, 0))
	require.Empty(t, rows, "two people are not told of")
	require.Equal(t, 5, loose)
	rows, _ = anonymised(one, fact("", 11, "r.pit", 1, 0), fact("", 11, "r.pit", 1, 0))
	require.Empty(t, rows, "those of whom nothing is known may be one")
	both := one
	both.Person = []string{"phone", "mail"}
	rows, _ = anonymised(fact("phone", 11, "r.pit", 1, 0), fact("mail", 11, "r.pit", 1, 0), both, fact("x", 11, "r.pit", 1, 0))
	require.Empty(t, rows, "a telephone and an e-mail that somebody has both are one person's")
}

func TestAnonymise_takes_more_into_a_remainder_of_few(t *testing.T) {
	t.Parallel()
	rows, loose := anonymised(
		fact("a", 11, "r.pit", 1, 0), fact("b", 11, "r.pit", 1, 0), fact("c", 11, "r.pit", 1, 0), fact("d", 20, "w.cold", 1, 0),
	)
	require.Equal(t, 4, loose)
	require.Equal(t, []opendata.Row{{Key: opendata.Key{Detail: opendata.Remainder}, Count: 4, Days: -1}}, rows)
}

// Whatever is sent in: rows that say the same of where, what, who and when tell
// of at least three people, and nobody is lost or told twice.
func TestAnonymise_nobody_can_be_found(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's chance
		var facts []opendata.Fact
		for range r.IntN(400) {
			person := fmt.Sprintf("p%d", r.IntN(150))
			if r.IntN(10) == 0 {
				person = ""
			}
			f := fact(person, int64(10*(1+r.IntN(4))+r.IntN(3)), string("rwl"[r.IntN(3)])+string("."+"xyz"[r.IntN(3):]), int64(r.IntN(4)), r.IntN(27))
			f.ID = int64(len(facts) + 1)
			f.Rating = int(f.ID) // names the appeal in its row
			facts = append(facts, f)
		}
		rows, loose := opendata.Anonymise(facts, plainRegion{}, time.UTC)
		classes, seen := map[opendata.Key]map[string]bool{}, map[int]bool{}
		for _, row := range rows {
			if row.Detail == opendata.Remainder {
				require.Equal(t, loose, row.Count)
				continue
			}
			require.False(t, seen[row.Rating], "nobody is told of twice")
			seen[row.Rating] = true
			f := facts[row.Rating-1]
			if classes[row.Key] == nil {
				classes[row.Key] = map[string]bool{}
			}
			classes[row.Key][fmt.Sprint(f.Person)] = true
			require.Equal(t, f.Territory/10*10, row.Municipality)
		}
		for key, persons := range classes {
			require.GreaterOrEqual(t, len(persons), opendata.Least, "seed %d: %+v", seed, key)
		}
		require.Equal(t, len(facts), len(seen)+loose)
		if loose > 0 && len(seen) > 0 {
			left := map[string]bool{}
			for _, f := range facts {
				if !seen[int(f.ID)] {
					left[fmt.Sprint(f.Person)] = true
				}
			}
			require.GreaterOrEqual(t, len(left), opendata.Least, "the remainder tells of nobody either")
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
