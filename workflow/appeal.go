package workflow

import (
	"time"

	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/conscience"
	"github.com/otklik/otklik/workflow/deadline"
)

// RuleSet is the body of rules under which an appeal is worked.
type RuleSet string

// The rule sets of domain.md.
const (
	Message RuleSet = "message" // message of the feedback platform
	FZ59    RuleSet = "fz59"    // formal appeal under Federal Law 59-FZ
)

// Order tells a fast-track leaf, which skips moderation, from a general one.
type Order string

// The orders.
const (
	General Order = "general"
	Fast    Order = "fast"
)

// Stage is where an appeal stands in its life.
type Stage string

// The stages, in the order of an appeal's life. A draft is not an appeal yet:
// it lives in its own table until it is submitted.
const (
	StageDraft         Stage = "draft"
	StageNew           Stage = "new"
	StageModeration    Stage = "moderation"
	StageClarification Stage = "clarification"
	StageReceived      Stage = "received"
	StageAssigned      Stage = "assigned"
	StageInWork        Stage = "in_work"
	StageOnSign        Stage = "on_sign"
	StagePlanned       Stage = "planned"
	StageAnswered      Stage = "answered"
	StageDisputed      Stage = "disputed"
	StageClosed        Stage = "closed"
	StageRejected      Stage = "rejected"
	StageWithdrawn     Stage = "withdrawn"
)

// Stages lists every stage in order.
var Stages = []Stage{
	StageDraft, StageNew, StageModeration, StageClarification, StageReceived, StageAssigned, StageInWork,
	StageOnSign, StagePlanned, StageAnswered, StageDisputed, StageClosed, StageRejected, StageWithdrawn,
}

// Final reports whether no clock runs any more at the stage.
func (s Stage) Final() bool {
	return s == StageClosed || s == StageRejected || s == StageWithdrawn
}

// Working reports whether the agency still owes an answer at the stage.
func (s Stage) Working() bool {
	return !s.Final() && s != StageAnswered && s != StageDraft
}

// Outcome is what a final or interim answer says.
type Outcome string

// The outcomes of domain.md. Explained and NotSupported are answers, not
// rejections.
const (
	Solved       Outcome = "solved"
	Explained    Outcome = "explained"
	Supported    Outcome = "supported"
	Planned      Outcome = "planned"
	NotSupported Outcome = "not_supported"
	Refused      Outcome = "refused"
)

// Outcomes lists every outcome in the order of the screens.
var Outcomes = []Outcome{Solved, Explained, Supported, Planned, NotSupported, Refused}

// Source is the door through which an appeal came.
type Source string

// The sources.
const (
	FromPortal Source = "portal"
	FromWidget Source = "widget"
	FromAPI    Source = "api"
	FromDesk   Source = "desk"
	FromImport Source = "import"
)

// Point is a place in WGS84 degrees.
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Place is where the problem is. Territory is always known; the point and the
// address where the citizen gave them.
type Place struct {
	Territory int64  `json:"territory"`
	Point     *Point `json:"point,omitempty"`
	Address   string `json:"address,omitempty"`
}

// Reply is a citizen's answer to one question of the leaf. Value is what they
// typed or the code of the option they chose; Shown is that in words, kept as
// it was asked.
type Reply struct {
	Question string `json:"question"`
	Asked    string `json:"asked"`
	Value    string `json:"value"`
	Shown    string `json:"shown"`
}

// AnswersOf are the values of replies by the codes of their questions.
func AnswersOf(replies []Reply) map[string]string {
	out := make(map[string]string, len(replies))
	for _, r := range replies {
		out[r.Question] = r.Value
	}
	return out
}

// Applicant is who writes. It is stored encrypted and never indexed.
type Applicant struct {
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	Lang  string `json:"lang"`
}

// Appeal is one citizen's problem as the platform keeps it. Times are UTC; a
// zero time means that it has not happened.
type Appeal struct {
	ID            int64
	Number        string // shown to people, see [Number]
	RuleSet       RuleSet
	Order         Order
	Stage         Stage
	Round         int // 1, and one more for each re-review
	RubricVersion int64
	Rubric        string          // code of the leaf
	Category      string          // code of the top of its branch
	Review        calendar.Amount // time that the agency has
	Place         Place
	Agency        int64
	Against       int64 // agency complained about, 0 for none: it never gets the appeal
	Executor      int64 // user, 0 until assigned
	Text          string
	Replies       []Reply
	Source        Source
	SourceAgency  int64 // agency whose widget it came through, 0 for the portal

	SubmittedAt  time.Time
	RegisteredAt time.Time // zero while an fz59 appeal awaits registration
	DueAt        time.Time // when the present review falls due, zero where none runs
	FirstSigned  time.Time // first signed final answer
	AnsweredAt   time.Time // latest signed final answer
	ClosedAt     time.Time // closed, rejected or withdrawn

	Outcome    Outcome // of the latest signed answer
	Rating     int     // 1–5, 0 while not rated
	Formal     bool    // the latest final answer was signed against a flag of formality
	Refuted    bool    // the citizen said «not fixed» to an answer that said «solved»
	Late       bool    // the first final answer was signed after the review was due
	Hops       int     // redirects so far
	Past       []int64 // agencies that had it and passed it on, each once, in that order
	Extended   bool    // the one extension was granted
	Asked      int     // days of extension asked for and not yet decided, 0 otherwise
	Interims   int     // signed interim answers
	PromisedOn time.Time
	Lapsed     bool // rejected by silence: may be sent again with one click
	Level      int  // how far overdue has climbed: 0 none, 1 coordinator, 2 head, 3 supervisor

	// One problem, many applicants: see [Engine.Join].
	Lead       int64  // the appeal that is worked for this one, 0 for none
	LeadNumber string // its number
	Joined     int    // how many are joined to this one
	SplitFrom  int64  // the appeal of which this was a part, 0 for none
	// SameAs is the appeal about whose problem the applicant said that this one
	// is too, 0 for none. They are joined once this one is the agency's to work
	// on: see [Engine.JoinAsSaid].
	SameAs int64

	Retopics int // how often officers changed the topic

	Items    []Item    // the checklist, nil for most
	Opinions []Opinion // of co-executors, in the order in which they were asked

	Events   int       // number of events, which is the number of the last one
	Hash     string    // hash of the last event, hex
	LastAt   time.Time // of the last event
	Version  int       // one more at every change
	Deadline []deadline.Deadline
}

// Open returns the running deadline of a kind, nil where none runs.
func (a *Appeal) Open(kind deadline.Kind) *deadline.Deadline {
	for i := range a.Deadline {
		if d := &a.Deadline[i]; d.Kind == kind && d.State == deadline.Open {
			return d
		}
	}
	return nil
}

// Answer is what the agency says, in the making or signed. A signed answer is
// never changed.
type Answer struct {
	ID         int64
	Appeal     int64
	Round      int
	Text       string
	Outcome    Outcome
	PromisedOn time.Time // for Planned: when they come back with a final answer
	Ground     string    // for Refused: the legal ground
	Items      []Item    // the checklist as it was signed
	State      AnswerState
	Author     int64
	Signer     int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
	SignedAt   time.Time
	// Pattern is the text with its places, as it was before the signature put
	// the appeal's own values into them; "" where it had none.
	Pattern string
	// SharedFrom is the lead's answer from which this one was made, 0 for none.
	SharedFrom int64
	// Flags is what spoke against signing it, and Reason why it was signed all
	// the same. The event of the signature says so too.
	Flags   []conscience.Code
	Reason  string
	Version int
}

// Interim reports whether the answer only promises a final one.
func (a Answer) Interim() bool { return a.Outcome == Planned }

// AnswerState is where an answer stands.
type AnswerState string

// The states of an answer.
const (
	AnswerDraft     AnswerState = "draft"
	AnswerSubmitted AnswerState = "submitted"
	AnswerSigned    AnswerState = "signed"
)

// Photo is a picture that a citizen or an officer attached: re-encoded, with
// its metadata gone. Key names it in the file store.
type Photo struct {
	ID     int64  `json:"id"`
	Key    string `json:"key"`
	Width  int    `json:"width"`  // pixels
	Height int    `json:"height"` // pixels
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // of the stored bytes, hex
	Answer int64  `json:"answer,omitempty"`

	Sent    string    `json:"sent,omitempty"`    // SHA-256 of the file that was sent, hex
	Look    uint64    `json:"look,omitempty"`    // hash of what one sees, 0 where there is too little
	TakenAt time.Time `json:"taken_at,omitzero"` // zero where the file didn't say
	Away    *int      `json:"away,omitempty"`    // metres from the place of the appeal, nil where unknown
	// Capture is what the file said of itself. It lives in sealed drafts alone:
	// the engine makes TakenAt and Away of it and forgets the place.
	Capture *Capture `json:"capture,omitempty"`
}

// Capture is when and where a camera says that it took a picture.
type Capture struct {
	At    string `json:"at,omitempty"` // RFC 3339, without an offset where the camera knew no zone
	Where *Point `json:"where,omitempty"`
}

// PhotoTwin is an earlier picture that is the same as another or looks like it.
type PhotoTwin struct {
	Photo
	Appeal int64
	Number string
	Agency int64 // that has the appeal now
}

// PastAnswer is a signed answer and the appeal that it belongs to.
type PastAnswer struct {
	ID     int64
	Appeal int64
	Number string
	Text   string
}
