package campaign

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

const office = "/console/campaigns"

// rules are those that an organiser may choose among: rules of files with more
// than ours have are left out.
var rules = []string{
	"equalshares/add1u", "equalshares/add1", "equalshares", "equalshares/utilitarian", "equalshares/add1-comparison", "equalshares-comparison",
	"greedy", "greedy-no-skip",
}

func officeOf(id int64) string { return office + "/" + strconv.FormatInt(id, 10) }

// organises lists the agencies for which the person may hold campaigns.
func (h *Handlers) organises(by actor.Actor) []ui.Option {
	var out []ui.Option
	for _, a := range h.Agencies.Agencies() {
		if _, holds := h.Campaigns.Holds(a.ID); holds && participation.MayOrganise(by, a.ID) {
			out = append(out, ui.Option{Value: strconv.FormatInt(a.ID, 10), Label: a.Name.RU})
		}
	}
	return out
}

// Works reports whether the pages of organisers are of use to the person.
func Works(by actor.Actor) bool { return discussion.Works(by) }

// shows reports whether a campaign stands in the list of the person: the desk sees
// those with paper ballots.
func shows(by actor.Actor, c *participation.Campaign) bool {
	return mayLook(by, c) || onlyPaper(by, c)
}

// onlyPaper reports whether all that the person does with a campaign is its paper.
func onlyPaper(by actor.Actor, c *participation.Campaign) bool {
	return !mayLook(by, c) && participation.MayEnter(by, c.Agency) && c.Terms.Paper != nil && c.State != participation.Draft
}

// addressOf is where the list leads.
func addressOf(by actor.Actor, c *participation.Campaign) string {
	if onlyPaper(by, c) {
		return paperOf(c.ID)
	}
	return officeOf(c.ID)
}

// OfficeList lists the campaigns of the person's agencies.
func (h *Handlers) OfficeList(c echo.Context) error {
	ctx, _ := h.begin(c)
	by := edge.Actor(ctx)
	if !Works(by) && !by.Has(actor.Desk) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	all, err := h.Campaigns.Store.ListCampaigns(ctx, nil)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c participation.Campaign) bool { return !shows(by, &c) })
	page, err := h.Office(c, ui.T(ctx, "campaign.list_title"))
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, officeListScreen(page, all, len(h.organises(by)) > 0))
}

// mayLook reports whether the person may see the campaign in the console:
// moderators and the desk see discussions.
func mayLook(by actor.Actor, c *participation.Campaign) bool {
	return participation.MayLook(by, c.Agency) || c.Terms.Kind.Talks() && c.State != participation.Draft && discussion.MayLook(by, c.Agency)
}

// mine loads a campaign that the person may look at.
func (h *Handlers) mine(c echo.Context) (*participation.Campaign, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return nil, err
	}
	found, err := h.Campaigns.Store.FindCampaign(edge.Ctx(c), id)
	if err == nil && !mayLook(edge.Actor(edge.Ctx(c)), found) {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return found, err
}

// desk is a campaign as its organiser sees it.
type desk struct {
	*participation.Campaign
	agency    string
	preflight participation.Preflight
	allowed   []participation.Action
	notes     []ui.TimelineItem
	log       *participation.LogState
	errs      ui.Errors
	tie       *participation.TieError
	reason    string
	voters    int
	paper     *participation.PaperCount // nil where nobody votes on paper
	results   results
}

// Desk is the page of a campaign in the console.
func (h *Handlers) Desk(c echo.Context) error { return h.showDesk(c, http.StatusOK, desk{}) }

func (h *Handlers) showDesk(c echo.Context, status int, view desk) error {
	ctx, now := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	if found.Terms.Kind.Talks() {
		view.Campaign = found
		return h.showTalkDesk(c, status, view, "")
	}
	view.Campaign, view.agency = found, h.agency(ctx, found.Agency)
	view.allowed = participation.Allowed(edge.Actor(ctx), found, now)
	if found.State == participation.Draft {
		view.preflight = h.Campaigns.Check(found)
	}
	if view.log, err = h.Voting.Log.FindLog(ctx, found.ID); err != nil {
		return err
	}
	counts, err := h.Campaigns.Box.CountVoters(ctx, found.ID)
	if err != nil {
		return err
	}
	for _, one := range counts {
		view.voters += one.N
	}
	if found.Terms.Paper != nil && found.State != participation.Draft {
		if view.paper, err = h.PaperBox.Count(ctx, found.ID); err != nil {
			return err
		}
	}
	if found.Result != nil {
		if view.results, err = h.results(ctx, found); err != nil {
			return err
		}
		view.results.desk = true
	}
	notes, err := h.Campaigns.Store.ListNotes(ctx, found.ID)
	if err != nil {
		return err
	}
	view.notes = h.journal(ctx, notes, "campaign.did.")
	page, err := h.Office(c, found.Terms.Title.In(ui.Lang(ctx)))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = officeOf(found.ID), len(view.errs) > 0
	return edge.Render(c, status, deskScreen(page, view))
}

// may reports whether an action is offered.
func (v desk) may(a participation.Action) bool { return slices.Contains(v.allowed, a) }

// Act performs an action of the organiser.
func (h *Handlers) Act(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	view := desk{reason: c.FormValue("reason")}
	by := edge.Actor(ctx)
	switch a := participation.Action(c.FormValue("do")); a {
	case participation.Count:
		if found.Terms.Kind.Talks() {
			return h.sumUp(c, found)
		}
		var log *participation.LogState
		if log, err = h.Voting.Log.FindLog(ctx, found.ID); err == nil {
			_, err = h.Campaigns.Count(ctx, by, found.ID, log, c.FormValue("draw"))
			// The desk, which is shown next, works out how it came about: so no voter waits
			// for it.
		}
	default:
		_, err = h.Campaigns.Act(ctx, by, found.ID, a, view.reason)
	}
	if errors.As(err, &view.tie) {
		return h.showDesk(c, http.StatusUnprocessableEntity, view)
	}
	if view.errs = ui.ErrorsOf(ctx, err); view.errs != nil {
		return h.showDesk(c, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officeOf(found.ID))
}

// editor is the form of a campaign's terms.
type editor struct {
	*participation.Campaign
	agencies []ui.Option
	places   []participation.Named
	hearings []participation.HearingRule
	errs     ui.Errors
	typed    url.Values
}

// Edit is the form of a new campaign or of a draft.
func (h *Handlers) Edit(c echo.Context) error {
	ctx, _ := h.begin(c)
	if c.Param("id") == "" {
		kind := participation.Kind(c.QueryParam("kind"))
		if !slices.Contains(participation.Kinds, kind) {
			kind = participation.Vote
		}
		blank := &participation.Campaign{Terms: participation.Terms{
			Kind: kind, Level: participation.Contact, Shown: participation.WhenCounted, Ties: participation.TieStop, Zone: h.Zone.String(),
		}}
		if kind.Talks() {
			blank.Terms.Talk = &participation.Talk{Moderation: participation.After}
		}
		if kind == participation.Budget {
			blank.Terms.Money = &participation.Money{Rule: rules[0], Support: 1}
		}
		if kind == participation.Poll {
			blank.Terms.Ties = participation.TieOrder
		}
		return h.showEditor(c, http.StatusOK, editor{Campaign: blank, typed: h.formOf(blank)})
	}
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	if !slices.Contains(participation.Allowed(edge.Actor(ctx), found, ui.Now(ctx)), participation.Edit) {
		return edge.SeeOther(c, officeOf(found.ID))
	}
	return h.showEditor(c, http.StatusOK, editor{Campaign: found, typed: h.formOf(found)})
}

func (h *Handlers) showEditor(c echo.Context, status int, view editor) error {
	ctx := edge.Ctx(c)
	view.agencies, view.places = h.organises(edge.Actor(ctx)), h.Places()
	view.hearings = h.Campaigns.Hearings
	if len(view.agencies) == 0 {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	page, err := h.Office(c, ui.T(ctx, "campaign.edit."+string(view.Terms.Kind)))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = office, len(view.errs) > 0
	return edge.Render(c, status, editorScreen(page, view))
}

// Save creates a draft, or changes one.
func (h *Handlers) Save(c echo.Context) error {
	ctx, _ := h.begin(c)
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	by := edge.Actor(ctx)
	view := editor{Campaign: &participation.Campaign{Terms: participation.Terms{Kind: participation.Kind(form.Get("kind"))}}, typed: form}
	fill := func(c *participation.Campaign) error { return h.fill(c, form) }
	if c.Param("id") == "" {
		agency, _ := strconv.ParseInt(form.Get("agency"), 10, 64) // what is no number is no agency of theirs
		view.Agency = agency
		if err = fill(view.Campaign); err == nil {
			err = h.Campaigns.Create(ctx, by, view.Campaign)
		}
	} else {
		found, missing := h.mine(c)
		if missing != nil {
			return missing
		}
		view.Campaign = found
		version, _ := strconv.Atoi(form.Get("version")) // what is no number is no version that is in force
		_, err = h.Campaigns.Edit(ctx, by, found.ID, version, fill)
	}
	if view.errs = ui.ErrorsOf(ctx, err); view.errs != nil {
		return h.showEditor(c, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officeOf(view.ID))
}

// instant is how a time is typed.
const instant = "2006-01-02T15:04"

// formOf is a campaign as the form has it.
func (h *Handlers) formOf(c *participation.Campaign) url.Values {
	t := &c.Terms
	v := url.Values{
		"title": {t.Title.RU}, "title_en": {t.Title.EN}, "text": {t.Text.RU}, "text_en": {t.Text.EN}, "agency": {strconv.FormatInt(c.Agency, 10)},
		"shown": {string(t.Shown)}, "ties": {string(t.Ties)}, "seed": {t.Seed}, "procedure": {t.Procedure.RU},
		"observers": {strings.Join(c.Observers, "\n")},
	}
	at := func(name string, when time.Time) {
		if !when.IsZero() {
			v.Set(name, when.In(h.Zone).Format(instant))
		}
	}
	at("opens", t.Opens)
	at("closes", t.Closes)
	number := func(name string, n int64) {
		if n != 0 {
			v.Set(name, strconv.FormatInt(n, 10))
		}
	}
	number("min_age", int64(t.MinAge))
	number("quorum", int64(t.Quorum))
	number("min_share", int64(t.MinShare))
	number("quorum_share", int64(t.QuorumShare))
	number("residents", int64(t.Residents))
	v.Set("quotas", writeQuotas(t))
	if t.Paper != nil {
		v.Set("paper", "yes")
		at("paper_until", t.Paper.Until)
	}
	flag := func(name string, on bool) {
		if on {
			v.Add("may", name)
		}
	}
	flag("resident", t.Resident)
	flag("change", t.Change)
	flag("blank", t.Blank)
	flag("turnout", t.Turnout)
	for _, p := range t.Territories {
		v.Add("territories", strconv.FormatInt(p.ID, 10))
	}
	if t.Talk != nil {
		h.talkForm(v, t)
	}
	if t.Money != nil {
		number("budget", t.Money.Budget)
		number("most", int64(t.Money.Most))
		v.Set("form", string(t.Money.BallotForm()))
		number("points", t.Money.Points)
		number("per_project", t.Money.PerProject)
		v.Set("support", strconv.Itoa(t.Money.Support)) // a nought is an answer: what nobody named may win
		v.Set("rule", t.Money.Rule)
		v.Set("projects", writeProjects(t.Money.Projects))
	}
	return v
}

// fill reads the form into a campaign. Only what can't be understood is an error:
// a draft may be unfinished, pre-flight tells what is missing.
func (h *Handlers) fill(c *participation.Campaign, form url.Values) error {
	var check fault.Check
	text := func(name string) string { return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n")) }
	number := func(name string) int64 {
		s := strings.NewReplacer(" ", "", "\u00a0", "").Replace(text(name))
		if s == "" {
			return 0
		}
		n, err := strconv.ParseInt(s, 10, 64)
		check.That(err == nil && n >= 0, name, "campaign.not_a_number")
		return n
	}
	at := func(name string) time.Time {
		s := text(name)
		if s == "" {
			return time.Time{}
		}
		when, err := time.ParseInLocation(instant, s, h.Zone)
		check.That(err == nil, name, "campaign.not_a_time")
		return when.UTC()
	}
	t := &c.Terms
	check.That(slices.Contains(participation.Kinds, t.Kind), "kind", "campaign.check.kind")
	t.Title, t.Text = lang.Text{RU: text("title"), EN: text("title_en")}, lang.Text{RU: text("text"), EN: text("text_en")}
	check.That(t.Title.RU != "", "title", "campaign.check.title")
	t.Opens, t.Closes, t.Zone, t.Level = at("opens"), at("closes"), h.Zone.String(), participation.Contact
	t.MinAge, t.Quorum, t.MinShare = int(number("min_age")), int(number("quorum")), int(number("min_share"))
	t.Shown, t.Ties, t.Seed, t.Procedure.RU = participation.Shown(text("shown")), participation.TieRule(text("ties")), text("seed"), text("procedure")
	t.Resident, t.Change, t.Blank = slices.Contains(form["may"], "resident"), slices.Contains(form["may"], "change"), slices.Contains(form["may"], "blank")
	t.Turnout = slices.Contains(form["may"], "turnout")
	t.Territories = nil
	for _, p := range h.Places() {
		if slices.Contains(form["territories"], strconv.FormatInt(p.ID, 10)) {
			t.Territories = append(t.Territories, p)
		}
	}
	c.Observers = strings.Fields(strings.ReplaceAll(text("observers"), ",", " "))
	t.QuorumShare, t.Residents = int(number("quorum_share")), int(number("residents"))
	t.Quotas, t.Paper = readQuotas(text("quotas"), t.Territories, &check), nil
	if form.Get("paper") == "yes" {
		t.Paper = &participation.Paper{Until: at("paper_until")}
		if t.Paper.Until.IsZero() {
			t.Paper.Until = t.Closes
		}
	}
	if t.Kind.Talks() {
		h.fillTalk(t, text, &check)
	}
	if t.Kind == participation.Budget {
		support := number("support")
		if text("support") == "" {
			support = 1 // money that is left over is given out down the list, also to what nobody named
		}
		t.Money = &participation.Money{
			Budget: number("budget"), Rule: text("rule"), Most: int(number("most")), Support: int(support),
			Points: number("points"), PerProject: number("per_project"), Projects: append(adopted(t), readProjects(text("projects"), &check)...),
		}
		t.Money.SetForm(participation.Form(text("form")))
	}
	return check.Err()
}

// adopted are the projects that were proposals: they are no lines of the form, and
// stay as they are.
func adopted(t *participation.Terms) []participation.Project {
	if t.Money == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.Money.Projects), func(p participation.Project) bool { return p.Proposal == 0 })
}

// Projects are typed as lines: name | English name | cost | description.
func readProjects(text string, check *fault.Check) []participation.Project {
	var out []participation.Project
	n := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		n++
		parts := strings.SplitN(line, "|", 4)
		at := min(len(parts)-1, 2) // of the cost
		cost, err := strconv.ParseInt(strings.NewReplacer(" ", "", "\u00a0", "").Replace(parts[at]), 10, 64)
		if err != nil || at == 0 {
			check.Fail("projects", "campaign.project_line", "n", n)
			continue
		}
		p := participation.Project{ID: "p" + strconv.Itoa(n), Name: lang.Text{RU: strings.TrimSpace(parts[0])}, Cost: cost}
		if at == 2 {
			p.Name.EN = strings.TrimSpace(parts[1])
		}
		if len(parts) == 4 {
			p.Text.RU = strings.TrimSpace(parts[3])
		}
		out = append(out, p)
	}
	return out
}

func writeProjects(list []participation.Project) string {
	var b strings.Builder
	for _, p := range list {
		if p.Proposal != 0 {
			continue
		}
		b.WriteString(p.Name.RU + " | " + p.Name.EN + " | " + strconv.FormatInt(p.Cost, 10))
		if p.Text.RU != "" {
			b.WriteString(" | " + p.Text.RU)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func options(ctx context.Context, prefix string, values ...string) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		out[i] = ui.Option{Value: v, Label: ui.T(ctx, prefix+strings.ReplaceAll(v, "/", "_"))}
	}
	return out
}

func formOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(participation.Forms))
	for i, f := range participation.Forms {
		out[i] = ui.Option{Value: string(f), Label: ui.T(ctx, "campaign.form."+string(f)), Hint: ui.T(ctx, "campaign.form_hint."+string(f))}
	}
	return out
}
