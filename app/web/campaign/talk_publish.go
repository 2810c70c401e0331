package campaign

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// summed is a discussion that was summed up.
type summed struct {
	*participation.Campaign
	*discussion.Summary
	agency string
}

// summary finds the summary of the path's campaign that everybody may see.
func (h *Handlers) summary(c echo.Context) (summed, error) {
	found, err := h.find(c)
	if err != nil {
		return summed{}, err
	}
	if found.State != participation.Announced {
		return summed{}, fault.New(fault.NotFound, "error.not_found")
	}
	s, err := h.Talks.Summary(edge.Ctx(c), found)
	return summed{Campaign: found, Summary: s, agency: h.agency(edge.Ctx(c), found.Agency)}, err
}

// Summary shows every remark with its answer.
func (h *Handlers) Summary(c echo.Context) error {
	ctx, _ := h.begin(c)
	s, err := h.summary(c)
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, summaryScreen(h.Frame(c, ui.T(ctx, "talk.summary_title")), s))
}

// TalkData sends the data as they were hashed.
func (h *Handlers) TalkData(c echo.Context) error {
	h.begin(c)
	s, err := h.summary(c)
	if err != nil {
		return err
	}
	edge.Attachment(c, fileOf(s.ID, "remarks.json"), echo.MIMEApplicationJSON)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, s.Data)
}

// TalkTable sends the remarks and their answers as a table.
func (h *Handlers) TalkTable(c echo.Context) error {
	ctx, _ := h.begin(c)
	s, err := h.summary(c)
	if err != nil {
		return err
	}
	var rows [][]any
	for i := range s.Remarks {
		r := &s.Remarks[i]
		name, text := r.Name, r.Text
		if r.State != discussion.Shown {
			name, text = "", ""
		}
		rows = append(rows, []any{
			int(r.ID), r.At, r.Version, r.Paragraph, number(r.ReplyTo), number(r.Lead), ui.T(ctx, "talk.source."+string(r.Source)), name, text, r.Supports,
			ui.T(ctx, "talk.state."+string(r.State)), verdictWords(ctx, s.answered(r)), s.answered(r).Because,
		})
	}
	head := func(key string) string { return ui.T(ctx, "talk.csv."+key) }
	return edge.Tables(c, fileOf(s.ID, "remarks"), h.Zone, document.Sheet{Name: ui.T(ctx, "talk.summary_title"), Rows: document.Rows(rows), Columns: []document.Column{
		{Head: head("n"), Kind: document.Whole},
		{Head: head("at"), Kind: document.Moment},
		{Head: head("version"), Kind: document.Whole},
		{Head: head("paragraph")},
		{Head: head("reply_to")},
		{Head: head("merged_into")},
		{Head: head("source")},
		{Head: head("name")},
		{Head: head("text"), Width: 60},
		{Head: head("supports"), Kind: document.Whole},
		{Head: head("state")},
		{Head: head("verdict")},
		{Head: head("because"), Width: 60},
	}})
}

func number(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// answered is the remark whose answer stands for a remark: its lead, or itself.
func (s summed) answered(r *discussion.Remark) *discussion.Remark {
	for i := range s.Remarks {
		if r.Lead != 0 && s.Remarks[i].ID == r.Lead {
			return &s.Remarks[i]
		}
	}
	return r
}

// leads are the remarks that were answered, in the order in which they came.
func (s summed) leads() []discussion.Remark {
	var out []discussion.Remark
	for _, r := range s.Remarks {
		if r.Answerable() {
			out = append(out, r)
		}
	}
	return out
}

// with are the numbers of the remarks merged into one.
func (s summed) with(lead int64) []discussion.Remark {
	var out []discussion.Remark
	for _, r := range s.Remarks {
		if r.Lead == lead {
			out = append(out, r)
		}
	}
	return out
}

func (s summed) hidden() []discussion.Remark {
	var out []discussion.Remark
	for _, r := range s.Remarks {
		if r.State == discussion.Hidden {
			out = append(out, r)
		}
	}
	return out
}

func verdictWords(ctx context.Context, r *discussion.Remark) string {
	if r.Verdict == "" {
		return ""
	}
	return ui.T(ctx, "talk.verdict."+string(r.Verdict))
}

func (s summed) numbers(ctx context.Context) []ui.SummaryRow {
	t := s.TalkResult
	var out []ui.SummaryRow
	for _, n := range []struct {
		key string
		n   int
	}{
		{"people", t.People},
		{"remarks", t.Remarks},
		{"merged", t.Merged},
		{"replies", t.Replies},
		{"entered", t.Entered},
		{"supports", t.Supports},
		{"hidden", t.Hidden},
		{"accepted", t.Accepted},
		{"partly", t.Partly},
		{"declined", t.Declined},
	} {
		out = append(out, ui.SummaryRow{Key: ui.T(ctx, "talk.number."+n.key), Value: ui.Number(ctx, n.n)})
	}
	return out
}

// DeskProtocol sends the protocol to who works on it, as soon as the discussion is
// summed up.
func (h *Handlers) DeskProtocol(c echo.Context) error {
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	return h.talkProtocol(c, found)
}

func (h *Handlers) talkProtocol(c echo.Context, found *participation.Campaign) error {
	ctx, _ := h.begin(c)
	summary, err := h.Talks.Summary(ctx, found)
	if err != nil {
		return err
	}
	s := summed{Campaign: found, Summary: summary, agency: h.agency(ctx, found.Agency)}
	body, err := s.protocol(ctx, h.Base.JoinPath(pathOf(found.ID)).String(), h.Zone).PDF()
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `inline; filename="`+fileOf(found.ID, "protocol.pdf")+`"`)
	return c.Blob(http.StatusOK, "application/pdf", body)
}

func (s summed) protocol(ctx context.Context, link string, zone *time.Location) *document.Protocol {
	t := &s.Terms
	p := &document.Protocol{
		Lang: ui.Lang(ctx), Agency: s.agency, At: s.Sealed, CheckURL: link,
		Title: ui.T(ctx, "talk.pdf.title."+string(t.Kind), "n", strconv.FormatInt(s.ID, 10)), Subtitle: t.Title.In(ui.Lang(ctx)),
		Outcome: ui.T(ctx, "talk.pdf.outcome", "remarks", s.TalkResult.Remarks, "accepted", s.Accepted, "partly", s.Partly, "declined", s.Declined),
		Signers: []string{ui.T(ctx, "talk.pdf.organiser."+string(t.Kind)), ui.T(ctx, "result.pdf.secretary")},
		Check:   []string{ui.T(ctx, "talk.pdf.check"), link, "SHA-256: " + s.TalkResult.Data},
		Page:    func(n, of int) string { return ui.T(ctx, "result.pdf.page", "n", n, "of", of) },
	}
	how := document.Section{Heading: ui.T(ctx, "talk.pdf.how"), Rows: []document.Finding{
		{Name: ui.T(ctx, "campaign.opens"), Value: ui.DateTime(ctx, t.Opens) + ", " + t.Zone},
		{Name: ui.T(ctx, "campaign.closes"), Value: ui.DateTime(ctx, s.Closed) + ", " + t.Zone},
		{Name: ui.T(ctx, "talk.moderation"), Value: ui.T(ctx, "talk.moderation."+string(t.Talk.Moderation))},
	}}
	if s.Reason != "" {
		how.Rows = append(how.Rows, document.Finding{Name: ui.T(ctx, "campaign.reason_title"), Value: s.Reason})
	}
	if t.Talk.Hearing != nil {
		for _, one := range stepsOf(ctx, s.Campaign, zone, s.Sealed) {
			how.Rows = append(how.Rows, document.Finding{Name: one.name, Value: one.when + tail(one.place) + tail(one.norm)})
		}
		how.Rows = append(how.Rows, document.Finding{Name: ui.T(ctx, "talk.law"), Value: lawOf(ctx, &t.Talk.Hearing.Rule)})
	}
	numbers := document.Section{Heading: ui.T(ctx, "talk.pdf.numbers")}
	for _, row := range s.numbers(ctx) {
		numbers.Rows = append(numbers.Rows, document.Finding{Name: row.Key, Value: row.Value})
	}
	p.Sections = append(p.Sections, how, numbers)
	said := document.Section{Heading: ui.T(ctx, "talk.pdf.remarks")}
	for _, r := range s.leads() {
		where, _, _ := whereOf(ctx, s.Texts, &r)
		said.Text = append(said.Text,
			ui.T(ctx, "talk.pdf.remark", "n", strconv.FormatInt(r.ID, 10), "name", r.Name, "where", where, "supports", r.Supports)+" "+r.Text)
		for _, m := range s.with(r.ID) {
			said.Text = append(said.Text, ui.T(ctx, "talk.pdf.merged", "n", strconv.FormatInt(m.ID, 10), "name", m.Name)+" "+m.Text)
		}
		said.Text = append(said.Text, ui.T(ctx, "talk.pdf.answer", "verdict", verdictWords(ctx, &r))+" "+r.Because)
	}
	p.Sections = append(p.Sections, said)
	if list := s.hidden(); len(list) > 0 {
		gone := document.Section{Heading: ui.T(ctx, "talk.pdf.hidden")}
		for _, r := range list {
			gone.Text = append(gone.Text, ui.T(ctx, "talk.remark_n", "n", strconv.FormatInt(r.ID, 10))+": "+ui.T(ctx, "talk.reason."+string(r.Reason))+". "+r.Words)
		}
		p.Sections = append(p.Sections, gone)
	}
	return p
}

func tail(place string) string {
	if place == "" {
		return ""
	}
	return ". " + place
}

// step is one step of a hearing in words.
type step struct {
	name  string
	when  string
	place string
	norm  string // on what it stands
	past  bool
	next  bool // the first that has not passed
}

// lawOf says on what the times of a rule stand, of which day the text of the law
// is, and who checked them.
func lawOf(ctx context.Context, r *participation.HearingRule) string {
	out := r.Source.In(ui.Lang(ctx))
	if d, ok := participation.Day(r.AsOf, ui.Zone(ctx)); ok {
		out += " " + ui.T(ctx, "talk.law_as_of", "day", ui.FullDate(ctx, d))
	}
	if by := r.Checked.In(ui.Lang(ctx)); by != "" {
		out += ". " + ui.T(ctx, "talk.law_checked", "by", by)
	}
	return out
}

// stepsOf are the steps of a hearing in the order of their dates.
func stepsOf(ctx context.Context, c *participation.Campaign, zone *time.Location, now time.Time) []step {
	s := c.Terms.Talk.Hearing
	if s == nil {
		return nil
	}
	var out []step
	next := true
	add := func(key, when, place string, end time.Time) {
		one := step{name: ui.T(ctx, "talk.steps."+key), when: when, place: place, past: !now.Before(end)}
		one.norm = s.Rule.Norms[participation.Norm(key)].In(ui.Lang(ctx))
		if !one.past && next {
			one.next, next = true, false
		}
		out = append(out, one)
	}
	day := func(key, text string) {
		if d, ok := participation.Day(text, zone); ok {
			add(key, ui.FullDate(ctx, d), "", d.AddDate(0, 0, 1))
		}
	}
	day("notice", s.Notice)
	day("posted", s.Posted)
	if to, ok := participation.Day(s.ShownTo, zone); ok {
		add("exposition", ui.T(ctx, "talk.until", "day", ui.FullDate(ctx, to)), s.Place, to.AddDate(0, 0, 1))
	}
	add("intake", ui.T(ctx, "campaign.from_to", "from", ui.DateTime(ctx, c.Terms.Opens), "to", ui.DateTime(ctx, c.Closed)), "", c.Closed)
	for _, m := range s.Meetings {
		add("meeting", ui.DateTime(ctx, m.At), m.Place, m.At)
	}
	day("protocol", s.Protocol)
	day("conclusion", s.Conclusion)
	return out
}
