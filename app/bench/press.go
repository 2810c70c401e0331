package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/search"
)

// press prints appeals: sentences of real or invented messages, mixed within
// their topic.
type press struct {
	leaves    []string // codes of topics, «category.topic»
	sentences [][]string
	share     []int // of topics: a message's topic is drawn from the messages
	words     []string
	phrase    string // the commonest two of them that stand together
}

func newPress(path string) (*press, error) {
	p := &press{}
	index := map[string]int{}
	add := func(leaf, text string) {
		at, ok := index[leaf]
		if !ok {
			at = len(p.leaves)
			index[leaf] = at
			p.leaves, p.sentences = append(p.leaves, leaf), append(p.sentences, nil)
		}
		p.share = append(p.share, at)
		for _, sentence := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(".!?\n", c) }) {
			if sentence = strings.TrimSpace(sentence); len(sentence) > 8 {
				p.sentences[at] = append(p.sentences[at], sentence)
			}
		}
		if len(p.sentences[at]) == 0 {
			p.sentences[at] = append(p.sentences[at], text)
		}
	}
	if path == "" {
		all, err := demo.Messages()
		for _, m := range all {
			add(m.Rubric, m.Text)
		}
		p.count()
		return p, err
	}
	all, err := readMessages(path)
	if err != nil {
		return nil, err
	}
	categories := map[string]int{}
	for _, m := range all {
		if _, ok := categories[m.category]; !ok {
			categories[m.category] = len(categories)
		}
		add(fmt.Sprintf("c%d.%s", categories[m.category], m.topic), m.text)
	}
	p.count()
	return p, nil
}

// count lists the words by in how many sentences they are, the most common
// first.
func (p *press) count() {
	many, pairs := map[string]int{}, map[string]int{}
	for _, list := range p.sentences {
		for _, sentence := range list {
			seen := map[string]bool{}
			before := ""
			for word := range strings.FieldsFuncSeq(strings.ToLower(sentence), func(c rune) bool { return c < 'а' || c > 'я' }) {
				long := len([]rune(word)) > 4
				if long && !seen[word] {
					seen[word] = true
					many[word]++
				}
				if pair := before + " " + word; long && before != "" {
					if pairs[pair]++; pairs[pair] > pairs[p.phrase] {
						p.phrase = pair
					}
				}
				if before = ""; long {
					before = word
				}
			}
		}
	}
	for word := range many {
		p.words = append(p.words, word)
	}
	slices.SortFunc(p.words, func(a, b string) int {
		if many[a] != many[b] {
			return many[b] - many[a]
		}
		return strings.Compare(a, b)
	})
}

// doc prints one appeal.
func (p *press) doc(r *rand.Rand, id int) search.Doc {
	leaf := p.share[r.IntN(len(p.share))]
	var text strings.Builder
	for n := 3 + r.IntN(4); n > 0; n-- {
		from := leaf
		if n == 1 { // people stray
			from = p.share[r.IntN(len(p.share))]
		}
		text.WriteString(pick(r, p.sentences[from]) + ". ")
	}
	// Half of all are of four towns.
	territory := int64(1 + r.IntN(heatTerritories))
	if r.IntN(2) == 0 {
		territory = int64(1 + r.IntN(4))
	}
	sent := heatNow.Add(-time.Duration(r.Int64N(int64(heatDays * 24 * time.Hour))))
	category, _, _ := strings.Cut(p.leaves[leaf], ".")
	d := search.Doc{
		ID: int64(id), Number: fmt.Sprintf("26-%06d", id), Text: text.String(), Rubric: p.leaves[leaf], Category: category,
		Territory: territory, Agency: territory*10 + int64(leaf%10), Stage: "closed", Final: true, Source: "portal", SubmittedAt: sent,
	}
	switch n := r.IntN(100); {
	case n < 6:
		d.Stage, d.Final, d.DueAt = "in_work", false, heatNow.Add(time.Duration(r.IntN(400)-100)*time.Hour)
	default:
		d.AnsweredAt, d.Outcome, d.Late, d.Rating = sent.AddDate(0, 0, 1+r.IntN(30)), search.Solved, n < 16, r.IntN(6)
		d.Refuted = d.Rating == 1
	}
	return d
}

// questions are asked of every size.
func (p *press) questions() []heatQuery {
	common, middle, rare := p.words[0], p.words[min(60, len(p.words)-1)], p.words[min(1500, len(p.words)-1)]
	quarter := heatNow.AddDate(0, -3, 0)
	return []heatQuery{
		{"common word «" + common + "»", search.Query{Text: common}},
		{"middle word «" + middle + "»", search.Query{Text: middle}},
		{"rare word «" + rare + "»", search.Query{Text: rare}},
		{"two words", search.Query{Text: common + " " + p.words[1]}},
		{"all", search.Query{}},
		{"a quarter", search.Query{From: quarter, To: heatNow}},
		{"common word in a quarter", search.Query{Text: common, From: quarter, To: heatNow}},
	}
}

// heatQuery is a question with its name.
type heatQuery struct {
	name string
	q    search.Query
}
