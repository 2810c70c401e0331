package console

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// bulkResult is how an action with many cases stands.
type bulkResult struct {
	Bulk  *workflow.Bulk
	URL   string // its own page
	Undo  string // where «take it back» goes
	Whole bool   // on its own page: with every case
	Lines []bulkLine
	Look  time.Duration // look again after it, 0: nothing changes any more
}

// lookAgain is how long after the window a page asks how it went.
const lookAgain = 1500 * time.Millisecond

// BulkResult shows how it went, case by case; for htmx, the notice alone.
func (h *Handlers) BulkResult(c echo.Context) error {
	ctx, _ := h.begin(c)
	q := readQueue(c.QueryParams())
	view, err := h.findBulk(c, q)
	if err != nil {
		return err
	}
	if edge.HTMX(c) {
		return edge.Render(c, http.StatusOK, bulkNotice(view))
	}
	return h.renderBulk(c, http.StatusOK, q, view, ui.T(ctx, "bulk.result"))
}

// UndoBulk takes it back while it is held. Too late, it says what was done.
func (h *Handlers) UndoBulk(c echo.Context) error {
	ctx, _ := h.begin(c)
	q := readQueue(c.QueryParams())
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	switch err := h.cfg.Bulking.Cancel(ctx, edge.Actor(ctx), id); fault.KindOf(err) {
	case "":
		return edge.SeeOther(c, q.url("/console", "bulk", strconv.FormatInt(id, 10)))
	case fault.Conflict:
		view, again := h.findBulk(c, q)
		if again != nil {
			return again
		}
		if view.Bulk.State == workflow.BulkCancelled { // pressed twice
			return edge.SeeOther(c, q.url("/console", "bulk", strconv.FormatInt(id, 10)))
		}
		return h.renderBulk(c, edge.Status(err), q, view, ui.T(ctx, "bulk.too_late"))
	default:
		return err
	}
}

func (h *Handlers) renderBulk(c echo.Context, status int, q queue, view bulkResult, title string) error {
	page, err := h.page(c, title)
	if err != nil {
		return err
	}
	page.Back, page.Search.Value = q.url("/console"), ""
	view.Whole = true
	return edge.Render(c, status, bulkResultPage(page, view))
}

// findBulk loads that of the path. Another's doesn't exist.
func (h *Handlers) findBulk(c echo.Context, q queue) (bulkResult, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return bulkResult{}, err
	}
	return h.bulkResult(edge.Ctx(c), q, id)
}

func (h *Handlers) bulkResult(ctx context.Context, q queue, id int64) (bulkResult, error) {
	b, err := h.cfg.Bulking.Bulks.FindBulk(ctx, id)
	if err != nil {
		return bulkResult{}, err
	}
	if b.User != edge.Actor(ctx).User {
		return bulkResult{}, fault.New(fault.NotFound, "error.not_found")
	}
	own := "/console/bulk/" + strconv.FormatInt(id, 10)
	view := bulkResult{Bulk: b, URL: q.url(own), Undo: q.url(own + "/undo")}
	for _, item := range b.Items {
		l := bulkLine{ID: item.Appeal, Number: item.Number, URL: q.url(cardURL(item.Appeal))}
		if item.State == workflow.ItemRefused {
			l.Why = sentence(ctx, item.Why, item.Params)
			if item.Why == "workflow.stale" {
				l.Why = ui.T(ctx, "bulk.changed_meanwhile")
			}
		}
		view.Lines = append(view.Lines, l)
	}
	switch b.State {
	case workflow.BulkHeld:
		view.Look = max(b.RunAt.Sub(ui.Now(ctx)), 0) + lookAgain
	case workflow.BulkRunning:
		view.Look = lookAgain
	case workflow.BulkDone, workflow.BulkCancelled:
	}
	return view, nil
}

// bulkNoticeOf is what stands above the list after an action with many cases:
// nil where the address names none of the person's.
func (h *Handlers) bulkNoticeOf(ctx context.Context, q queue, id string) *bulkResult {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	view, err := h.bulkResult(ctx, q, n)
	if err != nil {
		return nil // the list is of use without
	}
	return &view
}

func (r bulkResult) again() string {
	return "load delay:" + strconv.FormatInt(r.Look.Milliseconds(), 10) + "ms"
}

// untilWords is until when it can be taken back, to the second.
func (r bulkResult) untilWords(ctx context.Context) string {
	return r.Bulk.RunAt.In(ui.Zone(ctx)).Format("15:04:05")
}
