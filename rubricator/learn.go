package rubricator

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator/classifier"
)

// LeastWorked is how many worked appeals a region needs to learn from: fewer
// teach nothing that can be measured.
const LeastWorked = 60

// What a training takes and gives. ADR 18 says why.
const (
	mostWorked  = 60_000              // latest worked appeals that are read: some 100 MB and a few minutes
	leastTested = 30                  // on fewer texts nobody can tell which model is better
	mostTested  = 2000                // more take time and tell no more
	lastWeeks   = 28 * 24 * time.Hour // are measured on and not learned from
	manyNew     = 200                 // new worked appeals after which the night is not waited for
	keptFiles   = 5                   // models that can be put in force again
	keptLines   = 100                 // trainings that the page can tell of
)

// How often things are looked at.
const (
	lookEvery   = 5 * time.Minute
	restBetween = time.Hour        // trainings that nobody asked for
	beatEvery   = 20 * time.Second // sign of life of a training
	lostAfter   = 5 * time.Minute  // without a sign of life
	longest     = 30 * time.Minute // of a training
	nightFrom   = 2                // o'clock, in the region
	nightTo     = 5
)

// Learning trains models on worked appeals, measures them on the last weeks and
// puts them in force where they are not worse. Any number of nodes may run one:
// the store lets one train at a time.
type Learning struct {
	Store      ModelStore
	Rubricator *Rubricator
	// Agencies are those that answer, with the words of their names; the key is
	// the id.
	Agencies func() []classifier.Class
	Clock    clock.Clock
	Zone     *time.Location

	mu     sync.Mutex
	looked time.Time
}

// Work is one look at whether there is something to train, and the training. An
// error is of the store; a training that failed says so in its line.
func (l *Learning) Work(ctx context.Context) (more bool, err error) {
	m, err := l.Store.FindBusyModel(ctx)
	if err != nil {
		return false, err
	}
	now := l.Clock.Now()
	switch {
	case m == nil:
		if m, err = l.due(ctx, now); m == nil || err != nil {
			return false, ignoreBusy(err)
		}
	case m.State == ModelWaiting:
		m.State, m.TouchedAt = ModelTraining, now
		if err := l.Store.SaveModel(ctx, m); err != nil {
			return false, ignoreBusy(err)
		}
	case now.Sub(m.TouchedAt) > lostAfter:
		m.State, m.Verdict, m.Step = ModelFailed, "lost", ""
		return false, ignoreBusy(l.Store.SaveModel(ctx, m))
	default:
		return false, nil
	}
	return false, l.run(ctx, m, l.region)
}

// ignoreBusy: another node was faster.
func ignoreBusy(err error) error {
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

// due begins a training that nobody asked for, nil where it is not time.
func (l *Learning) due(ctx context.Context, now time.Time) (*Model, error) {
	l.mu.Lock()
	early := now.Sub(l.looked) < lookEvery
	if !early {
		l.looked = now
	}
	l.mu.Unlock()
	tree := l.Rubricator.Book().Tree
	if early || len(tree.Leaves()) == 0 {
		return nil, nil //nolint:nilnil // nothing to do
	}
	var last Model
	list, err := l.Store.ListModels(ctx, 1)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		last = list[0]
	}
	if now.Sub(last.CreatedAt) < restBetween {
		return nil, nil //nolint:nilnil // nothing to do
	}
	known, err := l.Store.CountWorked(ctx)
	if err != nil || known < LeastWorked {
		return nil, err
	}
	cause := Cause("")
	hour := now.In(l.Zone).Hour()
	switch {
	case last.Tree != tree.Version || l.Rubricator.Trouble() != nil:
		cause = CauseTree
	case known >= last.Known+manyNew:
		cause = CauseExamples
	case known > last.Known && hour >= nightFrom && hour < nightTo && now.Sub(last.CreatedAt) > 12*time.Hour:
		cause = CauseNight
	default:
		return nil, nil //nolint:nilnil // nothing to do
	}
	return l.begin(ctx, cause, 0, ModelTraining)
}

func (l *Learning) begin(ctx context.Context, cause Cause, by int64, state ModelState) (*Model, error) {
	now := l.Clock.Now()
	m := &Model{State: state, Cause: cause, CreatedBy: by, CreatedAt: now, TouchedAt: now, Version: 1}
	if err := l.Store.CreateModel(ctx, m); err != nil {
		return nil, err
	}
	return m, nil
}

// mayTeach: models are the business of the region's administrators.
func mayTeach(by actor.Actor) error {
	if by.Kind != actor.Officer || !by.Has(actor.SystemAdmin) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	return nil
}

// Request asks for a training as soon as a node has time. It is fault.Conflict
// where one is on its way.
func (l *Learning) Request(ctx context.Context, by actor.Actor) error {
	if err := mayTeach(by); err != nil {
		return err
	}
	_, err := l.begin(ctx, CausePerson, by.User, ModelWaiting)
	return err
}

// Activate puts a model in force again.
func (l *Learning) Activate(ctx context.Context, by actor.Actor, id int64) error {
	if err := mayTeach(by); err != nil {
		return err
	}
	return l.ActivateAs(ctx, by.User, id, "person")
}

// ActivateAs is Activate for the commands, where whoever may run them may do
// everything.
func (l *Learning) ActivateAs(ctx context.Context, user, id int64, verdict string) error {
	if _, err := l.Store.FindModel(ctx, id); err != nil {
		return err
	}
	if err := l.Store.Activate(ctx, id, user, l.Clock.Now(), verdict); err != nil {
		return err
	}
	return l.Rubricator.Reload(ctx)
}

// Former returns the model that was in force before the present one and can be
// again; fault.NotFound with key "model.no_former" where none is.
func (l *Learning) Former(ctx context.Context) (*Model, error) {
	list, err := l.Store.ListModels(ctx, keptLines)
	if err != nil {
		return nil, err
	}
	active := slices.IndexFunc(list, func(m Model) bool { return m.State == ModelActive })
	if active < 0 {
		active = len(list)
	}
	for i := range list {
		if m := &list[i]; i > active && m.State == ModelRetired && m.Size > 0 {
			return m, nil
		}
	}
	return nil, fault.New(fault.NotFound, "model.no_former")
}

// Rollback puts the former model in force again.
func (l *Learning) Rollback(ctx context.Context, by actor.Actor) error {
	if err := mayTeach(by); err != nil {
		return err
	}
	former, err := l.Former(ctx)
	if err != nil {
		return err
	}
	return l.ActivateAs(ctx, by.User, former.ID, "rolled_back")
}

// Train trains at once, on the region's worked appeals where the lesson is nil.
// It is fault.Conflict where a training is on its way.
func (l *Learning) Train(ctx context.Context, lesson *Lesson) (*Model, error) {
	m, err := l.begin(ctx, CauseCommand, 0, ModelTraining)
	if err != nil {
		return nil, err
	}
	learn := l.region
	if lesson != nil {
		learn = func(context.Context) (*Lesson, error) { return lesson, nil }
	}
	if err := l.run(ctx, m, learn); err != nil {
		return nil, err
	}
	return l.Store.FindModel(ctx, m.ID)
}

// run trains, measures and judges. What goes wrong is written into the model's
// line; the error is that of the store.
func (l *Learning) run(ctx context.Context, m *Model, lesson func(context.Context) (*Lesson, error)) error {
	work, stop := context.WithTimeout(ctx, longest)
	defer stop()
	verdict, err := l.train(work, m, lesson)
	if err == nil {
		return l.Store.PruneModels(ctx, keptFiles, keptLines)
	}
	// Also when the process ends: the next one begins anew.
	after, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	m.State, m.Step, m.Verdict = ModelFailed, "", verdict
	switch {
	case ctx.Err() != nil:
		m.Verdict = "stopped"
	case work.Err() != nil:
		m.Verdict = "too_long"
	case verdict == "":
		m.Verdict, m.Figures.Error = "error", err.Error()
	}
	return l.Store.SaveModel(after, m)
}

var errTooFew = errors.New("there are too few worked appeals to learn from")

// train takes a training from its beginning to its verdict. The verdict of an
// error says what went wrong where we know.
func (l *Learning) train(ctx context.Context, m *Model, read func(context.Context) (*Lesson, error)) (verdict string, err error) {
	tree := l.Rubricator.Book().Tree
	if err := l.step(ctx, m, "reading"); err != nil {
		return "", err
	}
	m.Tree = tree.Version
	if m.Known, err = l.Store.CountWorked(ctx); err != nil {
		return "", err
	}
	lesson, err := read(ctx)
	if errors.Is(err, errTooFew) {
		return "few", err
	}
	if err != nil {
		return "", err
	}
	m.Examples, m.Tested = len(lesson.Learn), len(lesson.Test)
	m.From, m.Until = lesson.From, lesson.Until
	for _, e := range lesson.Learn {
		if e.Source == classifier.Corrected {
			m.Corrected++
		}
	}
	if err := l.step(ctx, m, "learning"); err != nil {
		return "", err
	}
	var model *classifier.Model
	outline := classifier.Outline{Topics: tree.learnedFrom(), Agencies: l.Agencies()}
	if err := l.while(ctx, m, func() (err error) {
		model, err = classifier.Train(lesson.Learn, outline)
		return err
	}); err != nil {
		return "", err
	}
	if err := l.step(ctx, m, "measuring"); err != nil {
		return "", err
	}
	rival := l.Rubricator.adviser.Load()
	seenUntil, err := l.seenUntil(ctx, rival)
	if err != nil {
		return "", err
	}
	var better bool
	var figures Figures
	if err := l.while(ctx, m, func() error {
		figures, better, verdict = judge(model, rival, tree, lesson, seenUntil)
		return nil
	}); err != nil {
		return "", err
	}
	m.Figures = figures
	if err := l.Store.SaveModelFile(ctx, m.ID, model.Bytes()); err != nil {
		return "", err
	}
	m.State, m.Step, m.Verdict = ModelCandidate, "", verdict
	if err := l.Store.SaveModel(ctx, m); err != nil {
		return "", err
	}
	if !better {
		return verdict, nil
	}
	if err := l.Store.Activate(ctx, m.ID, 0, l.Clock.Now(), verdict); err != nil {
		return "", err
	}
	return verdict, l.Rubricator.Reload(ctx)
}

// step says where a training is.
func (l *Learning) step(ctx context.Context, m *Model, name string) error {
	m.Step, m.TouchedAt = name, l.Clock.Now()
	return l.Store.SaveModel(ctx, m)
}

// while does heavy work with a sign of life now and then. When ctx ends it is
// left to itself: the process ends too.
func (l *Learning) while(ctx context.Context, m *Model, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if err := l.Store.TouchModel(ctx, m.ID, l.Clock.Now()); err != nil {
				return err
			}
		}
	}
}

// seenUntil is the date of the latest example that the model in force learned
// from: what it learned it knows by heart.
func (l *Learning) seenUntil(ctx context.Context, rival *adviser) (time.Time, error) {
	if !rival.learned {
		return time.Time{}, nil
	}
	m, err := l.Store.FindModel(ctx, rival.id)
	if err != nil {
		return time.Time{}, err
	}
	return m.Until, nil
}
