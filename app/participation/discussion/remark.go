package discussion

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/participation"
)

// State is whether a remark is seen.
type State string

// The states. What is hidden leaves a line that says so and why.
const (
	Waiting State = "waiting" // for a moderator, where they look first
	Shown   State = "shown"
	Hidden  State = "hidden"
)

// Source is how a remark came.
type Source string

// The sources.
const (
	Web     Source = "web"
	Paper   Source = "paper"
	Meeting Source = "meeting" // said at a meeting
	Book    Source = "book"    // written into the book of visitors of the exposition
)

// DeskSources lists those that staff enter.
var DeskSources = []Source{Paper, Meeting, Book}

// Verdict is what the organiser does with a remark.
type Verdict string

// The verdicts.
const (
	Accepted Verdict = "accepted"
	Partly   Verdict = "partly" // taken into account in part
	Declined Verdict = "declined"
)

// Verdicts lists them.
var Verdicts = []Verdict{Accepted, Partly, Declined}

// Reason is why a remark is hidden.
type Reason string

// Reasons lists all of them; words are asked for beside each.
var Reasons = []Reason{"insult", "personal", "advert", "off_topic", "unlawful", "other"}

// Person is the mark of who takes part in a campaign, see participation.Person.
type Person [sha256.Size]byte

// Remark is what somebody says of the text, or of a remark.
type Remark struct {
	ID        int64
	Campaign  int64
	Version   int    // of the text that it was written to
	Paragraph string // anchor, "" for the whole text
	ReplyTo   int64  // the remark that it replies to, 0 for none
	Lead      int64  // the remark that it was merged into, 0 for none
	Person    *Person
	Once      string // made with the page: sent again it is the same remark
	Source    Source
	EnteredBy int64 // user, where staff entered it
	Name      string
	Text      string
	At        time.Time
	State     State
	Reason    Reason // of Hidden
	Words     string
	Supports  int // persons, of a lead with those of the remarks merged into it
	Verdict   Verdict
	Because   string
	AnswerBy  int64 // user
}

// Answerable reports whether the remark gets an answer of its own.
func (r *Remark) Answerable() bool { return r.ReplyTo == 0 && r.Lead == 0 && r.State == Shown }

// Action is what can be done to a remark or to the text.
type Action string

// The actions.
const (
	Accept  Action = "accept"  // a remark that waited is shown
	Hide    Action = "hide"    //
	Restore Action = "restore" // what was hidden is shown again
	Merge   Action = "merge"
	Unmerge Action = "unmerge"
	Answer  Action = "answer"
	Enter   Action = "enter"   // staff entered a remark
	Revise  Action = "version" // a new version of the text
)

// Act is one line of the public journal.
type Act struct {
	N      int
	At     time.Time
	By     int64 // user
	Action Action
	Remark int64 // 0: the text
	Other  int64 // the lead of a merger, or the number of a version
	Reason string
	Words  string
}

// Letter is the payload of a message to the author of a remark.
type Letter struct {
	Campaign int64  `json:"campaign"`
	Remark   int64  `json:"remark"`
	About    Action `json:"about"`
	Other    int64  `json:"other,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Words    string `json:"words,omitempty"`
}

// TopicLetter is the outbox topic of letters to authors.
const TopicLetter = "participation.remark"

// Contact is where letters to a person go.
type Contact struct {
	Email string `json:"email"`
	Lang  string `json:"lang"`
}

// MayModerate reports whether the actor may accept and hide remarks in campaigns
// of the agency.
func MayModerate(by actor.Actor, agency int64) bool {
	return participation.MayOrganise(by, agency) || by.Kind == actor.Officer && by.Holds(actor.Moderator, agency)
}

// MayEnter reports whether the actor may enter remarks that came on paper.
func MayEnter(by actor.Actor, agency int64) bool {
	return MayModerate(by, agency) || by.Kind == actor.Officer && by.Holds(actor.Desk, agency)
}

// MayLook reports whether the actor may see the discussion in the console.
func MayLook(by actor.Actor, agency int64) bool {
	return participation.MayLook(by, agency) || MayEnter(by, agency)
}

// Works reports whether the pages of discussions are of use to the actor.
func Works(by actor.Actor) bool {
	return slices.ContainsFunc([]actor.Role{actor.Organiser, actor.Moderator, actor.Desk, actor.SystemAdmin}, by.Has)
}
