package workflow_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

func add(text string) workflow.Command {
	return workflow.Command{Action: workflow.AddItems, Text: text}
}

func settle(n int) workflow.Command {
	return workflow.Command{Action: workflow.SettleItem, Item: n, Outcome: workflow.Solved, Text: "Засыпали 18 марта"}
}

var submission = workflow.Command{Action: workflow.SubmitAnswer, Text: answerText, Outcome: workflow.Solved}

func TestChecklist_an_answer_waits_for_every_item(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	a := s.act(t, coordinatorOf(roads), id, add("1. Когда засыплют яму?\n- Кто возместит ущерб?\n\n2027 год — когда ремонт?"))
	require.Equal(t, []workflow.Item{
		{N: 1, Text: "Когда засыплют яму?"}, {N: 2, Text: "Кто возместит ущерб?"}, {N: 3, Text: "2027 год — когда ремонт?"},
	}, a.Items)

	s.act(t, executor, id, settle(1))
	e := s.refused(t, executor, id, submission)
	require.Equal(t, []fault.Field{{
		Name: "items", Key: "workflow.items_open",
		Params: map[string]any{"items": "2 («Кто возместит ущерб?»), 3 («2027 год — когда ремонт?»)"},
	}}, e.Fields)

	a = s.act(t, executor, id, workflow.Command{Action: workflow.DropItem, Item: 2, Reason: "Повтор первого"})
	require.Len(t, a.Items, 2)
	s.act(t, executor, id, settle(3))
	s.act(t, executor, id, submission)
	s.audited(t, id)

	s.act(t, coordinatorOf(roads), id, add("А тротуар?"))
	require.Contains(t, s.wrong(t, headOf(roads), id, workflow.Command{Action: workflow.Sign}), "items")
	s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Return, Reason: "Ответьте про тротуар"})
	s.act(t, executor, id, settle(4))
	s.act(t, executor, id, submission)
	s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Sign})
	c := s.store.find(id)
	require.Equal(t, c.Appeal.Items, c.Answers[0].Items, "the answer keeps what was said to each")
	s.audited(t, id)

	a = s.act(t, actor.Author(id), id, workflow.Command{Action: workflow.ReReview, Rating: 1, Text: "Не засыпали"})
	require.Len(t, a.OpenItems(), 3, "each is to be answered anew")
	require.Empty(t, func() []workflow.Item {
		signed := workflow.Appeal{Items: s.store.find(id).Answers[0].Items}
		return signed.OpenItems()
	}(), "what was signed stays")
	s.audited(t, id)
}

func TestChecklist_says_what_is_wrong(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	require.Equal(t, "workflow.items_required", s.wrong(t, executor, id, add(" \n- \n"))["text"])
	require.Equal(t, "workflow.items_many", s.wrong(t, executor, id, add(strings.Repeat("Вопрос\n", workflow.MaxItems+1)))["text"])
	require.Equal(t, "workflow.item_long", s.wrong(t, executor, id, add(strings.Repeat("я", workflow.MaxItem+1)))["text"])
	require.Equal(t, "workflow.no_items", s.refused(t, executor, id, settle(1)).Key)
	s.act(t, executor, id, add("Когда?"))
	require.Equal(t, "workflow.item_unknown", s.wrong(t, executor, id, settle(2))["item"])
	require.Equal(t, map[string]string{"outcome": "workflow.outcome_required", "text": "workflow.item_note_required"},
		s.wrong(t, executor, id, workflow.Command{Action: workflow.SettleItem, Item: 1}))
	require.Equal(t, "workflow.why_required", s.wrong(t, executor, id, workflow.Command{Action: workflow.DropItem, Item: 1})["reason"])
}

func TestAudit_finds_a_changed_checklist(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	s.act(t, executor, id, add("Когда?"))
	s.act(t, executor, id, settle(1))
	for name, tamper := range map[string]func(*workflow.Case){
		"an outcome":  func(c *workflow.Case) { c.Appeal.Items[0].Outcome = workflow.Explained },
		"all of them": func(c *workflow.Case) { c.Appeal.Items = nil },
	} {
		c := s.store.find(id)
		tamper(c)
		require.Len(t, workflow.Audit(c, s.calendars), 1, name)
	}
	s.act(t, executor, id, submission)
	s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Sign})
	c := s.store.find(id)
	c.Answers[0].Items[0].Note = "Ничего не обещали"
	require.Len(t, workflow.Audit(c, s.calendars), 1, "what was signed")
}

func TestSubmitAnswer_does_not_overwrite_another_tab(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := context.Background()
	save := func(version int, text string) (*workflow.Answer, error) {
		return s.SaveAnswerDraft(ctx, executor, s.store.last, version, text, workflow.Solved, time.Time{}, "")
	}
	id := s.inWork(t, "fast")
	send := func(draft int) error {
		c := submission
		c.Draft = draft
		_, err := s.Act(ctx, executor, id, c)
		return err
	}
	require.True(t, fault.Is(send(1), fault.Conflict), "the draft that was seen is gone")
	first, err := save(workflow.NoDraft, "Из первого окна")
	require.NoError(t, err)
	_, err = save(workflow.NoDraft, "Из второго окна")
	require.True(t, fault.Is(err, fault.Conflict))
	require.True(t, fault.Is(send(workflow.NoDraft), fault.Conflict))
	second, err := save(first.Version, "Ещё раз из первого окна")
	require.NoError(t, err)
	err = send(first.Version)
	require.True(t, fault.Is(err, fault.Conflict))
	require.ErrorContains(t, err, "workflow.stale_draft")
	require.Equal(t, "Ещё раз из первого окна", s.store.find(id).Answers[0].Text)
	require.NoError(t, send(second.Version))
}
