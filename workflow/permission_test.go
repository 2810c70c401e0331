package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// somebody is one column of the table of rights.
type somebody struct {
	name  string
	actor actor.Actor
}

// everybody has each role in the agency of the appeal and those who come near.
func everybody() []somebody {
	out := []somebody{
		{"author", actor.Author(1)},
		{"other_citizen", actor.Author(2)},
		{"job", actor.Job},
		{"nobody", actor.Actor{}},
		{"worker", executor},
		{"stand_in", standIn(officer(150, roads, actor.Executor))},
		{"stand_in_elsewhere", standIn(officer(151, water, actor.Executor))},
		{"stand_in_without_the_role", standIn(officer(152, roads, actor.Moderator))},
		{"asked", officer(stranger, water, actor.Executor)},
	}
	for i, role := range actor.Roles {
		out = append(out, somebody{string(role), officer(int64(200+i), roads, role)})
		if !role.Regional() {
			out = append(out, somebody{"other_agency's_" + string(role), officer(int64(300+i), water, role)})
		}
	}
	return out
}

// standIn works in the place of the worker, who is away.
func standIn(who actor.Actor) actor.Actor {
	who.Stands = []actor.Standing{{For: worker, Agency: roads, Role: actor.Executor}}
	return who
}

var everyAction = []workflow.Action{
	workflow.Submit, workflow.Route, workflow.Ask, workflow.ReplyAction, workflow.Accept, workflow.Reject, workflow.Register,
	workflow.Assign, workflow.Redirect, workflow.Retopic, workflow.Start, workflow.AddNote, workflow.Attach, workflow.AskExtension,
	workflow.ApproveExtension, workflow.DenyExtension, workflow.AddItems, workflow.DropItem, workflow.SettleItem,
	workflow.AskOpinion, workflow.GiveOpinion, workflow.DropOpinion, workflow.OpenContacts, workflow.SubmitAnswer, workflow.Return, workflow.Sign, workflow.Rate,
	workflow.ReReview, workflow.Dispute, workflow.Uphold, workflow.SendBack, workflow.Withdraw, workflow.Resubmit,
	workflow.Warn, workflow.Lapse, workflow.Close, workflow.Resume, workflow.Split, workflow.BeginPart, workflow.Join,
	workflow.Gather, workflow.Leave, workflow.Release, workflow.Share,
}

// asked is an opinion of the other agency's executor.
func asked(state workflow.OpinionState) workflow.Opinion {
	return workflow.Opinion{N: 1, Round: 1, User: stranger, Agency: water, Asker: worker, Clock: 1, State: state}
}

// situation is an appeal as the rights see it.
type situation struct {
	name   string
	appeal workflow.Appeal
}

// tied is joined to a lead.
func tied(a *workflow.Appeal) { a.Lead, a.LeadNumber = 7, "26-000007-1" }

func situations() []situation {
	at := func(stage workflow.Stage, change ...func(*workflow.Appeal)) workflow.Appeal {
		a := workflow.Appeal{ID: 1, Stage: stage, RuleSet: workflow.Message, Round: 1, Agency: roads, RegisteredAt: monday}
		if i := slices.Index(workflow.Stages, stage); i >= slices.Index(workflow.Stages, workflow.StageAssigned) &&
			i <= slices.Index(workflow.Stages, workflow.StageClosed) {
			a.Executor = worker
		}
		for _, c := range change {
			c(&a)
		}
		return a
	}
	var out []situation
	for _, stage := range workflow.Stages {
		out = append(out, situation{string(stage), at(stage)})
	}
	return append(out,
		situation{"received, fz59 not registered", at(workflow.StageReceived, func(a *workflow.Appeal) {
			a.RuleSet = workflow.FZ59
			a.RegisteredAt = a.ClosedAt
		})},
		situation{"received, redirected twice", at(workflow.StageReceived, func(a *workflow.Appeal) { a.Hops = 2 })},
		situation{"in_work, extension asked for", at(workflow.StageInWork, func(a *workflow.Appeal) { a.Asked = 5 })},
		situation{"in_work, extended", at(workflow.StageInWork, func(a *workflow.Appeal) { a.Extended = true })},
		situation{"answered, second round", at(workflow.StageAnswered, func(a *workflow.Appeal) { a.Round = 2 })},
		situation{"received, joined", at(workflow.StageReceived, tied)},
		situation{"in_work, joined", at(workflow.StageInWork, tied, func(a *workflow.Appeal) { a.Asked = 5 })},
		situation{"planned, joined", at(workflow.StagePlanned, tied)},
		situation{"answered, joined", at(workflow.StageAnswered, tied)},
		situation{"received, leads others", at(workflow.StageReceived, func(a *workflow.Appeal) { a.Joined = 12 })},
		situation{"in_work, second round", at(workflow.StageInWork, func(a *workflow.Appeal) { a.Round = 2 })},
		situation{"in_work, a checklist and an opinion of another agency awaited", at(workflow.StageInWork, func(a *workflow.Appeal) {
			a.Items, a.Opinions = []workflow.Item{{N: 1, Text: "Когда?"}}, []workflow.Opinion{asked(workflow.OpinionAsked)}
		})},
		situation{"in_work, the opinion given", at(workflow.StageInWork, func(a *workflow.Appeal) {
			a.Opinions = []workflow.Opinion{asked(workflow.OpinionGiven)}
		})},
		situation{"in_work, an opinion of another agency awaited with contacts", at(workflow.StageInWork, func(a *workflow.Appeal) {
			o := asked(workflow.OpinionAsked)
			o.Contacts = true
			a.Opinions = []workflow.Opinion{o}
		})},
		situation{"in_work, the opinion dropped", at(workflow.StageInWork, func(a *workflow.Appeal) {
			a.Opinions = []workflow.Opinion{asked(workflow.OpinionDropped)}
		})},
		situation{"received, an opinion of the round before", at(workflow.StageReceived, func(a *workflow.Appeal) {
			a.Round, a.Opinions = 2, []workflow.Opinion{asked(workflow.OpinionGiven)}
		})},
		situation{"rejected by silence", at(workflow.StageRejected, func(a *workflow.Appeal) { a.Lapsed = true })},
	)
}

// TestCan walks every situation × action × person. The golden file holds, for
// each action that the table knows at the stage, who may and why others may
// not; all other actions must be refused to all.
func TestCan(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, in := range situations() {
		fmt.Fprintf(&b, "== %s\n", in.name)
		for _, action := range everyAction {
			verdicts, order := map[string][]string{}, []string{}
			for _, who := range everybody() {
				verdict := verdictOf(t, who, &in.appeal, action)
				if !slices.Contains(order, verdict) {
					order = append(order, verdict)
				}
				verdicts[verdict] = append(verdicts[verdict], who.name)
			}
			if slices.Contains(order, "workflow.wrong_stage") {
				require.Subset(t, []string{"workflow.wrong_stage", "error.forbidden"}, order, "%s %s", in.name, action)
				continue
			}
			slices.Sort(order)
			fmt.Fprintf(&b, "%s\n", action)
			for _, verdict := range order {
				if verdict != "error.forbidden" {
					fmt.Fprintf(&b, "    %-28s %s\n", verdict, strings.Join(verdicts[verdict], " "))
				}
			}
		}
	}
	golden(t, "testdata/rights.golden", b.String())
}

func verdictOf(t *testing.T, who somebody, a *workflow.Appeal, action workflow.Action) string {
	t.Helper()
	err := workflow.Can(who.actor, a, action)
	require.Equal(t, err == nil, slices.Contains(workflow.Allowed(who.actor, a), action), "%s %s", who.name, action)
	if err == nil {
		require.True(t, workflow.CanSee(who.actor, a), "%s acts on what they don't see", who.name)
		return "may"
	}
	var e *fault.Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, []fault.Kind{fault.Forbidden, fault.Conflict}, e.Kind)
	require.Equal(t, workflow.CanSee(who.actor, a), e.Key != "error.forbidden", "%s %s", who.name, action)
	return e.Key
}

func TestCan_refuses_an_action_that_does_not_exist(t *testing.T) {
	t.Parallel()
	a := situations()[2].appeal
	require.True(t, fault.Is(workflow.Can(actor.Author(1), &a, "fly"), fault.Invalid))
}

func TestCanSee(t *testing.T) {
	t.Parallel()
	a := workflow.Appeal{ID: 1, Agency: roads}
	var sees []string
	for _, who := range everybody() {
		if workflow.CanSee(who.actor, &a) {
			sees = append(sees, who.name)
		}
	}
	require.Equal(t, []string{
		"author", "job", "worker", "stand_in", "stand_in_without_the_role", "moderator", "coordinator", "executor", "head", "supervisor", "organiser", "desk",
		"agency_admin", "system_admin",
	}, sees)
	require.False(t, workflow.CanSee(actor.Actor{Kind: actor.Citizen}, &workflow.Appeal{}), "who proved nothing sees nothing")
}

// TestCanReadApplicant walks every situation × person: who sees an appeal by a
// right of their own reads who wrote, who is asked for an opinion only where
// that was allowed.
func TestCanReadApplicant(t *testing.T) {
	t.Parallel()
	closed, opened := []string{}, []string{}
	for _, in := range situations() {
		for _, who := range everybody() {
			err := workflow.CanReadApplicant(who.actor, &in.appeal)
			if !workflow.CanSee(who.actor, &in.appeal) {
				require.Error(t, err, "%s reads in %q who wrote what they don't see", who.name, in.name)
				continue
			}
			own := who.actor.Kind != actor.Officer || who.actor.Regional() || slices.Contains(who.actor.Agencies(), in.appeal.Agency)
			line := in.name + ": " + who.name
			switch {
			case own:
				require.NoError(t, err, line)
			case err == nil:
				opened = append(opened, line)
			default:
				require.Equal(t, "workflow.contacts_closed", fault.As(err).Key)
				require.True(t, fault.Is(err, fault.Forbidden))
				closed = append(closed, line)
			}
		}
	}
	require.Equal(t, []string{
		"in_work, a checklist and an opinion of another agency awaited: asked",
		"in_work, a checklist and an opinion of another agency awaited: other_agency's_coordinator",
		"in_work, a checklist and an opinion of another agency awaited: other_agency's_head",
		"in_work, the opinion given: asked",
	}, closed)
	require.Equal(t, []string{
		"in_work, an opinion of another agency awaited with contacts: asked",
		"in_work, an opinion of another agency awaited with contacts: other_agency's_coordinator",
		"in_work, an opinion of another agency awaited with contacts: other_agency's_head",
	}, opened)
}

func TestTransitions_lines_that_differ_by_condition_alone_have_the_same_rights(t *testing.T) {
	t.Parallel()
	type rights struct {
		who    []workflow.Party
		guards []string
	}
	seen := map[string]rights{}
	for _, line := range workflow.Transitions() {
		if line.When.Name == "" {
			continue
		}
		r := rights{who: line.Who}
		for _, g := range line.Guards {
			r.guards = append(r.guards, g.Key)
		}
		for _, from := range line.From {
			key := string(line.Action) + " at " + string(from)
			if was, ok := seen[key]; ok {
				require.Equal(t, was, r, key)
			}
			seen[key] = r
		}
	}
}

func TestAtDesk_is_the_desk_role_alone(t *testing.T) {
	t.Parallel()
	for _, who := range everybody() {
		require.Equal(t, who.actor.Has(actor.Desk) && who.actor.Kind == actor.Officer, workflow.AtDesk(who.actor), who.name)
	}
	for _, role := range actor.Roles {
		require.Equal(t, role == actor.Desk, workflow.AtDesk(officer(1, roads, role)), role)
	}
	impostor := officer(1, roads, actor.Desk)
	for _, kind := range []actor.Kind{"", actor.Citizen, actor.System} {
		impostor.Kind = kind
		require.False(t, workflow.AtDesk(impostor), kind)
	}
}
