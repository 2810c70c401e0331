// Package duplicate tells which open appeals may be about the same problem as
// another: how likely, and why in words. Its index lives in memory beside the
// event log, like every index here: it can be lost and filled again at any
// moment, and holds no personal data but keyed hashes of contacts.
package duplicate

import (
	"math"
	"time"
)

// Case is what is compared of an appeal, or of a message that is being written.
type Case struct {
	ID        int64
	Of        int64  // the lead that is worked for it, 0 for itself
	Topic     string // code of a leaf, "" while none is chosen
	Category  string
	Territory int64
	Point     *Point // nil where unknown
	Address   string
	Text      string
	Sent      time.Time
	// Persons are keyed hashes of the contacts, none where the comparison is not
	// to know who writes: see [Person].
	Persons []uint64
	// Radius is how far apart, in metres, reports of one problem of the topic may
	// lie; 0 where the topic is no matter of a place.
	Radius int
}

// Point is a place in WGS84 degrees.
type Point struct{ Lat, Lon float64 }

// Reason is one thing that speaks for two appeals being the same, or against
// it.
type Reason struct {
	Fact   Fact    `json:"fact"`
	Points float64 `json:"points"`           // natural logarithm of the odds
	Metres int     `json:"metres,omitempty"` // of Near, Beyond and Far
	Days   int     `json:"days,omitempty"`   // of Soon and Late
}

// Fact names what was found.
type Fact string

// The facts.
const (
	SameWords    Fact = "same_words"    // nearly the same text
	LikeWords    Fact = "like_words"    // much of it in the same words
	OtherWords   Fact = "other_words"   //
	Near         Fact = "near"          // within the radius of the topic
	Beyond       Fact = "beyond"        // a little outside of it
	Far          Fact = "far"           //
	SameHouse    Fact = "same_house"    // the same street and number
	OtherHouse   Fact = "other_house"   // the same street, another number
	OtherPlace   Fact = "other_place"   // another territory
	SameTopic    Fact = "same_topic"    //
	SiblingTopic Fact = "sibling_topic" // under the same node of the tree
	OtherTopic   Fact = "other_topic"   // of another category
	Soon         Fact = "soon"          // sent within days of one another
	Late         Fact = "late"          // sent months apart
	SamePerson   Fact = "same_person"   // the same contact
	SaidSame     Fact = "said_same"     // the applicant said so
)

// Candidate is an appeal that may be about the same problem. Score is the
// probability of it; Metres is -1 where the distance is unknown.
type Candidate struct {
	ID     int64 // of the appeal that is worked: the lead, where it is joined to one
	By     int64 // the appeal that is like the message: ID itself, or one joined to it
	Score  float64
	Metres int
	Why    []Reason // strongest first
}

// Suspicious is the score from which a pair is put before an officer.
const Suspicious = 0.5

// Offered is the score from which an appeal near by is shown to somebody who
// reports the same. It is lower: a citizen sees at a glance whether it is the
// same, and one that is passed over costs an officer's time.
const Offered = 0.25

func metres(a, b *Point) float64 {
	if a == nil || b == nil {
		return -1
	}
	const earth, degree = 6_371_000, math.Pi / 180
	y, x := (b.Lat-a.Lat)*degree, (b.Lon-a.Lon)*degree*math.Cos((a.Lat+b.Lat)/2*degree)
	return earth * math.Hypot(x, y)
}
