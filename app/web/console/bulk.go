package console

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// bulkView is the page before an action with many cases: which will go, which
// won't and why.
type bulkView struct {
	Page    ui.Page
	Form    actionForm
	Token   string
	Going   []bulkLine
	Staying []bulkLine
	Problem string
	Away    *away // the chosen executor is
	Window  time.Duration
}

// bulkLine is one case of it.
type bulkLine struct {
	ID      int64
	Version int
	Number  string
	URL     string
	Topic   string
	Excerpt string
	Why     string // it stays, "" where it goes
}

// value names the case as the person saw it.
func (l bulkLine) value() string { return pickValue(l.ID, l.Version) }

func pickValue(id int64, version int) string {
	return strconv.FormatInt(id, 10) + ":" + strconv.Itoa(version)
}

// readPicks reads the chosen cases, each once.
func readPicks(values []string) []bulkLine {
	var out []bulkLine
	for _, v := range values {
		id, version, _ := strings.Cut(v, ":")
		line := bulkLine{ID: int64(atoi(id)), Version: atoi(version)}
		if line.ID > 0 && !slices.ContainsFunc(out, func(l bulkLine) bool { return l.ID == line.ID }) {
			out = append(out, line)
		}
	}
	return out
}

// bulkActions are what the person may do with many cases.
func bulkActions(ctx context.Context) []workflow.Action {
	var out []workflow.Action
	for _, action := range workflow.BulkActions {
		if workflow.MayEver(edge.Actor(ctx), action) {
			out = append(out, action)
		}
	}
	return out
}

// BulkAgain leads back to the list: the choice was not in the address.
func (h *Handlers) BulkAgain(c echo.Context) error {
	return edge.SeeOther(c, readQueue(c.QueryParams()).url("/console"))
}

// Bulk shows what would be done with the chosen cases, and holds it once it is
// confirmed.
func (h *Handlers) Bulk(c echo.Context) error {
	ctx, _ := h.begin(c)
	params, err := c.FormParams()
	if err != nil {
		return err
	}
	q := readQueue(c.QueryParams())
	f, ok := formOf(c.FormValue("action"))
	if !ok || !slices.Contains(bulkActions(ctx), f.action) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	picks := readPicks(params["id"])
	switch {
	case len(picks) == 0:
		return edge.SeeOther(c, q.url("/console", "bulk", "none"))
	case len(picks) > workflow.MaxBulk:
		return edge.SeeOther(c, q.url("/console", "bulk", "many"))
	}
	view := bulkView{Token: c.FormValue("token"), Window: h.cfg.Bulking.Window}
	if view.Token == "" {
		view.Token = rand.Text()
	}
	confirmed := c.FormValue("step") == "confirm"
	if was, err := h.cfg.Bulking.Bulks.FindBulkByToken(ctx, view.Token); err == nil && was.User == edge.Actor(ctx).User {
		return edge.SeeOther(c, q.url("/console", "bulk", strconv.FormatInt(was.ID, 10))) // pressed twice
	}
	cmd, err := h.weigh(ctx, &view, f, q, picks, c.FormValue, confirmed)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	status := http.StatusOK
	switch {
	case !confirmed:
		view.Form.Errors = nil
	case err != nil:
		status = edge.Status(err)
		view.Form.Errors = view.Form.errorsOf(ctx, err)
	case view.Away != nil:
		status = http.StatusConflict
	case len(view.Staying) > 0:
		status = http.StatusConflict
		view.Problem = ui.Plural(ctx, "bulk.changed", len(view.Staying))
	default:
		held, err := h.hold(ctx, view, cmd)
		if err == nil {
			return edge.SeeOther(c, q.url("/console", "bulk", strconv.FormatInt(held.ID, 10)))
		}
		if !fault.Is(err, fault.Conflict) {
			return err
		}
		status, view.Problem = edge.Status(err), ui.Message(ctx, err)
	}
	if view.Page, err = h.page(c, ui.T(ctx, "bulk.title."+string(f.action))); err != nil {
		return err
	}
	view.Page.Path, view.Page.Back, view.Page.Invalid = q.url("/console"), q.url("/console"), len(view.Form.Errors) > 0
	view.Page.Search.Value = ""
	return edge.Render(c, status, bulkPage(view))
}

func (h *Handlers) hold(ctx context.Context, view bulkView, cmd workflow.Command) (*workflow.Bulk, error) {
	items := make([]workflow.BulkItem, len(view.Going))
	for i, l := range view.Going {
		items[i] = workflow.BulkItem{Appeal: l.ID, Number: l.Number, Version: l.Version}
	}
	return h.cfg.Bulking.Hold(ctx, edge.Actor(ctx), view.Token, cmd, items)
}

// weigh sorts the cases into those that go and those that stay, by the rules of
// the engine and the version that the person saw. Until everything is filled in
// right, only who may do what counts. Wrong input is fault.Invalid.
func (h *Handlers) weigh(ctx context.Context, view *bulkView, f form, q queue, picks []bulkLine, value func(string) string, filled bool) (workflow.Command, error) {
	by := edge.Actor(ctx)
	ids := make([]int64, len(picks))
	for i, l := range picks {
		ids[i] = l.ID
	}
	cases, err := h.cfg.Reader.FindCases(ctx, ids)
	if err != nil {
		return workflow.Command{}, err
	}
	waiting, err := h.cfg.Bulking.Bulks.ListWaiting(ctx, ids)
	if err != nil {
		return workflow.Command{}, err
	}
	// One form asks for all: its executors are those of the first agency.
	common := workflow.Appeal{}
	for i := range cases {
		if workflow.Can(by, &cases[i].Appeal, f.action) == nil {
			common.Agency = cases[i].Appeal.Agency
			break
		}
	}
	if f.action == workflow.Redirect {
		common.Agency = 0 // each case is asked whether it may go there
	}
	drawn, err := h.form(ctx, f, by, &common, q)
	if err != nil {
		return workflow.Command{}, err
	}
	drawn.URL, drawn.Hops = q.url("/console/bulk"), -1
	cmd, wrong := h.command(&drawn, &common, value, func(key string) string { return ui.T(ctx, key) })
	if wrong == nil {
		wrong = missing(f, cmd)
	}
	view.Form = drawn
	n := h.names(ctx)
	for _, l := range picks {
		i := slices.IndexFunc(cases, func(c workflow.Case) bool { return c.Appeal.ID == l.ID })
		if i < 0 || !workflow.CanSee(by, &cases[i].Appeal) {
			continue // for this person there is no such case
		}
		a := &cases[i].Appeal
		l.Number, l.Topic, l.Excerpt, l.URL = a.Number, n.topic(a.Rubric), excerpt(a.Text), q.url(cardURL(a.ID))
		cmd.Version = l.Version
		var refused error
		switch {
		case slices.Contains(waiting, l.ID):
			refused = fault.New(fault.Conflict, "bulk.waits_elsewhere")
		case l.Version != a.Version:
			refused = fault.New(fault.Conflict, "bulk.changed_meanwhile")
		case filled && wrong == nil || len(f.inputs) == 0:
			refused = h.cfg.Engine.Try(ctx, by, &cases[i], cmd)
		default:
			refused = workflow.Can(by, a, f.action)
		}
		switch fault.KindOf(refused) {
		case "":
			view.Going = append(view.Going, l)
			continue
		case fault.Conflict, fault.Forbidden, fault.Invalid:
		default:
			return cmd, refused
		}
		key, params := workflow.Refusal(refused)
		if l.Why = sentence(ctx, key, params); key == "workflow.wrong_stage" {
			l.Why = ui.T(ctx, "bulk.wrong_stage", "stage", ui.T(ctx, "stage."+string(a.Stage)))
		}
		view.Staying = append(view.Staying, l)
	}
	if filled && wrong == nil && f.action == workflow.Assign {
		view.Away, err = h.isAway(ctx, common.Agency, cmd.Executor)
		if err == nil && view.Away != nil && view.Away.confirmed(value) {
			view.Away = nil
		}
		if view.Away != nil && view.Away.Substitute != 0 {
			view.Form.Values[inExecutor] = strconv.FormatInt(view.Away.Substitute, 10)
		}
	}
	cmd.Version = 0
	if err == nil {
		err = wrong
	}
	return cmd, err
}

// missing says what the form lacks for any case; the engine would say it of
// each.
func missing(f form, cmd workflow.Command) error {
	var check fault.Check
	if slices.Contains(f.inputs, inExecutor) {
		check.That(cmd.Executor != 0, string(inExecutor), "workflow.executor_required")
	}
	if slices.Contains(f.inputs, inAgency) {
		check.That(cmd.Agency != 0, string(inAgency), "workflow.agency_required")
	}
	if slices.Contains(f.inputs, inReason) {
		key := "workflow.reason_required"
		if cmd.Action == workflow.Sign {
			key = "workflow.flags_reason_required"
		}
		check.That(strings.TrimSpace(cmd.Reason) != "", string(inReason), key)
	}
	return check.Err()
}

// sentence is the text of a key with its parameters.
func sentence(ctx context.Context, key string, params map[string]any) string {
	e := fault.New(fault.Conflict, key)
	for name, v := range params {
		e = e.With(name, v)
	}
	return ui.Message(ctx, e)
}

// excerptLength is how much of a text a line shows, in characters.
const excerptLength = 120

func excerpt(text string) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= excerptLength {
		return string(r)
	}
	return string(r[:excerptLength]) + "…"
}
