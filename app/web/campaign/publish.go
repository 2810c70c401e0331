package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// results are what is shown of the campaign's result.
func (h *Handlers) results(ctx context.Context, c *participation.Campaign) (results, error) {
	story, err := h.Voting.Story(ctx, c)
	return results{Campaign: c, Result: c.Result, story: story}, err
}

// public finds the results of the path's campaign that everybody may see.
func (h *Handlers) public(c echo.Context) (results, error) {
	found, err := h.find(c)
	if err != nil {
		return results{}, err
	}
	if !found.ShowsResult() || found.Terms.Kind.Talks() {
		return results{}, fault.New(fault.NotFound, "error.not_found")
	}
	return h.results(edge.Ctx(c), found)
}

func fileOf(id int64, what string) string {
	return "campaign-" + strconv.FormatInt(id, 10) + "-" + what
}

// ResultTable sends the results as a table.
func (h *Handlers) ResultTable(c echo.Context) error {
	ctx, _ := h.begin(c)
	r, err := h.public(c)
	if err != nil {
		return err
	}
	return edge.Tables(c, fileOf(r.ID, "result"), h.Zone, r.sheet(ctx))
}

// ResultJSON sends the results as they lie in the archive.
func (h *Handlers) ResultJSON(c echo.Context) error {
	h.begin(c)
	r, err := h.public(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r.Result); err != nil {
		return err
	}
	edge.Attachment(c, fileOf(r.ID, participation.FileResult), echo.MIMEApplicationJSON)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b.Bytes())
}

// Pabulib sends the ballots of a budget vote as a file of Pabulib.
func (h *Handlers) Pabulib(c echo.Context) error {
	h.begin(c)
	r, err := h.public(c)
	if err != nil {
		return err
	}
	if r.Projects == nil {
		return fault.New(fault.NotFound, "error.not_found")
	}
	var b bytes.Buffer
	if err := h.Voting.WritePabulib(edge.Ctx(c), &b, r.Campaign); err != nil {
		return err
	}
	edge.Attachment(c, fileOf(r.ID, participation.FilePabulib), echo.MIMETextPlainCharsetUTF8)
	return c.Blob(http.StatusOK, echo.MIMETextPlainCharsetUTF8, b.Bytes())
}

// sheet is the results as one table: what, of what, how many.
func (r results) sheet(ctx context.Context) document.Sheet {
	s := document.Sheet{Name: ui.T(ctx, "campaign.result"), Columns: []document.Column{
		{Head: ui.T(ctx, "result.csv.part"), Width: 40},
		{Head: ui.T(ctx, "campaign.option"), Width: 60},
		{Head: ui.T(ctx, "result.csv.n"), Kind: document.Whole},
		{Head: ui.T(ctx, "result.share"), Kind: document.Share},
		{Head: ui.T(ctx, "result.csv.won"), Width: 12},
	}}
	var rows [][]any
	add := func(c chart) {
		for _, b := range c.bars {
			var share any
			if c.of > 0 {
				share = part(b.n, c.of)
			}
			name, won := b.name, ""
			if b.note != "" {
				name += " (" + b.note + ")"
			}
			if b.won {
				won = ui.T(ctx, "campaign.won")
			}
			rows = append(rows, []any{c.caption, name, b.n, share, won})
		}
	}
	turnout := ui.T(ctx, "result.turnout_title")
	rows = append(rows, []any{turnout, ui.T(ctx, "result.csv.voters"), r.Voters, nil, ""}, []any{turnout, ui.T(ctx, "result.csv.ballots"), r.Ballots, nil, ""},
		[]any{turnout, ui.T(ctx, "result.csv.blank"), r.Blank, nil, ""})
	if r.Projects != nil {
		add(r.projects(ctx))
	}
	for _, q := range r.Questions {
		asked, ok := r.Terms.Question(q.ID)
		if !ok {
			continue
		}
		if asked.Ask != participation.Words {
			add(r.question(ctx, q, asked))
			continue
		}
		for _, w := range r.words(q) {
			words := w.words
			if w.hidden {
				words = ui.T(ctx, "result.hidden", "reason", w.reason)
			}
			rows = append(rows, []any{asked.Name.In(ui.Lang(ctx)), words, w.n, nil, ""})
		}
	}
	add(r.days(ctx))
	add(r.places(ctx))
	add(r.quotas(ctx))
	if r.Paper != nil {
		add(paperChart(ctx, r.Paper))
	}
	s.Rows = document.Rows(rows)
	return s
}

// Protocol is the protocol of the results as a PDF.
func (h *Handlers) Protocol(c echo.Context) error {
	ctx, _ := h.begin(c)
	if found, err := h.find(c); err == nil && found.Terms.Kind.Talks() && found.State == participation.Announced {
		return h.talkProtocol(c, found)
	}
	r, err := h.public(c)
	if err != nil {
		return err
	}
	log, err := h.Voting.Log.FindLog(ctx, r.ID)
	if err != nil {
		return err
	}
	p := r.protocol(ctx, h.agency(ctx, r.Agency), log, h.Base.JoinPath(pathOf(r.ID)).String())
	body, err := p.PDF()
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `inline; filename="`+fileOf(r.ID, "protocol.pdf")+`"`)
	return c.Blob(http.StatusOK, "application/pdf", body)
}

func (r results) protocol(ctx context.Context, agency string, log *participation.LogState, url string) *document.Protocol {
	t := &r.Terms
	p := &document.Protocol{
		Lang: ui.Lang(ctx), Agency: agency, At: r.Sealed, CheckURL: url,
		Title:    ui.T(ctx, "result.pdf.title."+string(t.Kind), "n", strconv.FormatInt(r.ID, 10)),
		Subtitle: t.Title.In(ui.Lang(ctx)), Outcome: r.headline(ctx),
		Signers: []string{ui.T(ctx, "result.pdf.chair"), ui.T(ctx, "result.pdf.secretary")},
		Check:   []string{ui.T(ctx, "result.pdf.check"), url, ui.T(ctx, "result.pdf.check_files")},
		Page:    func(n, of int) string { return ui.T(ctx, "result.pdf.page", "n", n, "of", of) },
	}
	when := document.Section{Heading: ui.T(ctx, "result.pdf.terms"), Rows: []document.Finding{
		{Name: ui.T(ctx, "campaign.opens"), Value: ui.DateTime(ctx, t.Opens) + ", " + t.Zone}, {Name: ui.T(ctx, "campaign.closes"), Value: ui.DateTime(ctx, r.Closed) + ", " + t.Zone},
	}}
	if r.Reason != "" {
		when.Rows = append(when.Rows, document.Finding{Name: ui.T(ctx, "result.pdf.early"), Value: r.Reason})
	}
	for _, row := range ruleRows(ctx, t, agency) {
		when.Rows = append(when.Rows, document.Finding{Name: row.Key, Value: row.Value})
	}
	if t.Money != nil {
		when.Rows = append(when.Rows, document.Finding{Name: ui.T(ctx, "result.pdf.budget"), Value: money(ctx, t.Money.Budget)})
	}
	came := document.Section{Heading: ui.T(ctx, "result.turnout_title"), Rows: []document.Finding{
		{Name: ui.T(ctx, "result.csv.voters"), Value: ui.Number(ctx, r.Voters)},
		{Name: ui.T(ctx, "result.csv.ballots"), Value: ui.Number(ctx, r.Ballots)},
		{Name: ui.T(ctx, "result.csv.blank"), Value: ui.Number(ctx, r.Blank)},
	}, Text: r.thresholds(ctx), Grids: []document.Grid{r.days(ctx).grid(ctx), r.places(ctx).grid(ctx), r.quotas(ctx).grid(ctx)}}
	out := document.Section{Heading: ui.T(ctx, "campaign.result")}
	if r.Projects != nil {
		out.Grids = append(out.Grids, r.projects(ctx).grid(ctx))
		if line := r.unsupported(ctx); line != "" {
			out.Text = append(out.Text, line)
		}
	}
	for _, q := range r.Questions {
		asked, ok := t.Question(q.ID)
		if !ok {
			continue
		}
		if asked.Ask == participation.Words {
			out.Text = append(out.Text, asked.Name.In(ui.Lang(ctx))+": "+ui.Plural(ctx, "result.answered", q.Answered)+" "+ui.T(ctx, "result.pdf.words"))
			continue
		}
		out.Grids = append(out.Grids, r.question(ctx, q, asked).grid(ctx))
	}
	p.Sections = append(p.Sections, when, came)
	if r.Paper != nil {
		paper := document.Section{Heading: ui.T(ctx, "paper.title"), Text: []string{ui.T(ctx, "result.paper_lead")}}
		for _, row := range paperRows(ctx, r.Paper) {
			paper.Rows = append(paper.Rows, document.Finding{Name: row.Key, Value: row.Value})
		}
		p.Sections = append(p.Sections, paper)
	}
	p.Sections = append(p.Sections, out)
	if r.story != nil {
		p.Sections = append(p.Sections, r.storySection(ctx))
	}
	p.Sections = append(p.Sections, document.Section{Heading: ui.T(ctx, "result.pdf.log"), Rows: []document.Finding{
		{Name: ui.T(ctx, "result.pdf.hash"), Value: ui.Fingerprint(r.Result.Campaign) + " " + ui.Fingerprint(r.Result.Campaign[32:])},
		{Name: ui.T(ctx, "result.pdf.entries"), Value: ui.Number(ctx, int(r.Entries))},
		{Name: ui.T(ctx, "result.pdf.root"), Value: ui.Fingerprint(r.Root) + " " + ui.Fingerprint(r.Root[32:])},
		{Name: ui.T(ctx, "result.pdf.key"), Value: t.LogKey},
		{Name: ui.T(ctx, "result.pdf.checkpoint"), Value: strings.TrimSpace(log.Checkpoint)},
	}}, document.Section{Heading: ui.T(ctx, "result.pdf.recount"), Text: []string{
		ui.T(ctx, "result.pdf.recount_text"), "otklik verify-election " + fileOf(r.ID, "files.zip") + " --key KEYFILE --checkpoint CHECKPOINT",
	}})
	return p
}

// storySection is how the winners of a budget vote were found, in words.
func (r results) storySection(ctx context.Context) document.Section {
	s := document.Section{Heading: ui.T(ctx, "result.story.title"), Text: r.opening(ctx)}
	if line := r.compared(ctx); line != "" {
		s.Text = append(s.Text, line)
	}
	for i, t := range slices.Concat(r.rounds(ctx), r.steps(ctx)) {
		s.Text = append(s.Text, strconv.Itoa(i+1)+". "+t.head+". "+strings.Join(t.lines, " "))
	}
	return s
}

// grid is a chart as a table on paper.
func (c chart) grid(ctx context.Context) document.Grid {
	g := document.Grid{Caption: c.caption, Head: []string{ui.T(ctx, "campaign.option"), ui.T(ctx, "campaign.votes")}, Widths: []float64{6, 1.5}}
	if c.of > 0 {
		g.Head, g.Widths = append(g.Head, ui.T(ctx, "result.share")), append(g.Widths, 1)
	}
	for _, b := range c.bars {
		name := b.name
		if b.note != "" {
			name += ", " + b.note
		}
		if b.won {
			name += " — " + ui.T(ctx, "campaign.won")
		}
		cells := []string{name, ui.Number(ctx, b.n)}
		if c.of > 0 {
			cells = append(cells, ui.Percent(ctx, part(b.n, c.of), 0))
		}
		g.Rows, g.Strong = append(g.Rows, cells), append(g.Strong, b.won)
	}
	return g
}
