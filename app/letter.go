package app

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// letters puts notices to authors into words.
type letters struct {
	base      *url.URL
	zone      *time.Location
	clock     clock.Clock
	secret    func(appeal int64) string
	directory *directory
}

// Letter implements jobs.Composer: what happened, what was said about it, until
// when they will be answered, who has it, and the link to the appeal.
func (l letters) Letter(ctx context.Context, c *workflow.Case, event int, key string, to workflow.Applicant) (subject, body string) {
	ctx = ui.WithZone(ui.WithLang(ctx, lang.Lang(to.Lang)), l.zone)
	a := &c.Appeal
	news := ui.T(ctx, key)
	var b strings.Builder
	paragraph := func(s string) {
		if s != "" {
			b.WriteString(s)
			b.WriteString("\n\n")
		}
	}
	name := to.Name
	if name == "" {
		name = ui.T(ctx, "letter.nobody")
	}
	paragraph(ui.T(ctx, "letter.greeting", "name", name))
	paragraph(ui.T(ctx, "letter.about", "number", a.Number, "news", news))
	if event >= 1 && event <= len(c.Events) {
		if e := c.Events[event-1]; e.Reason != "" && workflow.PublicReason(e.Action) {
			paragraph(e.Reason)
		}
		paragraph(l.parts(ctx, c.Events[event-1].Data.SplitInto))
		if p := c.Events[event-1].Data.Proposal; p != nil {
			paragraph(ui.T(ctx, "letter.project", "link", l.base.JoinPath("campaigns", strconv.FormatInt(p.Campaign, 10), "proposals", strconv.FormatInt(p.Proposal, 10)).String()))
		}
		if t := c.Events[event-1].Data.Taken; t != nil && t.NoPhoto && len(c.Photos) == 0 {
			paragraph(ui.T(ctx, "letter.photo", "link", l.page(workflow.Link{Appeal: a.ID, Number: a.Number}).String()))
		}
	}
	answered := a.Stage == workflow.StageAnswered || a.Stage == workflow.StagePlanned
	if answered {
		if n := len(c.Answers); n > 0 && c.Answers[n-1].State == workflow.AnswerSigned {
			paragraph(c.Answers[n-1].Text)
		}
	}
	if !a.DueAt.IsZero() && a.Stage.Working() {
		paragraph(ui.DueWords(ctx, a.DueAt, l.clock.Now()) + ".")
	}
	if agency, ok := l.directory.Agency(a.Agency); ok {
		paragraph(ui.T(ctx, "letter.agency", "agency", agency.Name.In(ui.Lang(ctx)), "phone", agency.Phone))
	}
	page := l.page(workflow.Link{Appeal: a.ID, Number: a.Number})
	if n := len(workflow.Signatures(c)); answered && n > 0 {
		paragraph(ui.T(ctx, "letter.pdf", "link", page.JoinPath("answers", strconv.Itoa(n)+".pdf").String()))
	}
	paragraph(ui.T(ctx, "letter.link", "link", page.String()))
	b.WriteString(ui.T(ctx, "letter.footer"))
	b.WriteString("\n")
	return ui.T(ctx, "letter.subject", "number", a.Number, "news", news), b.String()
}

// page is the author's link to an appeal of theirs.
func (l letters) page(to workflow.Link) *url.URL {
	return l.base.JoinPath("a", to.Number, l.secret(to.Appeal))
}

// parts lists the appeals that were made of one, "" where none were.
func (l letters) parts(ctx context.Context, made []workflow.Link) string {
	if len(made) == 0 {
		return ""
	}
	lines := []string{ui.T(ctx, "letter.parts")}
	for _, part := range made {
		lines = append(lines, ui.T(ctx, "letter.part", "number", part.Number, "link", l.page(part).String()))
	}
	return strings.Join(lines, "\n")
}
