package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// noticesShown is how many notices are listed, the newest.
const noticesShown = 100

// Notices lists what the officer was told.
func (h *Handlers) Notices(c echo.Context) error {
	ctx, _ := h.begin(c)
	page, err := h.page(c, ui.T(ctx, "console.notices.title"))
	if err != nil {
		return err
	}
	list, err := h.cfg.Notices.ListNotices(ctx, edge.User(ctx).ID, noticesShown)
	if err != nil {
		return err
	}
	bursts, err := h.bursts(ctx, list)
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, noticesPage(page, list, bursts))
}

// bursts are where and about what the bursts are of which notices tell.
func (h *Handlers) bursts(ctx context.Context, list []notify.Notice) (map[int]string, error) {
	isBurst := func(n notify.Notice) bool { return n.Appeal == 0 }
	if h.cfg.Alerts == nil || !slices.ContainsFunc(list, isBurst) {
		return nil, nil
	}
	alerts, err := h.cfg.Alerts.ListAlerts(ctx, noticesShown)
	n, out := h.names(ctx), map[int]string{}
	for _, a := range alerts {
		out[int(a.ID)] = n.territory(a.Territory) + ", " + n.topic(a.Rubric)
	}
	return out, err
}

// SeeNotices marks them all as seen.
func (h *Handlers) SeeNotices(c echo.Context) error {
	ctx := edge.Ctx(c)
	if err := h.cfg.Notices.MarkSeen(ctx, edge.User(ctx).ID); err != nil {
		return err
	}
	return edge.SeeOther(c, "/console/notices")
}

// noticeURL is the case that a notice is about; one of no case is of a burst.
func noticeURL(n notify.Notice) string {
	if n.Appeal == 0 {
		return "/dashboard/alerts#alert-" + strconv.Itoa(n.Event)
	}
	return "/console/appeals/" + strconv.FormatInt(n.Appeal, 10)
}

func unseen(list []notify.Notice) (n int) {
	for _, one := range list {
		if !one.Seen {
			n++
		}
	}
	return n
}
