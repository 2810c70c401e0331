package console

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/workflow"
)

// keepName names words in the browser: those of one case and action.
func keepName(appeal int64, action workflow.Action) string {
	return strconv.FormatInt(appeal, 10) + ":" + string(action)
}

// lastOwn is the number of the user's latest event of the action, 0 for none:
// words that were on their way before it have arrived.
func lastOwn(found *workflow.Case, user int64, action workflow.Action) int {
	for i := len(found.Events) - 1; i >= 0; i-- {
		if e := found.Events[i]; e.Actor == user && e.Action == action {
			return e.N
		}
	}
	return 0
}

// saved is the answer to a page that saves by itself.
type saved struct {
	Draft int    `json:"draft"`
	Saved string `json:"saved"` // «Сохранено в 10:42»
}

// KeepAnswer saves the answer in the making while it is typed. Its errors are
// for the script; a conflict it shows by sending the form.
func (h *Handlers) KeepAnswer(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	view := h.editor(ctx, found, queue{})
	view.read(c)
	view.adopt(ctx, edge.User(ctx).ID, c.FormValue("last"))
	draft, err := h.saveText(c, found, &view)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, saved{draft.Version, savedWords(ctx, draft.UpdatedAt)})
}

// saveText keeps what stands in the editor over the draft that was seen.
func (h *Handlers) saveText(c echo.Context, found *workflow.Case, view *editor) (*workflow.Answer, error) {
	ctx := edge.Ctx(c)
	promised, err := view.promised(c)
	if err != nil {
		return nil, err
	}
	return h.cfg.Engine.SaveAnswerDraft(ctx, edge.Actor(ctx), found.Appeal.ID, view.seenDraft(), view.Text,
		workflow.Outcome(view.Outcome), promised, view.Ground)
}

// savedLine says when the draft was saved, unless the page says so already.
func savedLine(ctx context.Context, view editor) string {
	if view.SavedAt.IsZero() || view.Done != "" || view.Typed {
		return ""
	}
	return savedWords(ctx, view.SavedAt)
}
