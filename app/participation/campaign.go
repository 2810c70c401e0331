// Package participation owns what citizens decide together: campaigns with their
// questions and projects, ballots that are counted once, and results that anyone
// can recount from published files.
//
// Who voted is one table, ballots are another, and nothing joins them. What
// decides is a function of the campaign as it was frozen, the entries of its
// public log and the ballots that open them.
package participation

import (
	"slices"
	"time"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation/tally"
)

// Kind is what a campaign is for.
type Kind string

// The kinds that can be held.
const (
	Vote   Kind = "vote"   // one or a few questions whose answer binds
	Budget Kind = "budget" // projects with costs and money to share out
	Poll   Kind = "poll"   // questions whose answers inform
)

// Kinds lists them in the order in which screens show them.
var Kinds = []Kind{Vote, Budget, Poll, Discussion, Hearing}

// Level is how surely we know who votes.
type Level string

// The levels.
const (
	Contact  Level = "contact"  // a code sent to an e-mail address came back
	Verified Level = "verified" // an identity provider of the state vouches
)

// Shown is when everybody sees the result.
type Shown string

// When results show.
const (
	WhenCounted   Shown = "counted"   // as soon as they are counted
	WhenAnnounced Shown = "announced" // once the organiser announces them
)

// TieRule is what decides between equals where it matters.
type TieRule string

// The tie rules.
const (
	TieStop  TieRule = "stop"  // the count stops: the organiser draws in public and enters what came out
	TieOrder TieRule = "order" // what stands first in the list
	TieLot   TieRule = "lot"   // by SHA-256 of a seed that is published with the campaign
)

// TieRules lists them.
var TieRules = []TieRule{TieStop, TieOrder, TieLot}

// Campaign is one vote, budget vote or poll.
type Campaign struct {
	ID     int64
	Agency int64
	State  State
	Terms  Terms
	// Observers get the checkpoints of the log by e-mail.
	Observers []string
	// Frozen is the terms as they were published, byte by byte; nil in a draft.
	Frozen []byte
	Hash   [32]byte // SHA-256 of Frozen
	// Closed is when ballots end: Terms.Closes, or before where the organiser
	// closed early.
	Closed time.Time
	// Sealed is when the last ballot that arrived in time was surely written; zero
	// before. From then on none can be added.
	Sealed  time.Time
	Reason  string // why it was closed early or cancelled
	Draw    string // what the public draw gave, where there had to be one
	Result  *Result
	Hidden  []Hidden // answers in own words that the page doesn't show
	Version int
}

// Terms are what is voted on and how: all that a voter must be able to rely on.
// They are frozen when the campaign is published. The order of fields is that of
// the published file.
type Terms struct {
	Format      int        `json:"format"` // FormatVersion
	ID          int64      `json:"id"`
	Kind        Kind       `json:"kind"`
	Title       lang.Text  `json:"title"`
	Text        lang.Text  `json:"text"`
	Agency      string     `json:"agency"` // its code
	Territories []Named    `json:"territories,omitempty"`
	Opens       time.Time  `json:"opens"`
	Closes      time.Time  `json:"closes"` // the first instant at which it is too late
	Zone        string     `json:"zone"`
	Level       Level      `json:"level"`
	MinAge      int        `json:"min_age,omitempty"`
	Resident    bool       `json:"resident,omitempty"` // only who lives there
	Change      bool       `json:"change,omitempty"`   // a voter may change their mind until closing
	Blank       bool       `json:"blank,omitempty"`    // a ballot may be empty
	Shown       Shown      `json:"shown"`
	Turnout     bool       `json:"turnout,omitempty"` // everybody sees how many voted while it is open
	Ties        TieRule    `json:"ties"`
	Seed        string     `json:"seed,omitempty"`         // of TieLot
	Procedure   lang.Text  `json:"procedure"`              // of the public draw, where Ties is TieStop
	Quorum      int        `json:"quorum,omitempty"`       // voters without whom nothing is decided
	MinShare    int        `json:"min_share,omitempty"`    // percent of the ballots that answer a question, which its winner needs
	Residents   int        `json:"residents,omitempty"`    // of whom QuorumShare is counted
	QuorumShare int        `json:"quorum_share,omitempty"` // percent of them without whom nothing is decided
	Quotas      []Quota    `json:"quotas,omitempty"`
	Paper       *Paper     `json:"paper,omitempty"` // nil: nobody votes on paper
	Questions   []Question `json:"questions,omitempty"`
	Money       *Money     `json:"money,omitempty"`
	Talk        *Talk      `json:"talk,omitempty"` // of Discussion and Hearing
	LogKey      string     `json:"log_key"`        // signs the checkpoints of the log
}

// FormatVersion is the version of the published files.
const FormatVersion = 1

// Named is something with an id and a name.
type Named struct {
	ID   int64     `json:"id"`
	Name lang.Text `json:"name"`
}

// Money is what a budget vote shares out. Amounts are in whole units of the
// currency.
type Money struct {
	Budget     int64      `json:"budget"`
	Rule       string     `json:"rule"`                  // as tally.ParseRule reads it
	Most       int        `json:"most,omitempty"`        // projects that a ballot may name, 0: any number
	Knapsack   bool       `json:"knapsack,omitempty"`    // a ballot's projects must fit into the budget
	Form       tally.Kind `json:"form,omitempty"`        // of the ballots: "" is approval, others are tally.Ordinal and tally.Cumulative
	Points     int64      `json:"points,omitempty"`      // that a cumulative ballot shares out
	PerProject int64      `json:"per_project,omitempty"` // of them at most for one project, 0: all
	Support    int        `json:"support,omitempty"`     // ballots that must name a project for it to win
	Projects   []Project  `json:"projects"`
}

// Project is something that can be funded.
type Project struct {
	ID   string    `json:"id"`
	Name lang.Text `json:"name"`
	Text lang.Text `json:"text"`
	Cost int64     `json:"cost"`
	// Proposal is the proposal that it was made of; 0: the organiser wrote it.
	Proposal int64 `json:"proposal,omitempty"`
}

// Ask is the form of a question.
type Ask string

// The forms of questions.
const (
	YesNo   Ask = "yes-no"
	One     Ask = "one"
	Some    Ask = "some"    // up to Most, any number where it is 0
	Scale   Ask = "scale"   // a whole number From … To
	Matrix  Ask = "matrix"  // one option for each row
	Ranking Ask = "ranking" // an order, the best first
	Words   Ask = "words"   // in own words
)

// Asks lists the forms that a kind of campaign may use.
func Asks(k Kind) []Ask {
	switch k {
	case Vote:
		return []Ask{YesNo, One, Some}
	case Poll:
		return []Ask{YesNo, One, Some, Scale, Matrix, Ranking, Words}
	case Budget, Discussion, Hearing:
	}
	return nil
}

// Question is one question of a vote or poll.
type Question struct {
	ID       string    `json:"id"`
	Ask      Ask       `json:"ask"`
	Name     lang.Text `json:"name"`
	Hint     lang.Text `json:"hint"`
	Options  []Option  `json:"options,omitempty"`
	Rows     []Option  `json:"rows,omitempty"` // of Matrix
	Most     int       `json:"most,omitempty"` // of Some
	From     int       `json:"from,omitempty"` // of Scale
	To       int       `json:"to,omitempty"`
	Required bool      `json:"required,omitempty"`
	Winners  int       `json:"winners,omitempty"` // of a vote: how many options win at most, 0: one
	When     *When     `json:"when,omitempty"`    // nil: asked always
}

// Option is something that can be picked.
type Option struct {
	ID   string    `json:"id"`
	Name lang.Text `json:"name"`
}

// When asks a question only of those who picked an option of one before it.
type When struct {
	Question string `json:"question"`
	Option   string `json:"option"`
}

// The options of YesNo.
const (
	Yes = "yes"
	No  = "no"
)

// Choosable are the ids that an answer may pick; nil for Words.
func (q *Question) Choosable() []string {
	switch q.Ask {
	case YesNo:
		return []string{Yes, No}
	case Scale:
		return steps(q.From, q.To)
	case One, Some, Ranking:
		return idsOf(q.Options)
	case Matrix:
		var out []string
		for _, row := range q.Rows {
			for _, o := range q.Options {
				out = append(out, row.ID+":"+o.ID)
			}
		}
		return out
	case Words:
	}
	return nil
}

func idsOf(options []Option) []string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = o.ID
	}
	return out
}

// Question finds a question by its id.
func (t *Terms) Question(id string) (*Question, bool) {
	i := slices.IndexFunc(t.Questions, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return nil, false
	}
	return &t.Questions[i], true
}

// Project finds a project by its id.
func (t *Terms) Project(id string) (*Project, bool) {
	if t.Money == nil {
		return nil, false
	}
	i := slices.IndexFunc(t.Money.Projects, func(p Project) bool { return p.ID == id })
	if i < 0 {
		return nil, false
	}
	return &t.Money.Projects[i], true
}

// Rule is the rule of a budget vote with the campaign's own way to break ties. A
// draw stands for the seed where there was one.
func (t *Terms) Rule(draw string) (tally.Rule, error) {
	r, err := tally.ParseRule(t.Money.Rule)
	if err != nil {
		return r, err
	}
	r.Ties = slices.DeleteFunc(r.Ties, func(k tally.Key) bool { return k == tally.InOrder })
	switch {
	case t.Ties == TieOrder:
		r.Ties = append(r.Ties, tally.InOrder)
	case t.Ties == TieLot:
		r.Ties, r.Seed = append(r.Ties, tally.Lot), t.Seed
	case draw != "":
		r.Ties, r.Seed = append(r.Ties, tally.Lot), draw
	}
	return r, r.Check()
}

// Accepts reports whether a ballot that arrived at the instant is in time.
func (c *Campaign) Accepts(arrived time.Time) bool {
	return c.State.Voting() && c.Sealed.IsZero() && !arrived.Before(c.Terms.Opens) && arrived.Before(c.Closed)
}

// Public reports whether everybody may see the campaign.
func (c *Campaign) Public() bool { return c.State != Draft }

// ShowsResult reports whether everybody may see the result.
func (c *Campaign) ShowsResult() bool {
	return c.Result != nil && (c.State == Announced || c.State == Counted && c.Terms.Shown == WhenCounted)
}
