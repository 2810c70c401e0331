package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// viewLink is a saved view above the list.
type viewLink struct {
	workflow.View
	URL       string
	Count     string // "" where it is not known
	Key       string // of the keyboard, "" after the ninth
	Current   bool
	MayChange bool
	Up, Down  int64 // the neighbours in its list, 0: none
	// Subscription is the person's to the view; zero where there is none.
	Subscription workflow.Subscription
}

// countPatience is how long a page waits for the counts of views. A view that
// can't be counted in that time is shown without.
const countPatience = 200 * time.Millisecond

// viewQuery is a queue as a view keeps it: how many rows a page has is not a
// part of it.
func viewQuery(q queue) string {
	q.Size = 0
	return q.values().Encode()
}

func (h *Handlers) listViews(ctx context.Context) ([]viewLink, error) {
	by := edge.Actor(ctx)
	list, err := h.cfg.Views.ListViews(ctx, by.User, by.Agencies())
	if err != nil {
		return nil, err
	}
	out := make([]viewLink, len(list))
	for i, v := range list {
		out[i] = viewLink{View: v, URL: readView(v).url("/console"), MayChange: v.MayChange(by)}
		if i < 9 {
			out[i].Key = "Digit" + strconv.Itoa(i+1)
		}
		if i > 0 && list[i-1].Agency == v.Agency {
			out[i].Up, out[i-1].Down = list[i-1].ID, v.ID
		}
	}
	return out, nil
}

// readView is the queue that a view stands for.
func readView(v workflow.View) queue {
	values, err := url.ParseQuery(v.Query)
	if err != nil {
		return queue{Tab: workflow.TabAll}
	}
	return readQueue(values)
}

// views are the person's, with their counts.
func (h *Handlers) views(ctx context.Context) ([]viewLink, error) {
	links, err := h.listViews(ctx)
	if err != nil {
		return nil, err
	}
	patience, stop := context.WithTimeout(ctx, countPatience)
	defer stop()
	var queries []workflow.InboxQuery
	var counted []int
	for i := range links {
		own := readView(links[i].View)
		query, wrong := h.query(ctx, own)
		switch {
		case wrong != nil:
		case own.Words == "":
			queries, counted = append(queries, query), append(counted, i)
		default:
			if n, err := h.countWords(patience, own, query); err == nil {
				links[i].Count = cappedText(ctx, n)
			}
		}
	}
	counts, err := h.cfg.Views.CountQueries(patience, queries)
	if err != nil {
		return links, nil // the views are of use without their counts
	}
	for k, i := range counted {
		links[i].Count = cappedText(ctx, counts[k])
	}
	return links, nil
}

// defaultView is where a person begins who has chosen a view for that.
func (h *Handlers) defaultView(links []viewLink) (queue, bool) {
	for _, v := range links {
		if v.Default {
			return readView(v.View), true
		}
	}
	return queue{}, false
}

// viewsPage is where views are put in order.
type viewsPage struct {
	Page   ui.Page
	Links  []viewLink
	Errors ui.Errors
	Wrong  int64  // the view whose new name is wrong
	Name   string // as typed
	Feed   string // the address of a feed that was just made
	FeedOf string // the view's name
	Mail   string // where letters go, "" where the person gave no address
}

// SaveView keeps the list that is open as a view. A name that is wrong is asked
// for again.
func (h *Handlers) SaveView(c echo.Context) error {
	ctx, _ := h.begin(c)
	by, q := edge.Actor(ctx), readQueue(c.QueryParams())
	if q.Tab == "" {
		q.Tab = workflow.TabAll
	}
	v := workflow.View{User: by.User, Name: c.FormValue("name"), Query: viewQuery(q)}
	if agency := int64(atoi(c.FormValue("agency"))); agency != 0 {
		if !workflow.MayShareView(by, agency) {
			return fault.New(fault.Forbidden, "error.forbidden")
		}
		v.Agency = agency
	}
	err := v.Check()
	if err == nil {
		err = h.cfg.Views.SaveView(ctx, &v)
	}
	switch fault.KindOf(err) {
	case "":
		return edge.SeeOther(c, q.url("/console"))
	case fault.Invalid, fault.Conflict:
		errs := ui.ErrorsOf(ctx, err)
		if len(errs) == 0 {
			errs = ui.Errors{{Name: "name", Text: ui.Message(ctx, err)}}
		}
		return h.showInbox(c, q, "", viewForm{Open: true, Name: v.Name, Errors: errs})
	default:
		return err
	}
}

// viewForm is the form by which the open list is saved.
type viewForm struct {
	Open     bool
	Name     string
	Errors   ui.Errors
	Agencies []ui.Option // with whom it may be shared
}

// shareable are the agencies with which the person may share views.
func (h *Handlers) shareable(ctx context.Context, by actor.Actor) []ui.Option {
	var out []ui.Option
	n := h.names(ctx)
	for _, agency := range by.Agencies() {
		if workflow.MayShareView(by, agency) {
			out = append(out, ui.Option{Value: idText(agency), Label: ui.T(ctx, "view.share_with", "agency", n.agency(agency))})
		}
	}
	return out
}

// Views shows the person's views, to be renamed, put in order and deleted.
func (h *Handlers) Views(c echo.Context) error {
	h.begin(c)
	return h.renderViews(c, http.StatusOK, viewsPage{})
}

func (h *Handlers) renderViews(c echo.Context, status int, view viewsPage) error {
	ctx := edge.Ctx(c)
	var err error
	if view.Links, err = h.views(ctx); err != nil {
		return err
	}
	if view.Page, err = h.page(c, ui.T(ctx, "view.title")); err != nil {
		return err
	}
	subscribed, err := h.subscriptions(ctx)
	if err != nil {
		return err
	}
	for i := range view.Links {
		view.Links[i].Subscription = subscribed[view.Links[i].ID]
	}
	view.Mail = edge.User(ctx).Email
	view.Page.Path, view.Page.Back, view.Page.Invalid = "/console/views", "/console", len(view.Errors) > 0
	return edge.Render(c, status, viewsScreen(view))
}

// ChangeView renames, moves, deletes a view, or begins with it.
func (h *Handlers) ChangeView(c echo.Context) error {
	ctx, _ := h.begin(c)
	by := edge.Actor(ctx)
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	links, err := h.listViews(ctx)
	if err != nil {
		return err
	}
	var v *viewLink
	for i := range links {
		if links[i].ID == id {
			v = &links[i]
		}
	}
	if v == nil {
		return fault.New(fault.NotFound, "error.not_found")
	}
	do := c.FormValue("do")
	if slices.Contains([]string{"subscribe", "feed_on", "feed_off"}, do) {
		own, err := h.subscriptions(ctx)
		if err != nil {
			return err
		}
		v.Subscription = own[v.ID]
		feed, err := h.subscribe(c, *v, do)
		if err != nil {
			return err
		}
		if feed != "" {
			return h.renderViews(c, http.StatusOK, viewsPage{Feed: feed, FeedOf: v.Name})
		}
		return edge.SeeOther(c, "/console/views")
	}
	if do != "default" && do != "no_default" && !v.MayChange {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	switch do {
	case "default":
		err = h.cfg.Views.SetDefaultView(ctx, by.User, id)
	case "no_default":
		err = h.cfg.Views.SetDefaultView(ctx, by.User, 0)
	case "delete":
		err = h.cfg.Views.DeleteView(ctx, id)
	case "up", "down":
		other := v.Up
		if do == "down" {
			other = v.Down
		}
		if other != 0 {
			err = h.cfg.Views.SwapViews(ctx, id, other)
		}
	case "rename":
		changed := v.View
		changed.Name = c.FormValue("name")
		if err = changed.Check(); err == nil {
			err = h.cfg.Views.SaveView(ctx, &changed)
		}
		if fault.Is(err, fault.Invalid) {
			return h.renderViews(c, edge.Status(err), viewsPage{Wrong: id, Name: c.FormValue("name"), Errors: ui.ErrorsOf(ctx, err)})
		}
	default:
		return fault.New(fault.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, "/console/views")
}

// nameField is the id of a view's field; that with a wrong name is where the
// summary of errors leads.
func nameField(id, wrong int64) string {
	if id == wrong {
		return "name"
	}
	return "name-" + strconv.FormatInt(id, 10)
}
