package atlas_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/fault"
)

// answers are those behind a number.
func (w world) answers(of func(atlas.Fact) bool) []atlas.Fact {
	return slices.DeleteFunc(slices.Clone(w.facts), func(f atlas.Fact) bool { return !f.Answered || !of(f) })
}

// TestDraw_shares_leave_no_small_remainder: what one gets by taking the parts
// with a share out of a whole with one is nothing, or of ten answers and more.
func TestDraw_shares_leave_no_small_remainder(t *testing.T) {
	t.Parallel()
	told := 0
	for seed := range uint64(150) {
		w := newWorld(rand.New(rand.NewPCG(seed, 4)), false)
		whole := atlas.Draw(w.facts, w.sizes())
		check := func(n atlas.Node, of func(atlas.Fact) bool, by func(atlas.Fact) string) {
			if n.Solved == nil {
				for _, p := range n.Parts {
					require.Nil(t, p.Solved, "no share of a part without one of the whole")
				}
				return
			}
			told++
			left := len(w.answers(func(f atlas.Fact) bool {
				p, ok := n.Part(by(f))
				return of(f) && (!ok && (n.Rest > 0 || len(n.Parts) == 0) || ok && p.Solved == nil)
			}))
			require.True(t, left == 0 || left >= atlas.FewestAnswers, "seed %d: %d are left of %+v", seed, left, n)
		}
		for _, p := range whole.Parts {
			in := func(f atlas.Fact) bool { return f.Place == p.Key }
			check(p, in, func(f atlas.Fact) string { return f.Category })
			for _, c := range p.Parts {
				check(c, func(f atlas.Fact) bool { return in(f) && f.Category == c.Key }, func(f atlas.Fact) string { return f.Topic })
			}
		}
	}
	require.Greater(t, told, 50)
}

func TestDraw_people_are_counted_by_what_tells_them_apart(t *testing.T) {
	t.Parallel()
	sizes := atlas.Sizes{Places: 5, Categories: 5, Topics: func(string) int { return 5 }}
	for name, tt := range map[string]struct {
		signs [][3]atlas.Sign
		shown bool
	}{
		"three people":                         {[][3]atlas.Sign{{1}, {2}, {3}}, true},
		"one who wrote three times":            {[][3]atlas.Sign{{1}, {1}, {1}}, false},
		"one by phone and then by e-mail":      {[][3]atlas.Sign{{1, 5}, {0, 5}, {2}}, false},
		"namesakes may be one":                 {[][3]atlas.Sign{{1, 0, 9}, {2, 0, 9}, {3}}, false},
		"a phone is no e-mail":                 {[][3]atlas.Sign{{1}, {0, 1}, {0, 0, 1}}, true},
		"nobody knows who they are":            {[][3]atlas.Sign{{}, {}, {}, {}}, false},
		"two and one who gave nothing":         {[][3]atlas.Sign{{1}, {2}, {}}, false},
		"two families behind two phones":       {[][3]atlas.Sign{{1}, {1}, {2}, {2}}, false},
		"four, two of whom share their e-mail": {[][3]atlas.Sign{{1, 7}, {2, 7}, {3}, {4}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var facts []atlas.Fact
			for _, s := range tt.signs {
				facts = append(facts, atlas.Fact{Place: "p", Category: "c", Topic: "t", Signs: s})
			}
			_, ok := shown(atlas.Draw(facts, sizes), spot{"p", "c", ""})
			require.Equal(t, tt.shown, ok)
		})
	}
}

func TestDraw_solved_share_and_median(t *testing.T) {
	t.Parallel()
	var facts []atlas.Fact
	for i := range 12 {
		facts = append(facts, atlas.Fact{
			Place: "p", Category: "c", Topic: "t", Signs: [3]atlas.Sign{atlas.Sign(i + 1)}, Joined: i == 0,
			Answered: i < 10, Solved: i < 4, Days: i * i,
		})
	}
	whole := atlas.Draw(facts, atlas.Sizes{Places: 1, Categories: 1, Topics: func(string) int { return 1 }})
	require.Equal(t, 12, whole.Count)
	require.Equal(t, 11, whole.Problems)
	require.Equal(t, 40, *whole.Solved)
	require.Equal(t, 21, *whole.Days, "between 16 and 25, rounded up")
	require.Nil(t, atlas.Draw(facts[1:], atlas.Sizes{Topics: func(string) int { return 1 }}).Solved, "nine answers")
}

// shelf keeps maps in memory as the store does.
type shelf []atlas.Map

func (s *shelf) ListPeriods(context.Context) (out []atlas.Period, _ error) {
	for _, m := range *s {
		out = append(out, m.Period)
	}
	return out, nil
}

func (s *shelf) PutMap(_ context.Context, m atlas.Map) error {
	*s = append(*s, m)
	return nil
}

func (*shelf) FindMap(context.Context, atlas.Day) (atlas.Map, error) {
	return atlas.Map{}, fault.New(fault.NotFound, "error.not_found")
}

// source has one appeal, sent at an instant.
type source time.Time

func (s source) FirstAppeal(context.Context) (time.Time, error) { return time.Time(s), nil }

func (s source) EachMapFact(_ context.Context, from, to time.Time, fn func(int64, atlas.Fact) error) error {
	if at := time.Time(s); at.Before(from) || !at.Before(to) {
		return nil
	}
	return fn(1, atlas.Fact{Category: "c", Topic: "t"})
}

type region struct{}

func (region) Place(int64) (string, bool) { return "p", true }
func (region) Topic(code string) string   { return code }
func (region) Sizes() atlas.Sizes         { return atlas.Sizes{Topics: func(string) int { return 1 }} }

func TestPublisher_Step_publishes_what_is_over_and_never_a_day_twice(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3*3600)
	now := time.Date(2026, 11, 14, 20, 0, 0, 0, time.UTC)
	kept := &shelf{}
	p := &atlas.Publisher{
		Source: source(time.Date(2026, 7, 31, 22, 0, 0, 0, time.UTC)), Shelf: kept, Region: func() atlas.Region { return region{} },
		Grain: atlas.Month, Zone: zone, Now: func() time.Time { return now },
	}
	all := func() (keys []string) {
		t.Helper()
		for {
			more, err := p.Step(t.Context())
			require.NoError(t, err)
			if !more {
				break
			}
		}
		for _, m := range *kept {
			keys = append(keys, m.Key())
		}
		return keys
	}
	require.Equal(t, []string{"2026-08", "2026-09"}, all(), "from the first appeal, by the region's clock, to what has settled")
	now = now.Add(2 * time.Hour)
	require.Equal(t, []string{"2026-08", "2026-09", "2026-10"}, all(), "fourteen days after its end")
	p.Grain = atlas.Quarter
	now = now.AddDate(0, 3, 0)
	require.Equal(t, []string{"2026-08", "2026-09", "2026-10"}, all(), "a quarter of which a month is published would tell the others")
	now = now.AddDate(0, 3, 0)
	require.Equal(t, "2027-q1", all()[3])
	p.Grain = atlas.None
	now = now.AddDate(1, 0, 0)
	require.Len(t, all(), 4)
}
