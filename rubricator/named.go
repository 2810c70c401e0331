package rubricator

import (
	"slices"

	"github.com/otklik/otklik/rubricator/classifier"
)

const (
	// offered is among how many first topics those stand that a text names.
	offered = 3
	// shortText is up to how many words a text has for which a single word that
	// people use for a topic names it, and nameText for a name of one word: in a
	// longer one they are said in passing.
	shortText = 5
	nameText  = 15
)

// phrases are the names of topics and the words that people use for them.
func (t *Tree) phrases() *classifier.Phrases {
	out := &classifier.Phrases{}
	for _, leaf := range t.Leaves() {
		if leaf.ByHand {
			continue // «something else» is no name
		}
		for _, name := range []string{leaf.Name.RU, leaf.Name.EN} {
			out.Add(leaf.Code, name, true)
		}
		for _, words := range leaf.Words {
			out.Add(leaf.Code, words, false)
		}
	}
	return out
}

// offerNamed puts topics that the text names among the first, from the last of
// those places on, at most as many as there are places. Shares stay with the
// places: how sure the first guess is says the model.
func (a *adviser) offerNamed(text, place string, topics []Suggestion) []Suggestion {
	called, words := a.names.In(text)
	called = slices.DeleteFunc(called, func(c classifier.Called) bool {
		return c.Stems == 1 && (words > nameText || !c.Name && words > shortText)
	})
	at := func(key string) int {
		return slices.IndexFunc(topics, func(s Suggestion) bool { return s.Rubric.Code == key })
	}
	// Of phrases of the same length that of the likelier topic goes first.
	rank := func(c classifier.Called) int {
		if i := at(c.Key); i >= 0 {
			return i
		}
		return len(topics)
	}
	slices.SortStableFunc(called, func(x, y classifier.Called) int {
		if x.Stems != y.Stems {
			return y.Stems - x.Stems
		}
		return rank(x) - rank(y)
	})
	called = called[:min(len(called), offered)]
	for _, c := range called {
		if i := at(c.Key); i >= 0 {
			topics[i].Named = true
			topics[i].called = topics[i].called || c.Name && c.Stems > 1
		}
	}
	for _, c := range called {
		from := at(c.Key)
		if from < 0 {
			leaf, ok := a.tree.Current(c.Key)
			if !ok {
				continue
			}
			topics = append(topics, Suggestion{Rubric: leaf, Share: a.shareOf(text, place, c.Key), Words: c.Words, Named: true})
			from = len(topics) - 1
		}
		if from < offered {
			continue
		}
		to := offered - 1
		for to > 0 && topics[to].Named {
			to--
		}
		moved, out := topics[from], topics[to]
		shares := make([]float64, len(topics))
		for i, s := range topics {
			shares[i] = s.Share
		}
		topics = slices.Insert(slices.Delete(topics, from, from+1), offered, out)
		topics[to] = moved
		for i := range topics {
			topics[i].Share = shares[i]
		}
	}
	return topics
}

// shareOf is how probable a topic is that isn't among the first guesses.
func (a *adviser) shareOf(text, place, key string) float64 {
	all := a.model.Predict(text, place, len(a.tree.Leaves()))
	i := slices.IndexFunc(all.Topics, func(g classifier.Guess) bool { return g.Key == key })
	if i < 0 {
		return 0
	}
	return all.Topics[i].Share
}
