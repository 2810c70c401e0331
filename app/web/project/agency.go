package project

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

func newToken() string { return rand.Text() }

// queue is what the person's agencies are to check.
type queue struct {
	waiting []proposal.Proposal
	done    []proposal.Proposal
	now     time.Time
}

// Queue lists what is to be checked, the most urgent first.
func (h *Handlers) Queue(c echo.Context) error {
	ctx, now := h.begin(c)
	by := edge.Actor(ctx)
	mine := []int64{}
	for _, a := range by.Agencies() {
		if proposal.MayJudge(by, a) {
			mine = append(mine, a)
		}
	}
	if len(mine) == 0 {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	all, err := h.Proposals.Store.ListProposals(ctx, proposal.Filter{Agencies: mine, Sort: proposal.ByDue})
	if err != nil {
		return err
	}
	v := queue{now: now}
	for i := range all {
		switch all[i].State { //nolint:exhaustive // others are not the agency's any more
		case proposal.Checking:
			v.waiting = append(v.waiting, all[i])
		case proposal.Changes, proposal.Feasible, proposal.Infeasible, proposal.Project:
			v.done = append(v.done, all[i])
		}
	}
	page, err := h.Office(c, ui.T(ctx, "proposal.queue_title"))
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, queueScreen(page, v))
}

// judged is a proposal as the agency that checks it sees it.
type judged struct {
	*proposal.Proposal
	campaign *participation.Campaign
	phases   *proposal.Phases
	agency   string
	history  []ui.TimelineItem
	may      bool
	now      time.Time
	area     mapView
	typed    url.Values
	refusal
}

// judging finds a proposal that the person's agency checks or checked.
func (h *Handlers) judging(c echo.Context) (*proposal.Proposal, error) {
	id, err := edge.ID(c, "proposal")
	if err != nil {
		return nil, err
	}
	p, err := h.Proposals.Store.FindProposal(edge.Ctx(c), id)
	if err == nil && !proposal.MayJudge(edge.Actor(edge.Ctx(c)), p.Agency) {
		err = fault.New(fault.NotFound, "error.not_found")
	}
	return p, err
}

// Judging is the agency's page of a proposal.
func (h *Handlers) Judging(c echo.Context) error {
	h.begin(c)
	return h.showJudging(c, http.StatusOK, url.Values{}, refusal{})
}

func (h *Handlers) showJudging(c echo.Context, status int, typed url.Values, no refusal) error {
	ctx := edge.Ctx(c)
	p, err := h.judging(c)
	if err != nil {
		return err
	}
	v := judged{Proposal: p, agency: h.agency(ctx, p.Agency), may: p.State == proposal.Checking, now: h.Clock.Now(), typed: typed, refusal: no}
	if v.campaign, err = h.Campaigns.FindCampaign(ctx, p.Campaign); err != nil {
		return err
	}
	if v.phases, err = h.Proposals.Store.FindPhases(ctx, p.Campaign); err != nil {
		return err
	}
	if v.history, err = h.history(ctx, p); err != nil {
		return err
	}
	if v.area, err = h.placeOf(c, p); err != nil {
		return err
	}
	page, err := h.Office(c, p.Body.Title)
	if err != nil {
		return err
	}
	page.Back, page.Invalid = queuePath, len(no.errs) > 0
	return edge.Render(c, status, judgingScreen(page, v))
}

// Judge takes the verdict of the agency.
func (h *Handlers) Judge(c echo.Context) error {
	ctx, _ := h.begin(c)
	p, err := h.judging(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	version, _ := strconv.Atoi(form.Get("version")) // what is no number is no version that is in force
	var check fault.Check
	e := proposal.Estimate{
		Verdict: proposal.Verdict(form.Get("verdict")), Ground: proposal.Ground(form.Get("ground")), Reason: words(c, "reason"),
		Lines: readLines(words(c, "lines"), &check), Points: map[string]string{},
	}
	for _, point := range proposal.Points {
		e.Points[point] = form.Get("point-" + point)
	}
	if check.Err() == nil { // lines that can't be read are not lines that are missing
		if err := check.Take(e.Check()); err != nil {
			return err
		}
	}
	if err = check.Err(); err == nil {
		_, err = h.Proposals.JudgeAs(ctx, edge.Actor(ctx), p.Campaign, p.ID, version, e)
	}
	if no, status := refused(ctx, err); status != 0 {
		return h.showJudging(c, status, form, no)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, queuePath+"/"+text(p.ID))
}

// readLines reads parts of a cost: name | cost, one on each line.
func readLines(typed string, check *fault.Check) []proposal.CostLine {
	var out []proposal.CostLine
	for line := range strings.Lines(typed) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		i := strings.LastIndex(line, "|")
		cost, err := strconv.ParseInt(strings.NewReplacer(" ", "", "\u00a0", "").Replace(line[i+1:]), 10, 64)
		if i < 0 || err != nil {
			check.Fail("lines", "proposal.line_wrong", "n", len(out)+1)
			return out
		}
		out = append(out, proposal.CostLine{Name: strings.TrimSpace(line[:i]), Cost: cost})
	}
	return out
}
