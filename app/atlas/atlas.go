// Package atlas makes the heat maps that everybody may see: one for each period
// that is over, drawn once and never again, in which no cell is of fewer than
// three people.
//
// A map is a partition: every appeal is in one published block of at least three
// people or in no number at all. A total is the sum of the blocks below it, so
// that nothing of what is hidden can be found by subtracting. Periods never
// overlap and a map never changes, so that two of them don't differ by a person
// either.
package atlas

import "time"

// Rules is the version of what a map says and hides.
const Rules = 1

// Fewest is how many people a number is of at least (domain.md).
const Fewest = 3

// Fact is what a map is made of: one appeal.
type Fact struct {
	Place    string // code of the municipality
	Category string
	Topic    string
	Signs    [3]Sign // of the applicant: phone, e-mail, name
	Joined   bool    // to another's problem
	Answered bool
	Solved   bool // answered as solved, and not refuted
	Days     int  // from submitting to the first answer, of the answered
}

// Sign stands for something by which a person is told from others. It says
// nothing by itself; 0 is none.
type Sign uint64

// Map is what is published of a period.
type Map struct {
	Period
	At    time.Time `json:"at"` // when it was drawn
	Rules int       `json:"rules"`
	Whole Node      `json:"whole"`
}

// Node is a number with its parts: the region, its municipalities, their
// categories, their topics.
type Node struct {
	Key      string `json:"key,omitempty"` // code of the municipality or the topic
	Count    int    `json:"count"`         // appeals
	Problems int    `json:"problems"`      // those that joined another's problem not counted
	Solved   *int   `json:"solved,omitempty"`
	Days     *int   `json:"days,omitempty"` // median from submitting to the first answer
	// Parts are those that are shown; Rest is how many of Count lie in the other
	// ones, 0 where that can't be told or is nothing.
	Parts []Node `json:"parts,omitempty"`
	Rest  int    `json:"rest,omitempty"`
}

// Part finds a part by its key.
func (n Node) Part(key string) (Node, bool) {
	for i := range n.Parts {
		if n.Parts[i].Key == key {
			return n.Parts[i], true
		}
	}
	return Node{}, false
}

// Sizes are how many parts there can be, shown or not.
type Sizes struct {
	Places, Categories int
	Topics             func(category string) int
}
