package project

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// phased is the form of the phases.
type phased struct {
	gathering
	typed     url.Values
	preflight participation.Preflight
	may       bool
	changed   []ui.SummaryRow // what somebody set meanwhile, where it differs
	refusal
}

// Phases is the form of the phases of a campaign.
func (h *Handlers) Phases(c echo.Context) error {
	h.begin(c)
	g, err := h.organised(c)
	if err != nil {
		return err
	}
	return h.showPhases(c, http.StatusOK, phased{gathering: g, typed: h.phaseForm(*g.phases)})
}

// phaseForm are the phases as they are typed.
func (h *Handlers) phaseForm(p proposal.Phases) url.Values {
	if p.PerPerson == 0 {
		p.PerPerson, p.AnswerDays = proposal.DefaultPerPerson, proposal.DefaultAnswerDays
	}
	out := url.Values{"per_person": {strconv.Itoa(p.PerPerson)}, "answer_days": {strconv.Itoa(p.AnswerDays)}, "version": {strconv.Itoa(p.Version)}}
	for name, at := range h.dates(&p) {
		out.Set(name, typedTime(*at, h.Zone, moment))
	}
	if p.Ceiling > 0 {
		out.Set("ceiling", text(p.Ceiling))
	}
	return out
}

// phaseLabels are the fields of the phases with their names, in their order.
var phaseLabels = [][2]string{
	{"propose_from", "proposal.date.propose_from"},
	{"propose_until", "proposal.date.propose_until"},
	{"check_until", "proposal.date.check_until"},
	{"result_by", "proposal.date.result_by"},
	{"reports_until", "proposal.date.reports_until"},
	{"per_person", "proposal.per_person"},
	{"answer_days", "proposal.answer_days"},
	{"ceiling", "proposal.ceiling"},
}

// phasesChanged are the fields that are other than what was typed.
func (h *Handlers) phasesChanged(ctx context.Context, now *proposal.Phases, typed url.Values) []ui.SummaryRow {
	var out []ui.SummaryRow
	kept, dates := h.phaseForm(*now), h.dates(now)
	for _, field := range phaseLabels {
		value := kept.Get(field[0])
		if value == strings.TrimSpace(typed.Get(field[0])) {
			continue
		}
		if at, is := dates[field[0]]; is && !at.IsZero() {
			value = ui.DateTime(ctx, *at)
		}
		out = append(out, ui.SummaryRow{Key: ui.T(ctx, field[1]), Value: value})
	}
	return out
}

func (h *Handlers) dates(p *proposal.Phases) map[string]*time.Time {
	return map[string]*time.Time{
		"propose_from": &p.ProposeFrom, "propose_until": &p.ProposeUntil, "check_until": &p.CheckUntil, "result_by": &p.ResultBy,
		"reports_until": &p.ReportsUntil,
	}
}

func (h *Handlers) showPhases(c echo.Context, status int, v phased) error {
	ctx := edge.Ctx(c)
	v.preflight = v.phases.Preflight(v.Campaign, h.Clock.Now())
	v.may = participation.MayOrganise(edge.Actor(ctx), v.Agency) && v.State == participation.Draft && v.Terms.Kind == participation.Budget
	page, err := h.Office(c, ui.T(ctx, "proposal.phases_title"))
	if err != nil {
		return err
	}
	page.Back, page.Invalid = officePath(v.ID), len(v.errs) > 0
	return edge.Render(c, status, phasesScreen(page, v))
}

// SavePhases keeps the phases; «announce» shows them to everybody.
func (h *Handlers) SavePhases(c echo.Context) error {
	ctx, _ := h.begin(c)
	g, err := h.organised(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	var check fault.Check
	p := &proposal.Phases{Campaign: g.ID, Announced: g.phases.Announced || form.Get("do") == "announce"}
	p.Version, _ = strconv.Atoi(form.Get("version")) // what is no number is no version that is in force
	for name, at := range h.dates(p) {
		*at = h.when(c, name, moment, &check)
	}
	p.PerPerson, p.AnswerDays = int(whole(c, "per_person", &check)), int(whole(c, "answer_days", &check))
	p.Ceiling = whole(c, "ceiling", &check)
	if err = check.Err(); err == nil {
		err = h.Proposals.SavePhases(ctx, edge.Actor(ctx), p)
	}
	if no, status := refused(ctx, err); status != 0 {
		if g, err = h.organised(c); err != nil { // as it is now
			return err
		}
		v := phased{gathering: g, typed: form, refusal: no}
		if status == http.StatusConflict && strconv.Itoa(g.phases.Version) != form.Get("version") {
			v.changed = h.phasesChanged(ctx, g.phases, form)
		}
		form.Set("version", strconv.Itoa(g.phases.Version))
		p.Announced, p.Version = g.phases.Announced, g.phases.Version
		v.phases = p
		return h.showPhases(c, status, v)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officePath(g.ID)+"/phases")
}

// table is the organiser's list.
type table struct {
	gathering
	all    []proposal.Proposal
	tabs   []ui.Tab
	merges []proposal.Merge
	may    bool
	typed  proposal.Body
	why    string
	chosen []string
	undo   int64 // merge whose undoing was refused
	refusal
}

// merging reports whether the form of a merge came back.
func (v table) merging() bool { return v.undo == 0 && (len(v.errs) > 0 || v.problem != "") }

var tabStates = []proposal.State{
	proposal.Moderation, proposal.Returned, proposal.Published, proposal.Checking, proposal.Changes, proposal.Feasible, proposal.Infeasible,
	proposal.Project, proposal.Merged, proposal.Rejected, proposal.Withdrawn,
}

// OfficeList is the organiser's list of proposals.
func (h *Handlers) OfficeList(c echo.Context) error {
	h.begin(c)
	g, err := h.organised(c)
	if err != nil {
		return err
	}
	return h.showTable(c, http.StatusOK, table{gathering: g})
}

func (h *Handlers) showTable(c echo.Context, status int, v table) error {
	ctx := edge.Ctx(c)
	all, err := h.Proposals.Store.ListProposals(ctx, proposal.Filter{Campaign: v.ID})
	if err != nil {
		return err
	}
	if v.merges, err = h.Proposals.Store.ListMerges(ctx, v.ID); err != nil {
		return err
	}
	chosen := proposal.State(c.QueryParam("state"))
	counts := map[proposal.State]int{}
	total := 0
	for i := range all {
		counts[all[i].State]++
		if !slices.Contains(tabStates, all[i].State) {
			continue // drafts are their authors' alone
		}
		total++
		if chosen == "" || all[i].State == chosen {
			v.all = append(v.all, all[i])
		}
	}
	v.tabs = []ui.Tab{{Text: ui.T(ctx, "proposal.all"), URL: officeList(v.ID), Count: total, Current: chosen == ""}}
	for _, s := range tabStates {
		if counts[s] > 0 {
			v.tabs = append(v.tabs, ui.Tab{
				Text: ui.T(ctx, "proposal.state."+string(s)), URL: officeList(v.ID) + "?state=" + string(s), Count: counts[s], Current: chosen == s,
			})
		}
	}
	v.may = participation.MayOrganise(edge.Actor(ctx), v.Agency) && v.State == participation.Draft
	page, err := h.Office(c, ui.T(ctx, "proposal.list_title"))
	if err != nil {
		return err
	}
	page.Back, page.Invalid = officePath(v.ID), len(v.errs) > 0
	return edge.Render(c, status, tableScreen(page, v))
}

// AskMerge asks the authors of the chosen proposals for their consent.
func (h *Handlers) AskMerge(c echo.Context) error {
	ctx, _ := h.begin(c)
	g, err := h.organised(c)
	if err != nil {
		return err
	}
	if merge, err := strconv.ParseInt(c.FormValue("undo"), 10, 64); err == nil {
		_, err := h.Proposals.UndoMerge(ctx, edge.Actor(ctx), g.ID, merge, words(c, "reason"))
		if no, status := refused(ctx, err); status != 0 {
			return h.showTable(c, status, table{gathering: g, undo: merge, refusal: no})
		}
		if err != nil {
			return err
		}
		return edge.SeeOther(c, officeList(g.ID))
	}
	v := table{gathering: g, why: words(c, "why"), typed: proposal.Body{Title: words(c, "title"), Text: words(c, "text"), Place: words(c, "place")}}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	v.chosen = form["parts"]
	var ids []int64
	for _, s := range v.chosen {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	_, err = h.Proposals.AskMerge(ctx, edge.Actor(ctx), g.ID, ids, v.typed, v.why)
	if no, status := refused(ctx, err); status != 0 {
		v.refusal = no
		return h.showTable(c, status, v)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officeList(g.ID))
}

// card is a proposal as the organiser sees it.
type card struct {
	gathering
	*proposal.Proposal
	agency   string
	allowed  []proposal.Action
	agencies []ui.Option
	history  []ui.TimelineItem
	appeals  []appealLink
	area     mapView
	typed    url.Values
	refusal
}

// appealLink is an appeal of a proposal; URL is empty where it isn't the person's
// to read.
type appealLink struct{ Number, URL string }

func (v card) may(a proposal.Action) bool { return slices.Contains(v.allowed, a) }

// Card is the organiser's page of a proposal.
func (h *Handlers) Card(c echo.Context) error {
	h.begin(c)
	return h.showCard(c, http.StatusOK, refusal{}, url.Values{})
}

// OfficePhoto sends the picture of a proposal that the organiser reads first.
func (h *Handlers) OfficePhoto(c echo.Context) error {
	g, err := h.organised(c)
	if err != nil {
		return err
	}
	p, err := h.proposal(c, g.ID)
	if err != nil {
		return err
	}
	if p.State == proposal.Draft {
		return fault.New(fault.NotFound, "error.not_found")
	}
	return h.send(c, p.Body.Photo)
}

func (h *Handlers) showCard(c echo.Context, status int, no refusal, typed url.Values) error {
	ctx := edge.Ctx(c)
	g, err := h.organised(c)
	if err != nil {
		return err
	}
	p, err := h.proposal(c, g.ID)
	if err != nil {
		return err
	}
	if p.State == proposal.Draft {
		return fault.New(fault.NotFound, "error.not_found")
	}
	v := card{gathering: g, Proposal: p, agency: h.agency(ctx, p.Agency), refusal: no, typed: typed}
	v.allowed = proposal.Allowed(edge.Actor(ctx), g.Campaign, p)
	if v.history, err = h.history(ctx, p); err != nil {
		return err
	}
	if v.area, err = h.placeOf(c, p); err != nil {
		return err
	}
	worked, err := h.appealsOf(ctx, &v)
	if err != nil {
		return err
	}
	for _, a := range h.Agencies.Agencies() {
		v.agencies = append(v.agencies, ui.Option{Value: text(a.ID), Label: a.Name.In(ui.Lang(ctx))})
	}
	if typed.Get("due") == "" {
		due := g.phases.CheckUntil
		if !p.CheckDue.IsZero() {
			due = p.CheckDue
		}
		typed.Set("due", typedTime(due, h.Zone, moment))
	}
	if agency := cmp.Or(p.Agency, worked); typed.Get("agency") == "" && agency != 0 {
		typed.Set("agency", text(agency))
	}
	page, err := h.Office(c, p.Body.Title)
	if err != nil {
		return err
	}
	page.Path, page.Back, page.Invalid = officeOf(p), officeList(g.ID), len(no.errs) > 0
	return edge.Render(c, status, cardScreen(page, v))
}

// appealsOf fills in the appeals of a proposal, and returns the agency that works
// on the first of them: it is the likeliest to know what can be done.
func (h *Handlers) appealsOf(ctx context.Context, v *card) (agency int64, err error) {
	ids, err := h.Proposals.Store.ListProposalAppeals(ctx, v.ID)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	cases, err := h.Cases.FindCases(ctx, ids)
	if err != nil {
		return 0, err
	}
	for i := range cases {
		a := &cases[i].Appeal
		one := appealLink{Number: a.Number}
		if workflow.CanSee(edge.Actor(ctx), a) {
			one.URL = "/console/appeals/" + text(a.ID)
		}
		v.appeals = append(v.appeals, one)
		agency = cmp.Or(agency, a.Agency)
	}
	return agency, nil
}

// Decide performs an action of the organiser.
func (h *Handlers) Decide(c echo.Context) error {
	ctx, _ := h.begin(c)
	g, err := h.organised(c)
	if err != nil {
		return err
	}
	p, err := h.proposal(c, g.ID)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	version, _ := strconv.Atoi(form.Get("version")) // what is no number is no version that is in force
	err = h.decide(c, g, p.ID, version, proposal.Action(form.Get("do")))
	if no, status := refused(ctx, err); status != 0 {
		return h.showCard(c, status, no, form)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officeOf(p))
}

func (h *Handlers) decide(c echo.Context, g gathering, id int64, version int, a proposal.Action) error {
	ctx, by, reason := edge.Ctx(c), edge.Actor(edge.Ctx(c)), words(c, "reason")
	var err error
	switch a {
	case proposal.Send, proposal.Recheck:
		var check fault.Check
		agency, _ := strconv.ParseInt(c.FormValue("agency"), 10, 64) // what is no number is no agency
		if _, known := h.Agencies.Agency(agency); !known {
			agency = 0
		}
		in := proposal.Sending{Agency: agency, Due: h.when(c, "due", moment, &check), Reason: reason}
		if err = check.Err(); err == nil {
			_, err = h.Proposals.SendToCheck(ctx, by, g.ID, id, version, a, in)
		}
	case proposal.Adopt:
		_, err = h.Proposals.AdoptAs(ctx, by, g.ID, id, version)
	case proposal.TakeOut:
		_, err = h.Proposals.TakeOutOf(ctx, by, g.ID, id, version, reason)
	default:
		_, err = h.Proposals.Decide(ctx, by, g.ID, id, version, a, reason)
	}
	return err
}

// Report is the organiser's page of a project that won, with the form of a report.
func (h *Handlers) Report(c echo.Context) error {
	h.begin(c)
	return h.showReport(c, http.StatusOK, reported{})
}

type reported struct {
	carried
	token string
	typed url.Values
	again bool // a photo was sent that must be chosen again
	refusal
}

// last is the id of the last report, 0 for none.
func (v carried) last() int64 {
	if len(v.reports) == 0 {
		return 0
	}
	return v.reports[len(v.reports)-1].ID
}

func (h *Handlers) showReport(c echo.Context, status int, v reported) error {
	ctx := edge.Ctx(c)
	g, err := h.organised(c)
	if err != nil {
		return err
	}
	if v.carried, err = h.carried(c, g); err != nil {
		return err
	}
	v.may = participation.MayOrganise(edge.Actor(ctx), g.Agency)
	if v.typed == nil {
		v.typed = url.Values{"finish": {typedTime(v.progress.Finish, h.Zone, day)}, "percent": {strconv.Itoa(v.progress.Percent)}}
		if v.progress.Spent > 0 {
			v.typed.Set("spent", text(v.progress.Spent))
		}
	}
	if v.token == "" {
		v.token = newToken()
	}
	page, err := h.Office(c, v.project.Name.In(ui.Lang(ctx)))
	if err != nil {
		return err
	}
	page.Back, page.Invalid = officePath(g.ID), len(v.errs) > 0
	return edge.Render(c, status, reportScreen(page, v))
}

// PostReport posts a report. Sent twice it is one.
func (h *Handlers) PostReport(c echo.Context) error {
	ctx, _ := h.begin(c)
	g, err := h.organised(c)
	if err != nil {
		return err
	}
	pic, photoErr := h.picture(c)
	var check fault.Check
	if err := check.Take(photoErr); err != nil {
		return err // it can't be read at all
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	r := &proposal.Report{
		Campaign: g.ID, Project: c.Param("project"), Token: form.Get("token"), Text: words(c, "text"), Percent: int(whole(c, "percent", &check)),
		Spent: whole(c, "spent", &check), Finish: h.when(c, "finish", day, &check), Reason: words(c, "reason"),
	}
	r.After, _ = strconv.ParseInt(form.Get("after"), 10, 64) // what is no number is no report
	if err = check.Err(); err == nil {
		err = h.withPhoto(ctx, "report-"+text(g.ID), pic, func(key string) (bool, error) {
			r.Photo = key
			err := h.Proposals.Report(ctx, edge.Actor(ctx), r)
			return err == nil && r.ID != 0, err
		})
	}
	if no, status := refused(ctx, err); status != 0 {
		return h.showReport(c, status, reported{typed: form, token: r.Token, again: pic != nil, refusal: no})
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officePath(g.ID)+"/projects/"+url.PathEscape(r.Project))
}

// waits says of a merge how many have not answered, and until when they may.
func waits(ctx context.Context, m *proposal.Merge) string {
	return ui.T(ctx, "proposal.merge_waits", "n", m.Waits(), "date", ui.DateTime(ctx, m.Until))
}

func titles(m *proposal.Merge) string {
	var out []string
	for _, p := range m.Parts {
		out = append(out, "«"+p.Title+"»")
	}
	return strings.Join(out, ", ")
}
