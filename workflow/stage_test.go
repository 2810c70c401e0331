package workflow_test

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

// The agencies and people of the tests.
const (
	roads  int64 = 10
	water  int64 = 20
	parks  int64 = 30
	closed int64 = 99 // no such agency

	worker    int64 = 101
	colleague int64 = 102
	stranger  int64 = 103 // executor elsewhere
	third     int64 = 104
	spare     int64 = 105
	reserve   int64 = 106
)

func officer(user, agency int64, role actor.Role) actor.Actor {
	if role.Regional() {
		agency = 0
	}
	return actor.Actor{Kind: actor.Officer, User: user, Memberships: []actor.Membership{{Agency: agency, Role: role}}}
}

func moderatorOf(agency int64) actor.Actor   { return officer(1, agency, actor.Moderator) }
func coordinatorOf(agency int64) actor.Actor { return officer(2, agency, actor.Coordinator) }
func headOf(agency int64) actor.Actor        { return officer(3, agency, actor.Head) }

var (
	supervisor = officer(4, 0, actor.Supervisor)
	executor   = officer(worker, roads, actor.Executor)
)

// leaves is the catalog of the tests.
type leaves map[string]workflow.Leaf

func (l leaves) Leaf(_ context.Context, code string, _ int64, _ []workflow.Reply) (workflow.Leaf, error) {
	leaf, ok := l[code]
	if !ok {
		e := fault.New(fault.Invalid, "error.invalid")
		e.Fields = []fault.Field{{Name: "rubric", Key: "rubricator.unknown"}}
		return workflow.Leaf{}, e
	}
	leaf.Code, leaf.Version, leaf.Category, leaf.Rule = code, 7, "roads", "roads × everywhere"
	return leaf, nil
}

var seeded = leaves{
	"fast":    {RuleSet: workflow.Message, Order: workflow.Fast, Review: calendar.Days(10), Agency: roads},
	"general": {RuleSet: workflow.Message, Order: workflow.General, Agency: roads},
	"formal":  {RuleSet: workflow.FZ59, Order: workflow.General, Agency: roads},
	"lawful":  {RuleSet: workflow.FZ59, Order: workflow.Fast, Agency: roads},
	"nobody":  {RuleSet: workflow.Message, Order: workflow.General},
}

// staff is the directory of the tests.
type staff struct{ paper *workflow.Letterhead }

func (staff) Holds(_ context.Context, user int64, role workflow.Role, agency int64) (bool, error) {
	return role == actor.Executor && (user == worker || user == colleague || user == third || user == spare || user == reserve || (user == stranger && agency != roads)), nil
}

func (s staff) Letterhead(_ context.Context, _, signer, author int64) (*workflow.Letterhead, error) {
	if s.paper == nil {
		return nil, nil
	}
	out := *s.paper
	out.Signer, out.Writer = fmt.Sprintf("user %d", signer), fmt.Sprintf("user %d", author)
	return &out, nil
}

func (staff) Answers(_ context.Context, agency int64) (bool, error) { return agency != closed, nil }

// stage is an engine with its store and a clock that the test moves.
type stage struct {
	*workflow.Engine
	store *memStore
	clock *clock.Fake
	cal   *calendar.Calendar
	paper *workflow.Letterhead // of every agency
}

// monday is an ordinary working Monday, 10:00 in Moscow.
var monday = time.Date(2026, 3, 16, 7, 0, 0, 0, time.UTC)

func newStage(t require.TestingT) *stage { return newStageIn(t, "Europe/Moscow") }

// newStageIn is a stage in a region whose days begin by the zone.
func newStageIn(t require.TestingT, zone string) *stage {
	cal, err := calendar.Load()
	require.NoError(t, err)
	where, err := time.LoadLocation(zone)
	require.NoError(t, err)
	if where.String() != cal.Zone().String() {
		cal = cal.In(where)
	}
	s := &stage{store: newMemStore(), clock: clock.NewFake(monday), cal: cal, paper: &workflow.Letterhead{Agency: lang.Text{RU: "Комитет дорог"}, Position: "Председатель"}}
	s.Engine, err = workflow.NewEngine(workflow.Config{
		Store: s.store, Catalog: seeded, Directory: staff{s.paper}, Clock: s.clock, Calendar: cal,
		Secret: []byte("a secret of the tests only"),
	})
	require.NoError(t, err)
	return s
}

func form(rubric string) workflow.Submission {
	return workflow.Submission{
		Text: "Во дворе яма, в неё провалилась машина", Rubric: rubric, Place: workflow.Place{Territory: 5},
		Applicant: workflow.Applicant{Name: "Анна", Email: "anna@example.org", Lang: "ru"}, Source: workflow.FromPortal,
	}
}

func (s *stage) submit(t require.TestingT, rubric string) int64 {
	r, err := s.Submit(context.Background(), form(rubric))
	require.NoError(t, err)
	require.True(t, r.Fresh)
	return r.ID
}

func (s *stage) act(t require.TestingT, by actor.Actor, id int64, c workflow.Command) *workflow.Appeal {
	a, err := s.Act(context.Background(), by, id, c)
	require.NoError(t, err, "%s", c.Action)
	return a
}

// refused takes an action that must not succeed and returns its error.
func (s *stage) refused(t require.TestingT, by actor.Actor, id int64, c workflow.Command) *fault.Error {
	before := pack(s.store.find(id))
	_, err := s.Act(context.Background(), by, id, c)
	var e *fault.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, string(before), string(pack(s.store.find(id))), "a refused action leaves nothing behind")
	return e
}

// wrong takes an action whose input is wrong and returns field → key.
func (s *stage) wrong(t require.TestingT, by actor.Actor, id int64, c workflow.Command) map[string]string {
	e := s.refused(t, by, id, c)
	require.Equal(t, fault.Invalid, e.Kind)
	out := map[string]string{}
	for _, f := range e.Fields {
		out[f.Name] = f.Key
	}
	return out
}

const answerText = "Яму засыпали и заасфальтировали 18 марта."

// The ways to the stages, each from the one before.
func (s *stage) received(t require.TestingT, rubric string) int64 {
	id := s.submit(t, rubric)
	if rubric != "fast" {
		s.act(t, moderatorOf(roads), id, workflow.Command{Action: workflow.Accept})
	}
	return id
}

func (s *stage) assigned(t require.TestingT, rubric string) int64 {
	id := s.received(t, rubric)
	s.act(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: worker})
	return id
}

func (s *stage) inWork(t require.TestingT, rubric string) int64 {
	id := s.assigned(t, rubric)
	s.act(t, executor, id, workflow.Command{Action: workflow.Start})
	return id
}

func (s *stage) answer(t require.TestingT, id int64, outcome workflow.Outcome, promised time.Time) *workflow.Appeal {
	c := workflow.Command{Action: workflow.SubmitAnswer, Text: answerText, Outcome: outcome, Promised: promised}
	s.act(t, executor, id, c)
	return s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Sign})
}

func (s *stage) answered(t require.TestingT, rubric string) int64 {
	id := s.inWork(t, rubric)
	s.answer(t, id, workflow.Solved, time.Time{})
	return id
}

// again works an appeal that came back up to the next answer.
func (s *stage) again(t require.TestingT, id int64) {
	s.act(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: worker})
	s.act(t, executor, id, workflow.Command{Action: workflow.Start})
	s.answer(t, id, workflow.Explained, time.Time{})
}

// pending lists the steps that clocks wait for.
func (s *stage) pending(id int64) []workflow.Due {
	var out []workflow.Due
	for _, d := range s.store.find(id).Appeal.Deadline {
		if !d.NextAt.IsZero() {
			out = append(out, workflow.Due{Appeal: id, N: d.N, Step: d.Step, At: d.NextAt})
		}
	}
	return out
}

// pass moves the clock to an instant, firing on the way all that comes due.
func (s *stage) pass(t require.TestingT, id int64, until time.Time) {
	for {
		var next *workflow.Due
		for _, d := range s.pending(id) {
			if !d.At.After(until) && (next == nil || d.At.Before(next.At)) {
				next = &d
			}
		}
		if next == nil {
			break
		}
		if next.At.After(s.clock.Now()) {
			s.clock.Set(next.At)
		}
		fired, err := s.Fire(context.Background(), *next)
		require.NoError(t, err)
		require.True(t, fired)
	}
	s.clock.Set(until)
}

func (s *stage) open(id int64, kind deadline.Kind) *deadline.Deadline {
	return (&s.store.find(id).Appeal).Open(kind)
}

// due is the day, in Moscow, on which the clock of a kind is due; "" where
// none is open.
func (s *stage) due(id int64, kind deadline.Kind) string {
	d := s.open(id, kind)
	if d == nil {
		return ""
	}
	return s.cal.DayOf(d.DueAt).String()
}

// audited asserts that the appeal proves itself.
func (s *stage) audited(t require.TestingT, id int64) {
	require.Empty(t, workflow.Audit(s.store.find(id), s.calendars))
}

func at(day string) time.Time {
	d, err := calendar.ParseDay(day)
	if err != nil {
		panic(err)
	}
	y, m, n := d.Date()
	return time.Date(y, m, n, 9, 0, 0, 0, time.UTC)
}

// calendars finds the one calendar of the tests.
func (s *stage) calendars(string) (*calendar.Calendar, error) { return s.cal, nil }
