package app

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// officials puts signed answers onto the letterheads of their agencies.
type officials struct {
	base       *url.URL
	zone       *time.Location
	stamp      workflow.Stamp
	applicants interface {
		ReadApplicant(ctx context.Context, appeal int64, by actor.Actor, purpose string) (workflow.Applicant, error)
	}
	directory *directory
	topics    *rubricator.Rubricator
}

// purposeLetter is why an officer who opens a letter has read who it goes to.
const purposeLetter = "letter"

// Letter makes the n-th letter of a case that the person may see, in the
// language in which its author is written to. Where there is none it is
// fault.NotFound.
func (o officials) Letter(ctx context.Context, c *workflow.Case, n int, by actor.Actor) (document.File, error) {
	signed := workflow.Signatures(c)
	if n < 1 || n > len(signed) || signed[n-1].Answer.ID == 0 {
		return document.File{}, fault.New(fault.NotFound, "error.not_found")
	}
	if err := workflow.CanReadApplicant(by, &c.Appeal); err != nil {
		return document.File{}, err
	}
	to, err := o.applicants.ReadApplicant(ctx, c.Appeal.ID, by, purposeLetter)
	if err != nil {
		return document.File{}, err
	}
	ctx = ui.WithZone(ui.WithLang(ctx, lang.Lang(to.Lang)), o.zone)
	ctx = ui.WithNow(ctx, time.Time{}) // a letter is read in any year: its dates name theirs
	paper, err := o.paper(ctx, &c.Appeal, signed[n-1], to)
	if err != nil {
		return document.File{}, err
	}
	body, err := paper.PDF()
	if err != nil {
		return document.File{}, fault.Wrap(fault.Internal, "error.internal", err)
	}
	return document.File{
		Name: ui.T(ctx, "letter.paper.file", "number", c.Appeal.Number, "n", n) + ".pdf", Type: document.TypePDF, Body: body,
	}, nil
}

func (o officials) paper(ctx context.Context, a *workflow.Appeal, s workflow.Signature, to workflow.Applicant) (*document.Letter, error) {
	number := a.Number + "/" + strconv.Itoa(s.N)
	head, err := o.letterhead(ctx, s)
	if err != nil {
		return nil, err
	}
	l := &document.Letter{
		Lang: ui.Lang(ctx), Title: ui.T(ctx, "letter.paper.title", "number", a.Number), Agency: head.Agency.In(ui.Lang(ctx)),
		Number:    s.At.In(o.zone).Format("02.01.2006") + " № " + number,
		InReplyTo: ui.T(ctx, "letter.paper.reply_to", "number", a.Number, "date", ui.Date(ctx, registered(a))),
		Addressee: to.Name, Heading: ui.T(ctx, "letter.paper.about", "topic", o.topic(ctx, a.Rubric)), Text: s.Answer.Text,
		Points: points(ctx, s.Answer.Items), Findings: findings(ctx, s.Answer), SignedAt: s.At, CheckURL: o.checkURL(a.Number, o.stamp.Code(s)),
		Page: func(n, of int) string { return ui.T(ctx, "letter.paper.page", "number", number, "n", n, "of", of) },
	}
	if l.Addressee == "" {
		l.Addressee = ui.T(ctx, "letter.paper.nobody")
	}
	for _, line := range []string{head.Address.In(ui.Lang(ctx)), head.Phone, head.Email, head.Site} {
		if line != "" {
			l.Letterhead = append(l.Letterhead, line)
		}
	}
	people(ctx, l, head)
	l.Check = []string{
		ui.T(ctx, "letter.paper.check"),
		ui.T(ctx, "letter.paper.check_how", "url", o.base.JoinPath("check").String()),
		ui.T(ctx, "letter.paper.check_code", "number", a.Number, "code", o.stamp.Code(s)),
		ui.T(ctx, "letter.paper.check_print", "at", ui.DateTime(ctx, s.At), "print", ui.Fingerprint(s.Event.Data.AnswerHash)),
	}
	return l, nil
}

// registered is when the clock of the appeal began: its registration, or its
// coming where nobody registers.
func registered(a *workflow.Appeal) time.Time {
	if a.RegisteredAt.IsZero() {
		return a.SubmittedAt
	}
	return a.RegisteredAt
}

// letterhead is that of the moment of signing. Answers from before it was kept
// have today's.
func (o officials) letterhead(ctx context.Context, s workflow.Signature) (*workflow.Letterhead, error) {
	if head := s.Event.Data.Letterhead; head != nil {
		return head, nil
	}
	head, err := o.directory.Letterhead(ctx, s.Event.Agency, s.Signer, s.Answer.Author)
	if head != nil || err != nil {
		return head, err
	}
	agency, _ := o.directory.Agency(s.Event.Agency)
	return &workflow.Letterhead{Agency: agency.Name, Address: agency.Address, Phone: agency.Phone, Email: agency.Email, Site: agency.Site}, nil
}

// people are those who sign and who know more.
func people(ctx context.Context, l *document.Letter, head *workflow.Letterhead) {
	l.Signer, l.Position = head.Signer, head.Position
	if l.Position == "" {
		l.Position = ui.T(ctx, "role."+string(actor.Head))
	}
	if head.Writer == "" {
		return
	}
	l.Executor = []string{ui.T(ctx, "letter.paper.executor", "name", head.Writer)}
	if phone := cmp.Or(head.Direct, head.Phone); phone != "" {
		l.Executor = append(l.Executor, phone)
	}
}

// points are the questions of the checklist and what is said to each.
func points(ctx context.Context, items []workflow.Item) []document.Point {
	var out []document.Point
	for _, item := range items {
		p := document.Point{Question: strconv.Itoa(item.N) + ". " + item.Text, Text: item.Note}
		if item.Outcome != "" {
			p.Outcome = ui.T(ctx, "outcome."+string(item.Outcome))
		}
		out = append(out, p)
	}
	return out
}

// findings are what comes of the answer.
func findings(ctx context.Context, a workflow.Answer) []document.Finding {
	list := []document.Finding{{
		Name: ui.T(ctx, "letter.paper.outcome"), Value: strings.ToLower(ui.T(ctx, "outcome."+string(a.Outcome))),
	}}
	if !a.PromisedOn.IsZero() {
		// A promise is kept until the last moment of its day.
		day := ui.Date(ctx, a.PromisedOn.Add(-time.Nanosecond))
		list = append(list, document.Finding{Name: ui.T(ctx, "letter.paper.promised"), Value: day})
	}
	if a.Ground != "" {
		list = append(list, document.Finding{Name: ui.T(ctx, "letter.paper.ground"), Value: a.Ground})
	}
	return list
}

func (o officials) topic(ctx context.Context, code string) string {
	if r, ok := o.topics.Book().Tree.Find(code); ok {
		return r.Name.In(ui.Lang(ctx))
	}
	return code
}

// checkURL is what the mark on a letter holds: it names no person.
func (o officials) checkURL(number, code string) string {
	u := o.base.JoinPath("check")
	u.RawQuery = url.Values{"number": {number}, "code": {code}}.Encode()
	return u.String()
}
