package workflow

import (
	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow/deadline"
)

// MaxHops is how often coordinators may redirect an appeal; after that the
// supervisor decides.
const MaxHops = 2

// MaxInterims is how many interim answers an appeal may get.
const MaxInterims = 2

// Guard is something that must hold of an appeal before an action is open to
// those who may take it. Key is the sentence that says why it isn't.
type Guard struct {
	Name  string
	Key   string
	holds func(by actor.Actor, a *Appeal) bool
}

// The guards.
var (
	isRegistered = Guard{"registered", "workflow.not_registered", func(_ actor.Actor, a *Appeal) bool {
		return !a.RegisteredAt.IsZero()
	}}
	awaitsRegistration = Guard{"awaits registration", "workflow.registered_already", func(_ actor.Actor, a *Appeal) bool {
		return a.RegisteredAt.IsZero()
	}}
	takenAtDesk = Guard{"taken by the desk", "workflow.not_from_desk", func(_ actor.Actor, a *Appeal) bool {
		return a.Source == FromDesk
	}}
	hasLapsed = Guard{"rejected by silence", "workflow.not_lapsed", func(_ actor.Actor, a *Appeal) bool {
		return a.Lapsed
	}}
	hopsLeft = Guard{"hops left, or a supervisor", "workflow.too_many_hops", func(by actor.Actor, a *Appeal) bool {
		return a.Hops < MaxHops || by.Has(actor.Supervisor)
	}}
	notExtended = Guard{"not extended", "workflow.extended_already", func(_ actor.Actor, a *Appeal) bool {
		return !a.Extended
	}}
	nothingAsked = Guard{"no extension asked for", "workflow.asked_already", func(_ actor.Actor, a *Appeal) bool {
		return a.Asked == 0
	}}
	somethingAsked = Guard{"extension asked for", "workflow.nothing_asked", func(_ actor.Actor, a *Appeal) bool {
		return a.Asked > 0
	}}
	notJoined = Guard{"not joined to a lead", "workflow.joined", func(_ actor.Actor, a *Appeal) bool {
		return a.Lead == 0
	}}
	isJoined = Guard{"joined to a lead", "workflow.not_joined", func(_ actor.Actor, a *Appeal) bool {
		return a.Lead != 0
	}}
	leadsNobody = Guard{"leads no others", "workflow.leads_others", func(_ actor.Actor, a *Appeal) bool {
		return a.Joined == 0
	}}
	// In a later round those that are joined have their answers.
	movesNobody = Guard{"leads no others, or re-review", "workflow.leads_others", func(_ actor.Actor, a *Appeal) bool {
		return a.Joined == 0 || a.Round > 1
	}}
	firstReview = Guard{"first review", "workflow.first_review_only", func(_ actor.Actor, a *Appeal) bool {
		return a.Round <= 1
	}}
	firstRound = Guard{"first answer", "workflow.dispute_instead", func(_ actor.Actor, a *Appeal) bool {
		return a.Round <= 1
	}}
	laterRound = Guard{"second answer or later", "workflow.re_review_instead", func(_ actor.Actor, a *Appeal) bool {
		return a.Round > 1
	}}
)

// Condition chooses between lines of the table that have the same action and
// stage. The zero value holds always.
type Condition struct {
	Name  string
	holds func(a *Appeal, answer *Answer) bool
}

// The conditions.
var (
	ofMessage = Condition{"message", func(a *Appeal, _ *Answer) bool { return a.RuleSet != FZ59 }}
	ofFZ59    = Condition{"fz59", func(a *Appeal, _ *Answer) bool { return a.RuleSet == FZ59 }}
	fastTrack = Condition{"fast-track message", func(a *Appeal, _ *Answer) bool {
		return a.Order == Fast && a.RuleSet != FZ59
	}}
	notFastTrack = Condition{"other", func(a *Appeal, _ *Answer) bool {
		return a.Order != Fast || a.RuleSet == FZ59
	}}
	// Once answered, an fz59 appeal stays registered: its re-review is no new
	// appeal.
	keepsReview   = Condition{"message, or re-review", func(a *Appeal, _ *Answer) bool { return a.RuleSet != FZ59 || a.Round > 1 }}
	registersAnew = Condition{"fz59, first review", func(a *Appeal, _ *Answer) bool { return a.RuleSet == FZ59 && a.Round <= 1 }}
	atModeration  = Condition{"of one at moderation", func(a *Appeal, _ *Answer) bool { return a.Open(deadline.Moderation) != nil }}
	atTheAgency   = Condition{"of another", func(a *Appeal, _ *Answer) bool { return a.Open(deadline.Moderation) == nil }}
	whileJoined   = Condition{"joined", func(a *Appeal, _ *Answer) bool { return a.Lead != 0 }}
	whileAlone    = Condition{"not joined", func(a *Appeal, _ *Answer) bool { return a.Lead == 0 }}
	finalAnswer   = Condition{"final answer", func(_ *Appeal, answer *Answer) bool { return answer != nil && !answer.Interim() }}
	interimAnswer = Condition{"interim answer", func(_ *Appeal, answer *Answer) bool { return answer != nil && answer.Interim() }}
)
