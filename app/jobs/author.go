package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/workflow"
)

// Letters remembers which letters have left.
type Letters interface {
	LetterSent(ctx context.Context, id string) (bool, error)
	MarkLetter(ctx context.Context, id string, at time.Time) (first bool, err error)
}

// Applicants reads who wrote an appeal, which is logged.
type Applicants interface {
	ReadApplicant(ctx context.Context, appeal int64, by actor.Actor, purpose string) (workflow.Applicant, error)
}

// Composer puts a notice into the words of a letter, in the author's language.
type Composer interface {
	Letter(ctx context.Context, c *workflow.Case, event int, key string, to workflow.Applicant) (subject, body string)
}

// Authors writes to the authors of appeals who gave an e-mail address.
type Authors struct {
	Cases      Cases
	Applicants Applicants
	Letters    Letters
	Composer   Composer
	Channel    notify.Channel
	Clock      clock.Clock
	Host       string // right side of the letters' ids
}

// Deliver sends the letter unless it has left before. Between sending and
// noting that lies an instant in which a crash makes a second letter leave; it
// has the same Message-ID, by which mail programs see that it is the same.
func (w *Authors) Deliver(ctx context.Context, row workflow.Outbox) error {
	var n workflow.AuthorNotice
	if err := json.Unmarshal([]byte(row.Payload), &n); err != nil {
		return fault.Wrap(fault.Invalid, "error.internal", err)
	}
	id := fmt.Sprintf("appeal-%d.%d@%s", row.Appeal, row.Event, w.Host)
	if sent, err := w.Letters.LetterSent(ctx, id); err != nil || sent {
		return err
	}
	to, err := w.Applicants.ReadApplicant(ctx, row.Appeal, actor.Job, "letter")
	if err != nil || to.Email == "" {
		return err
	}
	c, err := find(ctx, w.Cases, row.Appeal)
	if err != nil {
		return err
	}
	subject, body := w.Composer.Letter(ctx, c, row.Event, n.Key, to)
	if err := w.Channel.Send(ctx, notify.Letter{To: to.Email, Subject: subject, Body: body, ID: id}); err != nil {
		return err
	}
	_, err = w.Letters.MarkLetter(ctx, id, w.Clock.Now())
	return err
}
