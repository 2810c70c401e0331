package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// pick says which of two texts stays.
type pick string

const (
	pickMine   pick = "mine"
	pickTheirs pick = "theirs"
	pickJoined pick = "join"
)

// rival is the text that somebody else saved while one wrote.
type rival struct {
	workflow.Answer
	By     string // who saved it
	Mine   []piece
	Theirs []piece
	Same   bool // the texts are alike, what differs is the outcome
}

// rivalOf compares what was typed with the draft as it stands now; nil where
// that is what the person saw.
func (h *Handlers) rivalOf(ctx context.Context, view *editor) *rival {
	d := view.Card.Draft
	if d == nil || d.Version == view.Draft || d.State != workflow.AnswerDraft {
		return nil
	}
	out := &rival{Answer: *d, By: h.names(ctx).user(d.Author), Same: sameText(d.Text, view.Text)}
	out.Mine, out.Theirs = compareWords(view.Text, d.Text)
	return out
}

// sameText compares texts as they are stored: browsers send other line ends,
// and what stands around is cut off.
func sameText(a, b string) bool { return plainText(a) == plainText(b) }

func plainText(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// adopt takes a draft that was saved meanwhile for the one that was seen, where
// nothing can be lost by that: it says the same, or it is what this very page
// sent before the connection broke and the answer never came.
func (e *editor) adopt(ctx context.Context, by int64, last string) {
	d := e.Card.Draft
	if d == nil || d.Version == e.Draft {
		return
	}
	same := sameText(d.Text, e.Text) && string(d.Outcome) == e.Outcome && sameText(d.Ground, e.Ground) &&
		(e.Outcome != string(workflow.Planned) || promisedDay(ctx, d) == e.Promised)
	if same || last != "" && d.Author == by && sameText(d.Text, last) {
		e.Draft = d.Version
	}
}

// promisedDay is the promised day as the form has it.
func promisedDay(ctx context.Context, a *workflow.Answer) string {
	if a.PromisedOn.IsZero() {
		return ""
	}
	return a.PromisedOn.Add(-time.Nanosecond).In(ui.Zone(ctx)).Format(time.DateOnly)
}

// choose takes the text that was picked on the page of a conflict. Theirs is
// what stands in the draft, as long as that is still the one that was shown.
func (e *editor) choose(c echo.Context) {
	switch pick(c.FormValue("pick")) {
	case pickMine:
		e.Text = c.FormValue("mine")
	case pickTheirs:
		d := e.Card.Draft
		if d == nil || d.Version != e.Draft {
			e.Text = c.FormValue("mine")
			return
		}
		e.Text, e.Outcome, e.Ground, e.Promised = d.Text, string(d.Outcome), d.Ground, promisedDay(edge.Ctx(c), d)
	default: // joined by hand, or no conflict at all: the text is in its field
	}
}

// rivalWords is «Анна Соколинская, 10:42».
func rivalWords(ctx context.Context, r *rival) string {
	if ui.Date(ctx, r.UpdatedAt) == ui.Date(ctx, ui.Now(ctx)) {
		return r.By + ", " + ui.Clock(ctx, r.UpdatedAt)
	}
	return r.By + ", " + ui.DateTime(ctx, r.UpdatedAt)
}

// renderLeft says that the case is another agency's now and keeps what was
// typed, to be copied. It shows nothing of the case.
func (h *Handlers) renderLeft(c echo.Context, words string) error {
	ctx := edge.Ctx(c)
	cause := fault.New(fault.NotFound, "console.left_agency")
	if strings.TrimSpace(words) == "" {
		return cause
	}
	page, err := h.page(c, ui.T(ctx, "console.title"))
	if err != nil {
		return err
	}
	page.Back = "/console"
	return edge.Render(c, http.StatusNotFound, leftPage(page, ui.Message(ctx, cause), words))
}

// typedAnywhere is every text of a form whose case can't be opened any more.
func typedAnywhere(c echo.Context) string {
	form, err := c.FormParams()
	if err != nil {
		return ""
	}
	var words []string
	for name, values := range form {
		if name != "text" && !strings.HasSuffix(name, "-"+string(inReason)) && !strings.HasSuffix(name, "-"+string(inText)) {
			continue
		}
		words = append(words, values...)
	}
	return strings.TrimSpace(strings.Join(words, "\n\n"))
}
