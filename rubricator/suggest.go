package rubricator

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otklik/otklik/rubricator/classifier"
)

// Suggestion is one topic that fits a person's words.
type Suggestion struct {
	Rubric *Rubric
	// Share is how probable it is, 0–1. Of a model that learned from worked
	// appeals it keeps its word: of 100 with 0.9 about 90 are right.
	Share float64
	Words []string // the person's words that spoke for it
	// Named: its name, or a word that people use for it, stands in the person's
	// words. Then it is among the first three, however improbable.
	Named bool
	// called: by a name of its own of two words and more.
	called bool
}

// Advice is what may be meant by a person's words.
type Advice struct {
	Topics []Suggestion // best first
	// Unsure: the first is right less often than not. The person is asked which
	// it is instead of being told.
	Unsure bool
	// Learned: from worked appeals, not from the tree alone.
	Learned bool
}

// AgencyGuess is an agency with how probably it is the one that will answer.
type AgencyGuess struct {
	Agency int64
	Share  float64
	Words  []string // of the text, that speak for it; nil where the topic and the place decide
}

// spokenFor is how many words are named as those that decided.
const spokenFor = 4

// adviser suggests by one model over one tree.
type adviser struct {
	id      int64 // of the model in force, 0 for none
	tree    *Tree
	model   *classifier.Model // nil where there is no topic
	names   *classifier.Phrases
	learned bool  // it is the one in force, not the tree's own
	trouble error // why the one in force can't be read
}

// learnedFrom tells of topics what is known before the first example: a topic's
// own name, the words people use for it and what it asks. The names above it
// made suggestions worse.
func (t *Tree) learnedFrom() []classifier.Class {
	var out []classifier.Class
	for _, leaf := range t.Leaves() {
		parts := []string{leaf.Name.RU, leaf.Name.EN}
		parts = append(parts, leaf.Words...)
		for _, q := range leaf.Questions {
			parts = append(parts, q.Name.RU, q.Name.EN)
		}
		out = append(out, classifier.Class{Key: leaf.Code, Words: strings.Join(parts, " "), Category: leaf.Category().Code})
	}
	return out
}

// cold is a model of the names and words of the tree alone, nil where there is
// no topic.
func (t *Tree) cold() (*classifier.Model, error) {
	if len(t.Leaves()) == 0 {
		return nil, nil //nolint:nilnil // nothing to suggest
	}
	return classifier.Train(nil, classifier.Outline{Topics: t.learnedFrom()})
}

func (a *adviser) advise(text, place string, limit int) Advice {
	out := Advice{Unsure: true, Learned: a.learned}
	if a.model == nil || limit <= 0 {
		return out
	}
	const spare = 3 // for topics that were joined into one since
	many := max(limit, offered)
	answer := a.model.Predict(text, place, many+spare)
	out.Unsure = answer.Unsure
	for i, g := range answer.Topics {
		// A topic that was retired since speaks for the one that took its place.
		leaf, ok := a.tree.Current(g.Key)
		at := slices.IndexFunc(out.Topics, func(s Suggestion) bool { return s.Rubric == leaf })
		if ok && at >= 0 {
			out.Topics[at].Share += g.Share
			continue
		}
		words := a.model.Explain(text, g.Key, spokenFor)
		// What no word of the text speaks for is no suggestion, however often
		// people write about it.
		if !ok || len(words) == 0 {
			out.Unsure = out.Unsure || i == 0
			continue
		}
		s := Suggestion{Rubric: leaf, Share: g.Share, Words: telling(words)}
		if out.Topics = append(out.Topics, s); len(out.Topics) == many {
			break
		}
	}
	var first *Rubric
	if len(out.Topics) > 0 {
		first = out.Topics[0].Rubric
	}
	out.Topics = a.offerNamed(text, place, out.Topics)
	out.Topics = out.Topics[:min(limit, len(out.Topics))]
	switch {
	case len(out.Topics) == 0 || out.Topics[0].Rubric != first:
		out.Unsure = true
	case out.Topics[0].called: // and the likeliest
		out.Unsure = false
	}
	return out
}

// Suggest returns up to limit topics for a person's words, best first. The
// territory may be 0.
func (r *Rubricator) Suggest(text string, territory int64, limit int) Advice {
	return r.adviser.Load().advise(text, r.placeName(territory), limit)
}

// SuggestAgency says who probably answers a text about a topic there: where the
// routing rules leave it open. Nobody where no example tells.
func (r *Rubricator) SuggestAgency(text string, territory int64, topic string, limit int) []AgencyGuess {
	a := r.adviser.Load()
	if a.model == nil || !a.learned {
		return nil
	}
	var out []AgencyGuess
	for _, g := range a.model.Agency(text, r.placeName(territory), topic, limit) {
		id, err := strconv.ParseInt(g.Key, 10, 64)
		if err != nil {
			continue
		}
		out = append(out, AgencyGuess{Agency: id, Share: g.Share, Words: telling(a.model.ExplainAgency(text, g.Key, spokenFor))})
	}
	return out
}

// telling are the words that say something to a person: not «по», «у», «ул»,
// though the model counts them, and none that weigh far less than the first.
func telling(words []classifier.Word) (out []string) {
	const letters = 3
	for _, w := range words {
		if 3*w.Weight >= words[0].Weight && utf8.RuneCountInString(w.Text) >= letters {
			out = append(out, w.Text)
		}
	}
	return out
}

func (r *Rubricator) placeName(id int64) string {
	t, _ := r.Book().Places.Find(id)
	return t.Name.RU
}
