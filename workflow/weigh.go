package workflow

import (
	"context"
	"errors"
	"math/bits"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/conscience"
)

// Witness tells what an answer is weighed against before it is signed.
type Witness interface {
	// FindCase and FindCases are those of [Reader].
	FindCase(ctx context.Context, id int64) (*Case, error)
	FindCases(ctx context.Context, ids []int64) ([]Case, error)
	// ListTemplates lists the templates of the agency and the topic, and those
	// for all.
	ListTemplates(ctx context.Context, agency int64, rubric string) ([]AnswerTemplate, error)
	// ListNearAnswers lists answers that the agency signed and still has, which
	// share most of the marks (see [conscience.Marks]), the nearest first.
	ListNearAnswers(ctx context.Context, agency int64, marks []int64, limit int) ([]PastAnswer, error)
	// ListTwins lists, by the id of each picture, pictures from before it whose
	// file or stored bytes are the same, or whose looks differ in so many bits at
	// most. Pictures of the same answer are none.
	ListTwins(ctx context.Context, photos []Photo, bits int) (map[int64][]PhotoTwin, error)
	// Subject says what is known of a leaf; nothing of one that is gone.
	Subject(rubric string) Subject
}

// Subject is what one needs to know of a leaf to weigh an answer.
type Subject struct {
	Words     []string // its names and what people call it
	AsksPhoto bool     // «solved» needs a picture
}

// nearAnswers is how many earlier answers an answer is compared with.
const nearAnswers = 10

// weighed is what speaks against an answer at a version of its appeal.
type weighed struct {
	version int
	flags   []conscience.Code
}

// errMoved says that the appeal was changed after its answer was weighed.
var errMoved = errors.New("workflow: changed since it was weighed")

// signTries is how often a signature is tried while others change the appeal.
const signTries = 4

// weighing does something that may sign an answer, with what speaks against it;
// nil for every other action. Reading for it takes place outside of the unit of
// work, which would hold the appeal meanwhile; an appeal that was changed in
// between is weighed anew.
func (e *Engine) weighing(ctx context.Context, by actor.Actor, appeal int64, cmd Command, do func(*weighed) error) error {
	if cmd.Action != Sign || e.witness == nil {
		return do(nil)
	}
	for range signTries {
		c, err := e.witness.FindCase(ctx, appeal)
		if err != nil {
			return err
		}
		w := &weighed{version: c.Appeal.Version}
		if answer := c.unsigned(); answer != nil && CanSee(by, &c.Appeal) {
			flags, err := e.weigh(ctx, c, *answer)
			if err != nil {
				return err
			}
			w.flags = conscience.CodesOf(flags)
		}
		if err := do(w); !errors.Is(err, errMoved) {
			return err
		}
	}
	return fault.New(fault.Conflict, "workflow.stale")
}

// Weigh returns what speaks against the answer that awaits its signature or is
// being written, nothing where there is none.
//
// Forbidden: the actor doesn't see the appeal.
func (e *Engine) Weigh(ctx context.Context, by actor.Actor, appeal int64) ([]conscience.Flag, error) {
	if e.witness == nil {
		return nil, nil
	}
	c, err := e.witness.FindCase(ctx, appeal)
	if err != nil {
		return nil, err
	}
	return e.weighSeen(ctx, by, c)
}

// WeighMany is [Engine.Weigh] of many, by appeal. Appeals that are gone or that
// the actor doesn't see are left out; one with an empty list may be signed
// without a reason.
func (e *Engine) WeighMany(ctx context.Context, by actor.Actor, appeals []int64) (map[int64][]conscience.Flag, error) {
	out := map[int64][]conscience.Flag{}
	if e.witness == nil {
		return out, nil
	}
	cases, err := e.witness.FindCases(ctx, appeals)
	if err != nil {
		return nil, err
	}
	for i := range cases {
		c := &cases[i]
		if !CanSee(by, &c.Appeal) {
			continue
		}
		if out[c.Appeal.ID], err = e.weighSeen(ctx, by, c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// WeighDraft returns what would speak against an answer with the text and
// outcome, for who is writing it.
func (e *Engine) WeighDraft(ctx context.Context, by actor.Actor, appeal int64, text string, outcome Outcome) ([]conscience.Flag, error) {
	if e.witness == nil {
		return nil, nil
	}
	c, err := e.witness.FindCase(ctx, appeal)
	if err != nil {
		return nil, err
	}
	if !CanSee(by, &c.Appeal) {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	answer := Answer{Appeal: appeal, Round: c.Appeal.Round}
	if begun := c.unsigned(); begun != nil {
		answer = *begun
	}
	answer.Text, answer.Outcome = clean(text), outcome
	if length(answer.Text) < MinAnswer || !slices.Contains(Outcomes, outcome) {
		return nil, nil // nothing to weigh yet
	}
	return e.weigh(ctx, c, answer)
}

func (e *Engine) weighSeen(ctx context.Context, by actor.Actor, c *Case) ([]conscience.Flag, error) {
	if !CanSee(by, &c.Appeal) {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	answer := c.unsigned()
	if answer == nil {
		return nil, nil
	}
	return e.weigh(ctx, c, *answer)
}

// unsigned is the answer of the present round that is not signed, nil where
// there is none.
func (c *Case) unsigned() *Answer {
	i := slices.IndexFunc(c.Answers, func(n Answer) bool { return n.State != AnswerSigned && n.Round == c.Appeal.Round })
	if i < 0 {
		return nil
	}
	return &c.Answers[i]
}

// weigh gathers what the answer is to be weighed against, and weighs it.
func (e *Engine) weigh(ctx context.Context, c *Case, answer Answer) ([]conscience.Flag, error) {
	a := &c.Appeal
	topic := e.witness.Subject(a.Rubric)
	in := conscience.Case{
		Text: a.Text, Topic: topic.Words, AsksPhoto: topic.AsksPhoto, Address: a.Place.Address, SentAt: a.SubmittedAt,
		Answer: conscience.Answer{Text: answer.Text, Outcome: string(answer.Outcome)},
	}
	for _, r := range a.Replies {
		in.Replies = append(in.Replies, r.Shown)
	}
	for _, item := range a.Items {
		in.Items = append(in.Items, conscience.Item{Text: item.Text, Note: item.Note, Open: item.Outcome == ""})
	}
	templates, err := e.witness.ListTemplates(ctx, a.Agency, a.Rubric)
	if err != nil {
		return nil, err
	}
	for _, t := range templates {
		in.Sources = append(in.Sources, conscience.Source{Name: t.Name.RU, Text: t.Body})
	}
	near, err := e.witness.ListNearAnswers(ctx, a.Agency, conscience.Marks(answer.Text), nearAnswers)
	if err != nil {
		return nil, err
	}
	for _, n := range near {
		in.Sources = append(in.Sources, conscience.Source{Appeal: n.Appeal, Number: n.Number, Text: n.Text})
	}
	if in.Photos, err = e.witnessed(ctx, c, answer.ID); err != nil {
		return nil, err
	}
	return conscience.Weigh(in), nil
}

// witnessed are the pictures of an answer with those that are like them.
func (e *Engine) witnessed(ctx context.Context, c *Case, answer int64) ([]conscience.Photo, error) {
	var mine []Photo
	for _, p := range c.Photos {
		if p.Answer == answer && answer != 0 {
			mine = append(mine, p)
		}
	}
	if len(mine) == 0 {
		return nil, nil
	}
	twins, err := e.witness.ListTwins(ctx, mine, conscience.LikeBits)
	if err != nil {
		return nil, err
	}
	out := make([]conscience.Photo, len(mine))
	for i, p := range mine {
		out[i] = conscience.Photo{ID: p.ID, TakenAt: p.TakenAt, Away: p.Away}
		for _, t := range twins[p.ID] {
			out[i].Twins = append(out[i].Twins, conscience.Twin{
				ID: t.ID, Appeal: t.Appeal, Number: t.Number, Own: t.Appeal == c.Appeal.ID && t.Answer == 0,
				Exact: t.SHA256 == p.SHA256 || t.Sent != "" && t.Sent == p.Sent, Bits: bits.OnesCount64(t.Look ^ p.Look),
			})
		}
	}
	return out, nil
}

// settled makes of what the files of pictures said what a case keeps of it: the
// instant, and how far from the place of the problem; never the position.
func (e *Engine) settled(photos []Photo, place Place) []Photo {
	out := slices.Clone(photos)
	for i := range out {
		p := &out[i]
		said := p.Capture
		p.Capture = nil
		if said == nil {
			continue
		}
		p.TakenAt = e.instant(said.At)
		if at := said.Where; at != nil && place.Point != nil {
			away := conscience.Metres(at.Lat, at.Lon, place.Point.Lat, place.Point.Lon)
			p.Away = &away
		}
	}
	return out
}

// instant reads a camera's time; one without a zone is the region's.
func (e *Engine) instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		if t, err = time.ParseInLocation("2006-01-02T15:04:05", s, e.calendar.Load().Zone()); err != nil {
			return time.Time{}
		}
	}
	return clock.Round(t.UTC())
}
