package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"time"
	"unicode"

	"golang.org/x/sync/errgroup"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/workflow"
)

// lastKey is the key of the appeal that is sent when all others have lived:
// where it is, the demo region is whole.
const lastKey = "demo:last"

// play lets every appeal live its life, several at once.
func (r Region) play(ctx context.Context, lives []life) error {
	users, err := r.Store.ListUsers(ctx, 0)
	if err != nil {
		return err
	}
	last := len(lives) - 1
	live := func(ctx context.Context, n int) error {
		l := lives[n]
		p := player{Region: r, users: users, life: l, key: key(n, l), clock: clock.NewFake(l.sent(n, r.Now))}
		if n == last {
			p.key = lastKey
		}
		if err := p.live(ctx, n); err != nil {
			return fmt.Errorf("appeal %d (%s): %w", n+1, l.Rubric, err)
		}
		return nil
	}
	g, all := errgroup.WithContext(ctx)
	g.SetLimit(4 * runtime.GOMAXPROCS(0))
	for n := range last {
		g.Go(func() error { return live(all, n) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	// What happened months ago is no news today.
	if err := r.dropOutbox(ctx); err != nil {
		return err
	}
	return live(ctx, last)
}

// player lives the life of one appeal.
type player struct {
	Region
	users  []identity.User
	life   life
	key    string
	clock  *clock.Fake
	engine *workflow.Engine
	appeal *workflow.Appeal // as it is now
}

func (p *player) live(ctx context.Context, n int) (err error) {
	if p.engine, err = p.Engine(p.clock); err != nil {
		return err
	}
	sent := p.clock.Now()
	id, err := p.submit(ctx, n)
	if outOfSeason(err) {
		return nil // nobody complains of cold radiators in July
	}
	if err != nil {
		return err
	}
	past, err := p.Store.FindCase(ctx, id)
	if err != nil {
		return err
	}
	events := past.Events // more than the first two where a run was cut off
	p.appeal = &past.Appeal
	p.advance(events[len(events)-1].At)
	moderated := events[1].To == workflow.StageModeration
	for _, act := range p.life.acts(moderated) {
		if slices.ContainsFunc(events, func(e workflow.Event) bool { return e.Action == act.cmd.Action }) {
			continue
		}
		at := sent.Add(act.after)
		if last := p.Now.Add(-time.Duration(1+n%50) * time.Minute); at.After(last) {
			at = last
		}
		if err := p.wait(ctx, at); err != nil {
			return err
		}
		if err := p.act(ctx, act); err != nil {
			return err
		}
	}
	return p.wait(ctx, p.Now)
}

func (p *player) submit(ctx context.Context, n int) (id int64, err error) {
	book := p.Rubricator.Book()
	in := workflow.Submission{
		Text: p.life.Text, Rubric: p.life.Rubric, Source: workflow.FromPortal,
		Applicant: workflow.Applicant{Name: p.life.Name, Phone: fmt.Sprintf("+7000%07d", 1000000+n*7919), Lang: string(tongue(p.life.Text))},
		Place:     workflow.Place{Address: p.life.Address},
		Key:       p.key,
	}
	for _, t := range book.Places.All() {
		if t.Code == p.life.Territory {
			in.Place.Territory = t.ID
		}
	}
	receipt, err := p.engine.Submit(ctx, in)
	return receipt.ID, err
}

// outOfSeason reports whether the topic takes no appeals on that day of the year.
func outOfSeason(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Key == "rubric.out_of_season" })
}

func key(n int, l life) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "demo %d %s", n, l.Text))
	return "demo:" + hex.EncodeToString(sum[:12])
}

// wait lets time pass up to an instant: clocks that come due on the way fire
// when they do. Of many overdue days the first four are lived through and the
// last: that is how far the ladder climbs.
func (p *player) wait(ctx context.Context, until time.Time) error {
	for {
		a := p.appeal
		next := -1
		for i, d := range a.Deadline {
			if !d.NextAt.IsZero() && !d.NextAt.After(until) && (next < 0 || d.NextAt.Before(a.Deadline[next].NextAt)) {
				next = i
			}
		}
		if next < 0 {
			p.advance(until)
			return nil
		}
		d := a.Deadline[next]
		if d.Step.OverdueDays() > 4 {
			p.advance(until)
		} else {
			p.advance(d.NextAt)
		}
		fired, err := p.engine.Fire(ctx, workflow.Due{Appeal: a.ID, N: d.N, Step: d.Step, At: d.NextAt})
		if err != nil {
			return err
		}
		if !fired {
			return fmt.Errorf("deadline %d did not fire at %s", d.N, d.NextAt)
		}
		found, err := p.Store.FindCase(ctx, a.ID)
		if err != nil {
			return err
		}
		p.appeal = &found.Appeal
	}
}

func (p *player) advance(to time.Time) {
	if to.After(p.clock.Now()) {
		p.clock.Set(to)
	}
}

// act lets the right person take the step. A step that no longer fits (silence
// closed the case before) ends the life here.
func (p *player) act(ctx context.Context, step act) (err error) {
	a := p.appeal
	var by actor.Actor
	switch step.by {
	case author:
		by = actor.Author(a.ID)
	case coordinator:
		if by, err = p.holder(actor.Coordinator, a.Agency); err != nil {
			return err
		}
		if a.RegisteredAt.IsZero() && step.cmd.Action == workflow.Assign {
			if _, err := p.engine.Act(ctx, by, a.ID, workflow.Command{Action: workflow.Register}); err != nil {
				return err
			}
		}
		if step.cmd.Action == workflow.Assign {
			worker, err := p.holder(actor.Executor, a.Agency)
			if err != nil {
				return err
			}
			step.cmd.Executor = worker.User
		}
	case executor:
		u, err := p.Store.FindUser(ctx, a.Executor)
		if err != nil {
			return err
		}
		by = u.Actor()
		if step.cmd.Outcome == workflow.Planned {
			step.cmd.Promised = p.Now.AddDate(0, 1, 14)
		}
	case head:
		if by, err = p.holder(actor.Head, a.Agency); err != nil {
			return err
		}
	}
	done, err := p.engine.Act(ctx, by, a.ID, step.cmd)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Forbidden) {
		p.Log.DebugContext(ctx, "demo appeal ends here", slog.Int64("appeal", a.ID), slog.Any("error", err))
		return nil
	}
	if err == nil {
		p.appeal = done
	}
	return err
}

// holder is somebody with the role in the agency.
func (p *player) holder(role actor.Role, agency int64) (actor.Actor, error) {
	for _, u := range p.users {
		if u.Actor().Holds(role, agency) {
			return u.Actor(), nil
		}
	}
	return actor.Actor{}, fmt.Errorf("agency %d has no %s", agency, role)
}

// tongue is the language in which a text is written: that of its first letter.
func tongue(text string) lang.Lang {
	for _, r := range text {
		if unicode.IsLetter(r) {
			if unicode.Is(unicode.Latin, r) {
				return lang.EN
			}
			break
		}
	}
	return lang.RU
}
