package campaign

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

func paperOf(id int64) string { return officeOf(id) + "/paper" }

// desked is the page of paper ballots: how they stand, printing and handing out.
type desked struct {
	*participation.Campaign
	count    *participation.PaperCount
	batches  []participation.PaperBatch
	places   []participation.Named
	settles  bool
	open     bool // sheets are entered now
	handsOut bool // and handed out
	typed    url.Values
	errs     ui.Errors
	done     string // what was just done, in words
}

// paperCampaign finds a campaign on whose paper the person may work.
func (h *Handlers) paperCampaign(c echo.Context) (*participation.Campaign, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return nil, err
	}
	found, err := h.Campaigns.Store.FindCampaign(edge.Ctx(c), id)
	if err != nil {
		return nil, err
	}
	if !participation.MayEnter(edge.Actor(edge.Ctx(c)), found.Agency) || found.Terms.Paper == nil || found.State == participation.Draft {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return found, nil
}

// Paper is the page of paper ballots.
func (h *Handlers) Paper(c echo.Context) error {
	h.begin(c)
	found, err := h.paperCampaign(c)
	if err != nil {
		return err
	}
	view := desked{Campaign: found}
	if c.QueryParam("done") == "issued" {
		view.done = "paper.issued_done"
	}
	return h.showPaper(c, http.StatusOK, view)
}

func (h *Handlers) showPaper(c echo.Context, status int, view desked) error {
	ctx, now := h.begin(c)
	var err error
	if view.count, err = h.PaperBox.Count(ctx, view.ID); err != nil {
		return err
	}
	if view.batches, err = h.PaperBox.Box.ListBatches(ctx, view.ID); err != nil {
		return err
	}
	view.settles = participation.MayOrganise(edge.Actor(ctx), view.Agency)
	view.open, view.handsOut = view.TakesPaper(now), view.Accepts(now)
	page, err := h.Office(c, ui.T(ctx, "paper.title"))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = paperOf(view.ID), len(view.errs) > 0
	return edge.Render(c, status, paperScreen(page, view))
}

// paperAct does something and shows the page again where the input was wrong.
func (h *Handlers) paperAct(c echo.Context, done string, act func(ctx context.Context, by actor.Actor, found *participation.Campaign, form url.Values) error) error {
	ctx, _ := h.begin(c)
	found, err := h.paperCampaign(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	err = act(ctx, edge.Actor(ctx), found, form)
	if errs := ui.ErrorsOf(ctx, err); errs != nil {
		return h.showPaper(c, http.StatusUnprocessableEntity, desked{Campaign: found, typed: form, errs: errs})
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, paperOf(found.ID)+done)
}

// PrintPaper adds sheets.
func (h *Handlers) PrintPaper(c echo.Context) error {
	return h.paperAct(c, "", func(ctx context.Context, by actor.Actor, found *participation.Campaign, form url.Values) error {
		sheets, _ := strconv.Atoi(strings.TrimSpace(form.Get("sheets"))) // what is no number is too few
		_, err := h.PaperBox.Print(ctx, by, found.ID, sheets, territoryOf(form))
		return err
	})
}

// IssuePaper notes that somebody takes a ballot.
func (h *Handlers) IssuePaper(c echo.Context) error {
	return h.paperAct(c, "?done=issued", func(ctx context.Context, by actor.Actor, found *participation.Campaign, form url.Values) error {
		err := h.PaperBox.Issue(ctx, by, found.ID, participation.Taker{
			Document: form.Get("document"), Email: strings.TrimSpace(form.Get("email")), Territory: territoryOf(form),
		})
		// Who had one already stands at the counter: the operator is told on the page on
		// which the next one is served.
		var known *fault.Error
		if errors.As(err, &known) && known.Key == votedKey {
			var check fault.Check
			check.Fail("document", votedKey)
			return check.Err()
		}
		return err
	})
}

// votedKey is the sentence about somebody who voted or took a ballot before.
const votedKey = "paper.voted"

func territoryOf(form url.Values) int64 {
	n, _ := strconv.ParseInt(form.Get("territory"), 10, 64) // what is no number is no territory
	return n
}

// PaperSheets sends the sheets of a batch.
func (h *Handlers) PaperSheets(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.paperCampaign(c)
	if err != nil {
		return err
	}
	batch, err := strconv.Atoi(c.Param("batch"))
	if err != nil {
		return fault.New(fault.NotFound, "error.not_found")
	}
	_, codes, err := h.PaperBox.Codes(ctx, edge.Actor(ctx), found.ID, batch)
	if err != nil {
		return err
	}
	body, err := sheetOf(ctx, found, h.agency(ctx, found.Agency)).PDF(codes)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	edge.Attachment(c, "ballots-"+strconv.FormatInt(found.ID, 10)+"-"+strconv.Itoa(batch)+".pdf", "application/pdf")
	return c.Blob(http.StatusOK, "application/pdf", body)
}

// sheetRead is the page on which an operator types what stands on a sheet.
type sheetRead struct {
	*participation.Campaign
	typed url.Values
	errs  ui.Errors
	done  string // code of the sheet before
	state participation.SheetState
	// first and second are what two operators read, where a third settles it.
	sheet *participation.Sheet
}

// EnterPaper is the empty page.
func (h *Handlers) EnterPaper(c echo.Context) error {
	h.begin(c)
	found, err := h.paperCampaign(c)
	if err != nil {
		return err
	}
	return h.showSheet(c, http.StatusOK, sheetRead{Campaign: found})
}

func (h *Handlers) showSheet(c echo.Context, status int, view sheetRead) error {
	ctx := edge.Ctx(c)
	title := "paper.enter_title"
	if view.sheet != nil {
		title = "paper.settle_title"
	}
	page, err := h.Office(c, ui.T(ctx, title))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = paperOf(view.ID), len(view.errs) > 0
	return edge.Render(c, status, sheetScreen(page, view))
}

// SavePaper takes what an operator read on a sheet, and asks for the next.
func (h *Handlers) SavePaper(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.paperCampaign(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	reading, err := readingOf(ctx, found, form)
	var state participation.SheetState
	if err == nil {
		state, err = h.PaperBox.Enter(ctx, edge.Actor(ctx), found.ID, form.Get("code"), reading)
	}
	if errs := ui.ErrorsOf(ctx, err); errs != nil {
		return h.showSheet(c, http.StatusUnprocessableEntity, sheetRead{Campaign: found, typed: form, errs: errs})
	}
	if err != nil {
		return err
	}
	return h.showSheet(c, http.StatusOK, sheetRead{Campaign: found, done: strings.ToUpper(strings.TrimSpace(form.Get("code"))), state: state})
}

func readingOf(ctx context.Context, c *participation.Campaign, form url.Values) (participation.Reading, error) {
	if form.Get("spoiled") == "yes" {
		return participation.Reading{Spoiled: true}, nil
	}
	answers, err := readTyped(ctx, &c.Terms, form)
	return participation.Reading{Answers: answers}, err
}

// Differences lists the sheets that a third person has to settle.
func (h *Handlers) Differences(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.paperCampaign(c)
	if err != nil {
		return err
	}
	var errs ui.Errors
	if code := c.QueryParam("code"); code != "" {
		mark, ok := h.PaperBox.Mark(found.ID, code)
		if ok {
			return edge.SeeOther(c, paperOf(found.ID)+"/differences/"+hex.EncodeToString(mark[:]))
		}
		var check fault.Check
		check.Fail("code", "paper.code")
		errs = ui.ErrorsOf(ctx, check.Err())
	}
	list, err := h.PaperBox.Differing(ctx, edge.Actor(ctx), found.ID)
	if err != nil {
		return err
	}
	page, err := h.Office(c, ui.T(ctx, "paper.differences"))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = paperOf(found.ID), len(errs) > 0
	status := http.StatusOK
	if len(errs) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return edge.Render(c, status, differencesScreen(page, found, list, c.QueryParam("code"), errs))
}

// Settle shows a sheet that two read differently, and takes what a third says.
func (h *Handlers) Settle(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.paperCampaign(c)
	if err != nil {
		return err
	}
	var mark [sha256.Size]byte
	raw, err := hex.DecodeString(c.Param("mark"))
	if err != nil || len(raw) != len(mark) {
		return fault.New(fault.NotFound, "error.not_found")
	}
	copy(mark[:], raw)
	if !participation.MayOrganise(edge.Actor(ctx), found.Agency) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	sheet, err := h.PaperBox.Box.FindSheet(ctx, found.ID, mark)
	if err != nil {
		return err
	}
	if sheet.State != participation.SheetDiffers {
		return edge.SeeOther(c, paperOf(found.ID)+"/differences")
	}
	view := sheetRead{Campaign: found, sheet: sheet}
	if c.Request().Method == http.MethodGet {
		return h.showSheet(c, http.StatusOK, view)
	}
	if view.typed, err = c.FormParams(); err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	reading, err := readingOf(ctx, found, view.typed)
	if err == nil {
		_, err = h.PaperBox.Settle(ctx, edge.Actor(ctx), found.ID, mark, reading, view.typed.Get("reason"))
	}
	if view.errs = ui.ErrorsOf(ctx, err); view.errs != nil {
		return h.showSheet(c, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, paperOf(found.ID)+"/differences")
}

func markOf(s *participation.Sheet) string { return hex.EncodeToString(s.Mark[:]) }

// paperRows are how paper stands.
func paperRows(ctx context.Context, p *participation.PaperCount) []ui.SummaryRow {
	var rows []ui.SummaryRow
	for _, b := range paperChart(ctx, p).bars {
		rows = append(rows, ui.SummaryRow{Key: b.name, Value: ui.Number(ctx, b.n)})
	}
	return rows
}

// paperChart is what became of paper, from the printer to the count.
func paperChart(ctx context.Context, p *participation.PaperCount) chart {
	c := chart{caption: ui.T(ctx, "paper.title"), note: ui.T(ctx, "result.paper_lead")}
	add := func(key string, n int) { c.bars = append(c.bars, bar{name: ui.T(ctx, key), n: n}) }
	add("paper.row.printed", p.Printed)
	add("paper.row.issued", p.Issued)
	add("paper.row.entered", p.Entered)
	add("paper.row.matched", p.Matched)
	add("paper.row.settled", p.Settled)
	add("paper.row.spoiled", p.Spoiled)
	add("paper.row.counted", p.Counted)
	add("paper.row.unmatched", p.Unmatched)
	scale(c.bars)
	return c
}
