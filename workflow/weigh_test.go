package workflow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/conscience"
)

// witness is the memory of the tests.
type witness struct {
	*memStore
	photo     bool // the leaf asks for one
	templates []workflow.AnswerTemplate
	near      []workflow.PastAnswer
	twins     []workflow.PhotoTwin // of every picture
	between   func()               // runs after an answer was weighed
}

func (w *witness) FindCase(_ context.Context, id int64) (*workflow.Case, error) {
	w.mu.Lock()
	_, there := w.rows.appeals[id]
	w.mu.Unlock()
	if !there {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return w.find(id), nil
}

func (w *witness) FindCases(ctx context.Context, ids []int64) ([]workflow.Case, error) {
	var out []workflow.Case
	for _, id := range ids {
		if c, err := w.FindCase(ctx, id); err == nil {
			out = append(out, *c)
		}
	}
	return out, nil
}

func (w *witness) ListTemplates(context.Context, int64, string) ([]workflow.AnswerTemplate, error) {
	return w.templates, nil
}

func (w *witness) ListNearAnswers(context.Context, int64, []int64, int) ([]workflow.PastAnswer, error) {
	if w.between != nil {
		w.between()
	}
	return w.near, nil
}

func (w *witness) ListTwins(_ context.Context, photos []workflow.Photo, _ int) (map[int64][]workflow.PhotoTwin, error) {
	out := map[int64][]workflow.PhotoTwin{}
	for _, p := range photos {
		out[p.ID] = w.twins
	}
	return out, nil
}

func (w *witness) Subject(string) workflow.Subject {
	return workflow.Subject{Words: []string{"Яма на дороге", "яма"}, AsksPhoto: w.photo}
}

// witnessed is a stage whose answers are weighed.
func witnessed(t *testing.T) (*stage, *witness) {
	t.Helper()
	s := newStage(t)
	w := &witness{memStore: s.store}
	var err error
	s.Engine, err = workflow.NewEngine(workflow.Config{
		Store: s.store, Catalog: seeded, Directory: staff{}, Witness: w, Clock: s.clock, Calendar: s.cal,
		Secret: []byte("a secret of the tests only"),
	})
	require.NoError(t, err)
	return s, w
}

// submitted is an appeal whose answer awaits the head.
func (s *stage) submitted(t *testing.T, text string, outcome workflow.Outcome) int64 {
	t.Helper()
	id := s.inWork(t, "fast")
	c := workflow.Command{Action: workflow.SubmitAnswer, Text: text, Outcome: outcome}
	if outcome == workflow.Planned {
		c.Promised = s.clock.Now().AddDate(0, 0, 20)
	}
	s.act(t, executor, id, c)
	return id
}

const formalText = "Работы по вашему обращению выполнены в полном объёме."

func TestEngine_an_answer_that_nothing_speaks_against_is_signed_with_one_click(t *testing.T) {
	t.Parallel()
	s, _ := witnessed(t)
	id := s.submitted(t, answerText, workflow.Solved)
	flags, err := s.Weigh(context.Background(), headOf(roads), id)
	require.NoError(t, err)
	require.Empty(t, flags)
	s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Sign, Reason: "Проверил"})
	c := s.store.find(id)
	require.Empty(t, c.Answers[0].Flags)
	require.Empty(t, c.Answers[0].Reason, "nothing had to be justified")
	require.Empty(t, c.Events[len(c.Events)-1].Reason)
	require.False(t, c.Appeal.Formal)
	s.audited(t, id)
}

func TestEngine_a_flagged_answer_is_signed_with_a_reason_alone(t *testing.T) {
	t.Parallel()
	s, w := witnessed(t)
	w.photo = true
	id := s.submitted(t, formalText, workflow.Solved)
	want := []conscience.Code{conscience.NoPhoto, conscience.Vague}
	flags, err := s.Weigh(context.Background(), headOf(roads), id)
	require.NoError(t, err)
	require.Equal(t, want, conscience.CodesOf(flags))

	sign := workflow.Command{Action: workflow.Sign}
	require.Equal(t, map[string]string{"reason": "workflow.flags_reason_required"}, s.wrong(t, headOf(roads), id, sign))
	sign.Reason = " \n "
	require.Equal(t, map[string]string{"reason": "workflow.flags_reason_required"}, s.wrong(t, headOf(roads), id, sign))
	sign.Reason = strings.Repeat("о", workflow.MaxReason+1)
	require.Equal(t, map[string]string{"reason": "workflow.text_long"}, s.wrong(t, headOf(roads), id, sign))
	require.Equal(t, fault.Forbidden, s.refused(t, headOf(water), id, sign).Kind)

	sign.Reason = "Акт и фото у меня на столе"
	a := s.act(t, headOf(roads), id, sign)
	require.True(t, a.Formal)
	c := s.store.find(id)
	require.Equal(t, want, c.Answers[0].Flags)
	require.Equal(t, sign.Reason, c.Answers[0].Reason)
	e := c.Events[len(c.Events)-1]
	require.Equal(t, want, e.Data.Flags)
	require.Equal(t, sign.Reason, e.Reason)
	require.False(t, workflow.PublicReason(workflow.Sign), "it is for the region, not for the citizen")
	s.audited(t, id)
}

func TestEngine_an_interim_answer_is_weighed_too_and_is_not_counted_as_formal(t *testing.T) {
	t.Parallel()
	s, _ := witnessed(t)
	id := s.submitted(t, "Ваш вопрос взят на контроль, о результатах вас уведомят.", workflow.Planned)
	s.wrong(t, headOf(roads), id, workflow.Command{Action: workflow.Sign})
	a := s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Sign, Reason: "Ждём смету"})
	require.Equal(t, workflow.StagePlanned, a.Stage)
	require.False(t, a.Formal)
	s.audited(t, id)
}

func TestEngine_a_repeated_answer_and_a_picture_of_another_case(t *testing.T) {
	t.Parallel()
	s, w := witnessed(t)
	id := s.inWork(t, "fast")
	_, err := s.AttachPhotos(context.Background(), executor, id, []workflow.Photo{{ID: 31, Key: "after.jpg", SHA256: "a"}})
	require.NoError(t, err)
	s.act(t, executor, id, workflow.Command{Action: workflow.SubmitAnswer, Text: answerText + " Гарантия на участок два года.", Outcome: workflow.Solved})
	w.near = []workflow.PastAnswer{{Appeal: 77, Number: "26-000077-1", Text: "Яму засыпали и заасфальтировали 2 марта. Гарантия на участок два года."}}
	w.twins = []workflow.PhotoTwin{
		{Photo: workflow.Photo{ID: 1, SHA256: "a"}, Appeal: id},
		{Photo: workflow.Photo{ID: 2, SHA256: "a", Answer: 8}, Appeal: 78, Number: "26-000078-9"},
	}
	flags, err := s.Weigh(context.Background(), headOf(roads), id)
	require.NoError(t, err)
	require.Equal(t, []conscience.Code{conscience.Repeat, conscience.SamePhoto, conscience.UsedPhoto}, conscience.CodesOf(flags))
	require.Equal(t, "26-000077-1", flags[0].Fields["number"])
	require.Equal(t, 100, flags[0].Fields["percent"])
	require.Equal(t, "26-000078-9", flags[2].Fields["number"])
	require.EqualValues(t, 31, flags[2].Evidence[0].Photo)
}

func TestEngine_what_is_signed_is_what_was_weighed(t *testing.T) {
	t.Parallel()
	s, w := witnessed(t)
	id := s.submitted(t, answerText, workflow.Solved)
	// While the head signs, the answer comes back and is made worse.
	w.between = func() {
		w.between = nil
		s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Return, Reason: "Ещё раз"})
		s.act(t, executor, id, workflow.Command{Action: workflow.SubmitAnswer, Text: formalText, Outcome: workflow.Solved})
	}
	_, err := s.Act(context.Background(), headOf(roads), id, workflow.Command{Action: workflow.Sign})
	require.Equal(t, fault.Invalid, fault.KindOf(err), "weighed anew")

	note := func() {
		s.act(t, headOf(roads), id, workflow.Command{Action: workflow.AddNote, Text: "Смотрю"})
	}
	w.between = note
	_, err = s.Act(context.Background(), headOf(roads), id, workflow.Command{Action: workflow.Sign, Reason: "Проверил"})
	require.Equal(t, fault.Conflict, fault.KindOf(err), "who is always late gives up")
	version := s.store.find(id).Appeal.Version
	w.between = func() { w.between = nil; note() }
	_, err = s.Act(context.Background(), headOf(roads), id, workflow.Command{Action: workflow.Sign, Reason: "Проверил", Version: version})
	require.Equal(t, fault.Conflict, fault.KindOf(err), "the head saw another version")
}

func TestEngine_WeighDraft_advises_who_is_writing(t *testing.T) {
	t.Parallel()
	s, _ := witnessed(t)
	id := s.inWork(t, "fast")
	ctx := context.Background()
	flags, err := s.WeighDraft(ctx, executor, id, formalText, workflow.Solved)
	require.NoError(t, err)
	require.Equal(t, []conscience.Code{conscience.Vague}, conscience.CodesOf(flags))
	flags, err = s.WeighDraft(ctx, executor, id, "Яму", workflow.Solved)
	require.NoError(t, err)
	require.Empty(t, flags, "nothing to weigh yet")
	_, err = s.WeighDraft(ctx, headOf(water), id, formalText, workflow.Solved)
	require.True(t, fault.Is(err, fault.Forbidden))
	_, err = s.WeighDraft(ctx, executor, 404, formalText, workflow.Solved)
	require.True(t, fault.Is(err, fault.NotFound))
	require.Empty(t, s.store.find(id).Answers, "advice changes nothing")
}

func TestEngine_WeighMany_leaves_out_what_one_does_not_see(t *testing.T) {
	t.Parallel()
	s, _ := witnessed(t)
	good, bad := s.submitted(t, answerText, workflow.Solved), s.submitted(t, formalText, workflow.Solved)
	ctx := context.Background()
	found, err := s.WeighMany(ctx, headOf(roads), []int64{good, bad, 404})
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Empty(t, found[good])
	require.NotEmpty(t, found[bad])
	found, err = s.WeighMany(ctx, headOf(water), []int64{good, bad})
	require.NoError(t, err)
	require.Empty(t, found)
	_, err = s.Weigh(ctx, headOf(water), bad)
	require.True(t, fault.Is(err, fault.Forbidden))
}

func TestEngine_of_a_picture_the_distance_is_kept_and_not_the_place(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := form("fast")
	in.Place.Point = &workflow.Point{Lat: 51.7300, Lon: 36.1900}
	in.Photos = []workflow.Photo{
		{Key: "1.jpg", Capture: &workflow.Capture{At: "2026-03-16T09:30:00+03:00", Where: &workflow.Point{Lat: 51.7390, Lon: 36.1900}}},
		{Key: "2.jpg", Capture: &workflow.Capture{At: "2026-03-16T09:30:00"}},
		{Key: "3.jpg", Capture: &workflow.Capture{At: "yesterday"}},
		{Key: "4.jpg"},
	}
	r, err := s.Submit(context.Background(), in)
	require.NoError(t, err)
	photos := s.store.find(r.ID).Photos
	half := time.Date(2026, 3, 16, 6, 30, 0, 0, time.UTC)
	require.Equal(t, half, photos[0].TakenAt)
	require.Equal(t, 1001, *photos[0].Away)
	require.Equal(t, half, photos[1].TakenAt, "without an offset it is the region's time")
	require.Nil(t, photos[1].Away)
	for _, p := range photos {
		require.Nil(t, p.Capture)
	}
	require.True(t, photos[2].TakenAt.IsZero())
	require.NotNil(t, in.Photos[0].Capture, "the caller's own is left as it is")
}

func TestAudit_demands_the_reason_of_a_flagged_answer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*workflow.Case)
		want  string
	}{
		"flags taken from the answer": {func(c *workflow.Case) { c.Answers[0].Flags = nil }, "other flags or another reason"},
		"a reason written anew":       {func(c *workflow.Case) { c.Answers[0].Reason = "Всё хорошо" }, "other flags or another reason"},
		"the count made smaller":      {func(c *workflow.Case) { c.Appeal.Formal = false }, "says formal is false"},
		"an event without a reason": {func(c *workflow.Case) {
			c.Events[len(c.Events)-1].Reason, c.Answers[0].Reason = "", ""
		}, "without a reason"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := witnessed(t)
			id := s.submitted(t, formalText, workflow.Solved)
			s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Sign, Reason: "Акт у меня"})
			s.audited(t, id)
			found := s.store.find(id)
			c.spoil(found)
			findings := workflow.Audit(found, func(string) (*calendar.Calendar, error) { return s.cal, nil })
			require.True(t, slices.ContainsFunc(findings, func(f workflow.Finding) bool { return strings.Contains(f.What, c.want) }), "%v", findings)
		})
	}
}

func TestConscience_knows_every_outcome(t *testing.T) {
	t.Parallel()
	for _, o := range workflow.Outcomes {
		require.True(t, conscience.Knows(string(o)), o)
	}
}
