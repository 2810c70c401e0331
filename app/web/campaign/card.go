package campaign

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
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

// Card is one campaign in the frame of an agency: its own, or any other's, as all
// that it tells is public and the voting is done on the portal. Which sites may show
// it is the agency's to say.
func (h *Handlers) Card(c echo.Context) error {
	ctx, now := h.begin(c)
	if _, framed := widget.FrameOf(ctx); !framed {
		return fault.New(fault.NotFound, "error.not_found")
	}
	found, err := h.find(c)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "widget.unknown_campaign")
	}
	if err != nil {
		return err
	}
	return h.showCards(c, found.Terms.Title.In(ui.Lang(ctx)), []participation.Campaign{*found}, now)
}

// Cards are the open campaigns of the agency whose frame it is and of the bodies
// above it: a town's site tells of the region's votes too.
func (h *Handlers) Cards(c echo.Context) error {
	ctx, now := h.begin(c)
	frame, framed := widget.FrameOf(ctx)
	if !framed {
		return fault.New(fault.NotFound, "error.not_found")
	}
	all, err := h.Campaigns.Store.ListCampaigns(ctx, h.upwards(frame.Agency))
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c participation.Campaign) bool { return !c.Accepts(now) })
	return h.showCards(c, ui.T(ctx, "campaign.list_title"), all, now)
}

// upwards are an agency and the bodies above it.
func (h *Handlers) upwards(a identity.Agency) []int64 {
	ids := []int64{a.ID}
	for a.Parent != 0 && !slices.Contains(ids, a.Parent) {
		ids = append(ids, a.Parent)
		a, _ = h.Agencies.Agency(a.Parent)
	}
	return ids
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
