package workflow

import (
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow/conscience"
	"github.com/otklik/otklik/workflow/deadline"
)

// Event is one immutable line of an appeal's history. Events of an appeal are
// numbered from 1 and chained: Hash covers the event and the hash before it.
type Event struct {
	Seq       int64 // position in the log of all appeals, given by the store
	Appeal    int64
	N         int
	At        time.Time
	ActorKind actor.Kind
	Actor     int64 // user, 0 for the citizen and for jobs
	Agency    int64 // agency that held the appeal after the event
	Action    Action
	From, To  Stage
	Reason    string // shown to the author where the action's reason is public
	DueBefore time.Time
	DueAfter  time.Time
	Data      EventData
	PrevHash  string // hex SHA-256, "" for the first
	Hash      string // hex SHA-256
}

// LostRule is a routing rule that fitted the topic and the place of an appeal
// and didn't decide, as of routing.
type LostRule struct {
	Rule   string `json:"rule"` // in codes
	Agency int64  `json:"agency"`
	Why    string `json:"why"` // answer | rubric | condition | territory
}

// Link names another appeal in an event.
type Link struct {
	Appeal int64  `json:"appeal"`
	Number string `json:"number"`
}

func linkTo(a *Appeal) Link { return Link{Appeal: a.ID, Number: a.Number} }

// EventData is what an event says beyond its fixed columns. It holds nothing
// personal of citizens. Its JSON is part of the hash: fields may be added with
// omitempty, never renamed or removed.
type EventData struct {
	Clock      []deadline.Entry `json:"clock,omitempty"` // changes of clocks, for replay
	Step       deadline.Step    `json:"step,omitempty"`  // of a deadline that fired
	Kind       deadline.Kind    `json:"kind,omitempty"`  // of the deadline that fired
	Executor   int64            `json:"executor,omitempty"`
	FromAgency int64            `json:"from_agency,omitempty"`
	Answer     int64            `json:"answer,omitempty"`
	AnswerHash string           `json:"answer_hash,omitempty"` // of a signed answer, see [HashAnswer]
	Outcome    Outcome          `json:"outcome,omitempty"`
	Rating     int              `json:"rating,omitempty"`
	NotFixed   bool             `json:"not_fixed,omitempty"`
	Days       int              `json:"days,omitempty"`
	PromisedOn string           `json:"promised_on,omitempty"` // YYYY-MM-DD
	Rule       string           `json:"rule,omitempty"`        // routing rule in codes
	Lost       []LostRule       `json:"lost,omitempty"`        // rules that lost to it
	Rubric     string           `json:"rubric,omitempty"`
	FromRubric string           `json:"from_rubric,omitempty"` // of a changed topic: the one before
	Note       string           `json:"note,omitempty"`        // internal, never shown to the author
	Level      int              `json:"level,omitempty"`       // ladder rung that was told
	Photos     []string         `json:"photos,omitempty"`      // SHA-256 of the stored bytes, hex
	For        int64            `json:"for,omitempty"`         // absent executor in whose place the actor acted
	Bulk       int64            `json:"bulk,omitempty"`        // the [Bulk] of which the step was a part
	Change     int64            `json:"change,omitempty"`      // of the calendar, that a recount follows
	SplitFrom  *Link            `json:"split_from,omitempty"`
	SplitInto  []Link           `json:"split_into,omitempty"`
	Lead       *Link            `json:"lead,omitempty"`        // joined to it, left it, or was answered with it
	Joined     []Link           `json:"joined,omitempty"`      // came to the lead, or left it
	SharedFrom int64            `json:"shared_from,omitempty"` // answer of the lead
	SameAs     int64            `json:"same_as,omitempty"`     // the applicant said to be of one mind with it
	Signer     int64            `json:"signer,omitempty"`      // of the lead's answer
	SignedAt   time.Time        `json:"signed_at,omitzero"`    // of the lead's answer: the instant that met the clock
	Items      []int            `json:"items,omitempty"`       // numbers of the items that it is about
	ItemsHash  string           `json:"items_hash,omitempty"`  // of the checklist, where the event changed it, see [HashItems]
	Opinions   []OpinionMark    `json:"opinions,omitempty"`    // opinions that the event changed
	TextHash   string           `json:"text_hash,omitempty"`   // of the citizen's words, see [HashText]
	// Behind is by how many seconds the clock of the node was behind what had
	// happened already; the event bears the instant of that.
	Behind     int         `json:"behind,omitempty"`
	Letterhead *Letterhead `json:"letterhead,omitempty"` // of a signed answer
	// Flags spoke against the answer that was signed; the event's reason says
	// why it was signed all the same.
	Flags []conscience.Code `json:"flags,omitempty"`
	Taken *Taken            `json:"taken,omitempty"` // how the desk took it
	// Proposal of a budget vote of which the appeal became a part.
	Proposal *ProposalLink `json:"proposal,omitempty"`
}

// ProposalLink names a proposal of a budget vote in an event.
type ProposalLink struct {
	Campaign int64 `json:"campaign"`
	Proposal int64 `json:"proposal"`
}
