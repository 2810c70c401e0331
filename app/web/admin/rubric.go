package admin

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
)

// nodePage is the page of one node.
type nodePage struct {
	*workshop
	Page      ui.Page
	Node      *rubricator.Rubric // as it stands in the draft
	In        nodeForm           // as it is typed
	Seen      string
	Errors    ui.Errors
	Changed   bool // somebody else changed the node meanwhile
	Typed     bool // the page brings what was typed
	Above     []*rubricator.Rubric
	Sections  []ui.Option // where it can go
	Topics    []ui.Option
	Removable bool
	Published bool
	Preview   previewView
}

// Node shows one node with its form.
func (h *Handlers) Node(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	r, ok := w.draft.Find(c.Param("code"))
	if !ok {
		return fault.New(fault.NotFound, "rubricator.node_gone")
	}
	return h.node(c, w, http.StatusOK, nodePage{Node: r, In: newNodeForm(r), Seen: r.Seen()})
}

func (h *Handlers) node(c echo.Context, w *workshop, status int, view nodePage) error {
	var err error
	view.workshop = w
	if view.Page, err = h.Frame(c, view.Node.Name.In(ui.Lang(w))); err != nil {
		return err
	}
	if view.Page.Title == "" {
		view.Page.Title = view.Node.Code
	}
	view.Page.Back, view.Page.Invalid = treeAt(view.Node.Code), len(view.Errors) > 0
	for _, p := range w.wrong(view.Node.Code) {
		if field := formField(p.Field); view.Errors.Of(field) == "" {
			view.Errors = append(view.Errors, ui.FieldError{Name: field, Text: problemWords(w, p)})
		}
	}
	for n := view.Node.Parent(); n != nil; n = n.Parent() {
		view.Above = append([]*rubricator.Rubric{n}, view.Above...)
	}
	view.Sections = []ui.Option{{Value: "", Label: ui.T(w, "tree.move.top")}}
	w.tree.Walk(func(r *rubricator.Rubric) {
		depth := strings.Repeat("— ", len(r.Path())-1)
		switch {
		case !r.Leaf() && !isBelow(r, view.Node):
			view.Sections = append(view.Sections, ui.Option{Value: r.Code, Label: depth + w.name(r.Code)})
		case r.Leaf() && !r.Retired && r != view.Node:
			view.Topics = append(view.Topics, ui.Option{Value: r.Code, Label: w.name(r.Code), Group: w.name(r.Category().Code)})
		}
	})
	was, published := w.old.Find(view.Node.Code)
	view.Published = published && was.Leaf()
	view.Removable = rubricator.Removable(w.old, view.Node)
	typed, _ := view.In.rubric()
	view.Preview = h.previewOf(w, view.Node, typed)
	return edge.Render(c, status, rubricPage(view))
}

func isBelow(r, above *rubricator.Rubric) bool {
	for n := r; n != nil; n = n.Parent() {
		if n == above {
			return true
		}
	}
	return false
}

// SaveNode saves the form of a node, and does what the pressed button says with
// its questions.
func (h *Handlers) SaveNode(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	code := c.Param("code")
	values, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	in, seen := readNodeForm(values), c.FormValue("draft")
	focus := in.press(c.FormValue("do"))
	to, err := in.rubric()
	if err == nil {
		err = h.change(w, func(d *rubricator.Draft) error { return d.Set(code, seen, to) })
	}
	r, there := w.draft.Find(code)
	switch {
	case err == nil:
		return edge.SeeOther(c, nodeURL(code)+focus)
	case !there, !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict):
		return err
	case fault.Is(err, fault.Invalid):
		return h.node(c, w, http.StatusUnprocessableEntity, nodePage{Node: r, In: in, Seen: seen, Typed: true, Errors: ui.ErrorsOf(w, err)})
	}
	// Saving once more puts what is typed over what the other saved: who sees
	// both may.
	return h.node(c, w, http.StatusConflict, nodePage{Node: r, In: in, Seen: r.Seen(), Typed: true, Changed: true})
}

// PreviewNode shows how a citizen would see the form's fields, unsaved.
func (h *Handlers) PreviewNode(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	r, ok := w.draft.Find(c.Param("code"))
	if !ok {
		return fault.New(fault.NotFound, "rubricator.node_gone")
	}
	values, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	in := readNodeForm(values)
	typed, _ := in.rubric()
	return edge.Render(c, http.StatusOK, preview(h.previewOf(w, r, typed)))
}

// ChangeNode retires, revives or removes a node.
func (h *Handlers) ChangeNode(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	code, then := c.Param("code"), nodeURL(c.Param("code"))
	r, ok := w.draft.Find(code)
	if !ok {
		return fault.New(fault.NotFound, "rubricator.node_gone")
	}
	switch c.FormValue("do") {
	case "retire":
		return h.retire(c, w, r)
	case "revive":
		err = h.change(w, func(d *rubricator.Draft) error { return d.Revive(code) })
	case "remove":
		then = rubricatorURL
		if r.Parent() != nil {
			then = treeAt(r.Parent().Code)
		}
		err = h.change(w, func(d *rubricator.Draft) error { return d.Remove(code, w.old) })
	default:
		err = fault.New(fault.Invalid, "error.invalid")
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, then)
}

// newNode is the form of a node that is not there yet.
type newNode struct {
	*workshop
	Page     ui.Page
	Parent   string
	Code     string
	NameRU   string
	NameEN   string
	Errors   ui.Errors
	Sections []ui.Option
}

// NewNode asks for the name of a new node.
func (h *Handlers) NewNode(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	return h.newNode(c, w, http.StatusOK, newNode{Parent: c.QueryParam("in")})
}

func (h *Handlers) newNode(c echo.Context, w *workshop, status int, view newNode) error {
	var err error
	view.workshop = w
	if view.Page, err = h.Frame(c, ui.T(w, "tree.new.title")); err != nil {
		return err
	}
	view.Page.Back, view.Page.Invalid = rubricatorURL, len(view.Errors) > 0
	view.Sections = []ui.Option{{Value: "", Label: ui.T(w, "tree.move.top")}}
	w.tree.Walk(func(r *rubricator.Rubric) {
		if was, ok := w.old.Find(r.Code); !r.Leaf() || !ok || !was.Leaf() {
			view.Sections = append(view.Sections, ui.Option{Value: r.Code, Label: strings.Repeat("— ", len(r.Path())-1) + w.name(r.Code)})
		}
	})
	return edge.Render(c, status, newNodePage(view))
}

// CreateNode adds a node to the draft.
func (h *Handlers) CreateNode(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	view := newNode{
		Parent: c.FormValue("parent"), Code: intake.Tidy(c.FormValue("code")),
		NameRU: intake.Tidy(c.FormValue("name_ru")), NameEN: intake.Tidy(c.FormValue("name_en")),
	}
	code := view.Code
	var check fault.Check
	check.That(view.NameRU != "", "name_ru", "rubric.check.name")
	if err = check.Err(); err == nil {
		err = h.change(w, func(d *rubricator.Draft) error {
			if view.Code == "" {
				code = d.FreeCode(view.Parent, view.NameRU)
			}
			return d.Add(view.Parent, &rubricator.Rubric{Code: code, Name: lang.Text{RU: view.NameRU, EN: view.NameEN}}, w.old)
		})
	}
	if fault.Is(err, fault.Invalid) {
		view.Errors = ui.ErrorsOf(w, err)
		return h.newNode(c, w, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, nodeURL(code))
}

// retirement is the page on which topics are retired in favour of others.
type retirement struct {
	*workshop
	Page   ui.Page
	Node   *rubricator.Rubric
	Topics []ui.Option
	Also   []string // topics that are retired with it
	Into   []string // topics that take their place
	Fresh  string   // names of new ones, one in a line, «Русское | English»
	Errors ui.Errors
}

// Retirement asks what takes the place of a topic: merge, split or neither.
func (h *Handlers) Retirement(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	r, ok := w.draft.Find(c.Param("code"))
	if !ok || !r.Leaf() {
		return fault.New(fault.NotFound, "rubricator.node_gone")
	}
	return h.retirement(c, w, http.StatusOK, retirement{Node: r, Into: r.Successors})
}

// places are how many topics the page asks for at once, of each kind.
const retirePlaces = 3

func (h *Handlers) retirement(c echo.Context, w *workshop, status int, view retirement) error {
	var err error
	view.workshop = w
	if view.Page, err = h.Frame(c, ui.T(w, "tree.retire.title")); err != nil {
		return err
	}
	view.Page.Back, view.Page.Invalid = nodeURL(view.Node.Code), len(view.Errors) > 0
	for _, r := range w.tree.Leaves() {
		if r.Code != view.Node.Code {
			view.Topics = append(view.Topics, ui.Option{Value: r.Code, Label: w.name(r.Code), Group: w.name(r.Category().Code)})
		}
	}
	for len(view.Also) < retirePlaces {
		view.Also = append(view.Also, "")
	}
	for len(view.Into) < retirePlaces {
		view.Into = append(view.Into, "")
	}
	return edge.Render(c, status, retirePage(view))
}

func (h *Handlers) retire(c echo.Context, w *workshop, r *rubricator.Rubric) error {
	view := retirement{Node: r, Fresh: c.FormValue("fresh")}
	values, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	view.Also, view.Into = chosenTopics(values["also"]), chosenTopics(values["into"])
	names := names(view.Fresh)
	err = h.change(w, func(d *rubricator.Draft) error {
		how := rubricator.Retirement{Codes: append([]string{r.Code}, view.Also...), Successors: view.Into}
		parent := ""
		if r.Parent() != nil {
			parent = r.Parent().Code
		}
		taken := map[string]bool{}
		for _, name := range names {
			code := d.FreeCode(parent, name.RU)
			if taken[code] {
				return &fault.Error{Kind: fault.Invalid, Key: "rubricator.code_taken", Fields: []fault.Field{{Name: "fresh", Key: "tree.retire.same_names"}}}
			}
			taken[code] = true
			how.Fresh = append(how.Fresh, &rubricator.Rubric{Code: code, Name: name})
		}
		return d.Retire(how)
	})
	if fault.Is(err, fault.Invalid) {
		e := fault.As(err)
		for i, f := range e.Fields {
			switch f.Name {
			case "codes":
				e.Fields[i].Name = "also"
			case "successors":
				e.Fields[i].Name = "into"
			}
		}
		view.Errors = ui.ErrorsOf(w, e)
		return h.retirement(c, w, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, treeAt(r.Code))
}

func chosenTopics(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// names reads «Русское | English», one in a line.
func names(typed string) []lang.Text {
	var out []lang.Text
	for line := range strings.Lines(typed) {
		ru, en, _ := strings.Cut(line, "|")
		if t := (lang.Text{RU: intake.Tidy(ru), EN: intake.Tidy(en)}); t.RU != "" {
			out = append(out, t)
		}
	}
	return out
}

// File gives the tree of the draft, or of a version, as YAML.
func (h *Handlers) File(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	if len(w.draft.Roots) == 0 {
		return fault.New(fault.NotFound, "rubric.none_published")
	}
	c.Response().Header().Set(echo.HeaderContentType, "application/yaml; charset=utf-8")
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="rubricator.yaml"`)
	return w.tree.WriteYAML(c.Response())
}

// ImportFile takes a tree from YAML as the tree of the draft.
func (h *Handlers) ImportFile(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxUpload)
	if _, err := edge.Multipart(c); err != nil {
		return fault.Wrap(fault.Invalid, "tree.file.unreadable", err)
	}
	file, err := c.FormFile("file")
	if err != nil {
		return h.tree(c, w, http.StatusUnprocessableEntity, ui.Errors{{Name: "file", Text: ui.T(w, "admin.calendar.file_required")}})
	}
	f, err := file.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	read, err := rubricator.ParseYAML(f)
	if err == nil {
		err = read.Keeps(w.old)
	}
	var lines fault.Lines
	if errors.As(err, &lines) {
		errs := ui.Errors{}
		const most = 20
		for _, l := range lines[:min(most, len(lines))] {
			errs = append(errs, ui.FieldError{Name: "file", Text: l.String()})
		}
		return h.tree(c, w, http.StatusUnprocessableEntity, errs)
	}
	if err != nil {
		return err
	}
	version := w.draft.Version
	open := w.open()
	err = h.change(w, func(d *rubricator.Draft) error {
		if open && d.Version != version {
			return fault.New(fault.Conflict, "rubricator.draft_changed")
		}
		d.Roots = read.Roots
		return nil
	})
	if err != nil {
		return err
	}
	return edge.SeeOther(c, rubricatorURL+"/changes")
}
