package console

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// meantime is what an open card is told: who else is there, and what happened
// since it was drawn.
type meantime struct {
	Company []companion
	Changes []ui.TimelineItem
	URL     string // the card as it is now
}

// companion is somebody else at the card.
type companion struct {
	Name    string
	Writing bool
	Since   time.Time
}

// words is «Иванова Анна пишет ответ с 10:42».
func (c companion) words(ctx context.Context) string {
	key := "live.looks"
	if c.Writing {
		key = "live.writes"
	}
	return ui.T(ctx, key, "name", c.Name, "clock", ui.Clock(ctx, c.Since))
}

// Meantime answers with the fragment for an open card.
func (h *Handlers) Meantime(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	u := edge.User(ctx)
	view := meantime{URL: cardURL(found.Appeal.ID)}
	for _, e := range found.Events {
		if seen := atoi(c.QueryParam("seen")); seen > 0 && e.N > seen && e.Actor != u.ID {
			view.Changes = append(view.Changes, h.item(ctx, e).TimelineItem)
		}
	}
	if h.cfg.Hub != nil {
		if view.Company, err = h.company(ctx, found.Appeal.ID, u.ID); err != nil {
			return err
		}
	}
	return edge.Render(c, http.StatusOK, meantimeFragment(view))
}

func (h *Handlers) company(ctx context.Context, appeal, user int64) ([]companion, error) {
	list, err := h.cfg.Hub.Company(ctx, appeal, user)
	if err != nil {
		return nil, err
	}
	var out []companion
	for _, p := range list {
		if who, ok := h.cfg.Directory.User(p.User); ok {
			out = append(out, companion{who.Name, p.Writing, p.Since})
		}
	}
	return out, nil
}

// Writing notes that somebody types on a card.
func (h *Handlers) Writing(c echo.Context) error {
	found, err := h.find(c)
	if err != nil {
		return err
	}
	if h.cfg.Hub == nil {
		return fault.New(fault.NotFound, "error.not_found")
	}
	h.cfg.Hub.Writing(found.Appeal.ID, edge.User(edge.Ctx(c)).ID)
	return c.NoContent(http.StatusNoContent)
}
