package bleveindex

import (
	"context"
	"fmt"
	"testing"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
	"github.com/stretchr/testify/require"
)

// BenchmarkQuery asks what the query language can, and of plain bleve the same
// as far as it can: it has no positions, so that of the phrase are its words,
// and no due date, so that the word alone stands for it.
func BenchmarkQuery(b *testing.B) {
	for _, n := range benchSizes(b) {
		words := newCorpus(uint64(n)).words
		one, other := words[commonWord], words[commonWord+1]
		match := func(word string) query.Query {
			q := bleve.NewMatchQuery(word)
			q.SetField("text")
			return q
		}
		not := bleve.NewBooleanQuery()
		not.AddMust(match(one))
		not.AddMustNot(match(other))
		for _, question := range []struct {
			name, box string
			facets    bool
			plain     query.Query
		}{
			{"word without another", one + " -" + other, false, not},
			{"either of two words", one + " | " + other, false, bleve.NewDisjunctionQuery(match(one), match(other))},
			{"phrase", `"` + one + " " + other + `"`, false, bleve.NewConjunctionQuery(match(one), match(other))},
			{"word and due", one + " due:<2d", false, match(one)},
			{"word and facets", one, true, match(one)},
		} {
			b.Run(fmt.Sprintf("%s/%d", question.name, n), func(b *testing.B) {
				p := pairOf(b, n)
				q := asked(b, question.box)
				q.Region = true
				if question.facets {
					q.FacetsAt = whereNow
				}
				compare(b, func() {
					_, err := p.ours.Search(context.Background(), q, 0, 20)
					require.NoError(b, err)
				}, func() {
					req := bleve.NewSearchRequestOptions(question.plain, 20, 0, false)
					req.Fields = []string{"text"}
					req.SortBy([]string{"-_score", "-submitted"})
					if question.facets {
						for _, field := range []string{"category", "territory"} {
							req.AddFacet(field, bleve.NewFacetRequest(field, 50))
						}
					}
					_, err := p.plain.Search(req)
					require.NoError(b, err)
				})
			})
		}
	}
}
