package bleveindex

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"time"

	"github.com/otklik/otklik/search"
)

// corpus makes appeals of words that are as frequent as words of a language are
// (Zipf's law) and have Russian endings, so that stems have several forms.
type corpus struct {
	rnd        *rand.Rand
	words      []string
	cumulative []float64
}

const (
	corpusWords       = 30_000
	corpusTerritories = 33
	corpusCategories  = 160
	corpusLeaves      = 4 // of each category
	corpusAgencies    = 40
)

var corpusNow = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func newCorpus(seed uint64) *corpus {
	c := &corpus{rnd: rand.New(rand.NewPCG(seed, 1))}
	onsets := strings.Split("б в г д ж з к л м н п р с т ф х ц ч ш ст пр кр тр гр вл сн", " ")
	vowels := strings.Split("а о у е и ы я", " ")
	seen := map[string]bool{}
	for len(c.words) < corpusWords {
		var b strings.Builder
		for range 2 + c.rnd.IntN(3) {
			b.WriteString(onsets[c.rnd.IntN(len(onsets))] + vowels[c.rnd.IntN(len(vowels))])
		}
		b.WriteString(onsets[c.rnd.IntN(17)])
		if !seen[b.String()] {
			seen[b.String()] = true
			c.words = append(c.words, b.String())
		}
	}
	sum := 0.0
	for i := range c.words {
		sum += 1 / math.Pow(float64(i+2), 1.05)
		c.cumulative = append(c.cumulative, sum)
	}
	return c
}

func (c *corpus) word() string {
	at := sort.SearchFloat64s(c.cumulative, c.rnd.Float64()*c.cumulative[len(c.cumulative)-1])
	endings := []string{"", "а", "ы", "ом", "ами", "ов", "у"}
	return c.words[min(at, len(c.words)-1)] + endings[c.rnd.IntN(len(endings))]
}

func (c *corpus) text(n int) string {
	var b strings.Builder
	for i := range n {
		switch {
		case i > 0 && i%12 == 0:
			b.WriteString(". ")
		case i > 0:
			b.WriteString(" ")
		}
		b.WriteString(c.word())
	}
	return b.String()
}

func (c *corpus) doc(id int64) search.Doc {
	stages := []string{"new", "moderation", "received", "assigned", "in_work", "on_sign", "answered", "closed", "closed", "closed"}
	stage := stages[c.rnd.IntN(len(stages))]
	// A few categories and places have most of the appeals.
	category := int(math.Pow(c.rnd.Float64(), 2) * corpusCategories)
	at := corpusNow.Add(-time.Duration(c.rnd.Int64N(int64(2 * 365 * 24 * time.Hour)))).Truncate(time.Microsecond)
	d := search.Doc{
		ID: id, Number: fmt.Sprintf("26-%06d-%d", id, id%10),
		Text:      c.text(30 + c.rnd.IntN(90)),
		Category:  fmt.Sprintf("c%03d", category),
		Rubric:    fmt.Sprintf("c%03d.l%d", category, c.rnd.IntN(corpusLeaves)),
		Territory: 1 + int64(math.Pow(c.rnd.Float64(), 2)*corpusTerritories),
		Agency:    1 + c.rnd.Int64N(corpusAgencies),
		Executor:  1 + c.rnd.Int64N(400),
		Stage:     stage, Final: stage == "closed", Source: "portal",
		SubmittedAt: at,
	}
	due := at.Truncate(24*time.Hour).AddDate(0, 0, 1+c.rnd.IntN(60))
	if stage == "answered" || stage == "closed" {
		d.Answer = c.text(20 + c.rnd.IntN(40))
		d.AnsweredAt = due.AddDate(0, 0, c.rnd.IntN(20)-15)
		d.Late = d.AnsweredAt.After(due)
		d.Outcome = []string{"solved", "explained", "supported", "refused"}[c.rnd.IntN(4)]
		d.Refuted = d.Outcome == "solved" && c.rnd.IntN(10) == 0
		d.Rating = c.rnd.IntN(6)
	} else {
		d.DueAt = due
	}
	return d
}

func (c *corpus) docs(from, n int) []search.Doc {
	out := make([]search.Doc, n)
	for i := range out {
		out[i] = c.doc(int64(from + i))
	}
	return out
}
