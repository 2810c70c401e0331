package workflow_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// clockless lists the actions that may move no clock.
var clockless = []workflow.Action{
	workflow.AddNote, workflow.Attach, workflow.Start, workflow.AskExtension, workflow.DenyExtension,
	workflow.AddItems, workflow.DropItem, workflow.SettleItem,
}

// zones are the westernmost of Russia, the capital's and the easternmost: stored
// and replayed due dates must agree wherever a day begins.
var zones = []string{"Europe/Moscow", "Europe/Kaliningrad", "Asia/Kamchatka"}

// elsewhere lists the actions that are no commands.
var elsewhere = []workflow.Action{workflow.Attach, workflow.Split, workflow.Join, workflow.Gather}

// TestEngine_properties_unraced lives random lives: whatever people and clocks do, in
// whatever order, the appeal proves itself and somebody owes the next step.
func TestEngine_properties_unraced(t *testing.T) {
	t.Parallel()
	reached, opinions := map[workflow.Stage]int{}, map[workflow.OpinionState]int{}
	lived := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		s := newStageIn(t, zone)
		rubric := rapid.SampledFrom([]string{"fast", "general", "formal"}).Draw(t, "rubric")
		life := &life{stage: s, reached: reached, opinions: opinions}
		life.begin(t, rubric, rapid.SampledFrom(workflow.Stages[2:11]).Draw(t, "begins at"))
		life.holds(t, nil)
		lived[zone+" "+string(s.store.find(life.id).Appeal.RuleSet)]++
		t.Repeat(map[string]func(*rapid.T){
			"act":    life.act,
			"act on": life.actOn,
			"forbid": life.forbidden,
			"draft":  life.draft,
			"photos": life.photos,
			"wait":   life.wait,
		})
	})
	for _, zone := range zones {
		for _, rules := range []workflow.RuleSet{workflow.Message, workflow.FZ59} {
			require.NotZero(t, lived[zone+" "+string(rules)], "no life by %s in %s", rules, zone)
		}
	}
	t.Logf("lives by zone and rule set, each replayed after every change: %v", lived)
	for _, state := range []workflow.OpinionState{workflow.OpinionAsked, workflow.OpinionGiven, workflow.OpinionDropped} {
		require.NotZero(t, opinions[state], "no opinion was ever %s", state)
	}
	for _, stage := range workflow.Stages[2:] {
		require.NotZero(t, reached[stage], "no random life reached %s: the test proves nothing of it", stage)
	}
}

type life struct {
	stage   *stage
	id      int64
	reached map[workflow.Stage]int

	opinions map[workflow.OpinionState]int
}

// begin brings a new appeal to a stage or near it: lives that all start at the
// door seldom get far.
func (l *life) begin(t *rapid.T, rubric string, at workflow.Stage) {
	s := l.stage
	switch at {
	case workflow.StageModeration:
		l.id = s.submit(t, rubric)
	case workflow.StageClarification:
		l.id = s.submit(t, "general")
		s.act(t, moderatorOf(roads), l.id, workflow.Command{Action: workflow.Ask, Reason: "Где?"})
	case workflow.StageReceived:
		l.id = s.received(t, rubric)
	case workflow.StageAssigned:
		l.id = s.assigned(t, rubric)
	case workflow.StagePlanned:
		l.id = s.inWork(t, rubric)
		s.answer(t, l.id, workflow.Planned, s.clock.Now().Add(200*time.Hour))
	case workflow.StageAnswered:
		l.id = s.answered(t, rubric)
	case workflow.StageDisputed:
		l.id = s.answered(t, rubric)
		s.act(t, actor.Author(l.id), l.id, workflow.Command{Action: workflow.ReReview, Rating: 1, Text: "Нет"})
		s.again(t, l.id)
		s.act(t, actor.Author(l.id), l.id, workflow.Command{Action: workflow.Dispute, Rating: 1, Text: "Нет"})
	default:
		l.id = s.inWork(t, rubric)
	}
}

// people are those who may have something to do with the appeal now.
func people(a *workflow.Appeal) []actor.Actor {
	out := []actor.Actor{
		actor.Author(a.ID), moderatorOf(a.Agency), coordinatorOf(a.Agency), headOf(a.Agency), supervisor,
	}
	if a.Executor != 0 {
		out = append(out, officer(a.Executor, a.Agency, actor.Executor))
	}
	for _, o := range a.AwaitedOpinions() {
		out = append(out, officer(o.User, o.Agency, actor.Executor))
	}
	return out
}

// actOn takes some steps in a row, so that lives get far.
func (l *life) actOn(t *rapid.T) {
	for range 4 {
		l.act(t)
	}
}

// act takes a random action that is allowed, with inputs that are right. It
// must succeed.
func (l *life) act(t *rapid.T) {
	before := l.stage.store.find(l.id)
	a := &before.Appeal
	type choice struct {
		by     actor.Actor
		action workflow.Action
	}
	var choices []choice
	for _, by := range people(a) {
		for _, action := range workflow.Allowed(by, a) {
			if !slices.Contains(elsewhere, action) && (action != workflow.AddNote || len(before.Events)%7 == 0) &&
				(action != workflow.AddItems || len(a.Items) < 3) && (action != workflow.AskOpinion || len(a.AwaitedOpinions()) < 3) {
				choices = append(choices, choice{by, action})
			}
		}
	}
	if len(choices) == 0 {
		return // nothing to do
	}
	c := rapid.SampledFrom(choices).Draw(t, "choice")
	if (c.action == workflow.Withdraw || c.action == workflow.Reject) && rapid.IntRange(0, 4).Draw(t, "stay") > 0 {
		return // most lives are longer
	}
	_, err := l.stage.Act(context.Background(), c.by, l.id, l.right(t, a, c.by, c.action))
	if c.action == workflow.SubmitAnswer && len(a.OpenItems())+len(a.AwaitedOpinions()) > 0 ||
		c.action == workflow.Sign && len(a.OpenItems()) > 0 {
		require.True(t, fault.Is(err, fault.Invalid), "%v", err)
		return // not yet
	}
	if fault.Is(err, fault.Unavailable) {
		require.Equal(t, pack(before), pack(l.stage.store.find(l.id)))
		return // beyond the calendar
	}
	require.NoError(t, err)
	l.holds(t, before)
}

// right is a command whose inputs are in order.
func (l *life) right(t *rapid.T, a *workflow.Appeal, by actor.Actor, action workflow.Action) workflow.Command {
	other := func(ids []int64, not int64) int64 {
		ids = slices.DeleteFunc(ids, func(id int64) bool { return id == not })
		return rapid.SampledFrom(ids).Draw(t, "other")
	}
	c := workflow.Command{
		Action: action, Version: a.Version, Reason: "Причина такая-то", Agency: other([]int64{roads, water, parks}, a.Agency),
		Executor: other([]int64{worker, colleague}, a.Executor), Days: 1, Rating: rapid.IntRange(1, 3).Draw(t, "rating"),
		NotFixed: rapid.Bool().Draw(t, "not fixed"), Outcome: workflow.Solved, Ground: "59-ФЗ, ст. 11",
	}
	switch action {
	case workflow.Retopic:
		same := map[workflow.RuleSet][]string{workflow.Message: {"fast", "general"}, workflow.FZ59: {"formal", "lawful"}}[a.RuleSet]
		if c.Rubric = same[0]; a.Rubric == same[0] {
			c.Rubric = same[1]
		}
	case workflow.Redirect:
		if !by.Has(actor.Supervisor) {
			next := slices.DeleteFunc([]int64{roads, water, parks}, func(id int64) bool {
				return id == a.Agency || slices.Contains(a.Past, id)
			})
			c.Agency = next[0] // two hops never use up three agencies
		}
	case workflow.Assign:
		if a.AskedOf(c.Executor) != nil {
			c.Executor = spare
		}
		if a.Executor == spare {
			c.Executor = reserve
		}
	case workflow.AskOpinion:
		free := slices.DeleteFunc([]int64{worker, colleague, stranger, third}, func(id int64) bool {
			return id == a.Executor || a.AskedOf(id) != nil
		})
		c.Executor, c.Agency = rapid.SampledFrom(free).Draw(t, "asked"), a.Agency
		if c.Executor == stranger && a.Agency == roads {
			c.Agency = water
		}
	case workflow.DropOpinion:
		c.Opinion = rapid.SampledFrom(a.AwaitedOpinions()).Draw(t, "opinion").N
	case workflow.OpenContacts:
		c.Opinion = rapid.SampledFrom(a.WithoutContacts()).Draw(t, "closed opinion").N
	case workflow.DropItem, workflow.SettleItem:
		c.Item = rapid.SampledFrom(a.Items).Draw(t, "item").N
	case workflow.AddItems:
		c.Text, c.Reason = "Когда засыплют?", ""
	default:
	}
	if action == workflow.SubmitAnswer {
		c.Text = answerText
		outcomes := workflow.Outcomes
		if a.Interims >= workflow.MaxInterims {
			outcomes = []workflow.Outcome{workflow.Explained, workflow.Refused}
		}
		c.Outcome = rapid.SampledFrom(outcomes).Draw(t, "outcome")
		c.Promised = l.stage.clock.Now().Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "promised")) * 24 * time.Hour)
	}
	return c
}

// forbidden takes any action as anybody: it succeeds or leaves nothing behind.
func (l *life) forbidden(t *rapid.T) {
	before := l.stage.store.find(l.id)
	who := rapid.SampledFrom(append(people(&before.Appeal), actor.Author(l.id+1), coordinatorOf(closed), actor.Actor{})).Draw(t, "who")
	action := rapid.SampledFrom(everyAction).Draw(t, "action")
	_, err := l.stage.Act(context.Background(), who, l.id, workflow.Command{Action: action, Text: "слова", Days: -1, Executor: stranger})
	if err == nil {
		require.NoError(t, workflow.Can(who, &before.Appeal, action))
		l.holds(t, before)
		return
	}
	require.NotEqual(t, fault.Internal, fault.KindOf(err), "%v", err)
	require.Equal(t, string(pack(before)), string(pack(l.stage.store.find(l.id))))
}

func (l *life) draft(t *rapid.T) {
	before := l.stage.store.find(l.id)
	who := officer(before.Appeal.Executor, before.Appeal.Agency, actor.Executor)
	text := rapid.SampledFrom([]string{"", "Едем", answerText}).Draw(t, "text")
	if _, err := l.stage.SaveAnswerDraft(context.Background(), who, l.id, 0, text, "", time.Time{}, ""); err != nil {
		return // not theirs to write
	}
	after := l.stage.store.find(l.id)
	require.Equal(t, before.Appeal, after.Appeal)
	require.Equal(t, before.Events, after.Events)
}

func (l *life) photos(t *rapid.T) {
	before := l.stage.store.find(l.id)
	who := rapid.SampledFrom(people(&before.Appeal)).Draw(t, "who")
	if _, err := l.stage.AttachPhotos(context.Background(), who, l.id, []workflow.Photo{{Key: "k", SHA256: "ab"}}); err != nil {
		return // not theirs to attach
	}
	l.holds(t, before)
}

// wait lets time pass and fires what comes due, in a random order and twice.
func (l *life) wait(t *rapid.T) {
	s := l.stage
	hours := rapid.SampledFrom([]int{1, 5, 24, 72, 240, 720}).Draw(t, "hours")
	if s.clock.Now().After(time.Date(2027, 8, 1, 0, 0, 0, 0, time.UTC)) {
		return // the calendar ends
	}
	s.clock.Advance(time.Duration(hours) * time.Hour)
	for range 20 {
		due := slices.DeleteFunc(s.pending(l.id), func(d workflow.Due) bool { return d.At.After(s.clock.Now()) })
		if len(due) == 0 {
			return
		}
		next := rapid.SampledFrom(due).Draw(t, "due")
		for i, want := range []bool{true, false} {
			before := s.store.find(l.id)
			fired, err := s.Fire(context.Background(), next)
			require.NoError(t, err)
			if d := before.Appeal.Deadline[next.N-1]; i == 1 && d.Step == next.Step {
				continue // the same step again would be another day's
			}
			require.Equal(t, want, fired)
			if fired {
				l.holds(t, before)
			}
		}
	}
	require.Empty(t, slices.DeleteFunc(s.pending(l.id), func(d workflow.Due) bool { return d.At.After(s.clock.Now()) }), "it never ends")
}

// holds checks what must be true after each change.
func (l *life) holds(t *rapid.T, before *workflow.Case) {
	c := l.stage.store.find(l.id)
	a := &c.Appeal
	l.reached[a.Stage]++
	require.Empty(t, workflow.Audit(c, l.stage.calendars))

	running, open := 0, map[deadline.Kind]int{}
	for _, d := range a.Deadline {
		require.False(t, d.DueAt.IsZero(), "a clock of %s without a due instant", d.Kind)
		if d.Running() {
			running++
			require.False(t, d.NextAt.IsZero(), "nothing will ever look at the clock of %s again", d.Kind)
		}
		if d.State == deadline.Open {
			if d.Kind == deadline.Opinion {
				continue // several at once: checked below
			}
			open[d.Kind]++
			require.Equal(t, 1, open[d.Kind], "two clocks of %s", d.Kind)
		}
	}
	if a.Stage.Final() {
		require.Empty(t, open)
		require.False(t, a.ClosedAt.IsZero())
	} else {
		require.NotZero(t, running, "nobody owes anything at %s", a.Stage)
		require.True(t, a.ClosedAt.IsZero())
	}
	for _, o := range a.Opinions {
		i := slices.IndexFunc(a.Deadline, func(d deadline.Deadline) bool { return d.N == o.Clock })
		d := a.Deadline[i]
		require.Equal(t, deadline.Opinion, d.Kind)
		require.Equal(t, o.Agency, d.AgencyID)
		require.Equal(t, map[workflow.OpinionState]deadline.State{
			workflow.OpinionAsked: deadline.Open, workflow.OpinionGiven: deadline.Met, workflow.OpinionDropped: deadline.Cancelled,
		}[o.State], d.State, "an opinion and its clock agree")
		l.opinions[o.State]++
	}
	if !slices.Contains([]workflow.Stage{workflow.StageAssigned, workflow.StageInWork}, a.Stage) {
		require.Empty(t, a.AwaitedOpinions(), "an opinion is awaited at %s", a.Stage)
	}
	if a.Stage == workflow.StageAnswered {
		require.Empty(t, a.OpenItems())
	}
	require.Contains(t, []int{0, 1, 2, 3}, a.Level)
	require.LessOrEqual(t, a.Interims, workflow.MaxInterims)
	require.False(t, a.RuleSet == workflow.Message && a.RegisteredAt.IsZero())

	if before == nil {
		return
	}
	require.Equal(t, before.Appeal.Version+1, a.Version)
	require.Len(t, c.Events, len(before.Events)+1)
	last, earlier := c.Events[len(c.Events)-1], c.Events[len(c.Events)-2]
	require.True(t, last.DueBefore.Equal(earlier.DueAfter), "the due dates of the events join")
	require.False(t, last.At.Before(earlier.At))
	if slices.Contains(clockless, last.Action) || (last.Action == workflow.Assign && last.From != workflow.StageReceived) {
		require.Equal(t, before.Appeal.Deadline, a.Deadline, "%s moves no clock", last.Action)
	}
	was, is := before.Appeal.Open(deadline.Review), a.Open(deadline.Review)
	if was != nil && is != nil && was.N == is.N {
		require.False(t, is.DueAt.Before(was.DueAt), "a review never gets shorter")
		if last.Action == workflow.Redirect || last.Action == workflow.Warn {
			require.Equal(t, was.DueAt, is.DueAt)
		}
	}
	if last.Action == workflow.Redirect && a.RuleSet == workflow.Message {
		require.Equal(t, was.N, is.N, "a message keeps its review")
	}
}
