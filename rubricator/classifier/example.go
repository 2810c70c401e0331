// Package classifier learns from worked appeals which topic a text is about and
// which agency answers, and says how sure it is.
//
// It is a linear model over words and their pieces,
// fitted by regularised least squares; a small conditional logit weighs its
// scores together with the names of the topics, so that a topic without a
// single example can be suggested, and turns them into probabilities.
package classifier

import (
	"cmp"
	"fmt"
	"slices"
)

// Source says which person vouches for the labels of an example. There is no
// source for what the classifier guessed: it can't learn from itself.
type Source uint8

// Sources.
const (
	Accepted  Source = iota + 1 // a coordinator let the topic stand
	Corrected                   // a coordinator changed it: counts more
)

// How much an example counts by its source.
const (
	acceptedWeight  = 1.0
	correctedWeight = 2.0
)

// Example is a worked appeal.
type Example struct {
	Text     string
	Place    string // name of the territory, may be empty
	Topic    string // key of a topic
	Category string // key of its category
	Agency   string // key of the agency that answered, may be empty
	Source   Source
}

func (e Example) weight() float64 {
	if e.Source == Corrected {
		return correctedWeight
	}
	return acceptedWeight
}

func (e Example) check() error {
	switch {
	case e.Source != Accepted && e.Source != Corrected:
		return fmt.Errorf("classifier: nobody vouches for an example of topic %q", e.Topic)
	case e.Topic == "":
		return fmt.Errorf("classifier: an example has no topic")
	}
	return nil
}

func compareExamples(a, b Example) int {
	return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Agency, b.Agency),
		cmp.Compare(a.Place, b.Place), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Source, b.Source))
}

// Class is a topic or an agency that may be suggested.
type Class struct {
	Key      string
	Words    string // its name and the words people use for it
	Category string // key of a topic's category
}

// Outline is what is known before the first example.
type Outline struct {
	Topics   []Class
	Agencies []Class
}

// NewOutline makes an outline of the examples alone, for a file without a tree:
// there the key of a class is its name.
func NewOutline(examples []Example) Outline {
	var o Outline
	seen := map[string]bool{}
	for _, e := range examples {
		if !seen["t"+e.Topic] {
			seen["t"+e.Topic] = true
			o.Topics = append(o.Topics, Class{Key: e.Topic, Words: e.Topic, Category: e.Category})
		}
		if e.Agency != "" && !seen["a"+e.Agency] {
			seen["a"+e.Agency] = true
			o.Agencies = append(o.Agencies, Class{Key: e.Agency, Words: e.Agency})
		}
	}
	return o
}

// sorted returns the outline in an order that doesn't depend on its maker's,
// with the classes that only examples know.
func (o Outline) with(examples []Example) Outline {
	known := map[string]bool{}
	for _, c := range o.Topics {
		known["t"+c.Key] = true
	}
	for _, c := range o.Agencies {
		known["a"+c.Key] = true
	}
	more := NewOutline(examples)
	unknown := func(prefix string, cs []Class) []Class {
		return slices.DeleteFunc(cs, func(c Class) bool { return known[prefix+c.Key] })
	}
	out := Outline{
		Topics:   append(slices.Clone(o.Topics), unknown("t", more.Topics)...),
		Agencies: append(slices.Clone(o.Agencies), unknown("a", more.Agencies)...),
	}
	byKey := func(a, b Class) int { return cmp.Compare(a.Key, b.Key) }
	slices.SortFunc(out.Topics, byKey)
	slices.SortFunc(out.Agencies, byKey)
	return out
}
