package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// lasting is how long ago lives may have begun.
const lasting = 240 * 24 * time.Hour

// oneIn reports true once in so many times.
func (s *scene) oneIn(n int) bool { return s.random.IntN(n) == 0 }

// live lets one appeal live a life: asked and replied, rejected, redirected,
// extended, promised, answered late or in time, rated, sent back, disputed, or
// left to silence. Clocks that come due on the way fire when they do.
func (s *scene) live(ctx context.Context, until time.Time) error {
	for {
		s.clock.Set(until.Add(-time.Duration(s.random.Int64N(int64(lasting)))))
		topic := s.cast.forms.topics[s.random.IntN(len(s.cast.forms.topics))]
		place := s.cast.forms.places[s.random.IntN(len(s.cast.forms.places))]
		err := s.submit(ctx, topic.Code, place, text(s.random))
		if err == nil {
			break
		}
		if !fault.Is(err, fault.Invalid) { // out of season: another topic
			return err
		}
	}
	for s.clock.Now().Before(until) && !s.ledger.Appeal.Stage.Final() {
		// A person does something within some days, or nobody does.
		if err := s.wait(ctx, s.clock.Now().Add(time.Duration(1+s.random.IntN(60))*time.Hour)); err != nil {
			return err
		}
		if s.ledger.Appeal.Stage.Final() {
			return nil
		}
		role, cmd := s.next()
		if cmd.Action == "" {
			continue
		}
		if err := s.act(ctx, role, cmd); err != nil && !fault.Is(err, fault.Conflict) {
			return fmt.Errorf("%s at %s: %w", cmd.Action, s.ledger.Appeal.Stage, err)
		}
	}
	return nil
}

// next is what somebody does now, no action where nobody does anything.
func (s *scene) next() (actor.Role, workflow.Command) {
	a := &s.ledger.Appeal
	do := func(role actor.Role, c workflow.Command) (actor.Role, workflow.Command) { return role, c }
	const why = "Так решено по обстоятельствам дела."
	if s.oneIn(60) && a.Stage.Working() {
		return do("", workflow.Command{Action: workflow.Withdraw})
	}
	switch a.Stage {
	case workflow.StageModeration:
		switch s.random.IntN(12) {
		case 0:
			return do(actor.Coordinator, workflow.Command{Action: workflow.Ask, Reason: "Уточните номер дома."})
		case 1:
			return do(actor.Coordinator, workflow.Command{Action: workflow.Reject, Reason: "Вопрос уже решён по другому обращению."})
		}
		return do(actor.Coordinator, workflow.Command{Action: workflow.Accept})
	case workflow.StageClarification:
		if s.oneIn(2) {
			return do("", workflow.Command{Action: workflow.ReplyAction, Text: "Дом пять, второй подъезд."})
		}
	case workflow.StageReceived:
		switch {
		case s.oneIn(10) && a.Hops < workflow.MaxHops:
			if agency := s.cast.other(a); agency != 0 {
				return do(actor.Coordinator, workflow.Command{Action: workflow.Redirect, Reason: why, Agency: agency})
			}
			return "", workflow.Command{}
		case a.RegisteredAt.IsZero():
			return do(actor.Coordinator, workflow.Command{Action: workflow.Register})
		}
		return do(actor.Coordinator, workflow.Command{Action: workflow.Assign})
	case workflow.StageAssigned:
		return do(actor.Executor, workflow.Command{Action: workflow.Start})
	case workflow.StageInWork:
		return s.work(a)
	case workflow.StageOnSign:
		if s.oneIn(10) {
			return do(actor.Head, workflow.Command{Action: workflow.Return, Reason: "Назовите дату и ответственного."})
		}
		return do(actor.Head, workflow.Command{Action: workflow.Sign})
	case workflow.StageAnswered:
		switch s.random.IntN(10) {
		case 0, 1, 2:
			return do("", workflow.Command{Action: workflow.Rate, Rating: 3 + s.random.IntN(3), Text: "Спасибо."})
		case 3:
			c := workflow.Command{Action: workflow.ReReview, Rating: 1 + s.random.IntN(3), NotFixed: true, Text: "Ничего не изменилось."}
			if a.Round > 1 {
				c.Action = workflow.Dispute
			}
			return do("", c)
		}
	case workflow.StageDisputed:
		if s.oneIn(3) {
			return do(actor.Supervisor, workflow.Command{Action: workflow.SendBack, Reason: why})
		}
		return do(actor.Supervisor, workflow.Command{Action: workflow.Uphold, Reason: why})
	default: // nothing is left to do
	}
	return "", workflow.Command{}
}

// work is what is done while an appeal is worked on: often nothing, so that
// some are late.
func (s *scene) work(a *workflow.Appeal) (actor.Role, workflow.Command) {
	switch {
	case a.Asked > 0:
		return actor.Head, workflow.Command{Action: workflow.ApproveExtension}
	case s.oneIn(20) && !a.Extended:
		return actor.Executor, workflow.Command{Action: workflow.AskExtension, Reason: "Ждём подрядчика.", Days: 5 + s.random.IntN(25)}
	case !s.oneIn(3):
		return "", workflow.Command{}
	}
	c := workflow.Command{
		Action: workflow.SubmitAnswer, Outcome: workflow.Outcomes[s.random.IntN(len(workflow.Outcomes))],
		Text: "Здравствуйте! " + pick(s.random, please) + " Работы закончены " + s.clock.Now().Format("02.01.2006") + ".",
	}
	switch {
	case c.Outcome == workflow.Refused:
		c.Ground = "п. 5 ст. 11 Федерального закона № 59-ФЗ"
	case c.Outcome == workflow.Planned && a.Interims >= workflow.MaxInterims:
		c.Outcome = workflow.Explained
	case c.Outcome == workflow.Planned:
		c.Promised = s.clock.Now().AddDate(0, 0, 2+s.random.IntN(30))
	}
	return actor.Executor, c
}

// other is an agency with people that has not had the appeal yet, 0 where
// there is none.
func (c *cast) other(a *workflow.Appeal) int64 {
	for i := range c.users {
		for _, id := range c.users[i].Actor().Agencies() {
			if id != 0 && id != a.Agency && !slices.Contains(a.Past, id) {
				if _, err := c.holder(actor.Coordinator, id); err == nil {
					return id
				}
			}
		}
	}
	return 0
}

// wait lets time pass, firing what comes due when it does. Of many overdue days
// the first five are lived through.
func (s *scene) wait(ctx context.Context, until time.Time) error {
	for {
		var next *deadline.Deadline
		for i := range s.ledger.Appeal.Deadline {
			d := &s.ledger.Appeal.Deadline[i]
			if !d.NextAt.IsZero() && !d.NextAt.After(until) && d.Step.OverdueDays() <= 5 && (next == nil || d.NextAt.Before(next.NextAt)) {
				next = d
			}
		}
		if next == nil {
			s.clock.Set(until)
			return nil
		}
		if next.NextAt.After(s.clock.Now()) {
			s.clock.Set(next.NextAt)
		}
		a := s.ledger.Appeal.ID
		if _, err := s.Fire(ctx, workflow.Due{Appeal: a, N: next.N, Step: next.Step, At: next.NextAt}); err != nil {
			return err
		}
	}
}

// pictures are those that a citizen sends, one of four with one.
func pictures(r *rand.Rand) []workflow.Photo {
	if r.IntN(4) > 0 {
		return nil
	}
	sum := sha256.Sum256(fmt.Append(nil, r.IntN(1<<30)))
	key := hex.EncodeToString(sum[:])
	return []workflow.Photo{{Key: key[:2] + "/" + key + ".jpg", Width: 1600, Height: 1200, Bytes: 300_000, SHA256: key}}
}
