package workflow

import "time"

// Action is a step that somebody may take with an appeal.
type Action string

// The actions of domain.md «Life of an appeal». Jobs take the last
// five.
const (
	Submit           Action = "submit"
	Route            Action = "route"
	Ask              Action = "ask"
	ReplyAction      Action = "reply"
	Accept           Action = "accept"
	Reject           Action = "reject"
	Register         Action = "register"
	Assign           Action = "assign"
	Redirect         Action = "redirect"
	Start            Action = "start"
	Retopic          Action = "retopic" // an officer changes the topic
	AddNote          Action = "note"
	Attach           Action = "attach" // photos, by [Engine.AttachPhotos] only
	AskExtension     Action = "ask_extension"
	ApproveExtension Action = "approve_extension"
	DenyExtension    Action = "deny_extension"
	SubmitAnswer     Action = "submit_answer"
	AddItems         Action = "add_items"
	DropItem         Action = "drop_item"
	SettleItem       Action = "settle_item"
	AskOpinion       Action = "ask_opinion"
	GiveOpinion      Action = "give_opinion"
	DropOpinion      Action = "drop_opinion"
	OpenContacts     Action = "open_contacts" // to who is asked for an opinion
	Return           Action = "return"
	Sign             Action = "sign"
	Rate             Action = "rate"
	ReReview         Action = "re_review"
	Dispute          Action = "dispute"
	Uphold           Action = "uphold"
	SendBack         Action = "send_back"
	Withdraw         Action = "withdraw"
	Resubmit         Action = "resubmit"
	Split            Action = "split"   // by [Engine.Split] only
	BeginPart        Action = "part"    // the first event of what was split off
	Join             Action = "join"    // by [Engine.Join] only, and so is gather
	Gather           Action = "gather"  // the lead takes others in
	Leave            Action = "leave"   // a joined appeal is worked alone again
	Release          Action = "release" // the lead's side of leaving
	Share            Action = "share"   // the answer of the lead, by [Engine.ShareAnswer] only
	Propose          Action = "propose" // it became a part of a proposal of a budget vote, by [Engine.Propose] only

	Warn   Action = "warn"   // a deadline's step was fired: people are told
	Lapse  Action = "lapse"  // a clarification was met by silence
	Close  Action = "close"  // the rating window passed
	Resume Action = "resume" // the promised date of an interim answer came
	// Recount counts the clocks anew after a change of the calendar that an
	// administrator confirmed, by [Engine.Recount] only.
	Recount Action = "recount"
)

// Command asks for one action. Fields that the action doesn't use are ignored.
// Reason and Text are one thing to the actions that take a few words (a reason,
// a comment, a note): the first that is not empty counts.
type Command struct {
	Action Action
	// Version is the version of the appeal that the person saw; 0 accepts any.
	// A stale one is a Conflict.
	Version  int
	Reason   string
	Agency   int64  // redirect, send_back, ask_opinion (the last two: 0 is the same agency)
	Executor int64  // assign, ask_opinion
	Rubric   string // retopic: code of a leaf
	Item     int    // drop_item, settle_item: its number
	Opinion  int    // drop_opinion, open_contacts: its number
	// Draft is the version of the answer in the making that the person saw, for
	// submit_answer: 0 takes any, [NoDraft] none. A stale one is a Conflict.
	Draft    int
	Days     int // ask_extension, approve_extension (0: as asked)
	Text     string
	Outcome  Outcome   // submit_answer, settle_item
	Promised time.Time // submit_answer with outcome planned
	Ground   string    // submit_answer with outcome refused
	Rating   int
	NotFixed bool
}
