package rubricator

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/otklik/otklik/app/lang"
)

// Suggestion is one topic that fits a person's words.
type Suggestion struct {
	Rubric *Rubric
	Score  float64  // 0–1, comparable within one answer
	Words  []string // the person's words that spoke for it
}

// Vote says how much earlier appeals like a text speak for a leaf, 0–1.
type Vote struct {
	Rubric string
	Score  float64
}

// Neighbours finds what earlier appeals like a text were about.
type Neighbours interface {
	Similar(ctx context.Context, text string, limit int) ([]Vote, error)
}

// How much a word counts by where it stands in the tree.
const (
	weightName     = 3.0
	weightWord     = 2.5
	weightAbove    = 0.8
	weightQuestion = 0.4
	saturation     = 2.0 // k1 of BM25
	slipWeight     = 0.6 // a word that matches only with a typing slip
	phraseBonus    = 1.5 // of the phrase's own weight, when all its words occur
	halfScore      = 7.0 // the sum of weights that makes a score of one half
	shortestSlip   = 4   // letters of the shortest stem in which a slip is forgiven
	voteWeight     = 0.7 // how far earlier appeals can speak for a leaf alone
)

// lexicon finds leaves by the words of the tree.
type lexicon struct {
	leaves  []*Rubric
	posting map[string][]posting // stem → leaves
	idf     map[string]float64
	slips   map[string][]string // one letter less → stems
	phrases map[string][]phrase // first stem → phrases
}

type posting struct {
	leaf   int
	weight float64
}

type phrase struct {
	leaf  int
	stems []string
}

func newLexicon(t *Tree) *lexicon {
	x := &lexicon{
		leaves: t.Leaves(), posting: map[string][]posting{}, idf: map[string]float64{},
		slips: map[string][]string{}, phrases: map[string][]phrase{},
	}
	for i, leaf := range x.leaves {
		weights := map[string]float64{}
		note := func(text string, weight float64) []string {
			var stems []string
			for _, w := range words(text) {
				weights[w.stem] = max(weights[w.stem], weight)
				stems = append(stems, w.stem)
			}
			return stems
		}
		both := func(t lang.Text, weight float64) {
			note(t.RU, weight)
			note(t.EN, weight)
		}
		both(leaf.Name, weightName)
		for n := leaf; n != nil; n = n.parent {
			for _, w := range n.Words {
				weight := weightWord
				if n != leaf {
					weight = weightAbove
				}
				if stems := note(w, weight); n == leaf && len(stems) > 1 {
					x.phrases[stems[0]] = append(x.phrases[stems[0]], phrase{leaf: i, stems: stems})
				}
			}
			if n != leaf {
				both(n.Name, weightAbove)
			}
		}
		for _, q := range leaf.Questions {
			both(q.Name, weightQuestion)
		}
		for s, w := range weights {
			x.posting[s] = append(x.posting[s], posting{leaf: i, weight: w})
		}
	}
	for s, ps := range x.posting {
		n, df := float64(len(x.leaves)), float64(len(ps))
		x.idf[s] = math.Log(1 + (n-df+0.5)/(df+0.5))
		if len([]rune(s)) >= shortestSlip {
			for _, d := range deletions(s) {
				x.slips[d] = append(x.slips[d], s)
			}
		}
	}
	return x
}

// match returns the stems of the tree that a person's stem means, with the
// share of the weight that each gets.
func (x *lexicon) match(stem string) (stems []string, share float64) {
	if _, known := x.posting[stem]; known {
		return []string{stem}, 1
	}
	if len([]rune(stem)) < shortestSlip {
		return nil, 0
	}
	for _, d := range deletions(stem) {
		stems = append(stems, x.slips[d]...)
	}
	slices.Sort(stems)
	return slices.Compact(stems), slipWeight
}

// score weighs every leaf by the words of the text.
func (x *lexicon) score(text string) (scores []float64, spoke [][]string) {
	scores = make([]float64, len(x.leaves))
	witnesses := make([][]witness, len(x.leaves))
	present := map[string]bool{}
	for _, w := range words(text) {
		if present[w.stem] {
			continue
		}
		present[w.stem] = true
		stems, share := x.match(w.stem)
		best := map[int]float64{}
		for _, s := range stems {
			for _, p := range x.posting[s] {
				best[p.leaf] = max(best[p.leaf], share*x.idf[s]*p.weight*(saturation+1)/(p.weight+saturation))
			}
		}
		for leaf, weight := range best {
			scores[leaf] += weight
			witnesses[leaf] = append(witnesses[leaf], witness{w.written, weight})
		}
	}
	for s := range present {
	phrases:
		for _, p := range x.phrases[s] {
			rarest := 0.0
			for _, ps := range p.stems {
				if !present[ps] {
					continue phrases
				}
				rarest = max(rarest, x.idf[ps])
			}
			scores[p.leaf] += phraseBonus * rarest
		}
	}
	spoke = make([][]string, len(x.leaves))
	for leaf, ws := range witnesses {
		spoke[leaf] = decisive(ws)
	}
	return scores, spoke
}

// witness is a word of the person that speaks for a leaf, with its weight.
type witness struct {
	word   string
	weight float64
}

// decisive lists the words that say why: those of at least a third of the
// heaviest one's weight.
func decisive(ws []witness) []string {
	heaviest := 0.0
	for _, w := range ws {
		heaviest = max(heaviest, w.weight)
	}
	var out []string
	for _, w := range ws {
		if 3*w.weight >= heaviest {
			out = append(out, w.word)
		}
	}
	return out
}

// suggest returns the leaves that fit the text best, best first.
func (x *lexicon) suggest(text string, votes []Vote, limit int) []Suggestion {
	scores, spoke := x.score(text)
	voted := make(map[string]float64, len(votes))
	for _, v := range votes {
		voted[v.Rubric] = v.Score
	}
	var out []Suggestion
	for i, leaf := range x.leaves {
		byWords := scores[i] / (scores[i] + halfScore)
		// Two independent witnesses: it is wrong only when both are.
		s := 1 - (1-byWords)*(1-voteWeight*voted[leaf.Code])
		if s > 0.05 {
			out = append(out, Suggestion{Rubric: leaf, Score: s, Words: spoke[i]})
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(limit, len(out))]
}
