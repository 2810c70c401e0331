package api

import (
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// appealOut is an appeal as its author sees it; officers see Internal too.
type appealOut struct {
	Number       string            `json:"number"`
	Version      int               `json:"version"`
	Stage        workflow.Stage    `json:"stage"`
	Round        int               `json:"round"`
	RuleSet      workflow.RuleSet  `json:"rule_set"`
	Order        workflow.Order    `json:"order"`
	Rubric       ref               `json:"rubric"`
	Category     ref               `json:"category"`
	Text         string            `json:"text"`
	Replies      []replyOut        `json:"replies"`
	Place        placeOut          `json:"place"`
	Agency       *agencyRef        `json:"agency,omitempty"`
	SubmittedAt  time.Time         `json:"submitted_at"`
	RegisteredAt time.Time         `json:"registered_at,omitzero"`
	DueAt        time.Time         `json:"due_at,omitzero"`
	PromisedOn   string            `json:"promised_on,omitempty"`
	AnsweredAt   time.Time         `json:"answered_at,omitzero"`
	ClosedAt     time.Time         `json:"closed_at,omitzero"`
	Outcome      workflow.Outcome  `json:"outcome,omitempty"`
	Rating       int               `json:"rating,omitempty"`
	Photos       int               `json:"photos"`
	Answers      []answerOut       `json:"answers"`
	Events       []eventOut        `json:"events"`
	Allowed      []workflow.Action `json:"allowed"`
	Internal     *internalOut      `json:"internal,omitempty"`
}

type replyOut struct {
	Question string `json:"question"`
	Asked    string `json:"asked"`
	Value    string `json:"value"`
	Shown    string `json:"shown"`
}

type placeOut struct {
	Territory *ref     `json:"territory,omitempty"`
	Lat       *float64 `json:"lat,omitempty"`
	Lon       *float64 `json:"lon,omitempty"`
	Address   string   `json:"address,omitempty"`
}

type answerOut struct {
	Round      int                  `json:"round"`
	State      workflow.AnswerState `json:"state"`
	Text       string               `json:"text"`
	Outcome    workflow.Outcome     `json:"outcome,omitempty"`
	PromisedOn string               `json:"promised_on,omitempty"`
	Ground     string               `json:"ground,omitempty"`
	SignedAt   time.Time            `json:"signed_at,omitzero"`
	Items      []workflow.Item      `json:"items,omitempty"`
}

type eventOut struct {
	N         int              `json:"n"`
	At        time.Time        `json:"at"`
	By        actor.Kind       `json:"by"`
	User      string           `json:"user,omitempty"` // for officers only
	Agency    string           `json:"agency,omitempty"`
	Action    workflow.Action  `json:"action"`
	From      workflow.Stage   `json:"from,omitempty"`
	To        workflow.Stage   `json:"to,omitempty"`
	Reason    string           `json:"reason,omitempty"`
	Outcome   workflow.Outcome `json:"outcome,omitempty"`
	Rating    int              `json:"rating,omitempty"`
	DueBefore time.Time        `json:"due_before,omitzero"`
	DueAfter  time.Time        `json:"due_after,omitzero"`
	Note      string           `json:"note,omitempty"` // for officers only
}

// internalOut is what the author is not shown.
type internalOut struct {
	Executor  *personOut      `json:"executor,omitempty"`
	Source    workflow.Source `json:"source"`
	Hops      int             `json:"hops"`
	Level     int             `json:"level"`
	Extended  bool            `json:"extended"`
	AskedDays int             `json:"asked_days"`
	Late      bool            `json:"late"`
	Refuted   bool            `json:"refuted"`
	Deadlines []deadlineOut   `json:"deadlines"`
	Items     []workflow.Item `json:"items,omitempty"`
	Opinions  []opinionOut    `json:"opinions,omitempty"`
}

// opinionOut is what a co-executor was asked and said.
type opinionOut struct {
	N        int                   `json:"n"`
	State    workflow.OpinionState `json:"state"`
	Of       *personOut            `json:"of,omitempty"`
	Agency   string                `json:"agency"` // code
	Question string                `json:"question"`
	Text     string                `json:"text,omitempty"`
	AskedAt  time.Time             `json:"asked_at"`
	DueAt    time.Time             `json:"due_at"`
	EndedAt  time.Time             `json:"ended_at,omitzero"`
}

type personOut struct {
	Login string `json:"login"`
	Name  string `json:"name"`
}

type deadlineOut struct {
	Kind     deadline.Kind  `json:"kind"`
	State    deadline.State `json:"state"`
	StartsAt time.Time      `json:"starts_at"`
	DueAt    time.Time      `json:"due_at"`
	EndedAt  time.Time      `json:"ended_at,omitzero"`
	Paused   bool           `json:"paused"`
}

// inside are the actions that stay between officers: notes, signing to and fro,
// warnings.
var inside = map[workflow.Action]bool{
	workflow.AddNote: true, workflow.SubmitAnswer: true, workflow.Return: true, workflow.AskExtension: true,
	workflow.DenyExtension: true, workflow.Warn: true, workflow.AddItems: true, workflow.DropItem: true, workflow.SettleItem: true,
	workflow.AskOpinion: true, workflow.GiveOpinion: true, workflow.DropOpinion: true, workflow.OpenContacts: true,
}

func (h *Handlers) view(c *workflow.Case, by actor.Actor) appealOut {
	a, officer := &c.Appeal, by.Kind == actor.Officer
	out := appealOut{
		Number: a.Number, Version: a.Version, Stage: a.Stage, Round: a.Round, RuleSet: a.RuleSet, Order: a.Order,
		Rubric: h.rubricRef(a.Rubric), Category: h.rubricRef(a.Category), Text: a.Text, Replies: []replyOut{},
		Place: h.place(a.Place), Agency: h.agencyRef(a.Agency), SubmittedAt: a.SubmittedAt, RegisteredAt: a.RegisteredAt,
		DueAt: a.DueAt, PromisedOn: h.lastDay(a.PromisedOn), AnsweredAt: a.AnsweredAt, ClosedAt: a.ClosedAt,
		Outcome: a.Outcome, Rating: a.Rating, Answers: []answerOut{}, Events: []eventOut{}, Allowed: allowed(by, a),
	}
	for _, r := range a.Replies {
		out.Replies = append(out.Replies, replyOut(r))
	}
	for _, p := range c.Photos {
		if p.Answer == 0 {
			out.Photos++
		}
	}
	for _, w := range c.Answers {
		if officer || w.State == workflow.AnswerSigned {
			out.Answers = append(out.Answers, answerOut{
				Round: w.Round, State: w.State, Text: w.Text, Outcome: w.Outcome, PromisedOn: h.lastDay(w.PromisedOn),
				Ground: w.Ground, SignedAt: w.SignedAt, Items: w.Items,
			})
		}
	}
	for _, e := range c.Events {
		if officer || !inside[e.Action] {
			out.Events = append(out.Events, h.event(e, officer))
		}
	}
	if officer {
		out.Internal = h.internal(a)
	}
	return out
}

// allowed is never null in JSON.
func allowed(by actor.Actor, a *workflow.Appeal) []workflow.Action {
	may := workflow.Allowed(by, a)
	out := make([]workflow.Action, 0, len(may))
	for _, action := range may {
		if workflow.ByCommand(action) {
			out = append(out, action)
		}
	}
	return out
}

func (h *Handlers) place(p workflow.Place) placeOut {
	out := placeOut{Territory: h.territoryRef(p.Territory), Address: p.Address}
	if p.Point != nil {
		out.Lat, out.Lon = &p.Point.Lat, &p.Point.Lon
	}
	return out
}

func (h *Handlers) event(e workflow.Event, officer bool) eventOut {
	out := eventOut{
		N: e.N, At: e.At, By: e.ActorKind, Agency: h.agencyCode(e.Agency), Action: e.Action, From: e.From, To: e.To,
		Outcome: e.Data.Outcome, Rating: e.Data.Rating, DueBefore: e.DueBefore, DueAfter: e.DueAfter,
	}
	if officer || e.ActorKind == actor.Citizen || workflow.PublicReason(e.Action) {
		out.Reason = e.Reason
	}
	if officer {
		u, _ := h.Directory.User(e.Actor)
		out.User, out.Note = u.Login, e.Data.Note
	}
	return out
}

func (h *Handlers) internal(a *workflow.Appeal) *internalOut {
	out := &internalOut{
		Source: a.Source, Hops: a.Hops, Level: a.Level, Extended: a.Extended, AskedDays: a.Asked, Late: a.Late,
		Refuted: a.Refuted, Deadlines: []deadlineOut{},
	}
	if u, ok := h.Directory.User(a.Executor); ok {
		out.Executor = &personOut{Login: u.Login, Name: u.Name}
	}
	out.Items = a.Items
	for i := range a.Opinions {
		o := &a.Opinions[i]
		one := opinionOut{
			N: o.N, State: o.State, Agency: h.agencyCode(o.Agency), Question: o.Question, Text: o.Text, AskedAt: o.AskedAt,
			DueAt: a.OpinionDue(o), EndedAt: o.EndedAt,
		}
		if u, ok := h.Directory.User(o.User); ok {
			one.Of = &personOut{Login: u.Login, Name: u.Name}
		}
		out.Opinions = append(out.Opinions, one)
	}
	for _, d := range a.Deadline {
		out.Deadlines = append(out.Deadlines, deadlineOut{
			Kind: d.Kind, State: d.State, StartsAt: d.StartsAt, DueAt: d.DueAt, EndedAt: d.EndedAt, Paused: !d.PausedAt.IsZero(),
		})
	}
	return out
}

// applicantOut is who wrote.
type applicantOut struct {
	Name  string    `json:"name"`
	Email string    `json:"email"`
	Phone string    `json:"phone"`
	Lang  lang.Lang `json:"lang"`
}
