package workflow

import (
	"slices"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow/deadline"
)

//go:generate go test -run "TestStates|TestCan" . -update

// Party says who may take a step, and who is told of one. Besides those below
// each role of [actor.Roles] is a party: somebody who holds it in the agency
// that has the appeal (a regional role: anywhere).
type Party string

// The parties that are not simply a role.
const (
	Author  Party = "author"  // the citizen who sent the appeal
	Worker  Party = "worker"  // the executor to whom the appeal is assigned, or who stands in for them
	Officer Party = "officer" // any role in the agency that has the appeal
	// CoExecutor is who owes the appeal an opinion; told: of the opinions that
	// the step is about.
	CoExecutor Party = "co_executor"
	Job        Party = "job"    // a clock that came due
	Door       Party = "intake" // [Engine.Submit], never a command
	Other      Party = "other"  // a step of another appeal brings it about, never a command
)

// The roles as parties.
const (
	moderator   = Party(actor.Moderator)
	coordinator = Party(actor.Coordinator)
	head        = Party(actor.Head)
	supervisor  = Party(actor.Supervisor)
)

// Tick is what a transition does to the clock of a kind.
type Tick struct {
	Do   TickOp
	Kind deadline.Kind
}

// TickOp is an operation on a clock. All but open do nothing where no clock of
// the kind is open. Of opinions each has its own clock: a step about one of them
// moves that one, a step about the whole appeal all.
type TickOp string

// The operations.
const (
	Opens     TickOp = "open"
	Meets     TickOp = "close"    // the duty was done
	Cancels   TickOp = "cancel"   // it is no longer owed
	Pauses    TickOp = "pause"    // unless it is overdue
	Resumes   TickOp = "resume"   //
	Transfers TickOp = "transfer" // to the agency that now has the appeal; the due date stays
	Extends   TickOp = "extend"   // by the days of the command
	Anchors   TickOp = "anchor"   // counts back from the review's present due date
)

// everyClock stands for all kinds.
const everyClock deadline.Kind = "*"

// Telling says who is told of a transition and by which sentence.
type Telling struct {
	Key   string // catalogue key
	To    []Party
	There bool // roles are those of the agency whose opinion the step is about
}

// Transition is one line of the table: what a party may do at a stage, what
// that needs and what comes of it.
type Transition struct {
	Action  Action
	From    []Stage
	When    Condition // which of several lines of the same action; the zero value: always
	Who     []Party
	Guards  []Guard // must hold of the appeal before anybody may
	Needs   []Input // of the command
	To      Stage   // "" stays where it is
	Effects []Effect
	Clocks  []Tick // after the effects, in order
	Public  bool   // the reason is shown to the author
	Tell    []Telling
}

// Transitions returns the table, for pages and documents that show it.
func Transitions() []Transition { return slices.Clone(transitions) }

// PublicReason reports whether the author sees the reason of the action's
// event.
func PublicReason(action Action) bool {
	return slices.ContainsFunc(transitions, func(t Transition) bool { return t.Action == action && t.Public })
}

func parties(p ...Party) []Party { return p }

func tell(key string, to ...Party) Telling { return Telling{Key: key, To: to} }

// The stages at which the agency has the appeal and no final answer is signed.
var beforeAnswer = []Stage{
	StageModeration, StageClarification, StageReceived, StageAssigned, StageInWork, StageOnSign, StagePlanned,
}

// Everything that is not a draft; a note may be added to a closed case too.
var everyStage = append(slices.Clone(beforeAnswer),
	StageAnswered, StageDisputed, StageClosed, StageRejected, StageWithdrawn)

// The stages at which an appeal can be joined to another, and those at which it
// can be the lead.
var (
	joinable  = []Stage{StageReceived, StageAssigned, StageInWork, StagePlanned}
	leadStage = []Stage{StageReceived, StageAssigned, StageInWork, StageOnSign, StagePlanned}
)

// The stages at which an executor leads the case and no final answer is signed.
var withLead = []Stage{StageAssigned, StageInWork, StageOnSign, StagePlanned}

// transitions is the life of an appeal (domain.md «Life of an appeal»). Nothing
// else in the program knows who may do what when. What the domain leaves open
// was decided in docs/adr/0003-transitions.md.
var transitions = []Transition{
	{
		Action: Submit, From: []Stage{StageDraft}, When: ofMessage, Who: parties(Door), To: StageNew,
		Effects: []Effect{registered},
		Clocks:  []Tick{{Opens, deadline.Review}},
	},
	{
		Action: Submit, From: []Stage{StageDraft}, When: ofFZ59, Who: parties(Door), To: StageNew,
		Clocks: []Tick{{Opens, deadline.Registration}},
	},
	{
		Action: Route, From: []Stage{StageNew}, When: fastTrack, Who: parties(Door), To: StageReceived,
		Effects: []Effect{saidSame},
		Clocks:  []Tick{{Opens, deadline.Redirect}},
		Tell:    []Telling{tell("notice.author.submitted", Author), tell("notice.officer.received", coordinator)},
	},
	{
		Action: Route, From: []Stage{StageNew}, When: notFastTrack, Who: parties(Door), To: StageModeration,
		Clocks: []Tick{{Opens, deadline.Moderation}},
		Tell:   []Telling{tell("notice.author.submitted", Author), tell("notice.officer.moderation", moderator, coordinator)},
	},

	// Moderation -----------------------------------------------------------------
	{
		Action: Accept, From: []Stage{StageModeration}, When: ofMessage, Who: parties(moderator, coordinator), To: StageReceived,
		Effects: []Effect{saidSame},
		Clocks:  []Tick{{Meets, deadline.Moderation}, {Opens, deadline.Redirect}},
		Tell:    []Telling{tell("notice.author.accepted", Author), tell("notice.officer.received", coordinator)},
	},
	{
		Action: Accept, From: []Stage{StageModeration}, When: ofFZ59, Who: parties(moderator, coordinator), To: StageReceived,
		Effects: []Effect{registered, saidSame},
		Clocks: []Tick{
			{Meets, deadline.Moderation},
			{Meets, deadline.Registration},
			{Opens, deadline.Review},
			{Opens, deadline.Forwarding},
			{Opens, deadline.Redirect},
		},
		Tell: []Telling{tell("notice.author.registered", Author), tell("notice.officer.received", coordinator)},
	},
	{
		Action: Ask, From: []Stage{StageModeration}, Who: parties(moderator, coordinator), To: StageClarification,
		Needs: []Input{needReason}, Public: true, Effects: []Effect{question},
		Clocks: []Tick{
			{Meets, deadline.Moderation},
			{Pauses, deadline.Review},
			{Pauses, deadline.Registration},
			{Opens, deadline.Clarification},
		},
		Tell: []Telling{tell("notice.author.asked", Author)},
	},
	{
		Action: Reject, From: []Stage{StageModeration}, Who: parties(moderator, coordinator), To: StageRejected,
		Needs: []Input{needReason}, Public: true, Effects: []Effect{ended},
		Clocks: []Tick{{Meets, deadline.Moderation}, {Cancels, everyClock}},
		Tell:   []Telling{tell("notice.author.rejected", Author)},
	},
	{
		Action: ReplyAction, From: []Stage{StageClarification}, Who: parties(Author), To: StageModeration,
		Needs: []Input{needText}, Effects: []Effect{replied},
		Clocks: []Tick{
			{Meets, deadline.Clarification},
			{Resumes, deadline.Review},
			{Resumes, deadline.Registration},
			{Opens, deadline.Moderation},
		},
		Tell: []Telling{tell("notice.officer.replied", moderator, coordinator)},
	},
	{
		Action: Lapse, From: []Stage{StageClarification}, Who: parties(Job), To: StageRejected,
		Effects: []Effect{ended, lapsed},
		Clocks:  []Tick{{Cancels, everyClock}},
		Tell:    []Telling{tell("notice.author.lapsed", Author)},
	},
	{
		Action: Resubmit, From: []Stage{StageRejected}, When: ofMessage, Who: parties(Author), Guards: []Guard{hasLapsed},
		To: StageModeration, Effects: []Effect{revived, registered},
		Clocks: []Tick{{Opens, deadline.Review}, {Opens, deadline.Moderation}},
		Tell:   []Telling{tell("notice.author.resubmitted", Author), tell("notice.officer.moderation", moderator, coordinator)},
	},
	{
		Action: Resubmit, From: []Stage{StageRejected}, When: ofFZ59, Who: parties(Author), Guards: []Guard{hasLapsed},
		To: StageModeration, Effects: []Effect{revived},
		Clocks: []Tick{{Opens, deadline.Registration}, {Opens, deadline.Moderation}},
		Tell:   []Telling{tell("notice.author.resubmitted", Author), tell("notice.officer.moderation", moderator, coordinator)},
	},

	// At the agency ---------------------------------------------------------------
	{
		Action: Register, From: []Stage{StageReceived}, Who: parties(coordinator), Guards: []Guard{awaitsRegistration, notJoined},
		Effects: []Effect{registered},
		Clocks:  []Tick{{Meets, deadline.Registration}, {Opens, deadline.Review}, {Opens, deadline.Forwarding}},
		Tell:    []Telling{tell("notice.author.registered", Author)},
	},
	{
		Action: Assign, From: []Stage{StageReceived}, Who: parties(coordinator), Guards: []Guard{notJoined, isRegistered}, To: StageAssigned,
		Needs: []Input{needExecutor}, Effects: []Effect{assigned},
		Clocks: []Tick{{Meets, deadline.Redirect}, {Meets, deadline.Forwarding}},
		Tell:   []Telling{tell("notice.officer.assigned", Worker)},
	},
	{ // somebody else takes over: no clock moves
		Action: Assign, From: []Stage{StageAssigned, StageInWork}, Who: parties(coordinator), Guards: []Guard{notJoined}, To: StageAssigned,
		Needs: []Input{needExecutor}, Effects: []Effect{assigned},
		Tell: []Telling{tell("notice.officer.assigned", Worker)},
	},
	{
		Action: Redirect, From: []Stage{StageReceived, StageAssigned}, When: keepsReview, Who: parties(coordinator, supervisor),
		Guards: []Guard{notJoined, movesNobody, hopsLeft}, To: StageReceived, Needs: []Input{needReason, needAgency}, Public: true,
		Effects: []Effect{moved, opinionsDropped},
		Clocks: []Tick{
			{Meets, deadline.Redirect},
			{Transfers, deadline.Review},
			{Cancels, deadline.Opinion},
			{Opens, deadline.Redirect},
		},
		Tell: []Telling{
			tell("notice.author.redirected", Author), tell("notice.officer.redirected", coordinator),
			tell("notice.officer.opinion_dropped", CoExecutor),
		},
	},
	{
		Action: Redirect, From: []Stage{StageReceived, StageAssigned}, When: registersAnew, Who: parties(coordinator, supervisor),
		Guards: []Guard{notJoined, movesNobody, hopsLeft}, To: StageReceived, Needs: []Input{needReason, needAgency}, Public: true,
		Effects: []Effect{moved, unregistered, opinionsDropped},
		Clocks: []Tick{
			{Meets, deadline.Redirect},
			{Meets, deadline.Forwarding},
			{Cancels, deadline.Registration},
			{Cancels, deadline.Review},
			{Cancels, deadline.Opinion},
			{Opens, deadline.Registration},
			{Opens, deadline.Redirect},
		},
		Tell: []Telling{
			tell("notice.author.redirected", Author), tell("notice.officer.redirected", coordinator),
			tell("notice.officer.opinion_dropped", CoExecutor),
		},
	},
	{
		Action: Start, From: []Stage{StageAssigned}, Who: parties(Worker), Guards: []Guard{notJoined}, To: StageInWork,
	},
	{ // no clock moves, nor the agency: the citizen was told who answers by when
		Action: Retopic, From: []Stage{StageModeration}, Who: parties(moderator, coordinator), Guards: []Guard{notJoined},
		Needs: []Input{needTopic, mayReason}, Effects: []Effect{retopiced}, Public: true,
		Tell: []Telling{tell("notice.author.retopiced", Author)},
	},
	{
		Action: Retopic, From: []Stage{StageReceived, StageAssigned, StageInWork}, Who: parties(coordinator), Guards: []Guard{notJoined},
		Needs: []Input{needTopic, mayReason}, Effects: []Effect{retopiced}, Public: true,
		Tell: []Telling{tell("notice.author.retopiced", Author), tell("notice.officer.retopiced", Worker)},
	},
	{
		Action: AddNote, From: everyStage, Who: parties(Officer, supervisor), Needs: []Input{needNote},
	},
	{ // the citizen shows what they were asked for
		Action: Attach, From: []Stage{StageClarification}, Who: parties(Author),
	},
	{ // the citizen shows what they could not show by phone
		Action: Attach, From: []Stage{StageModeration, StageReceived, StageAssigned, StageInWork}, Who: parties(Author),
		Guards: []Guard{takenAtDesk}, Tell: []Telling{tell("notice.officer.photos_added", Worker)},
	},
	{ // the executor shows what was done
		Action: Attach, From: []Stage{StageInWork}, Who: parties(Worker), Guards: []Guard{notJoined},
	},

	// Checklist ---------------------------------------------------------------------
	{
		Action: AddItems, From: []Stage{StageReceived}, Who: parties(coordinator), Guards: []Guard{notJoined}, Needs: []Input{needItems},
		Effects: []Effect{itemsAdded},
	},
	{
		Action: AddItems, From: withLead, Who: parties(Worker), Guards: []Guard{notJoined}, Needs: []Input{needItems}, Effects: []Effect{itemsAdded},
	},
	{
		Action: AddItems, From: withLead, Who: parties(coordinator), Guards: []Guard{notJoined}, Needs: []Input{needItems}, Effects: []Effect{itemsAdded},
		Tell: []Telling{tell("notice.officer.items_added", Worker)},
	},
	{
		Action: DropItem, From: append([]Stage{StageReceived}, withLead...), Who: parties(coordinator, Worker),
		Guards: []Guard{notJoined, hasItems}, Needs: []Input{needItem, needWhy}, Effects: []Effect{itemDropped},
	},
	{
		Action: SettleItem, From: []Stage{StageInWork}, Who: parties(Worker), Guards: []Guard{notJoined, hasItems},
		Needs: []Input{needItem, needSettled}, Effects: []Effect{itemSettled},
	},

	// Opinions ----------------------------------------------------------------------
	{
		Action: AskOpinion, From: []Stage{StageAssigned, StageInWork}, Who: parties(coordinator, Worker), Guards: []Guard{notJoined},
		Needs: []Input{needCoExecutor}, Effects: []Effect{opinionAsked},
		Clocks: []Tick{{Opens, deadline.Opinion}},
		Tell:   []Telling{tell("notice.officer.opinion_asked", CoExecutor)},
	},
	{
		Action: GiveOpinion, From: []Stage{StageAssigned, StageInWork}, Who: parties(CoExecutor),
		Needs: []Input{needOwnOpinion}, Effects: []Effect{opinionGiven},
		Clocks: []Tick{{Meets, deadline.Opinion}},
		Tell:   []Telling{tell("notice.officer.opinion_given", Worker)},
	},
	{
		Action: DropOpinion, From: []Stage{StageAssigned, StageInWork}, Who: parties(coordinator, Worker),
		Guards: []Guard{notJoined, opinionAwaited}, Needs: []Input{needOpinion, needWhy}, Effects: []Effect{opinionDropped},
		Clocks: []Tick{{Cancels, deadline.Opinion}},
		Tell:   []Telling{tell("notice.officer.opinion_dropped", CoExecutor)},
	},
	{ // another agency's co-executor may read who wrote from now on
		Action: OpenContacts, From: []Stage{StageAssigned, StageInWork}, Who: parties(coordinator, Worker, head),
		Guards: []Guard{notJoined, contactsClosed}, Needs: []Input{needClosed, needWhy}, Effects: []Effect{contactsOpened},
		Tell: []Telling{tell("notice.officer.contacts_opened", CoExecutor)},
	},

	// Extension -------------------------------------------------------------------
	{
		Action: AskExtension, From: []Stage{StageInWork}, Who: parties(Worker), Guards: []Guard{notJoined, notExtended, nothingAsked},
		Needs: []Input{needReason, needDays}, Effects: []Effect{extensionAsked},
		Tell: []Telling{tell("notice.officer.extension_asked", head)},
	},
	{
		Action: ApproveExtension, From: []Stage{StageInWork}, Who: parties(head), Guards: []Guard{notJoined, somethingAsked, notExtended},
		Needs: []Input{mayReason, needDaysAsked}, Public: true, Effects: []Effect{extended},
		Clocks: []Tick{{Extends, deadline.Review}, {Anchors, deadline.Opinion}},
		Tell:   []Telling{tell("notice.author.extended", Author), tell("notice.officer.extension_approved", Worker)},
	},
	{
		Action: DenyExtension, From: []Stage{StageInWork}, Who: parties(head), Guards: []Guard{notJoined, somethingAsked},
		Needs: []Input{needReason}, Effects: []Effect{askDropped},
		Tell: []Telling{tell("notice.officer.extension_denied", Worker)},
	},

	// Answer ----------------------------------------------------------------------
	{
		Action: SubmitAnswer, From: []Stage{StageInWork}, Who: parties(Worker), Guards: []Guard{notJoined}, To: StageOnSign,
		Needs: []Input{needAnswer, everyItemSettled, everyOpinionIn}, Effects: []Effect{answerSubmitted, askDropped},
		Clocks: []Tick{{Opens, deadline.Signing}},
		Tell:   []Telling{tell("notice.officer.on_sign", head)},
	},
	{
		Action: Return, From: []Stage{StageOnSign}, Who: parties(head), To: StageInWork,
		Needs: []Input{needReason}, Effects: []Effect{answerReturned},
		Clocks: []Tick{{Meets, deadline.Signing}},
		Tell:   []Telling{tell("notice.officer.returned", Worker)},
	},
	{
		Action: Sign, From: []Stage{StageOnSign}, When: finalAnswer, Who: parties(head), To: StageAnswered,
		Needs: []Input{everyItemSettled, needConscience, underLetterhead}, Effects: []Effect{answerSigned, answeredFinally, sharedOn},
		Clocks: []Tick{{Meets, deadline.Signing}, {Meets, deadline.Review}, {Opens, deadline.Rating}},
		Tell:   []Telling{tell("notice.author.answered", Author), tell("notice.officer.signed", Worker)},
	},
	{ // an interim answer: the review runs on
		Action: Sign, From: []Stage{StageOnSign}, When: interimAnswer, Who: parties(head), To: StagePlanned,
		Needs: []Input{everyItemSettled, needConscience, underLetterhead}, Effects: []Effect{answerSigned, promised, sharedOn},
		Clocks: []Tick{{Meets, deadline.Signing}, {Opens, deadline.Promise}},
		Tell:   []Telling{tell("notice.author.planned", Author), tell("notice.officer.signed", Worker)},
	},
	{ // at the promised date
		Action: Resume, From: []Stage{StagePlanned}, When: whileAlone, Who: parties(Job), To: StageInWork,
		Clocks: []Tick{{Meets, deadline.Promise}},
		Tell:   []Telling{tell("notice.officer.resumed", Worker)},
	},
	{ // or before it when the work is done early
		Action: Resume, From: []Stage{StagePlanned}, Who: parties(Worker), Guards: []Guard{notJoined}, To: StageInWork,
		Clocks: []Tick{{Meets, deadline.Promise}},
		Tell:   []Telling{tell("notice.officer.resumed", Worker)},
	},

	{ // the promise is the lead's to keep
		Action: Resume, From: []Stage{StagePlanned}, When: whileJoined, Who: parties(Job), To: StageInWork,
		Clocks: []Tick{{Meets, deadline.Promise}},
	},

	// One problem, many applicants --------------------------------------------------
	{ // worked with the lead from here on; its own review runs. The author may have said so
		Action: Join, From: joinable, Who: parties(coordinator, Job), Guards: []Guard{notJoined, leadsNobody, isRegistered},
		Effects: []Effect{tied, opinionsDropped},
		Clocks:  []Tick{{Meets, deadline.Redirect}, {Meets, deadline.Forwarding}, {Cancels, deadline.Opinion}},
		Tell:    []Telling{tell("notice.author.joined", Author), tell("notice.officer.opinion_dropped", CoExecutor)},
	},
	{
		Action: Gather, From: leadStage, Who: parties(coordinator, Job), Guards: []Guard{notJoined, isRegistered, firstReview},
		Effects: []Effect{gathered},
	},
	{ // no clock moves
		Action: Leave, From: joinable, Who: parties(coordinator, Job), Guards: []Guard{isJoined},
		Effects: []Effect{untied},
		Tell:    []Telling{tell("notice.author.left", Author), tell("notice.officer.left", coordinator)},
	},
	{
		Action: Release, From: everyStage, Who: parties(Other), Effects: []Effect{released},
	},
	{ // the head has signed the answer of the lead
		Action: Share, From: joinable, When: finalAnswer, Who: parties(Job), Guards: []Guard{isJoined}, To: StageAnswered,
		Effects: []Effect{answerShared, answeredFinally, askDropped},
		Clocks:  []Tick{{Meets, deadline.Promise}, {Meets, deadline.Review}, {Opens, deadline.Rating}},
		Tell:    []Telling{tell("notice.author.answered", Author)},
	},
	{
		Action: Share, From: joinable, When: interimAnswer, Who: parties(Job), Guards: []Guard{isJoined}, To: StagePlanned,
		Effects: []Effect{answerShared, promised},
		Clocks:  []Tick{{Meets, deadline.Promise}, {Opens, deadline.Promise}},
		Tell:    []Telling{tell("notice.author.planned", Author)},
	},

	{ // its author hears that what they wrote of is proposed to be built; what is owed to them runs on
		Action: Propose, From: everyStage, Who: parties(Job),
		Tell: []Telling{tell("notice.author.proposed", Author)},
	},

	// Several questions in one ------------------------------------------------------
	{ // what is left of it is worked on here
		Action: Split, From: []Stage{StageModeration}, Who: parties(moderator, coordinator),
		Guards: []Guard{notJoined, firstReview}, Needs: []Input{needParts}, Effects: []Effect{splitOff},
		Tell: []Telling{tell("notice.author.split", Author)},
	},
	{
		Action: Split, From: []Stage{StageReceived, StageAssigned, StageInWork}, Who: parties(coordinator),
		Guards: []Guard{notJoined, firstReview}, Needs: []Input{needParts}, Effects: []Effect{splitOff},
		Tell: []Telling{tell("notice.author.split", Author)},
	},
	{ // with the clocks of the appeal of which it was a part
		Action: BeginPart, From: []Stage{StageDraft}, When: atModeration, Who: parties(Other), To: StageModeration,
		Tell: []Telling{tell("notice.officer.moderation", moderator, coordinator)},
	},
	{
		Action: BeginPart, From: []Stage{StageDraft}, When: atTheAgency, Who: parties(Other), To: StageReceived,
		Clocks: []Tick{{Opens, deadline.Redirect}},
		Tell:   []Telling{tell("notice.officer.received", coordinator)},
	},

	// The citizen's word ------------------------------------------------------------
	{
		Action: Rate, From: []Stage{StageAnswered}, Who: parties(Author), To: StageClosed,
		Needs: []Input{needRating}, Effects: []Effect{rated, ended},
		Clocks: []Tick{{Meets, deadline.Rating}},
		Tell:   []Telling{tell("notice.officer.rated", Worker)},
	},
	{
		Action: ReReview, From: []Stage{StageAnswered}, Who: parties(Author), Guards: []Guard{firstRound}, To: StageReceived,
		Needs: []Input{needObjection}, Effects: []Effect{rated, refuted, untied, nextRound},
		Clocks: []Tick{{Meets, deadline.Rating}, {Opens, deadline.Review}, {Opens, deadline.Redirect}},
		Tell:   []Telling{tell("notice.author.reopened", Author), tell("notice.officer.reopened", coordinator)},
	},
	{
		Action: Dispute, From: []Stage{StageAnswered}, Who: parties(Author), Guards: []Guard{laterRound}, To: StageDisputed,
		Needs: []Input{needObjection}, Effects: []Effect{rated, refuted, untied},
		Clocks: []Tick{{Meets, deadline.Rating}, {Opens, deadline.Dispute}},
		Tell:   []Telling{tell("notice.author.disputed", Author), tell("notice.officer.disputed", supervisor)},
	},
	{
		Action: Uphold, From: []Stage{StageDisputed}, Who: parties(supervisor), To: StageClosed,
		Needs: []Input{needReason}, Public: true, Effects: []Effect{ended},
		Clocks: []Tick{{Meets, deadline.Dispute}},
		Tell:   []Telling{tell("notice.author.upheld", Author), tell("notice.officer.upheld", head)},
	},
	{
		Action: SendBack, From: []Stage{StageDisputed}, Who: parties(supervisor), To: StageReceived,
		Needs: []Input{needReason, mayAgency}, Public: true, Effects: []Effect{moved, nextRound},
		Clocks: []Tick{{Meets, deadline.Dispute}, {Opens, deadline.Review}, {Opens, deadline.Redirect}},
		Tell:   []Telling{tell("notice.author.sent_back", Author), tell("notice.officer.sent_back", coordinator)},
	},
	{
		Action: Close, From: []Stage{StageAnswered}, Who: parties(Job), To: StageClosed,
		Effects: []Effect{ended},
		Clocks:  []Tick{{Cancels, everyClock}},
		Tell:    []Telling{tell("notice.author.closed", Author)},
	},
	{
		Action: Withdraw, From: beforeAnswer, Who: parties(Author), To: StageWithdrawn,
		Needs: []Input{mayReason}, Effects: []Effect{answerReturned, opinionsDropped, ended, untied, setFree},
		Clocks: []Tick{{Cancels, everyClock}},
		Tell: []Telling{
			tell("notice.author.withdrawn", Author), tell("notice.officer.withdrawn", Worker),
			tell("notice.officer.opinion_dropped", CoExecutor),
		},
	},

	// A clock speaks: told by [Engine.Fire], which knows the step.
	{
		Action: Warn, From: append(slices.Clone(beforeAnswer), StageAnswered, StageDisputed), Who: parties(Job),
	},
	{ // a calendar was changed, and an administrator confirmed what it moves
		Action: Recount, From: append(slices.Clone(beforeAnswer), StageAnswered, StageDisputed), Who: parties(Job),
		Needs: []Input{needReason}, Public: true,
		Tell: []Telling{tell("notice.author.recounted", Author), tell("notice.officer.recounted", Worker)},
	},
}
