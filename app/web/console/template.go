package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

const templatesURL = "/console/templates"

// templateDone are what the list says after a change.
var templateDone = []string{"create", "change", "retire", "restore"}

// templateAgencies lists the agencies whose templates the person may change; 0
// among them stands for those of all agencies.
func templateAgencies(by actor.Actor) []int64 {
	return slices.DeleteFunc(append(by.Agencies(), 0), func(agency int64) bool { return !workflow.MayChangeTemplates(by, agency) })
}

// templatesPage is the list of templates.
type templatesPage struct {
	Page   ui.Page
	Done   string // what was just done, "" for nothing
	Groups []templateGroup
}

// templateGroup is the templates of one agency, or those of all.
type templateGroup struct {
	Title   string
	NewURL  string // "" where the reader may not change them
	Lines   []templateLine
	Retired []templateLine
}

type templateLine struct {
	workflow.AnswerTemplate
	URL   string // where it is changed, or an own one is made of it
	Topic string
	By    string // who changed it last, "" where nobody did
}

// Templates lists the texts that answers begin with.
func (h *Handlers) Templates(c echo.Context) error {
	ctx, _ := h.begin(c)
	own := templateAgencies(edge.Actor(ctx))
	if len(own) == 0 {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	view := templatesPage{}
	if done := c.QueryParam("done"); slices.Contains(templateDone, done) {
		view.Done = done
	}
	shown := slices.Clone(own)
	if !slices.Contains(shown, 0) {
		shown = append(shown, 0)
	}
	list, err := h.cfg.Templates.ListTemplatesOf(ctx, shown)
	if err != nil {
		return err
	}
	for _, agency := range shown {
		view.Groups = append(view.Groups, h.templateGroup(ctx, agency, own, list))
	}
	if view.Page, err = h.page(c, ui.T(ctx, "template.title")); err != nil {
		return err
	}
	view.Page.Path = templatesURL
	return edge.Render(c, http.StatusOK, templatesScreen(view))
}

func (h *Handlers) templateGroup(ctx context.Context, agency int64, own []int64, list []workflow.AnswerTemplate) templateGroup {
	n := h.names(ctx)
	g := templateGroup{Title: ui.T(ctx, "template.of_all")}
	if agency != 0 {
		g.Title = n.agency(agency)
	}
	may := slices.Contains(own, agency)
	if may {
		g.NewURL = templatesURL + "/new?agency=" + strconv.FormatInt(agency, 10)
	}
	for _, t := range list {
		if t.Agency != agency {
			continue
		}
		line := templateLine{AnswerTemplate: t, Topic: ui.T(ctx, "template.every_topic")}
		if t.Rubric != "" {
			line.Topic = n.branch(t.Rubric)
		}
		if t.ChangedBy != 0 {
			line.By = n.user(t.ChangedBy)
		}
		if may {
			line.URL = templateURL(t.ID)
		} else {
			line.URL = templatesURL + "/new?from=" + strconv.FormatInt(t.ID, 10)
		}
		if t.RetiredAt.IsZero() {
			g.Lines = append(g.Lines, line)
		} else if may {
			g.Retired = append(g.Retired, line)
		}
	}
	return g
}

func templateURL(id int64) string { return templatesURL + "/" + strconv.FormatInt(id, 10) }

// templateForm is the editor of a template.
type templateForm struct {
	Page     ui.Page
	T        workflow.AnswerTemplate // as it stands in the fields
	Own      []int64
	Agencies []ui.Option // to choose from for a new one, nil where there is one
	Agency   string      // whose it is, in words
	Topics   []ui.Option
	Places   []templatePlace
	Example  string // number of the appeal whose values are shown
	Preview  preview
	Rival    *templateRival
	Errors   ui.Errors
}

// templatePlace explains a place of a template.
type templatePlace struct{ Name, About, Value string }

// preview is the text with the values of an example in its places.
type preview struct {
	Text    string
	Missing []string // places without a value, and what the officer is to write
}

// templateRival is what somebody else saved meanwhile.
type templateRival struct {
	workflow.AnswerTemplate
	By     string
	Mine   []piece
	Theirs []piece
}

// NewTemplate asks for a new one, begun from another where the address names it.
func (h *Handlers) NewTemplate(c echo.Context) error {
	ctx, _ := h.begin(c)
	own := templateAgencies(edge.Actor(ctx))
	if len(own) == 0 {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	view := templateForm{Own: own, T: workflow.AnswerTemplate{Agency: own[0]}}
	if from, err := strconv.ParseInt(c.QueryParam("from"), 10, 64); err == nil {
		source, err := h.cfg.Templates.FindTemplate(ctx, from)
		if err != nil {
			return err
		}
		if source.Agency != 0 && !slices.Contains(own, source.Agency) {
			return fault.New(fault.NotFound, "error.not_found")
		}
		view.T = workflow.AnswerTemplate{Agency: own[0], Rubric: source.Rubric, Name: source.Name, Outcome: source.Outcome, Body: source.Body}
	}
	if agency, err := strconv.ParseInt(c.QueryParam("agency"), 10, 64); err == nil && slices.Contains(own, agency) {
		view.T.Agency = agency
	}
	return h.renderTemplate(c, http.StatusOK, view)
}

// Template shows one to be changed.
func (h *Handlers) Template(c echo.Context) error {
	h.begin(c)
	view, err := h.findTemplate(c)
	if err != nil {
		return err
	}
	return h.renderTemplate(c, http.StatusOK, view)
}

// findTemplate loads the template of the path. One that the person may not
// change doesn't exist for them.
func (h *Handlers) findTemplate(c echo.Context) (templateForm, error) {
	ctx := edge.Ctx(c)
	view := templateForm{Own: templateAgencies(edge.Actor(ctx))}
	id, err := edge.ID(c, "id")
	if err != nil {
		return view, err
	}
	found, err := h.cfg.Templates.FindTemplate(ctx, id)
	if err != nil {
		return view, err
	}
	if !slices.Contains(view.Own, found.Agency) {
		return view, fault.New(fault.NotFound, "error.not_found")
	}
	view.T = *found
	return view, nil
}

// CreateTemplate saves a new one.
func (h *Handlers) CreateTemplate(c echo.Context) error {
	ctx, _ := h.begin(c)
	view := templateForm{Own: templateAgencies(edge.Actor(ctx))}
	if len(view.Own) == 0 {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	agency, err := strconv.ParseInt(c.FormValue("agency"), 10, 64)
	if err != nil || !slices.Contains(view.Own, agency) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	view.T.Agency = agency
	return h.saveTemplate(c, view, "create")
}

// ChangeTemplate saves, retires or brings back the template of the path.
func (h *Handlers) ChangeTemplate(c echo.Context) error {
	h.begin(c)
	view, err := h.findTemplate(c)
	if err != nil {
		return err
	}
	return h.saveTemplate(c, view, "change")
}

func (h *Handlers) saveTemplate(c echo.Context, view templateForm, done string) error {
	ctx, now := edge.Ctx(c), ui.Now(edge.Ctx(c))
	stored := view.T
	view.T.Name = lang.Text{RU: c.FormValue("name"), EN: c.FormValue("name_en")}
	view.T.Body, view.T.Rubric, view.T.Outcome = c.FormValue("text"), c.FormValue("topic"), workflow.Outcome(c.FormValue("outcome"))
	view.T.Version, view.Example = atoi(c.FormValue("version")), c.FormValue("example")
	switch c.FormValue("do") {
	case "preview":
		return h.renderTemplate(c, http.StatusOK, view)
	case "retire":
		view.T.RetiredAt, done = now, "retire"
	case "restore":
		view.T.RetiredAt, done = time.Time{}, "restore"
	}
	err := view.T.Check()
	if _, known := h.cfg.Rubrics.Book().Tree.Find(view.T.Rubric); err == nil && !known && view.T.Rubric != stored.Rubric {
		err = &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: []fault.Field{{Name: "topic", Key: "error.unknown_choice"}}}
	}
	if err == nil {
		err = h.cfg.Templates.SaveTemplate(ctx, &view.T, edge.Actor(ctx))
	}
	switch fault.KindOf(err) {
	case "":
		return edge.SeeOther(c, templatesURL+"?done="+done)
	case fault.Invalid:
		view.Errors = ui.ErrorsOf(ctx, err)
	case fault.Conflict:
		latest, found := h.cfg.Templates.FindTemplate(ctx, stored.ID)
		if found != nil {
			return found
		}
		view.rival(h.names(ctx), *latest)
	default:
		return err
	}
	view.T.RetiredAt = stored.RetiredAt
	return h.renderTemplate(c, edge.Status(err), view)
}

// rival shows what somebody else saved beside what was typed, which replaces it
// when it is sent once more.
func (f *templateForm) rival(n names, latest workflow.AnswerTemplate) {
	f.Rival = &templateRival{AnswerTemplate: latest, By: n.user(latest.ChangedBy)}
	f.Rival.Mine, f.Rival.Theirs = compareWords(f.T.Body, latest.Body)
	f.T.Version = latest.Version
}
