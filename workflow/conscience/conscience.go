// Package conscience weighs an answer before it is signed: does it say what was
// done, to what was asked, in its own words, and do its pictures show it. It is
// a pure function of what it is given and finds flags; a flag says what it saw
// and shows it. It forbids nothing: the head decides, and answers for it.
//
// Every rule is meant to be precise rather than eager. What each finds and
// misses on labelled answers is measured in this package's tests; the figures
// are in docs/benchmarks.md, the reasons in docs/adr/0010-conscience.md.
package conscience

import (
	"slices"
	"time"
)

// Code names what is wrong.
type Code string

// The codes, in the order in which flags are shown.
const (
	OpenItem     Code = "open_item"    // a question of the checklist has no outcome
	NoPhoto      Code = "no_photo"     // «solved» without the picture that the topic asks for
	Repeat       Code = "repeat"       // a template or another answer nearly word for word
	Vague        Code = "vague"        // no action, or nothing that could be checked
	LawOnly      Code = "law_only"     // cites the law and says nothing of the case
	OffTopic     Code = "off_topic"    // doesn't touch what was asked
	Contradicted Code = "contradicted" // «solved», but the text only promises
	SamePhoto    Code = "photo_same"   // «after» is the citizen's own picture
	UsedPhoto    Code = "photo_used"   // «after» was shown in another case
	EarlyPhoto   Code = "photo_early"  // taken before the appeal was sent
	FarPhoto     Code = "photo_far"    // taken elsewhere
)

// Codes lists every code in order.
var Codes = []Code{
	OpenItem, NoPhoto, Repeat, Vague, LawOnly, OffTopic, Contradicted, SamePhoto, UsedPhoto, EarlyPhoto, FarPhoto,
}

// Formal reports whether an answer with the flag counts as formal in the
// figures: what it says is at fault. The other flags doubt its proof.
func (c Code) Formal() bool {
	return slices.Contains([]Code{OpenItem, Repeat, Vague, LawOnly, OffTopic, Contradicted}, c)
}

// Case is what an answer is weighed against.
type Case struct {
	Text      string   // of the appeal
	Replies   []string // to the questions of the form and of the moderator
	Topic     []string // name of the leaf and what people call it
	Address   string
	Items     []Item
	Answer    Answer
	AsksPhoto bool // the topic wants a picture of what was done
	Photos    []Photo
	Sources   []Source
	SentAt    time.Time // when the appeal was sent
}

// Item is one question of the checklist.
type Item struct {
	Text string
	Note string // what is said to it beside the answer
	Open bool   // without an outcome
}

// Answer is what is to be signed. Outcome is one of the outcomes of the
// workflow.
type Answer struct {
	Text    string
	Outcome string
}

// Source is a text that the answer may repeat: a template (Appeal is 0) or
// another signed answer.
type Source struct {
	Name   string // of the template
	Appeal int64
	Number string // of that appeal
	Text   string
}

// Flag is one thing that is wrong with an answer. Why is the key of a sentence
// in the catalogue and Fields its places; Evidence shows what was seen.
type Flag struct {
	Code     Code
	Why      string
	Fields   map[string]any
	Evidence []Evidence
}

// Evidence is a part of what a flag rests on. Which fields are set depends on
// the code.
type Evidence struct {
	Text   string    // an open question; a sentence of the answer
	Lacks  Lack      // what a vague answer doesn't say
	Name   string    // of the template that is repeated
	Appeal int64     // the appeal whose answer or picture it is
	Number string    // of that appeal
	Mine   []Piece   // the answer, cut where it repeats
	Theirs []Piece   // the repeated text, cut likewise
	Photo  int64     // picture of the answer
	Other  int64     // the picture that it is like
	At     time.Time // when it was taken
}

// Piece is a run of text, repeated elsewhere or not.
type Piece struct {
	Text string
	Same bool
}

// rules are the checks in the order of the codes.
var rules = []func(c *reading) []Flag{
	openItems, photoMissing, repeats, vague, lawOnly, offTopic, contradicted, photosDoubted,
}

// reading is a case with its answer read once for all rules.
type reading struct {
	Case
	sentences []sentence
	facts     facts // of the whole answer
}

// Weigh finds the flags of an answer, in the order of [Codes]. None: nothing
// speaks against signing it.
func Weigh(c Case) []Flag {
	r := reading{Case: c, sentences: sentencesOf(c.Answer.Text)}
	for _, s := range r.sentences {
		r.facts.add(s.facts)
	}
	var out []Flag
	for _, rule := range rules {
		out = append(out, rule(&r)...)
	}
	return out
}

// CodesOf lists the codes of flags, each once.
func CodesOf(flags []Flag) []Code {
	var out []Code
	for _, f := range flags {
		if !slices.Contains(out, f.Code) {
			out = append(out, f.Code)
		}
	}
	return out
}

func openItems(r *reading) []Flag {
	var seen []Evidence
	for _, item := range r.Items {
		if item.Open {
			seen = append(seen, Evidence{Text: item.Text})
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return []Flag{{Code: OpenItem, Why: "conscience.open_item", Fields: map[string]any{"n": len(seen)}, Evidence: seen}}
}
