package workflow_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

func TestEngine_Submit_tells_everything_that_is_wrong_at_once(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for name, c := range map[string]struct {
		change func(*workflow.Submission)
		wrong  map[string]string
	}{
		"nothing at all": {func(in *workflow.Submission) { *in = workflow.Submission{} }, map[string]string{
			"text": "workflow.text_required", "rubric": "workflow.rubric_required", "territory": "workflow.territory_required",
		}},
		"nine characters and much space": {func(in *workflow.Submission) { in.Text = "  девять зн\n\n " }, map[string]string{"text": "workflow.text_short"}},
		"only control characters":        {func(in *workflow.Submission) { in.Text = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c" }, map[string]string{"text": "workflow.text_required"}},
		"too long":                       {func(in *workflow.Submission) { in.Text = strings.Repeat("ж", workflow.MaxText+1) }, map[string]string{"text": "workflow.text_long"}},
		"unknown topic and no text":      {func(in *workflow.Submission) { in.Rubric, in.Text = "no", "" }, map[string]string{"rubric": "rubricator.unknown", "text": "workflow.text_required"}},
		"nobody answers":                 {func(in *workflow.Submission) { in.Rubric = "nobody" }, map[string]string{"rubric": "workflow.no_route"}},
		"about the body that answers":    {func(in *workflow.Submission) { in.Against = roads }, map[string]string{"rubric": "workflow.no_route"}},
		"a point off the earth":          {func(in *workflow.Submission) { in.Place.Point = &workflow.Point{Lat: 91} }, map[string]string{"territory": "workflow.bad_point"}},
		"a formal appeal without a name": {func(in *workflow.Submission) {
			in.Rubric, in.Applicant = "formal", workflow.Applicant{}
		}, map[string]string{"name": "workflow.name_required", "email": "workflow.contact_required"}},
	} {
		in := form("fast")
		c.change(&in)
		_, err := s.Submit(context.Background(), in)
		var e *fault.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, fault.Invalid, e.Kind, name)
		got := map[string]string{}
		for _, f := range e.Fields {
			got[f.Name] = f.Key
		}
		require.Equal(t, c.wrong, got, name)
	}
	require.Empty(t, s.store.rows.appeals)
}

func TestEngine_Submit_keeps_the_text_clean(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := form("fast")
	in.Text = "\ufeff \tпервая\r\nвторая\x00 строка\xff\r\n"
	r, err := s.Submit(context.Background(), in)
	require.NoError(t, err)
	require.Equal(t, "первая\nвторая строка\uFFFD", s.store.find(r.ID).Appeal.Text)
}

func TestEngine_Submit_of_the_same_key_or_draft_answers_with_the_first_receipt(t *testing.T) {
	t.Parallel()
	for _, again := range []func(*workflow.Submission){
		func(in *workflow.Submission) { in.Key = "k" },
		func(in *workflow.Submission) { in.Draft = "d" },
	} {
		s := newStage(t)
		in := form("fast")
		again(&in)
		first, err := s.Submit(context.Background(), in)
		require.NoError(t, err)
		require.True(t, first.Fresh)
		s.clock.Set(at("2027-01-12")) // a number of another year
		second, err := s.Submit(context.Background(), in)
		require.NoError(t, err)
		first.Fresh = false
		require.Equal(t, first, second)
		require.Len(t, s.store.rows.appeals, 1)
	}
}

func TestEngine_Submit_by_others_than_the_citizen(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := form("fast")
	in.By, in.Source = officer(7, roads, actor.Desk), workflow.FromDesk
	r, err := s.Submit(context.Background(), in)
	require.NoError(t, err)
	events := s.store.find(r.ID).Events
	require.Equal(t, int64(7), events[0].Actor)
	require.Equal(t, actor.System, events[1].ActorKind)
	in.By = executor
	_, err = s.Submit(context.Background(), in)
	require.True(t, fault.Is(err, fault.Forbidden))
}

func TestEngine_Submit_refuses_to_guess_a_year_without_a_calendar(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	years := s.cal.Years()
	s.clock.Set(s.cal.At(calendar.NewDay(years[len(years)-1].Year, 12, 28), calendar.Clock(10, 0)))
	_, err := s.Submit(context.Background(), form("general"))
	require.True(t, fault.Is(err, fault.Unavailable))
}

func TestNewEngine_needs_its_parts(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	whole := workflow.Config{Store: s.store, Catalog: seeded, Clock: s.clock, Calendar: s.cal, Secret: make([]byte, 16)}
	_, err := workflow.NewEngine(whole)
	require.NoError(t, err)
	for name, broken := range map[string]func(*workflow.Config){
		"store":    func(c *workflow.Config) { c.Store = nil },
		"calendar": func(c *workflow.Config) { c.Calendar = nil },
		"secret":   func(c *workflow.Config) { c.Secret = make([]byte, 15) },
		"rules":    func(c *workflow.Config) { c.Rules = map[string]deadline.RuleSet{} },
	} {
		c := whole
		broken(&c)
		_, err := workflow.NewEngine(c)
		require.Error(t, err, name)
	}
}

func TestEngine_Submit_refuses_an_import_neither_for_brevity_nor_for_a_missing_name(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := form("formal")
	in.By, in.Applicant, in.Text, in.Source = actor.Job, workflow.Applicant{}, "Яма", workflow.FromImport
	r, err := s.Submit(context.Background(), in)
	require.NoError(t, err)
	require.Equal(t, actor.System, s.store.find(r.ID).Events[0].ActorKind)
	in.Text = strings.Repeat("ж", workflow.MaxText+1)
	_, err = s.Submit(context.Background(), in)
	require.NoError(t, err)
	in.Text = ""
	_, err = s.Submit(context.Background(), in)
	require.True(t, fault.Is(err, fault.Invalid), "but it says something")
}

func TestEngine_Submit_tells_who_answers_by_when_also_the_second_time(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := form("fast")
	in.Key = "once"
	first, err := s.Submit(context.Background(), in)
	require.NoError(t, err)
	require.True(t, first.Fresh)
	a := s.store.find(first.ID).Appeal
	require.Equal(t, a.Agency, first.Agency)
	require.Equal(t, a.DueAt, first.DueAt)
	require.Equal(t, a.Stage, first.Stage)
	again, err := s.Submit(context.Background(), in)
	require.NoError(t, err)
	first.Fresh = false
	require.Equal(t, first, again)
}
