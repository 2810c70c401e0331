package workflow

import (
	"context"
	"time"

	"github.com/otklik/otklik/app/actor"
)

// Channel is how somebody who is not online reached the desk.
type Channel string

// The channels of the desk.
const (
	ByPhone  Channel = "phone"
	ByVisit  Channel = "office"
	ByLetter Channel = "letter"
)

// Channels lists them.
var Channels = []Channel{ByPhone, ByVisit, ByLetter}

// Paper is the kind of document by which the desk made sure who the applicant
// is. Its number is kept nowhere.
type Paper string

// The kinds of documents.
const (
	NoPaper      Paper = ""
	Passport     Paper = "passport"
	DriverCard   Paper = "licence"
	ForeignPaper Paper = "foreign"
	Authority    Paper = "authority" // of a representative
)

// Papers lists them.
var Papers = []Paper{Passport, DriverCard, ForeignPaper, Authority}

// Scan is a paper letter as a PDF file.
type Scan struct {
	Key    string `json:"key"` // in the bucket
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// MaxScans is how many PDF files an appeal takes.
const MaxScans = 5

// Taken is how the desk took an appeal.
type Taken struct {
	Channel Channel `json:"channel"`
	Paper   Paper   `json:"paper,omitempty"` // by which it made sure who the applicant is
	Scans   []Scan  `json:"scans,omitempty"`
	// NoPhoto: the topic wants a picture, and a voice has none. The applicant can
	// add it by the link.
	NoPhoto bool `json:"no_photo,omitempty"`
}

// AtDesk reports whether the actor takes appeals for people who are not online,
// and may for that look up a caller's earlier appeals.
func AtDesk(by actor.Actor) bool { return by.Kind == actor.Officer && by.Has(actor.Desk) }

// CallerAppeal is what the desk is told of an earlier appeal of a caller: where
// it stands, none of its words.
type CallerAppeal struct {
	ID          int64
	Number      string
	Rubric      string
	Territory   int64
	Agency      int64
	Stage       Stage
	SubmittedAt time.Time
	DueAt       time.Time
}

// Callers finds who calls by the phone that earlier appeals gave.
type Callers interface {
	// FindCaller returns the latest appeals with the phone and the applicant of
	// the latest one, and notes in the journal who looked, why, and what was
	// found. A phone that nobody gave finds nothing.
	FindCaller(ctx context.Context, phone string, by actor.Actor, purpose string, limit int) ([]CallerAppeal, Applicant, error)
	// ListDeskDrafts returns the officer's forms that were not sent, latest first.
	ListDeskDrafts(ctx context.Context, officer int64, limit int) ([]Draft, error)
}

// Phones finds cases by the phone of who wrote.
type Phones interface {
	// FindPhone returns the numbers of the latest cases with the phone whose
	// applicants the person may read by a right of their own, and notes in the
	// journal who looked and what was found.
	FindPhone(ctx context.Context, phone string, by actor.Actor, limit int) ([]string, error)
}
