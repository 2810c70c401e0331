package workflow_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// consultant is asked from another agency.
var consultant = officer(stranger, water, actor.Executor)

func askOf(user, agency int64) workflow.Command {
	return workflow.Command{Action: workflow.AskOpinion, Executor: user, Agency: agency, Reason: "Чья труба под дорогой?"}
}

var give = workflow.Command{Action: workflow.GiveOpinion, Text: "Труба наша, перекладка в мае."}

// toldOf lists who is told of the last event: key → user or roles, with the
// agency.
func (s *stage) toldOf(t *testing.T, id int64) map[string][]workflow.Notice {
	t.Helper()
	out := map[string][]workflow.Notice{}
	for _, row := range s.store.told(id, s.store.find(id).Appeal.Events) {
		if row.Topic != workflow.TopicNotifyOfficers {
			continue
		}
		var n workflow.Notice
		require.NoError(t, json.Unmarshal([]byte(row.Payload), &n))
		n.Number = ""
		out[n.Key] = append(out[n.Key], n)
	}
	return out
}

func TestOpinion_is_asked_given_and_merged(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "general") // 16 March 2026; the review is due on 15 April
	require.Equal(t, "2026-04-15", s.due(id, deadline.Review))
	before := s.store.find(id).Appeal
	require.False(t, workflow.CanSee(consultant, &before))

	s.act(t, executor, id, askOf(stranger, water))
	a := s.act(t, coordinatorOf(roads), id, askOf(colleague, 0))
	require.Len(t, a.AwaitedOpinions(), 2)
	require.Equal(t, "2026-04-13", s.cal.DayOf(a.OpinionDue(&a.Opinions[0])).String(), "two working days before the lead's date")
	require.Equal(t, []workflow.Notice{{Key: "notice.officer.opinion_asked", Agency: roads, User: colleague}},
		s.toldOf(t, id)["notice.officer.opinion_asked"])

	require.True(t, workflow.CanSee(consultant, a))
	require.Equal(t, []workflow.Action{workflow.GiveOpinion}, workflow.Allowed(consultant, a))
	require.False(t, workflow.CanSee(officer(stranger+1000, water, actor.Executor), a), "not their neighbours")
	require.True(t, workflow.CanSee(headOf(water), a), "an overdue opinion climbs to them")
	require.Empty(t, workflow.Allowed(headOf(water), a))

	require.Equal(t, "workflow.opinions_awaited", s.wrong(t, executor, id, submission)["opinions"])
	require.Equal(t, "workflow.opinion_required", s.wrong(t, consultant, id, workflow.Command{Action: workflow.GiveOpinion})["text"])
	a = s.act(t, consultant, id, give)
	require.Equal(t, workflow.OpinionGiven, a.Opinions[0].State)
	require.Equal(t, give.Text, a.Opinions[0].Text)
	require.Equal(t, workflow.OpinionAsked, a.Opinions[1].State, "the other's clock runs on")
	require.NotEmpty(t, s.toldOf(t, id)["notice.officer.opinion_given"])
	require.Equal(t, "workflow.not_yours", s.refused(t, consultant, id, give).Key)
	require.True(t, workflow.CanSee(consultant, a), "they may see what becomes of it")
	require.False(t, workflow.CanSee(headOf(water), a))

	s.act(t, executor, id, workflow.Command{Action: workflow.DropOpinion, Opinion: 2, Reason: "Болеет"})
	require.Equal(t, colleague, s.toldOf(t, id)["notice.officer.opinion_dropped"][0].User)
	s.act(t, executor, id, submission)
	s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Sign})
	s.audited(t, id)
	a = s.act(t, actor.Author(id), id, workflow.Command{Action: workflow.ReReview, Rating: 1, Text: "Нет"})
	require.False(t, workflow.CanSee(consultant, a), "another round is not theirs")
}

func TestOpinion_is_given_by_who_stands_in(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	a := s.act(t, executor, id, askOf(stranger, water))
	stand := officer(150, water, actor.Executor)
	require.False(t, workflow.CanSee(stand, a))
	stand.Stands = []actor.Standing{{For: stranger, Agency: water, Role: actor.Executor}}
	require.True(t, workflow.CanSee(stand, a))
	s.act(t, stand, id, give)
	events := s.store.find(id).Events
	require.Equal(t, stranger, events[len(events)-1].Data.For)
	s.audited(t, id)
}

func TestOpinion_is_refused_of_whom_it_makes_no_sense(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	for user, key := range map[int64]string{0: "workflow.executor_required", worker: "workflow.opinion_of_lead", 999: "workflow.not_an_executor"} {
		require.Equal(t, key, s.wrong(t, executor, id, askOf(user, 0))["executor"])
	}
	c := askOf(colleague, 0)
	c.Reason = ""
	require.Equal(t, "workflow.question_required", s.wrong(t, executor, id, c)["reason"])
	s.act(t, executor, id, askOf(colleague, 0))
	require.Equal(t, "workflow.opinion_asked_already", s.wrong(t, executor, id, askOf(colleague, 0))["executor"])
	require.Equal(t, "workflow.executor_is_asked",
		s.wrong(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Assign, Executor: colleague})["executor"])
	require.Equal(t, "workflow.opinion_unknown",
		s.wrong(t, executor, id, workflow.Command{Action: workflow.DropOpinion, Opinion: 7, Reason: "x"})["opinion"])

	form := form("fast")
	form.Against = water
	r, err := s.Submit(t.Context(), form)
	require.NoError(t, err)
	s.act(t, coordinatorOf(roads), r.ID, workflow.Command{Action: workflow.Assign, Executor: worker})
	require.Equal(t, "workflow.complained_about", s.wrong(t, executor, r.ID, askOf(stranger, water))["executor"])
}

func TestOpinion_clock_follows_the_case(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "general")
	s.act(t, executor, id, askOf(stranger, water))
	s.act(t, executor, id, workflow.Command{Action: workflow.AskExtension, Days: 10, Reason: "Ждём смету"})
	a := s.act(t, headOf(roads), id, workflow.Command{Action: workflow.ApproveExtension})
	require.Equal(t, "2026-04-24", s.due(id, deadline.Review))
	require.Equal(t, "2026-04-22", s.cal.DayOf(a.OpinionDue(&a.Opinions[0])).String())
	s.audited(t, id)

	// It warns the co-executor, then their agency; the lead hears of it.
	s.pass(t, id, at("2026-04-23"))
	told := map[string][]workflow.Notice{}
	for n := 1; n <= s.store.find(id).Appeal.Events; n++ {
		for _, row := range s.store.told(id, n) {
			var one workflow.Notice
			if row.Topic == workflow.TopicNotifyOfficers && json.Unmarshal([]byte(row.Payload), &one) == nil {
				one.Number = ""
				told[one.Key] = append(told[one.Key], one)
			}
		}
	}
	require.Equal(t, workflow.Notice{Key: "warn.opinion.soon", Agency: water, User: stranger}, told["warn.opinion.soon"][0])
	require.Equal(t, workflow.Notice{Key: "warn.opinion.due", Agency: water, Roles: []workflow.Role{actor.Coordinator, actor.Head}}, told["warn.opinion.due"][0])
	require.Equal(t, workflow.Notice{Key: "warn.opinion.lead", Agency: roads, User: worker}, told["warn.opinion.lead"][0])
	s.act(t, consultant, id, give)
	s.audited(t, id)
	i := len(s.store.find(id).Appeal.Deadline) - 1
	require.True(t, s.store.find(id).Appeal.Deadline[i].Late())
}

func TestOpinion_ends_where_the_case_leaves(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*stage, int64){
		"redirected": func(s *stage, id int64) {
			s.act(t, coordinatorOf(roads), id, workflow.Command{Action: workflow.Redirect, Agency: parks, Reason: "Их участок"})
		},
		"withdrawn": func(s *stage, id int64) {
			s.act(t, actor.Author(id), id, workflow.Command{Action: workflow.Withdraw})
		},
	} {
		s := newStage(t)
		id := s.assigned(t, "formal")
		s.act(t, executor, id, askOf(stranger, water))
		s.act(t, executor, id, askOf(colleague, 0))
		leave(s, id)
		a := s.store.find(id).Appeal
		require.Empty(t, a.AwaitedOpinions(), name)
		require.Nil(t, a.Open(deadline.Opinion), name)
		require.False(t, workflow.CanSee(consultant, &a), name)
		require.Len(t, s.toldOf(t, id)["notice.officer.opinion_dropped"], 2, name)
		s.audited(t, id)
	}
}

func TestAudit_finds_a_changed_opinion(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "general")
	s.act(t, executor, id, askOf(stranger, water))
	s.act(t, consultant, id, give)
	s.audited(t, id)
	for name, tamper := range map[string]func(*workflow.Appeal){
		"its text":  func(a *workflow.Appeal) { a.Opinions[0].Text = "Труба чужая" },
		"its state": func(a *workflow.Appeal) { a.Opinions[0].State = workflow.OpinionDropped },
		"gone":      func(a *workflow.Appeal) { a.Opinions = nil },
		"one more": func(a *workflow.Appeal) {
			a.Opinions = append(a.Opinions, workflow.Opinion{N: 2, State: workflow.OpinionGiven})
		},
		"its clock": func(a *workflow.Appeal) {
			a.Deadline[len(a.Deadline)-1].DueAt = a.Deadline[len(a.Deadline)-1].DueAt.Add(time.Hour)
		},
		"who had it": func(a *workflow.Appeal) { a.Past = []int64{parks} },
	} {
		c := s.store.find(id)
		tamper(&c.Appeal)
		require.Len(t, workflow.Audit(c, s.calendars), 1, name)
	}
}

func TestRedirect_back_and_forth_is_the_supervisor_s_to_decide(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.received(t, "fast")
	to := func(agency int64) workflow.Command {
		return workflow.Command{Action: workflow.Redirect, Agency: agency, Reason: "Их участок"}
	}
	a := s.act(t, coordinatorOf(roads), id, to(water))
	require.Equal(t, []int64{roads}, a.Past)
	require.Equal(t, "workflow.had_it_already", s.wrong(t, coordinatorOf(water), id, to(roads))["agency"])
	a = s.act(t, supervisor, id, to(roads))
	require.Equal(t, []int64{roads, water}, a.Past)
	require.Equal(t, "workflow.too_many_hops", s.refused(t, coordinatorOf(roads), id, to(parks)).Key)
	a = s.act(t, supervisor, id, to(water))
	require.Equal(t, []int64{roads, water}, a.Past, "each once")
	s.audited(t, id)
}

func TestRedirect_never_to_the_agency_complained_about(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	f := form("fast")
	f.Against = water
	r, err := s.Submit(t.Context(), f)
	require.NoError(t, err)
	for _, by := range []actor.Actor{coordinatorOf(roads), supervisor} {
		require.Equal(t, "workflow.complained_about",
			s.wrong(t, by, r.ID, workflow.Command{Action: workflow.Redirect, Agency: water, Reason: "Их"})["agency"])
	}
}
