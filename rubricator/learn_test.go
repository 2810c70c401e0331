package rubricator_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/classifier"
)

var noon = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

// shelf keeps models in memory; what the database promises is tested there.
type shelf struct {
	mu     sync.Mutex
	models []rubricator.Model
	files  map[int64][]byte
	worked []rubricator.Worked // the latest first
}

func (s *shelf) find(id int64) *rubricator.Model {
	i := slices.IndexFunc(s.models, func(m rubricator.Model) bool { return m.ID == id })
	if i < 0 {
		return nil
	}
	return &s.models[i]
}

func (s *shelf) CreateModel(_ context.Context, m *rubricator.Model) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.State.Busy() && slices.ContainsFunc(s.models, func(o rubricator.Model) bool { return o.State.Busy() }) {
		return fault.New(fault.Conflict, "model.busy")
	}
	m.ID = int64(len(s.models) + 1)
	s.models = append(s.models, *m)
	return nil
}

func (s *shelf) SaveModel(ctx context.Context, m *rubricator.Model) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	was := s.find(m.ID)
	if was.Version != m.Version {
		return fault.New(fault.Conflict, "error.conflict")
	}
	m.Version++
	size := was.Size
	*was = *m
	was.Size = size
	return nil
}

func (s *shelf) TouchModel(context.Context, int64, time.Time) error { return nil }

func (s *shelf) SaveModelFile(_ context.Context, id int64, file []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id], s.find(id).Size = file, len(file)
	return nil
}

func (s *shelf) ReadModelFile(_ context.Context, id int64) ([]byte, error) { return s.files[id], nil }

func (s *shelf) FindModel(_ context.Context, id int64) (*rubricator.Model, error) {
	m := s.find(id)
	if m == nil {
		return nil, fault.New(fault.NotFound, "model.unknown")
	}
	out := *m
	return &out, nil
}

func (s *shelf) FindBusyModel(context.Context) (*rubricator.Model, error) {
	for i := range s.models {
		if s.models[i].State.Busy() {
			out := s.models[i]
			return &out, nil
		}
	}
	return nil, nil //nolint:nilnil // as the interface says
}

func (s *shelf) ActiveModel(context.Context) (int64, error) {
	for _, m := range s.models {
		if m.State == rubricator.ModelActive {
			return m.ID, nil
		}
	}
	return 0, nil
}

func (s *shelf) ListModels(_ context.Context, limit int) ([]rubricator.Model, error) {
	out := slices.Clone(s.models)
	slices.Reverse(out)
	return out[:min(limit, len(out))], nil
}

func (s *shelf) Activate(_ context.Context, id, by int64, at time.Time, verdict string) error {
	for i := range s.models {
		if s.models[i].State == rubricator.ModelActive {
			s.models[i].State = rubricator.ModelRetired
		}
	}
	m := s.find(id)
	m.State, m.ActivatedBy, m.ActivatedAt, m.Verdict = rubricator.ModelActive, by, at, verdict
	return nil
}

func (s *shelf) PruneModels(context.Context, int, int) error { return nil }

func (s *shelf) ListWorked(_ context.Context, limit int) ([]rubricator.Worked, error) {
	return s.worked[:min(limit, len(s.worked))], nil
}

func (s *shelf) CountWorked(context.Context) (int, error) { return len(s.worked), nil }

// work adds so many appeals that were answered in the days before now, with the
// words of the region.
func (s *shelf) work(n int, now time.Time, words map[string]string) {
	var topics []string
	for topic := range words {
		topics = append(topics, topic)
	}
	slices.Sort(topics)
	var fresh []rubricator.Worked
	for i := range n {
		topic := topics[i%len(topics)]
		fresh = append(fresh, rubricator.Worked{
			Text: fmt.Sprintf("%s, дом %d, звоните 8 900 123-45-%02d", words[topic], i, i%100), Topic: topic, Agency: 7,
			At: now.Add(-time.Duration(i) * 6 * time.Hour), Chosen: i%10 == 0,
		})
	}
	s.worked = append(fresh, s.worked...)
}

func learning(t *testing.T) (*rubricator.Learning, *shelf, *clock.Fake) {
	t.Helper()
	s, c := &shelf{files: map[int64][]byte{}}, clock.NewFake(noon)
	r := rubricator.New(region{roots: parse(t, sample).Roots}, s)
	require.NoError(t, r.Reload(t.Context()))
	return &rubricator.Learning{
		Store: s, Rubricator: r, Clock: c, Zone: time.UTC,
		Agencies: func() []classifier.Class { return []classifier.Class{{Key: "7", Words: "Комитет дорог"}} },
	}, s, c
}

// dialect is how people here say what the tree calls otherwise.
var dialect = map[string]string{
	"roads.pothole": "колдобина прямо посередине", "roads.snow": "сугробы лежат неделю", "gas.smell": "вонища в подъезде",
}

func TestLearning_Work(t *testing.T) { //nolint:paralleltest // each step follows the one before it
	ctx := t.Context()
	l, s, c := learning(t)
	work := func() []rubricator.Model {
		_, err := l.Work(ctx)
		require.NoError(t, err)
		list, err := s.ListModels(ctx, 10)
		require.NoError(t, err)
		return list
	}
	s.work(40, noon, dialect)
	require.Empty(t, work(), "too few to learn from")

	s.work(80, noon, dialect)
	c.Advance(time.Hour)
	list := work()
	require.Len(t, list, 1)
	first := list[0]
	require.Equal(t, rubricator.ModelActive, first.State, "%+v", first)
	require.Equal(t, rubricator.CauseTree, first.Cause)
	require.Equal(t, 120, first.Known)
	require.Equal(t, 120, first.Examples+first.Tested)
	require.Positive(t, first.Corrected)
	require.Zero(t, first.ActivatedBy)
	require.GreaterOrEqual(t, first.Figures.Own.TopicTop1, first.Figures.Rival.TopicTop1)
	advice := l.Rubricator.Suggest("колдобина", 0, 3)
	require.True(t, advice.Learned)
	require.Equal(t, "roads.pothole", advice.Topics[0].Rubric.Code)
	require.Equal(t, []string{"колдобина"}, advice.Topics[0].Words)
	guess := l.Rubricator.SuggestAgency("колдобина", 0, "roads.pothole", 1)[0]
	require.Equal(t, int64(7), guess.Agency)
	require.Equal(t, []string{"колдобина"}, guess.Words)

	c.Advance(2 * time.Hour)
	require.Len(t, work(), 1, "nothing new")

	t.Run("at night when there is something new, and not worse is good enough", func(t *testing.T) { //nolint:paralleltest // each step follows the one before it
		s.work(3, c.Now(), dialect)
		c.Set(noon.AddDate(0, 0, 1).Add(-6 * time.Hour)) // 3 o'clock
		list := work()
		require.Len(t, list, 2)
		require.Equal(t, rubricator.CauseNight, list[0].Cause)
		require.Equal(t, rubricator.ModelActive, list[0].State, list[0].Verdict)
		require.Equal(t, first.ID, list[0].Figures.Versus)
		require.Equal(t, rubricator.ModelRetired, list[1].State)
	})

	t.Run("a worse one stays a candidate", func(t *testing.T) { //nolint:paralleltest // each step follows the one before it
		// What was filed wrongly for weeks before makes a model that fails on what
		// came right afterwards.
		wrong := map[string]string{
			"roads.pothole": dialect["roads.snow"], "roads.snow": dialect["gas.smell"], "gas.smell": dialect["roads.pothole"],
		}
		right := s.worked
		s.worked = nil
		s.work(600, c.Now().AddDate(0, 0, -30), wrong)
		s.worked = append(slices.Clone(right[:90]), s.worked...)
		c.Advance(90 * time.Minute)
		list := work()
		require.Len(t, list, 3)
		require.Equal(t, rubricator.CauseExamples, list[0].Cause)
		require.Equal(t, rubricator.ModelCandidate, list[0].State)
		require.Equal(t, "worse", list[0].Verdict)
		require.Greater(t, list[0].Figures.Lost, list[0].Figures.Gained)
	})

	t.Run("administrators ask for it, put one in force and go back", func(t *testing.T) { //nolint:paralleltest // each step follows the one before it
		admin := actor.Actor{Kind: actor.Officer, User: 9, Memberships: []actor.Membership{{Role: actor.SystemAdmin}}}
		other := actor.Actor{Kind: actor.Officer, User: 8, Memberships: []actor.Membership{{Agency: 7, Role: actor.Coordinator}}}
		require.True(t, fault.Is(l.Request(ctx, other), fault.Forbidden))
		require.True(t, fault.Is(l.Rollback(ctx, other), fault.Forbidden))
		require.True(t, fault.Is(l.Activate(ctx, other, first.ID), fault.Forbidden))
		require.NoError(t, l.Request(ctx, admin))
		require.True(t, fault.Is(l.Request(ctx, admin), fault.Conflict))
		list := work()
		require.Len(t, list, 4)
		require.Equal(t, rubricator.CausePerson, list[0].Cause)
		require.False(t, list[0].State.Busy())

		require.NoError(t, l.Rollback(ctx, admin))
		active, err := s.ActiveModel(ctx)
		require.NoError(t, err)
		require.Equal(t, first.ID, active)
		require.Equal(t, int64(9), s.find(first.ID).ActivatedBy)
		require.True(t, fault.Is(l.Rollback(ctx, admin), fault.NotFound))
		require.NoError(t, l.Activate(ctx, admin, list[2].ID))
		require.True(t, fault.Is(l.Activate(ctx, admin, 99), fault.NotFound))
	})
}

func TestLearning_a_training_that_was_lost_or_stopped_makes_way(t *testing.T) {
	t.Parallel()
	l, s, c := learning(t)
	s.work(120, noon, dialect)
	require.NoError(t, s.CreateModel(t.Context(), &rubricator.Model{State: rubricator.ModelTraining, TouchedAt: noon, CreatedAt: noon, Version: 1}))
	_, err := l.Work(t.Context())
	require.NoError(t, err)
	require.Equal(t, rubricator.ModelTraining, s.models[0].State, "another node is at it")
	c.Advance(10 * time.Minute)
	_, err = l.Work(t.Context())
	require.NoError(t, err)
	require.Equal(t, rubricator.ModelFailed, s.models[0].State)

	ctx, stop := context.WithCancel(t.Context())
	stop()
	c.Advance(2 * time.Hour)
	_, err = l.Work(ctx)
	require.NoError(t, err)
	require.Equal(t, "stopped", s.models[1].Verdict)
	require.Equal(t, rubricator.ModelFailed, s.models[1].State)
}

func TestLearning_NewLesson(t *testing.T) {
	t.Parallel()
	l, _, _ := learning(t)
	agency := func(name string) (int64, bool) { return 7, name == "Комитет дорог" }
	var examples []classifier.Example
	for i := range 70 {
		examples = append(examples, classifier.Example{
			Text: fmt.Sprintf("яма %d", i), Topic: "яма  на дороге", Agency: "Комитет дорог", Source: classifier.Accepted,
		})
	}
	lesson, err := l.NewLesson(examples, agency)
	require.NoError(t, err)
	require.Len(t, lesson.Test, 14)
	require.Equal(t, "roads.pothole", lesson.Learn[0].Topic)
	require.Equal(t, "7", lesson.Learn[0].Agency)
	_, err = l.NewLesson(examples[:10], agency)
	require.ErrorContains(t, err, "at least 60")
	examples[3].Topic = "Яма в бюджете"
	_, err = l.NewLesson(examples, agency)
	require.ErrorContains(t, err, `1 topics of the file are not in the rubricator, by code or by name: ["Яма в бюджете"]`)
}
