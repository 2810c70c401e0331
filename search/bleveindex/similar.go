package bleveindex

import (
	"cmp"
	"context"
	"slices"

	"github.com/otklik/otklik/search"
)

const (
	neighbours  = 50     // most similar appeals that have a vote
	maxSimilar  = 30     // terms of a text that are compared
	maxPostings = 60_000 // entries of posting lists that are read
)

// Similar implements search.Index: the text's rarest terms choose the most
// similar worked appeals, and each votes for its leaf with its score.
func (ix *Index) Similar(ctx context.Context, text string, limit int) ([]search.Vote, error) {
	release, err := ix.hold()
	if err != nil {
		return nil, err
	}
	defer release()
	v, err := ix.view()
	if err != nil {
		return nil, err
	}
	defer func() { _ = v.close() }()
	terms, err := v.telling(text)
	if err != nil || len(terms) == 0 {
		return nil, err
	}
	best := &worstFirst{}
	for i := range v.parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := v.parts[i].nearest(i, terms, best); err != nil {
			return nil, err
		}
	}
	return count(*best, ix.columns.leaves.list(), limit), nil
}

// telling returns the rarest known terms of a text, as many as may be read.
func (v *view) telling(text string) ([]weighted, error) {
	type known struct {
		term string
		df   int
	}
	var all []known
	for _, term := range stems(text) {
		df, err := v.frequency(term)
		if err != nil {
			return nil, err
		}
		if df > 0 {
			all = append(all, known{term, df})
		}
	}
	slices.SortStableFunc(all, func(a, b known) int { return cmp.Compare(a.df, b.df) })
	var out []weighted
	read := 0
	for _, k := range all {
		if len(out) == maxSimilar || len(out) > 0 && read+k.df > maxPostings {
			break
		}
		read += k.df
		out = append(out, weighted{k.term, rarity(v.docs, k.df)})
	}
	return out, nil
}

// nearest offers the part's worked documents that have any of the terms.
func (p *part) nearest(at int, terms []weighted, best *worstFirst) error {
	dict, err := p.segment.Dictionary(fieldText)
	if err != nil {
		return err
	}
	sums := borrowScores(len(p.rows))
	defer sums.release()
	for _, t := range terms {
		if err := add(*sums, dict, t.term, t.weight, nil); err != nil {
			return err
		}
	}
	for doc, score := range *sums {
		if score == 0 {
			continue
		}
		r := &p.rows[doc]
		if r.marks&isWorked == 0 || r.leaf == 0 {
			continue
		}
		found := ranked{score: float64(score), row: r, part: at, doc: uint32(doc)} //nolint:gosec // numbered in 31 bits
		if best.wants(found, neighbours) && (p.deleted == nil || !p.deleted.Contains(found.doc)) {
			best.offer(found, neighbours)
		}
	}
	return nil
}

// count sums the votes by leaf, as shares of all votes.
func count(voters []ranked, leaves []string, limit int) []search.Vote {
	byLeaf, sum := map[uint32]float64{}, 0.0
	for _, n := range voters {
		byLeaf[n.row.leaf] += n.score
		sum += n.score
	}
	var out []search.Vote
	for leaf, score := range byLeaf {
		out = append(out, search.Vote{Rubric: leaves[leaf], Score: score / sum})
	}
	slices.SortFunc(out, func(a, b search.Vote) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Rubric, b.Rubric))
	})
	return out[:min(max(limit, 0), len(out))]
}
