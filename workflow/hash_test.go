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

func TestHashEvent_has_the_form_that_is_documented(t *testing.T) {
	t.Parallel()
	e := workflow.Event{
		Appeal: 7, N: 1, At: time.Date(2026, 3, 16, 7, 0, 0, 1000, time.UTC), ActorKind: actor.Citizen, Agency: 10,
		Action: workflow.Submit, From: workflow.StageDraft, To: workflow.StageNew, Data: workflow.EventData{Rubric: "roads"},
	}
	sum, err := workflow.HashEvent(&e)
	require.NoError(t, err)
	require.Equal(t, "5fe3eb4e4de13e7bf67f2adcca82aa6c0289539a27dba58637a4ef7fbcf76464", sum, "a change of the form breaks every chain that is stored")
}

func TestHashEvent_covers_every_field(t *testing.T) {
	t.Parallel()
	base := workflow.Event{Appeal: 7, N: 2, At: monday, Action: workflow.Accept, PrevHash: "ab"}
	first, err := workflow.HashEvent(&base)
	require.NoError(t, err)
	seen := map[string]string{first: "unchanged"}
	for name, change := range map[string]func(*workflow.Event){
		"appeal":     func(e *workflow.Event) { e.Appeal++ },
		"number":     func(e *workflow.Event) { e.N++ },
		"at":         func(e *workflow.Event) { e.At = e.At.Add(time.Microsecond) },
		"actor kind": func(e *workflow.Event) { e.ActorKind = actor.System },
		"actor":      func(e *workflow.Event) { e.Actor = 1 },
		"agency":     func(e *workflow.Event) { e.Agency = 1 },
		"action":     func(e *workflow.Event) { e.Action = workflow.Reject },
		"from":       func(e *workflow.Event) { e.From = workflow.StageNew },
		"to":         func(e *workflow.Event) { e.To = workflow.StageNew },
		"reason":     func(e *workflow.Event) { e.Reason = "new" },
		"due before": func(e *workflow.Event) { e.DueBefore = monday },
		"due after":  func(e *workflow.Event) { e.DueAfter = monday },
		"data":       func(e *workflow.Event) { e.Data.Note = "x" },
		"previous":   func(e *workflow.Event) { e.PrevHash = "ac" },
	} {
		e := base
		change(&e)
		sum, err := workflow.HashEvent(&e)
		require.NoError(t, err)
		require.NotContains(t, seen, sum, "%s and %s", name, seen[sum])
		seen[sum] = name
	}
}

func TestVerify_names_the_first_bad_event(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.answered(t, "fast")
	require.NoError(t, workflow.Verify(s.store.find(id).Events))
	require.NoError(t, workflow.Verify(nil))
	for name, c := range map[string]struct {
		n     int
		spoil func([]workflow.Event) []workflow.Event
	}{
		"a changed reason":  {3, func(e []workflow.Event) []workflow.Event { e[2].Reason = "x"; return e }},
		"a missing event":   {2, func(e []workflow.Event) []workflow.Event { return append(e[:1:1], e[2:]...) }},
		"a missing first":   {1, func(e []workflow.Event) []workflow.Event { return e[1:] }},
		"another's event":   {2, func(e []workflow.Event) []workflow.Event { e[1].Appeal++; return e }},
		"a forged new hash": {4, func(e []workflow.Event) []workflow.Event { e[2].Reason = "x"; e[2].Hash = rehash(t, e[2]); return e }},
	} {
		var broken *workflow.ChainError
		require.ErrorAs(t, workflow.Verify(c.spoil(s.store.find(id).Events)), &broken, name)
		require.Equal(t, c.n, broken.N, name)
	}
}

func rehash(t *testing.T, e workflow.Event) string {
	t.Helper()
	sum, err := workflow.HashEvent(&e)
	require.NoError(t, err)
	return sum
}

func TestAudit_finds_what_was_changed_behind_its_back(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.answered(t, "fast")
	require.Empty(t, workflow.Audit(s.store.find(id), s.calendars))
	for name, c := range map[string]struct {
		spoil func(*workflow.Case)
		what  string
	}{
		"a stage":          {func(c *workflow.Case) { c.Appeal.Stage = workflow.StageClosed }, `the appeal is at stage "closed", its last event ended at "answered"`},
		"a due date":       {func(c *workflow.Case) { c.Appeal.DueAt = monday }, "the appeal is due"},
		"an agency":        {func(c *workflow.Case) { c.Appeal.Agency = water }, "the appeal is at agency 20"},
		"a later deadline": {func(c *workflow.Case) { c.Appeal.Deadline[0].DueAt = at("2026-12-01") }, "clock 1 (review) is stored as"},
		"a lost deadline":  {func(c *workflow.Case) { c.Appeal.Deadline = c.Appeal.Deadline[1:] }, "clocks are stored"},
		"an answer":        {func(c *workflow.Case) { c.Answers[0].Text = "Мы такого не обещали никогда" }, "the signed answer 1 is not as it was signed"},
		"a count":          {func(c *workflow.Case) { c.Appeal.Events++ }, "the appeal counts"},
		"a recorded clock": {func(c *workflow.Case) { c.Events[0].Data.Clock[0].Due = at("2026-12-01") }, "was changed: its hash differs"},
		"a forbidden step": {func(c *workflow.Case) { c.Events[3].To = workflow.StageClosed }, `start from "assigned" to "closed" is no transition`},
		"a lost event":     {func(c *workflow.Case) { c.Events = c.Events[:4] }, "the appeal counts"},
	} {
		spoilt := s.store.find(id)
		c.spoil(spoilt)
		var found string
		for _, f := range workflow.Audit(spoilt, s.calendars) {
			require.Equal(t, id, f.Appeal)
			found += f.What + "\n"
		}
		require.Contains(t, found, c.what, name)
	}
}

func TestEventData_is_the_same_after_storage(t *testing.T) {
	t.Parallel()
	full := workflow.EventData{
		Clock: []deadline.Entry{{Op: deadline.OpOpen, N: 1, Kind: deadline.Review, At: monday.Add(time.Microsecond), Due: at("2026-03-26")}},
		Step:  deadline.StepHalf, Photos: []string{"aa"}, Note: "«кавычки» <b> \u2028",
	}
	first, err := json.Marshal(full)
	require.NoError(t, err)
	var back workflow.EventData
	require.NoError(t, json.Unmarshal(first, &back))
	second, err := json.Marshal(back)
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
}

func TestFill(t *testing.T) {
	t.Parallel()
	text, missing := workflow.Fill("Здравствуйте, {applicant}! {number} до {date}, {date} {Not} {{number}}",
		map[string]string{"applicant": "{number}", "number": "26-1", "empty": ""})
	require.Equal(t, "Здравствуйте, {number}! 26-1 до {date}, {date} {Not} {26-1}", text)
	require.Equal(t, []string{"date"}, missing)
}
