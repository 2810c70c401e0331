package workflow_test

import (
	"context"
	"encoding/json"
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

// TestEngine_ties_unraced lives random lives of several appeals that are split, joined,
// let go and answered together: no clock ever moves by it, and each tie is
// proved from both sides.
func TestEngine_ties_unraced(t *testing.T) {
	t.Parallel()
	seen := map[workflow.Action]int{}
	rapid.Check(t, func(t *rapid.T) {
		c := &crowd{stage: newStage(t), seen: seen}
		for range 4 {
			rubric := rapid.SampledFrom([]string{"fast", "general", "formal"}).Draw(t, "rubric")
			c.ids = append(c.ids, c.submitLong(t, rubric))
		}
		t.Repeat(map[string]func(*rapid.T){
			"join": c.joins, "leave": c.leaves, "split": c.splits, "act": c.act, "answer": c.answers, "wait": c.waits,
			"deliver": c.delivers,
		})
		c.deliverAll(t)
		c.holds(t, nil)
	})
	for _, action := range []workflow.Action{workflow.Join, workflow.Leave, workflow.Release, workflow.Share, workflow.BeginPart} {
		require.NotZero(t, seen[action], "no random life saw %s", action)
	}
}

type crowd struct {
	*stage
	ids  []int64
	seen map[workflow.Action]int
}

const (
	sentencePit   = "Во дворе яма, в неё провалилась машина."
	sentenceLamp  = "Ещё не горит фонарь у подъезда."
	sentenceBench = "И сломана лавочка у песочницы."
)

func (s *stage) submitLong(t require.TestingT, rubric string) int64 {
	in := form(rubric)
	in.Text = sentencePit + " " + sentenceLamp + "\n" + sentenceBench
	in.Photos = []workflow.Photo{{ID: 900, Key: "k", SHA256: "before"}}
	r, err := s.Submit(context.Background(), in)
	require.NoError(t, err)
	if rubric != "fast" {
		s.act(t, moderatorOf(roads), r.ID, workflow.Command{Action: workflow.Accept})
	}
	return r.ID
}

func (c *crowd) any(t *rapid.T) int64 { return rapid.SampledFrom(c.ids).Draw(t, "appeal") }

// before are the cases as they stand.
func (c *crowd) before() map[int64]*workflow.Case {
	out := map[int64]*workflow.Case{}
	for _, id := range c.ids {
		out[id] = c.store.find(id)
	}
	return out
}

func (c *crowd) joins(t *rapid.T) {
	before, lead := c.before(), c.any(t)
	others := rapid.SliceOfN(rapid.SampledFrom(c.ids), 1, 3).Draw(t, "others")
	_, err := c.Join(context.Background(), coordinatorOf(roads), lead, 0, others)
	require.NotEqual(t, fault.Internal, fault.KindOf(err), "%v", err)
	if err != nil {
		require.Equal(t, packed(before), packed(c.before()), "a refused join leaves nothing behind")
	}
	c.holds(t, before)
}

func (c *crowd) leaves(t *rapid.T) {
	before := c.before()
	_, err := c.Act(context.Background(), coordinatorOf(roads), c.any(t), workflow.Command{Action: workflow.Leave})
	require.NotEqual(t, fault.Internal, fault.KindOf(err), "%v", err)
	c.holds(t, before)
}

func (c *crowd) splits(t *rapid.T) {
	if len(c.ids) > 8 {
		return
	}
	before, id := c.before(), c.any(t)
	text := rapid.SampledFrom([]string{sentenceLamp, sentenceBench, sentenceLamp + "\n" + sentenceBench}).Draw(t, "text")
	parts := []workflow.Part{{Text: text, Rubric: rapid.SampledFrom([]string{"fast", "formal"}).Draw(t, "leaf")}}
	_, made, err := c.Split(context.Background(), coordinatorOf(roads), id, 0, parts)
	require.NotEqual(t, fault.Internal, fault.KindOf(err), "%v", err)
	for _, r := range made {
		c.ids = append(c.ids, r.ID)
		was, is := before[id].Appeal, c.store.find(r.ID).Appeal
		require.Equal(t, was.DueAt, is.DueAt, "nobody loses a day by a split")
		require.Equal(t, was.SubmittedAt, is.SubmittedAt)
		for _, kind := range []deadline.Kind{deadline.Review, deadline.Registration} {
			if d := was.Open(kind); d != nil {
				e := is.Open(kind)
				require.Equal(t, []any{d.StartsAt, d.DueAt, d.Step}, []any{e.StartsAt, e.DueAt, e.Step})
			}
		}
	}
	c.holds(t, before)
}

// act takes a step that brings an appeal nearer to its answer, or a citizen's.
func (c *crowd) act(t *rapid.T) {
	before, id := c.before(), c.any(t)
	a := &before[id].Appeal
	cmds := []workflow.Command{
		{Action: workflow.Assign, Executor: worker},
		{Action: workflow.Start},
		{Action: workflow.ReReview, Rating: 1, NotFixed: true, Text: "Яма на месте"},
		{Action: workflow.Rate, Rating: 5},
	}
	if rapid.IntRange(0, 5).Draw(t, "withdraw") == 0 {
		cmds = append(cmds, workflow.Command{Action: workflow.Withdraw})
	}
	cmd := rapid.SampledFrom(cmds).Draw(t, "step")
	for _, by := range []actor.Actor{coordinatorOf(roads), executor, actor.Author(id)} {
		if workflow.Can(by, a, cmd.Action) == nil {
			_, err := c.Act(context.Background(), by, id, cmd)
			require.NotEqual(t, fault.Internal, fault.KindOf(err), "%v", err)
		}
	}
	c.holds(t, before)
}

// answers works an appeal up to a signed answer.
func (c *crowd) answers(t *rapid.T) {
	before, id := c.before(), c.any(t)
	if a := &before[id].Appeal; a.Lead != 0 || a.RegisteredAt.IsZero() {
		return
	}
	outcome := rapid.SampledFrom([]workflow.Outcome{workflow.Solved, workflow.Planned}).Draw(t, "outcome")
	for _, step := range []struct {
		by  actor.Actor
		cmd workflow.Command
	}{
		{coordinatorOf(roads), workflow.Command{Action: workflow.Assign, Executor: worker}},
		{executor, workflow.Command{Action: workflow.Start}},
		{executor, workflow.Command{Action: workflow.Resume}},
		{executor, workflow.Command{
			Action: workflow.SubmitAnswer, Text: answerText, Outcome: outcome, Promised: c.clock.Now().Add(200 * time.Hour),
		}},
		{headOf(roads), workflow.Command{Action: workflow.Sign}},
	} {
		_, err := c.Act(context.Background(), step.by, id, step.cmd)
		require.NotEqual(t, fault.Internal, fault.KindOf(err), "%v", err)
	}
	c.holds(t, before)
}

func (c *crowd) waits(t *rapid.T) {
	if c.clock.Now().After(time.Date(2027, 8, 1, 0, 0, 0, 0, time.UTC)) {
		return // the calendar ends
	}
	c.clock.Advance(time.Duration(rapid.SampledFrom([]int{1, 24, 72, 240}).Draw(t, "hours")) * time.Hour)
	for _, id := range c.ids {
		for range 30 {
			due := slices.DeleteFunc(c.pending(id), func(d workflow.Due) bool { return d.At.After(c.clock.Now()) })
			if len(due) == 0 {
				break
			}
			_, err := c.Fire(context.Background(), due[0])
			require.NoError(t, err)
		}
	}
	c.holds(t, nil)
}

// delivers takes some rows of the outbox in a random order, some of them twice.
func (c *crowd) delivers(t *rapid.T) {
	rows := c.store.passings()
	if len(rows) == 0 {
		return
	}
	before := c.before()
	row := rapid.SampledFrom(rows).Draw(t, "row")
	c.deliver(t, row)
	c.holds(t, before)
	after := packed(c.before())
	c.deliver(t, row)
	require.Equal(t, after, packed(c.before()), "delivered twice, done once")
}

func (c *crowd) deliverAll(t *rapid.T) {
	for _, row := range c.store.passings() {
		c.deliver(t, row)
	}
	for _, id := range c.ids {
		a := &c.store.find(id).Appeal
		if a.Lead == 0 || workflow.Can(actor.Job, a, workflow.Share) != nil {
			continue
		}
		lead := c.store.find(a.Lead).Appeal
		require.NotEqual(t, workflow.StageWithdrawn, lead.Stage, "%s waits for a lead that is gone", a.Number)
	}
}

func (s *stage) deliver(t require.TestingT, row workflow.Outbox) {
	var p workflow.Passing
	require.NoError(t, json.Unmarshal([]byte(row.Payload), &p))
	if row.Topic == workflow.TopicLeave {
		require.NoError(t, s.LetGo(context.Background(), row.Appeal, p.Lead))
		return
	}
	require.NoError(t, s.ShareAnswer(context.Background(), row.Appeal, p.Lead, p.Answer))
}

// passings are the rows of the outbox by which leads pass something on.
func (m *memStore) passings() []workflow.Outbox {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.rows.outbox), func(o workflow.Outbox) bool {
		return o.Topic != workflow.TopicShareAnswer && o.Topic != workflow.TopicLeave
	})
}

func packed(cases map[int64]*workflow.Case) string { return string(pack(cases)) }

// ties are the steps that move no clock.
var tyingSteps = []workflow.Action{workflow.Join, workflow.Gather, workflow.Leave, workflow.Release, workflow.Split}

func (c *crowd) holds(t *rapid.T, before map[int64]*workflow.Case) {
	for _, id := range c.ids {
		one := c.store.find(id)
		require.Empty(t, workflow.Audit(one, c.calendars))
		require.Empty(t, workflow.AuditTies(one, c.maybe))
		a := &one.Appeal
		require.False(t, a.Lead != 0 && a.Joined != 0, "no chains of leads")
		if a.Lead != 0 {
			require.Equal(t, c.store.find(a.Lead).Appeal.Agency, a.Agency)
		}
		was := before[id]
		if was == nil || len(one.Events) == len(was.Events) {
			continue
		}
		for _, e := range one.Events[len(was.Events):] {
			c.seen[e.Action]++
		}
		if last := one.Events[len(one.Events)-1]; len(one.Events) == len(was.Events)+1 && slices.Contains(tyingSteps, last.Action) {
			sameClocks(t, &was.Appeal, a, last.Action)
		}
	}
	for id := range before {
		if before[id] == nil {
			c.seen[workflow.BeginPart]++
		}
	}
	if len(c.ids) > len(before) && before != nil {
		c.seen[workflow.BeginPart]++
	}
}

// sameClocks asserts that no clock was moved, begun anew or dropped; joining
// meets the duty to pass it on.
func sameClocks(t require.TestingT, was, is *workflow.Appeal, action workflow.Action) {
	require.Equal(t, was.DueAt, is.DueAt, "%s moves no date", action)
	require.Equal(t, was.Stage, is.Stage)
	require.Len(t, is.Deadline, len(was.Deadline))
	for i, d := range was.Deadline {
		if action == workflow.Join && (d.Kind == deadline.Redirect || d.Kind == deadline.Forwarding) {
			require.Equal(t, d.DueAt, is.Deadline[i].DueAt)
			continue
		}
		require.Equal(t, d, is.Deadline[i], "%s", action)
	}
}

// maybe finds a case, nil where there is none.
func (s *stage) maybe(id int64) *workflow.Case {
	s.store.mu.Lock()
	_, ok := s.store.rows.appeals[id]
	s.store.mu.Unlock()
	if !ok {
		return nil
	}
	return s.store.find(id)
}
