package discussion

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
)

// Talks are what people and organisers do in discussions. Each use case owns its
// transaction.
type Talks struct {
	Campaigns *participation.Campaigns
	Voting    *participation.Voting
	Store     Store
	Clock     clock.Clock
	// Alike tells how alike a text is to each of the others, 0 to 1. All that was
	// written in the discussion tells how rare a word is.
	Alike func(text string, others, written []string) []float64
}

// The limits of what is written.
const (
	MaxName      = 100
	MaxRemark    = 5000
	MaxWords     = 1000 // of a moderator
	MaxBecause   = 5000
	MostAnHour   = 20 // remarks and replies of one person
	maxOnce      = 64
	maxVersions  = 100
	mostCompared = 2000 // remarks that a new one is compared with
)

// Texts are all versions of the text, the first first.
func (t *Talks) Texts(ctx context.Context, c *participation.Campaign) ([]Version, error) {
	if c.Terms.Talk == nil {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	out := []Version{{Campaign: c.ID, N: 1, At: c.Terms.Opens, Body: c.Terms.Talk.Body, Paragraphs: Parse(c.Terms.Talk.Body)}}
	later, err := t.Store.ListRevisions(ctx, c.ID)
	return append(out, later...), err
}

// text finds a version within a unit of work.
func text(c *participation.Campaign, tx Tx, n int) (*Version, error) {
	if n == 1 {
		return &Version{N: 1, Paragraphs: Parse(c.Terms.Talk.Body)}, nil
	}
	return tx.FindRevision(n)
}

// Introduce sends a code to who wants to take part and returns its id.
func (t *Talks) Introduce(ctx context.Context, campaign int64, in participation.Introduction) (string, error) {
	return t.Voting.Introduce(ctx, campaign, in)
}

// Recognise checks the code that came by e-mail, notes where letters go, and
// gives a pass.
func (t *Talks) Recognise(ctx context.Context, campaign int64, id, digits string) (string, error) {
	pass, err := t.Voting.Recognise(ctx, campaign, id, digits)
	if err != nil {
		return "", err
	}
	code, err := t.Voting.Codes.FindCode(ctx, id, t.Clock.Now())
	if err != nil {
		return "", err
	}
	return pass, t.Store.Join(ctx, campaign, func(_ *participation.Campaign, tx Tx) error {
		return tx.SavePerson(Person(code.Person), Contact{Email: code.Email, Lang: code.Lang}, "")
	})
}

// Admit tells whose pass it is.
func (t *Talks) Admit(campaign int64, pass string) (Person, error) {
	p, err := t.Voting.Admit(campaign, pass, t.Clock.Now())
	if err != nil {
		return Person{}, err
	}
	return Person(p.Person), nil
}

// Writing is a remark as a page or the staff send it.
type Writing struct {
	Campaign  int64
	Once      string
	Version   int
	Paragraph string
	ReplyTo   int64
	Name      string
	Text      string
	Arrived   time.Time
	Source    Source // of staff
}

// Check says what is wrong with a writing, apart from who sends it.
func (w *Writing) Check() error {
	w.Name = strings.Join(strings.Fields(w.Name), " ")
	w.Text = strings.TrimSpace(strings.ReplaceAll(w.Text, "\r\n", "\n"))
	var check fault.Check
	check.That(w.Text != "", "text", "remark.text")
	check.That(utf8.RuneCountInString(w.Text) <= MaxRemark, "text", "error.too_long", "max", MaxRemark)
	check.That(!strings.ContainsFunc(w.Text, control) && utf8.ValidString(w.Text), "text", "remark.signs")
	check.That(w.Name != "", "name", "remark.name")
	check.That(utf8.RuneCountInString(w.Name) <= MaxName, "name", "error.too_long", "max", MaxName)
	check.That(!strings.ContainsFunc(w.Name, control) && utf8.ValidString(w.Name), "name", "remark.signs")
	check.That(!strings.Contains(w.Name, "@"), "name", "remark.name_address")
	check.That(len(w.Once) >= 16 && len(w.Once) <= maxOnce, "text", "remark.page_old")
	return check.Err()
}

func control(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// Write adds a remark of a person. Sent again it is the same remark.
func (t *Talks) Write(ctx context.Context, pass string, w Writing) (*Remark, error) {
	person, err := t.Admit(w.Campaign, pass)
	if err != nil {
		return nil, err
	}
	if err := w.Check(); err != nil {
		return nil, err
	}
	return t.write(ctx, w, func(c *participation.Campaign, tx Tx, r *Remark) error {
		if !c.Accepts(w.Arrived) {
			return notNow(c, w.Arrived)
		}
		n, err := tx.CountSince(person, w.Arrived.Add(-time.Hour))
		if err != nil {
			return err
		}
		if n >= MostAnHour {
			return fault.New(fault.TooMany, "remark.too_many").With("n", MostAnHour)
		}
		r.Person, r.Source = &person, Web
		if c.Terms.Talk.Moderation == participation.Before {
			r.State = Waiting
		}
		return tx.SavePerson(person, Contact{}, r.Name)
	})
}

// EnterRemark adds a remark that came on paper or was made at a meeting. What came
// in time may be entered until the discussion is summed up.
func (t *Talks) EnterRemark(ctx context.Context, by actor.Actor, w Writing) (*Remark, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	var out *Remark
	err := t.Store.Hold(ctx, w.Campaign, func(c *participation.Campaign, tx Tx) error {
		if !MayEnter(by, c.Agency) {
			return fault.New(fault.Forbidden, "error.forbidden")
		}
		var check fault.Check
		known := w.Source == Paper || w.Source == Meeting || w.Source == Book
		check.That(known, "source", "remark.source")
		if err := check.Err(); err != nil {
			return err
		}
		if !c.State.Voting() || t.Clock.Now().Before(c.Terms.Opens) {
			return fault.New(fault.Conflict, "campaign.not_now")
		}
		var err error
		out, err = t.add(c, tx, w, func(r *Remark) error {
			r.Source, r.EnteredBy = w.Source, by.User
			if c.Terms.Talk.Moderation == participation.Before && !MayModerate(by, c.Agency) {
				r.State = Waiting
			}
			return nil
		})
		if err != nil {
			return err
		}
		return tx.AddAct(&Act{At: t.Clock.Now(), By: by.User, Action: Enter, Remark: out.ID, Reason: string(w.Source)})
	})
	return out, err
}

func (t *Talks) write(ctx context.Context, w Writing, fill func(*participation.Campaign, Tx, *Remark) error) (*Remark, error) {
	var out *Remark
	err := t.Store.Join(ctx, w.Campaign, func(c *participation.Campaign, tx Tx) error {
		sent, err := tx.FindSent(w.Once)
		if err != nil || sent != nil {
			out = sent
			return err
		}
		out, err = t.add(c, tx, w, func(r *Remark) error { return fill(c, tx, r) })
		return err
	})
	if !fault.Is(err, fault.Conflict) {
		return out, err
	}
	// Two presses at once: the other was written first.
	again := t.Store.Join(ctx, w.Campaign, func(_ *participation.Campaign, tx Tx) error {
		sent, missing := tx.FindSent(w.Once)
		if sent != nil {
			out, err = sent, nil
		}
		return missing
	})
	if again != nil {
		return nil, again
	}
	return out, err
}

func (t *Talks) add(
	c *participation.Campaign, tx Tx, w Writing, fill func(*Remark) error,
) (*Remark, error) {
	if c.Terms.Talk == nil {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	r := &Remark{
		Campaign: c.ID, Version: w.Version, Paragraph: w.Paragraph, ReplyTo: w.ReplyTo, Once: w.Once, Name: w.Name, Text: w.Text, At: t.Clock.Now(),
		State: Shown,
	}
	if w.ReplyTo != 0 {
		to, err := tx.FindRemark(w.ReplyTo)
		if err != nil {
			return nil, err
		}
		if to.State != Shown {
			return nil, fault.New(fault.Gone, "remark.hidden_meanwhile")
		}
		if to.ReplyTo != 0 { // one level: who answers a reply answers its remark
			r.ReplyTo = to.ReplyTo
		}
		r.Version, r.Paragraph = to.Version, to.Paragraph
	} else {
		v, err := text(c, tx, w.Version)
		if err != nil {
			return nil, err
		}
		if _, ok := v.Find(w.Paragraph); !ok && w.Paragraph != "" {
			return nil, fault.New(fault.NotFound, "remark.no_paragraph")
		}
	}
	if err := fill(r); err != nil {
		return nil, err
	}
	return r, tx.SaveRemark(r)
}

// notNow says why nothing is taken.
func notNow(c *participation.Campaign, arrived time.Time) error {
	switch {
	case c.State == participation.Cancelled:
		return fault.New(fault.Gone, "remark.cancelled")
	case arrived.Before(c.Terms.Opens):
		return fault.New(fault.Conflict, "remark.early")
	default:
		return fault.New(fault.Gone, "remark.late")
	}
}

// Support adds a person's support to a remark, or takes it back. Of a merged
// remark it is its lead that is supported.
func (t *Talks) Support(ctx context.Context, campaign, remark int64, pass string, on bool, arrived time.Time) error {
	person, err := t.Admit(campaign, pass)
	if err != nil {
		return err
	}
	return t.Store.Join(ctx, campaign, func(c *participation.Campaign, tx Tx) error {
		if !c.Accepts(arrived) {
			return notNow(c, arrived)
		}
		r, err := tx.FindRemark(remark)
		if err != nil {
			return err
		}
		if r.Lead != 0 {
			if r, err = tx.FindRemark(r.Lead); err != nil {
				return err
			}
		}
		switch {
		case r.State != Shown:
			return fault.New(fault.Gone, "remark.hidden_meanwhile")
		case r.ReplyTo != 0:
			return fault.New(fault.NotFound, "error.not_found")
		case r.Person != nil && *r.Person == person:
			return fault.New(fault.Conflict, "remark.own")
		}
		if err := tx.Support(r.ID, person, on); err != nil {
			return err
		}
		return tx.CountSupports(r.ID)
	})
}
