package project

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// gathered is the form by which appeals become a proposal.
type gathered struct {
	ids       []int64
	numbers   []string
	taken     []takenLine // those that are parts of a proposal already
	campaigns []ui.Option
	typed     url.Values
	area      mapView
	refusal
}

// takenLine is a proposal that some of the chosen appeals are parts of.
type takenLine struct {
	Title, URL string
	Numbers    []string
}

// appeals reads the chosen appeals, and with a lead all that are joined to it. All
// of them must be the person's to see.
func (h *Handlers) appeals(c echo.Context) ([]workflow.Case, error) {
	ctx := edge.Ctx(c)
	form, err := c.FormParams()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	var ids []int64
	for _, s := range form["id"] {
		s, _, _ = strings.Cut(s, ":") // a list says the version too
		if id, err := strconv.ParseInt(s, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	if problem, err := strconv.ParseInt(form.Get("problem"), 10, 64); err == nil {
		joined, _, err := h.Cases.ListTied(ctx, problem, proposal.MaxAppeals-1)
		if err != nil {
			return nil, err
		}
		ids = append(append(ids, problem), joined...)
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	found, err := h.Cases.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	// Those of others are left out, as they are in every list.
	return slices.DeleteFunc(found, func(one workflow.Case) bool { return !workflow.CanSee(edge.Actor(ctx), &one.Appeal) }), nil
}

// Gather is the form by which chosen appeals become a proposal. It is filled in
// with what the appeals have in common, so that one press is enough.
func (h *Handlers) Gather(c echo.Context) error {
	h.begin(c)
	return h.showGather(c, http.StatusOK, nil, refusal{})
}

func (h *Handlers) showGather(c echo.Context, status int, typed url.Values, no refusal) error {
	ctx, now := h.begin(c)
	cases, err := h.appeals(c)
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		return fault.New(fault.NotFound, "proposal.no_appeals")
	}
	v := gathered{typed: typed, refusal: no}
	if cases, err = h.free(ctx, cases, &v); err != nil {
		return err
	}
	for i := range cases {
		v.ids = append(v.ids, cases[i].Appeal.ID)
		v.numbers = append(v.numbers, cases[i].Appeal.Number)
	}
	if v.area, err = h.mapOf(c); err != nil {
		return err
	}
	phases, err := h.Proposals.Store.ListPhases(ctx)
	if err != nil {
		return err
	}
	for i := range phases {
		found, err := h.Campaigns.FindCampaign(ctx, phases[i].Campaign)
		if err != nil {
			return err
		}
		if proposal.GathersIn(&phases[i], found, now) && proposal.MayGather(edge.Actor(ctx), found.Agency) {
			v.campaigns = append(v.campaigns, ui.Option{Value: text(found.ID), Label: found.Terms.Title.In(ui.Lang(ctx))})
		}
	}
	if v.typed == nil && len(cases) > 0 {
		v.typed = h.inCommon(ctx, cases)
		if len(v.campaigns) == 1 {
			v.typed.Set("campaign", v.campaigns[0].Value)
		}
	}
	page, err := h.Office(c, ui.T(ctx, "proposal.gather_title"))
	if err != nil {
		return err
	}
	page.Path, page.Back, page.Invalid = queuePath+"/gather", "/console", len(no.errs) > 0
	return edge.Render(c, status, gatherScreen(page, v))
}

// free leaves out the appeals that are parts of a proposal, and notes of which.
func (h *Handlers) free(ctx context.Context, cases []workflow.Case, v *gathered) ([]workflow.Case, error) {
	ids := make([]int64, len(cases))
	for i := range cases {
		ids[i] = cases[i].Appeal.ID
	}
	links, err := h.Proposals.Store.ListAppealProposals(ctx, ids)
	if err != nil {
		return nil, err
	}
	numbers := map[int64][]string{}
	rest := slices.DeleteFunc(slices.Clone(cases), func(one workflow.Case) bool {
		i := slices.IndexFunc(links, func(l proposal.Link) bool { return l.Appeal == one.Appeal.ID })
		if i >= 0 {
			numbers[links[i].Proposal] = append(numbers[links[i].Proposal], one.Appeal.Number)
		}
		return i >= 0
	})
	for _, l := range links {
		if numbers[l.Proposal] == nil {
			continue
		}
		p, err := h.Proposals.Store.FindProposal(ctx, l.Proposal)
		if err != nil {
			return nil, err
		}
		line := takenLine{Title: p.Body.Title, Numbers: numbers[l.Proposal]}
		if p.State.Public() {
			line.URL = pathOf(p)
		}
		v.taken = append(v.taken, line)
		delete(numbers, l.Proposal)
	}
	return rest, nil
}

// enoughToPlace is how many appeals must have a point near the others before the
// middle of them is offered: the point of one or two may be somebody's home.
const (
	enoughToPlace = 3
	nearDegrees   = 0.02 // of latitude, about 2 km
)

// inCommon is what the appeals have in common, without a word of who wrote them:
// the topic, how many there are, and the place where it is the same.
func (h *Handlers) inCommon(ctx context.Context, cases []workflow.Case) url.Values {
	topics, places := map[string]int{}, map[int64]int{}
	var lat, lon []float64
	from, to := cases[0].Appeal.SubmittedAt, cases[0].Appeal.SubmittedAt
	for i := range cases {
		a := &cases[i].Appeal
		topics[a.Rubric]++
		places[a.Place.Territory]++
		if p := a.Place.Point; p != nil {
			lat, lon = append(lat, p.Lat), append(lon, p.Lon)
		}
		if a.SubmittedAt.Before(from) {
			from = a.SubmittedAt
		}
		if a.SubmittedAt.After(to) {
			to = a.SubmittedAt
		}
	}
	topic := ""
	if h.Topic != nil {
		topic = h.Topic(ctx, most(topics))
	}
	out := url.Values{"title": {topic}}
	out.Set("text", ui.Plural(ctx, "proposal.gather_draft", len(cases), "topic", topic, "from", ui.Date(ctx, from), "to", ui.Date(ctx, to)))
	if h.Places != nil {
		if t, ok := h.Places().Find(most(places)); ok {
			out.Set("place", t.Name.In(ui.Lang(ctx)))
		}
	}
	if len(lat) >= enoughToPlace && slices.Max(lat)-slices.Min(lat) <= nearDegrees && slices.Max(lon)-slices.Min(lon) <= 2*nearDegrees {
		out.Set("lat", middle(lat))
		out.Set("lon", middle(lon))
	}
	return out
}

// most is the key that is there most often, the lesser of two.
func most[K cmp.Ordered](counts map[K]int) (best K) {
	n := 0
	for k, c := range counts {
		if c > n || c == n && k < best {
			best, n = k, c
		}
	}
	return best
}

// middle is the mean, to a thousandth of a degree: about 100 m.
func middle(of []float64) string {
	sum := 0.0
	for _, x := range of {
		sum += x
	}
	return strconv.FormatFloat(math.Round(sum/float64(len(of))*1000)/1000, 'f', 3, 64)
}

// GatherAll makes the proposal. Sent again it is the same one.
func (h *Handlers) GatherAll(c echo.Context) error {
	ctx, _ := h.begin(c)
	cases, err := h.appeals(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	var ids []int64
	body := proposal.Body{
		Title: words(c, "title"), Text: words(c, "text"), Place: words(c, "place"), Point: pointOf(form.Get("lat"), form.Get("lon")),
	}
	for i := range cases {
		ids = append(ids, cases[i].Appeal.ID)
	}
	campaign, numErr := strconv.ParseInt(form.Get("campaign"), 10, 64)
	var check fault.Check
	check.That(numErr == nil, "campaign", "proposal.campaign_needed")
	var p *proposal.Proposal
	if err = check.Err(); err == nil {
		p, err = h.Proposals.Gather(ctx, edge.Actor(ctx), campaign, body, ids)
	}
	if no, status := refused(ctx, err); status != 0 {
		return h.showGather(c, status, form, no)
	}
	if err != nil {
		return err
	}
	if participation.MayLook(edge.Actor(ctx), h.holder(c, campaign)) {
		return edge.SeeOther(c, officeOf(p))
	}
	return edge.SeeOther(c, queuePath+"/gathered")
}

// Gathered says what happens now with a proposal that somebody else publishes.
func (h *Handlers) Gathered(c echo.Context) error {
	ctx, _ := h.begin(c)
	page, err := h.Office(c, ui.T(ctx, "proposal.gather_title"))
	if err != nil {
		return err
	}
	page.Back = "/console"
	return edge.Render(c, http.StatusOK, gatheredScreen(page))
}

func (h *Handlers) holder(c echo.Context, campaign int64) int64 {
	found, err := h.Campaigns.FindCampaign(edge.Ctx(c), campaign)
	if err != nil {
		return 0
	}
	return found.Agency
}
