package bleveindex

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search"
)

// Every phrase finds what reading all texts finds, whatever small words,
// compounds, repetitions and answers there are, over several segments with
// deleted and changed documents.
func TestIndex_Search_phrases_as_if_texts_were_read(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	vocabulary := []string{"яма", "Ямы", "не", "на", "горит", "дорога", "12к1", "12", "к", "1", "фонарь,", "the", "light.", "ёлка"}
	text := func(n int) string {
		words := make([]string, n)
		for i := range words {
			words[i] = vocabulary[random.IntN(len(vocabulary))]
		}
		return strings.Join(words, " ")
	}
	ix := openTest(t, "")
	docs := map[int64]search.Doc{}
	for range 4 {
		var batch []search.Doc
		for range 120 {
			id := int64(1 + random.IntN(300)) // some come again
			d := search.Doc{ID: id, Number: fmt.Sprint("n", id), Text: text(1 + random.IntN(12))}
			if random.IntN(3) == 0 {
				d.Answer = text(1 + random.IntN(8))
			}
			batch, docs[id] = append(batch, d), d
		}
		apply(t, ix, batch...)
	}
	require.NoError(t, ix.Apply(t.Context(), nil, []int64{1, 2, 3}, "gone"))
	for id := range int64(4) {
		delete(docs, id)
	}
	for range 300 {
		words := text(1 + random.IntN(4))
		ph := newPhrase(words)
		if len(ph) == 1 && ph[0].small {
			continue
		}
		want := 0
		for _, d := range docs {
			if len(occurrences(normal(d.Text), ph.stems()))+len(occurrences(normal(d.Answer), ph.stems())) > 0 {
				want++
			}
		}
		r, err := ix.Search(t.Context(), search.Query{Region: true, Where: []search.AnyOf{{{Phrase: words}}}}, 0, 0)
		require.NoError(t, err)
		require.Equal(t, want, r.Total, words)
	}
}

func TestIndex_Search_small_words(t *testing.T) {
	t.Parallel()
	ix := openTest(t, "")
	apply(t, ix, search.Doc{ID: 1, Text: "Ни то и ни другое"}, search.Doc{ID: 2, Text: "то ни другое"})
	for phrase, want := range map[string]int{"и ни": 1, "ни то": 1, "то ни": 1, "ни другое": 2, "то": 0, "и": 0} {
		r, err := ix.Search(t.Context(), search.Query{Region: true, Where: []search.AnyOf{{{Phrase: phrase}}}}, 0, 0)
		require.NoError(t, err)
		require.Equal(t, want, r.Total, phrase)
	}
}
