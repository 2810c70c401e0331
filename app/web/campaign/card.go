package campaign

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/app/web/widget"
)

// card is a campaign as other sites show it: what is asked, until when, and where
// to vote. One votes on the portal and not in the frame: there the address bar says
// whose page it is, and a receipt that is kept beside a stranger's page is lost with
// it.
type card struct {
	*participation.Campaign
	open    bool
	turnout string
	results results
	url     string // of its page on the portal
}

func (h *Handlers) card(ctx context.Context, c *participation.Campaign, now time.Time) (card, error) {
	v := card{Campaign: c, open: c.Accepts(now), url: h.Base.JoinPath(pathOf(c.ID)).String() + "?" + ui.LangParam + "=" + string(ui.Lang(ctx))}
	var err error
	if v.turnout, err = h.turnout(ctx, c, now); err == nil && c.ShowsResult() {
		v.results = results{Campaign: c, Result: c.Result}
	}
	return v, err
}

// Card is one campaign of the agency whose frame it is.
func (h *Handlers) Card(c echo.Context) error {
	ctx, now := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	frame, framed := widget.FrameOf(ctx)
	if !framed || found.Agency != frame.Agency.ID {
		return fault.New(fault.NotFound, "error.not_found")
	}
	return h.showCards(c, found.Terms.Title.In(ui.Lang(ctx)), []participation.Campaign{*found}, now)
}

// Cards are the open campaigns of the agency whose frame it is.
func (h *Handlers) Cards(c echo.Context) error {
	ctx, now := h.begin(c)
	frame, framed := widget.FrameOf(ctx)
	if !framed {
		return fault.New(fault.NotFound, "error.not_found")
	}
	all, err := h.Campaigns.Store.ListCampaigns(ctx, []int64{frame.Agency.ID})
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c participation.Campaign) bool { return !c.Accepts(now) })
	return h.showCards(c, ui.T(ctx, "campaign.list_title"), all, now)
}

func (h *Handlers) showCards(c echo.Context, title string, list []participation.Campaign, now time.Time) error {
	var cards []card
	for i := range list {
		one, err := h.card(edge.Ctx(c), &list[i], now)
		if err != nil {
			return err
		}
		cards = append(cards, one)
	}
	return edge.Render(c, http.StatusOK, cardsScreen(h.Frame(c, title), cards))
}

// turnoutHeld is how long a number of voters is shown before it is counted again.
const turnoutHeld = 10 * time.Second

// came keeps the numbers of voters that were counted last.
type came struct {
	mu    sync.Mutex
	known map[int64]counted
}

type counted struct {
	voters int
	at     time.Time
}

// turnout tells how many voted so far, where the terms let everybody see it and a
// result does not tell it anyway.
func (h *Handlers) turnout(ctx context.Context, c *participation.Campaign, now time.Time) (string, error) {
	if !c.Terms.Turnout || !c.State.Voting() || now.Before(c.Terms.Opens) {
		return "", nil
	}
	h.came.mu.Lock()
	defer h.came.mu.Unlock()
	last, ok := h.came.known[c.ID]
	if !ok || now.Sub(last.at) >= turnoutHeld || now.Before(last.at) {
		places, err := h.Campaigns.Box.CountVoters(ctx, c.ID)
		if err != nil {
			return "", err
		}
		last = counted{at: now}
		for _, p := range places {
			last.voters += p.N
		}
		if h.came.known == nil {
			h.came.known = map[int64]counted{}
		}
		h.came.known[c.ID] = last
	}
	if last.voters == 0 {
		return "", nil
	}
	return ui.Plural(ctx, "result.so_far", last.voters), nil
}
