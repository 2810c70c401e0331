package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/conscience"
	"github.com/otklik/otklik/workflow/deadline"
)

// Finding is one thing that the audit of an appeal found wrong.
type Finding struct {
	Appeal int64  `json:"appeal"`
	Event  int    `json:"event,omitempty"` // number of the event, 0 where it is none in particular
	What   string `json:"what"`
}

// Audit proves an appeal from its own history: the chain of events is whole and
// its times never go back, each step is one that the table of transitions knows, the state is what the
// last event left, the clocks computed again from the events are those that
// are stored, and signed answers, pictures, the checklist, opinions and the
// agencies that had it are those that the events speak of, and who signed
// against flags said why. calendars finds a calendar by its version. No
// finding: all is well.
func Audit(c *Case, calendars func(version string) (*calendar.Calendar, error)) []Finding {
	a := auditor{c: c}
	for _, what := range c.Contradictions {
		a.found(0, "%s", what)
	}
	a.chain()
	a.times()
	a.path()
	a.hands()
	a.state()
	a.answered()
	a.clocks(calendars)
	a.attachments()
	a.ties()
	a.checklist()
	a.opinions()
	a.past()
	a.topic()
	a.conscience()
	return a.findings
}

type auditor struct {
	c        *Case
	findings []Finding
}

func (a *auditor) found(event int, format string, args ...any) {
	a.findings = append(a.findings, Finding{Appeal: a.c.Appeal.ID, Event: event, What: fmt.Sprintf(format, args...)})
}

func (a *auditor) chain() {
	err := Verify(a.c.Events)
	var broken *ChainError
	switch {
	case errors.As(err, &broken):
		a.found(broken.N, "%s", broken.What)
	case err != nil:
		a.found(0, "%v", err)
	}
}

// times checks that nothing happened before what it follows.
func (a *auditor) times() {
	for i := 1; i < len(a.c.Events); i++ {
		if e, before := a.c.Events[i], a.c.Events[i-1]; e.At.Before(before.At) {
			a.found(e.N, "is %v earlier than the event before it", before.At.Sub(e.At))
		}
	}
}

// path follows the stages through the events.
func (a *auditor) path() {
	stage := StageDraft
	for _, e := range a.c.Events {
		if e.From != stage {
			a.found(e.N, "begins at stage %q, the one before ended at %q", e.From, stage)
		}
		if !slices.ContainsFunc(transitions, func(t Transition) bool {
			return t.Action == e.Action && slices.Contains(t.From, e.From) && (t.To == e.To || (t.To == "" && e.From == e.To))
		}) {
			a.found(e.N, "%s from %q to %q is no transition", e.Action, e.From, e.To)
		}
		stage = e.To
	}
}

// hands checks that what is the executor's to do was done by them, or in their
// place by another whom the event names so.
func (a *auditor) hands() {
	executor := int64(0) // while it is known
	for _, e := range a.c.Events {
		if e.Action == GiveOpinion {
			a.givenBy(e)
			continue
		}
		if e.Data.For != 0 {
			switch {
			case e.Data.For == e.Actor:
				a.found(e.N, "user %d acted in their own place", e.Actor)
			case executor != 0 && e.Data.For != executor:
				a.found(e.N, "acted in the place of user %d, who was not the executor", e.Data.For)
			case !workersAlone(e):
				a.found(e.N, "%s is not done in an executor's place", e.Action)
			}
		} else if executor != 0 && e.ActorKind == actor.Officer && e.Actor != executor && workersAlone(e) {
			a.found(e.N, "%s was done by user %d, who was not the executor", e.Action, e.Actor)
		}
		switch {
		case e.Action == Assign:
			executor = e.Data.Executor
		case e.Data.FromAgency != 0 || e.Action == ReReview || e.Action == SendBack:
			executor = 0
		}
	}
}

// workersAlone reports whether only the executor among officers may do what the
// event says.
func workersAlone(e Event) bool {
	found := false
	for _, t := range transitions {
		if t.Action != e.Action || !slices.Contains(t.From, e.From) {
			continue
		}
		for _, p := range t.Who {
			switch p {
			case Worker:
				found = true
			case Author, Job, Door:
			default:
				return false
			}
		}
	}
	return found
}

// givenBy checks that an opinion was given by who was asked, or in their place.
func (a *auditor) givenBy(e Event) {
	by := e.Actor
	if e.Data.For != 0 {
		by = e.Data.For
	}
	if len(e.Data.Opinions) != 1 || e.Data.Opinions[0].User != by || e.Data.Opinions[0].State != OpinionGiven {
		a.found(e.N, "an opinion was given by user %d, who was not asked", by)
	}
}

// state compares the appeal with its last event.
func (a *auditor) state() {
	p := &a.c.Appeal
	if p.Events != len(a.c.Events) {
		a.found(0, "the appeal counts %d events, there are %d", p.Events, len(a.c.Events))
	}
	if len(a.c.Events) == 0 {
		return
	}
	last := a.c.Events[len(a.c.Events)-1]
	if p.Hash != last.Hash {
		a.found(last.N, "the appeal has another hash than its last event")
	}
	if p.Stage != last.To {
		a.found(last.N, "the appeal is at stage %q, its last event ended at %q", p.Stage, last.To)
	}
	if p.Agency != last.Agency {
		a.found(last.N, "the appeal is at agency %d, its last event left it at %d", p.Agency, last.Agency)
	}
	if !p.DueAt.Equal(last.DueAfter) {
		a.found(last.N, "the appeal is due %v, its last event says %v", p.DueAt, last.DueAfter)
	}
}

// clocks computes the clocks again from what the events recorded.
func (a *auditor) clocks(calendars func(string) (*calendar.Calendar, error)) {
	replayed, err := deadline.Replay(entriesOf(a.c.Events), calendars)
	if err != nil {
		a.found(0, "clocks can't be computed again: %v", err)
	}
	stored := a.c.Appeal.Deadline
	if replayed == nil && err != nil {
		return
	}
	if len(stored) != len(replayed) {
		a.found(0, "%d clocks are stored, the events tell of %d", len(stored), len(replayed))
	}
	for _, d := range stored {
		i := slices.IndexFunc(replayed, func(r deadline.Deadline) bool { return r.N == d.N })
		if i < 0 {
			a.found(0, "clock %d (%s) is in no event", d.N, d.Kind)
			continue
		}
		if is, was := written(d), written(replayed[i]); is != was {
			a.found(0, "clock %d (%s) is stored as %s, the events give %s", d.N, d.Kind, is, was)
		}
	}
}

// written is a clock in the form in which it is stored, its times in UTC.
func written(d deadline.Deadline) string {
	d.StartsAt, d.DueAt, d.EndedAt = d.StartsAt.UTC(), d.DueAt.UTC(), d.EndedAt.UTC()
	d.PausedAt, d.NextAt = d.PausedAt.UTC(), d.NextAt.UTC()
	data, err := json.Marshal(d)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// conscience looks for the reason of each answer that was signed against flags.
func (a *auditor) conscience() {
	formal := false
	for _, e := range a.c.Events {
		if e.Action != Sign && e.Action != Share {
			continue
		}
		if len(e.Data.Flags) > 0 && e.Reason == "" {
			a.found(e.N, "the answer was signed against %v without a reason", e.Data.Flags)
		}
		i := slices.IndexFunc(a.c.Answers, func(n Answer) bool { return n.ID == e.Data.Answer })
		if i >= 0 && (!slices.Equal(a.c.Answers[i].Flags, e.Data.Flags) || a.c.Answers[i].Reason != e.Reason) {
			a.found(e.N, "the signed answer %d has other flags or another reason than its event", e.Data.Answer)
		}
		if e.To == StageAnswered {
			formal = slices.ContainsFunc(e.Data.Flags, conscience.Code.Formal)
		}
	}
	if a.c.Appeal.Formal != formal {
		a.found(0, "the appeal says formal is %t, its signatures say %t", a.c.Appeal.Formal, formal)
	}
}

// attachments looks for the answers and pictures that the events speak of.
func (a *auditor) attachments() {
	for _, e := range a.c.Events {
		if e.Action == Sign || e.Action == Share {
			if _, whole := signedAs(&e, a.c.Answers); !whole {
				a.found(e.N, "the signed answer %d is not as it was signed", e.Data.Answer)
			}
		}
		for _, sum := range e.Data.Photos {
			if !slices.ContainsFunc(a.c.Photos, func(p Photo) bool { return p.SHA256 == sum }) {
				a.found(e.N, "the picture %s is gone", sum)
			}
		}
	}
}

// checklist compares the items with what the last event that changed them kept.
func (a *auditor) checklist() {
	n, sum := 0, ""
	for _, e := range a.c.Events {
		if e.Data.ItemsHash != "" {
			n, sum = e.N, e.Data.ItemsHash
		}
	}
	is := ""
	if len(a.c.Appeal.Items) > 0 || n > 0 {
		is = HashItems(a.c.Appeal.Items)
	}
	if is != sum {
		a.found(n, "the checklist is not as the event left it")
	}
}

// opinions compares the opinions with what the events kept of them.
func (a *auditor) opinions() {
	marks := map[int]OpinionMark{}
	last := map[int]int{}
	for _, e := range a.c.Events {
		for _, m := range e.Data.Opinions {
			marks[m.N], last[m.N] = m, e.N
		}
	}
	for i := range a.c.Appeal.Opinions {
		o := &a.c.Appeal.Opinions[i]
		m, ok := marks[o.N]
		switch {
		case !ok:
			a.found(0, "opinion %d is in no event", o.N)
		case m.State != o.State || m.Hash != HashOpinion(o):
			a.found(last[o.N], "opinion %d is not as the event left it", o.N)
		}
		delete(marks, o.N)
	}
	for n := range marks {
		a.found(last[n], "opinion %d is gone", n)
	}
}

// past compares the agencies that had the appeal with those that passed it on.
func (a *auditor) past() {
	var past []int64
	for _, e := range a.c.Events {
		if from := e.Data.FromAgency; from != 0 && !slices.Contains(past, from) {
			past = append(past, from)
		}
	}
	if !slices.Equal(past, a.c.Appeal.Past) {
		a.found(0, "the agencies that had it are stored as %v, the events give %v", a.c.Appeal.Past, past)
	}
}

// topic compares the topic with the one that the events left.
func (a *auditor) topic() {
	n, code, changes := 0, "", 0
	for _, e := range a.c.Events {
		if e.Action == Retopic {
			changes++
			if e.Data.FromRubric != code {
				a.found(e.N, "the topic was changed from %q, the one before was %q", e.Data.FromRubric, code)
			}
		}
		if e.Data.Rubric != "" {
			n, code = e.N, e.Data.Rubric
		}
	}
	if a.c.Appeal.Rubric != code {
		a.found(n, "the topic is stored as %q, the events give %q", a.c.Appeal.Rubric, code)
	}
	if a.c.Appeal.Retopics != changes {
		a.found(0, "%d changes of the topic are stored, the events tell of %d", a.c.Appeal.Retopics, changes)
	}
}
