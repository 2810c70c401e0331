package campaign

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/ledger"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// List shows the campaigns that everybody may see, those open first.
func (h *Handlers) List(c echo.Context) error {
	ctx, now := h.begin(c)
	all, err := h.Campaigns.Store.ListCampaigns(ctx, nil)
	if err != nil {
		return err
	}
	var seen []participation.Campaign
	for i := range all {
		public := all[i].Public()
		if !public {
			if public, err = h.announced(ctx, all[i].ID); err != nil {
				return err
			}
		}
		if public {
			seen = append(seen, all[i])
		}
	}
	all = seen
	slices.SortStableFunc(all, func(a, b participation.Campaign) int {
		one, two := a.Accepts(now), b.Accepts(now)
		switch {
		case one && !two:
			return -1
		case two && !one:
			return 1
		default:
			return 0
		}
	})
	page := h.Frame(c, ui.T(ctx, "campaign.list_title"))
	return edge.Render(c, http.StatusOK, listScreen(page, all))
}

// shown is a campaign as its page shows it.
type shown struct {
	*participation.Campaign
	agency  string
	log     *participation.LogState
	open    bool
	results results         // where everybody may see them
	turnout string          // so far, where the terms let it be seen
	more    templ.Component // phases and projects, nil for nothing
}

// Show is the page of a campaign: what, until when, who may, and the result.
func (h *Handlers) Show(c echo.Context) error {
	ctx, now := h.begin(c)
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if early, err := h.announced(ctx, id); err != nil {
		return err
	} else if early {
		draft, err := h.Campaigns.Store.FindCampaign(ctx, id)
		if err != nil {
			return err
		}
		if !draft.Public() {
			return h.Projects.Gathering(c)
		}
	}
	found, err := h.find(c)
	if err != nil {
		return err
	}
	if found.Terms.Kind.Talks() {
		return h.showTalk(c, found)
	}
	view := shown{Campaign: found, agency: h.agency(ctx, found.Agency), open: found.Accepts(now)}
	if view.log, err = h.Voting.Log.FindLog(ctx, found.ID); err != nil {
		return err
	}
	if view.turnout, err = h.turnout(ctx, found, now); err != nil {
		return err
	}
	if found.ShowsResult() {
		if view.results, err = h.results(ctx, found); err != nil {
			return err
		}
	}
	if h.Projects != nil {
		if view.more, err = h.Projects.Part(c); err != nil {
			return err
		}
	}
	page := h.Frame(c, found.Terms.Title.In(ui.Lang(ctx)))
	return edge.Render(c, http.StatusOK, showScreen(page, view))
}

// Check finds a ballot by its receipt and proves that it is in the log.
func (h *Handlers) Check(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	view := checked{Campaign: found, code: strings.TrimSpace(c.QueryParam("code"))}
	page := h.Frame(c, ui.T(ctx, "campaign.check_title"))
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	if !c.QueryParams().Has("code") {
		return edge.Render(c, http.StatusOK, checkScreen(page, view))
	}
	if err := h.ballots.Pass(c); err != nil {
		return err
	}
	view.proof, err = h.Voting.Check(ctx, found.ID, view.code)
	if view.errs = ui.ErrorsOf(ctx, err); view.errs != nil {
		page.Invalid = true
		return edge.Render(c, http.StatusUnprocessableEntity, checkScreen(page, view))
	}
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, checkScreen(page, view))
}

type checked struct {
	*participation.Campaign
	code  string
	errs  ui.Errors
	proof *participation.Proof // nil before anything was asked
}

// path is the hashes of the proof, one on each line.
func (v checked) path() string {
	var b strings.Builder
	for _, one := range v.proof.Hashes {
		b.WriteString(participation.HashText(one) + "\n")
	}
	return b.String()
}

// Checkpoint sends the last signed checkpoint of the log.
func (h *Handlers) Checkpoint(c echo.Context) error {
	found, err := h.find(c)
	if err != nil {
		return err
	}
	log, err := h.Voting.Log.FindLog(edge.Ctx(c), found.ID)
	if err != nil {
		return err
	}
	if log.Checkpoint == "" {
		return fault.New(fault.NotFound, "campaign.log_empty")
	}
	return c.String(http.StatusOK, log.Checkpoint)
}

// mostEntries is how many entries one answer has.
const mostEntries = 10_000

// Entries sends entries of the log from a place on, at most mostEntries.
func (h *Handlers) Entries(c echo.Context) error {
	found, err := h.find(c)
	if err != nil {
		return err
	}
	from, err := strconv.ParseInt(c.QueryParam("from"), 10, 64)
	if c.QueryParam("from") != "" && (err != nil || from < 0) {
		return fault.New(fault.NotFound, "error.not_found")
	}
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextPlainCharsetUTF8)
	c.Response().WriteHeader(http.StatusOK)
	return h.Voting.WriteEntries(edge.Ctx(c), c.Response(), found.ID, from, mostEntries)
}

// Key sends the public key of the log.
func (h *Handlers) Key(c echo.Context) error {
	found, err := h.find(c)
	if err != nil {
		return err
	}
	return c.String(http.StatusOK, found.Terms.LogKey+"\n")
}

// Terms sends the terms byte by byte as they were hashed.
func (h *Handlers) Terms(c echo.Context) error {
	found, err := h.find(c)
	if err != nil {
		return err
	}
	edge.Attachment(c, participation.FileCampaign, echo.MIMEApplicationJSON)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, found.Frozen)
}

// Files sends everything that a recount needs.
func (h *Handlers) Files(c echo.Context) error {
	found, err := h.find(c)
	if err != nil {
		return err
	}
	if !found.ShowsResult() {
		return fault.New(fault.NotFound, "error.not_found")
	}
	edge.Attachment(c, "campaign-"+strconv.FormatInt(found.ID, 10)+".zip", "application/zip")
	c.Response().WriteHeader(http.StatusOK)
	return h.Voting.Archive(edge.Ctx(c), c.Response(), found)
}

// optionName is what an option of a question is called.
func optionName(ctx context.Context, q *participation.Question, id string) string {
	l := ui.Lang(ctx)
	switch q.Ask {
	case participation.YesNo:
		if id == participation.Yes {
			return ui.T(ctx, "campaign.yes")
		}
		return ui.T(ctx, "campaign.no")
	case participation.Scale, participation.Words:
		return id
	case participation.Matrix:
		row, option, _ := strings.Cut(id, ":")
		return named(ctx, q.Rows, row) + " — " + named(ctx, q.Options, option)
	case participation.One, participation.Some, participation.Ranking:
	}
	for _, o := range q.Options {
		if o.ID == id {
			return o.Name.In(l)
		}
	}
	return id
}

func named(ctx context.Context, options []participation.Option, id string) string {
	for _, o := range options {
		if o.ID == id {
			return o.Name.In(ui.Lang(ctx))
		}
	}
	return id
}

// money is an amount in roubles.
func money(ctx context.Context, amount int64) string {
	return ui.Number(ctx, int(amount)) + "\u00a0₽"
}

// proves is the place of an entry as people count.
func proves(ctx context.Context, p *participation.Proof) string {
	return ui.T(ctx, "campaign.proof_place", "n", ui.Number(ctx, int(p.Entry)+1), "size", ui.Number(ctx, int(p.Log.Tree.N)))
}

func codeOf(p *participation.Proof) string { return ledger.Code(p.Commitment) }
