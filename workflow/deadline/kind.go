package deadline

import "github.com/otklik/otklik/app/actor"

// Kind says what is owed.
type Kind string

// The kinds of deadlines.
const (
	Moderation    Kind = "moderation"    // moderator accepts, rejects or asks
	Registration  Kind = "registration"  // agency registers
	Forwarding    Kind = "forwarding"    // agency forwards what isn't its competence
	Notice        Kind = "notice"        // agency says that the text can't be read
	Review        Kind = "review"        // agency answers: the date that the citizen sees
	Inquiry       Kind = "inquiry"       // another agency answers a request for documents
	Opinion       Kind = "opinion"       // co-executor gives an opinion to the lead
	Signing       Kind = "signing"       // head signs or returns
	Redirect      Kind = "redirect"      // coordinator redirects
	Promise       Kind = "promise"       // the date promised by an interim answer
	Dispute       Kind = "dispute"       // supervisor decides
	Clarification Kind = "clarification" // citizen replies
	Rating        Kind = "rating"        // citizen rates or sends back
)

// Kinds lists every kind.
var Kinds = []Kind{
	Moderation, Registration, Forwarding, Notice, Review, Inquiry, Opinion, Signing, Redirect, Promise, Dispute,
	Clarification, Rating,
}

// trait is what follows from the kind alone.
type trait struct {
	ladder Ladder
	doer   actor.Role // who works on it; "" where it is the citizen
}

// traits is read where a rule does not say otherwise.
var traits = map[Kind]trait{
	Moderation:    {Duty, actor.Moderator},
	Registration:  {Duty, actor.Coordinator},
	Forwarding:    {Duty, actor.Coordinator},
	Notice:        {Duty, actor.Coordinator},
	Review:        {Duty, actor.Executor},
	Inquiry:       {Duty, actor.Executor},
	Opinion:       {Duty, actor.Executor},
	Signing:       {Duty, actor.Head},
	Redirect:      {Duty, actor.Coordinator},
	Promise:       {Arrival, actor.Executor},
	Dispute:       {Duty, actor.Supervisor},
	Clarification: {Window, ""},
	Rating:        {Window, ""},
}

// Ladder returns the ladder that the kind usually has.
func (k Kind) Ladder() Ladder { return traits[k].ladder }

// Known reports whether it is one of [Kinds].
func (k Kind) Known() bool { _, ok := traits[k]; return ok }
