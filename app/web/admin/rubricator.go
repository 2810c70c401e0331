package admin

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
)

// mostUndone is how many changes of a kind the note on the last one lists.
const mostUndone = 5

// rubricatorURL is the address of the tree.
const rubricatorURL = "/admin/rubricator"

// workshop is the tree as one request of an administrator sees it: the draft,
// or what is in force where there is none.
type workshop struct {
	context.Context //nolint:containedctx // one request's, for words
	by              actor.Actor
	old             *rubricator.Tree  // in force
	draft           *rubricator.Draft // ID is 0 where none is open
	tree            *rubricator.Tree  // of the draft
	problems        []rubricator.Problem
	diff            rubricator.Diff
}

// enter opens the workshop to administrators of the system.
func (h *Handlers) enter(c echo.Context) (*workshop, error) {
	ctx, by, err := h.beginSystem(c)
	if err != nil {
		return nil, err
	}
	w := &workshop{Context: ctx, by: by}
	if w.old, err = h.Editor.InForce(ctx); err != nil {
		return nil, err
	}
	w.draft, err = h.Editor.Draft(ctx, by)
	if fault.Is(err, fault.NotFound) {
		w.draft, err = &rubricator.Draft{Base: w.old.Version, Roots: w.old.Roots}, nil
	}
	if err != nil {
		return nil, err
	}
	w.look()
	return w, nil
}

func (w *workshop) look() {
	w.tree, w.problems = rubricator.Check(w.draft.Roots, w.old)
	w.diff = nil
	if w.open() {
		w.diff = rubricator.Differ(w.old, w.tree)
	}
}

// open reports whether there is a draft.
func (w *workshop) open() bool { return w.draft.ID != 0 }

// wrong lists what is wrong with a node.
func (w *workshop) wrong(code string) []rubricator.Problem {
	return slices.DeleteFunc(slices.Clone(w.problems), func(p rubricator.Problem) bool { return p.Rubric != code })
}

// name is how a node is called, its code where it has no name.
func (w *workshop) name(code string) string {
	for _, t := range []*rubricator.Tree{w.tree, w.old} {
		if r, ok := t.Find(code); ok && !r.Name.Empty() {
			return r.Name.In(ui.Lang(w))
		}
	}
	return code
}

// treePage is the page of the tree.
type treePage struct {
	*workshop
	Page     ui.Page
	Sections []ui.Tab
	Query    string
	Items    []treeItem
	Found    int
	By       string // who changed the draft last
	Last     *lastChange
	Errors   ui.Errors
	Stale    bool // something else came into force since the draft was begun
	Wrong    []problemLine
}

// treeItem is one node as the tree shows it.
type treeItem struct {
	Code, Name, URL string
	Leaf, Retired   bool
	Open            bool // a section that is unfolded
	Count           int  // topics in use below
	Wrong           int  // problems of it and of those below
	Marks           []rubricator.ChangeKind
	Children        []treeItem
}

// lastChange is what can be taken back.
type lastChange struct {
	Groups     []changeGroup
	Come, Gone int // rules
	Emptied    bool
}

// problemLine is one thing that is wrong, with the node where it is mended.
type problemLine struct{ Name, URL, Text string }

// Rubricator shows the tree.
func (h *Handlers) Rubricator(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	return h.tree(c, w, http.StatusOK, nil)
}

func (h *Handlers) tree(c echo.Context, w *workshop, status int, errs ui.Errors) error {
	view := treePage{workshop: w, Query: intake.Tidy(c.QueryParam("q")), Errors: errs}
	var err error
	if view.Page, view.Sections, err = h.frame(c, ui.T(w, "tree.title"), rubricatorURL); err != nil {
		return err
	}
	view.Page.Invalid = len(errs) > 0
	if w.open() {
		view.By = h.name(w, w.draft.ChangedBy)
		if view.Stale, err = h.Editor.Stale(w, w.draft); err != nil {
			return err
		}
		if view.Last, err = h.last(w); err != nil {
			return err
		}
	}
	view.Items = w.items(w.draft.Roots, fold(view.Query), c.QueryParam("at"))
	view.Found = leavesOf(view.Items)
	for _, p := range w.problems {
		line := problemLine{Text: problemWords(w, p)}
		if _, ok := w.draft.Find(p.Rubric); ok {
			line.Name, line.URL = w.name(p.Rubric), nodeURL(p.Rubric)
		} else if p.Rubric != "" {
			line.Name = w.name(p.Rubric)
		}
		view.Wrong = append(view.Wrong, line)
	}
	return edge.Render(c, status, rubricatorPage(view))
}

// last tells what the last change of the draft did, nil where it can't be taken
// back.
func (h *Handlers) last(w *workshop) (*lastChange, error) {
	before, err := h.Editor.Last(w, w.draft)
	if before == nil || err != nil {
		return nil, err
	}
	was, _ := rubricator.Check(before.Roots, nil)
	diff := rubricator.Differ(was, w.tree)
	l := &lastChange{Groups: groups(&workshop{Context: w, tree: w.tree, old: was}, diff, true)}
	for _, c := range diff {
		l.Emptied = l.Emptied || c.Kind == rubricator.Removed && !c.Was.Leaf()
	}
	l.Come, l.Gone = len(rulesBeyond(w.draft.Rules, before.Rules)), len(rulesBeyond(before.Rules, w.draft.Rules))
	return l, nil
}

// rulesBeyond are the rules of a list that the other lacks.
func rulesBeyond(list, other []rubricator.Rule) []rubricator.Rule {
	return slices.DeleteFunc(slices.Clone(list), func(r rubricator.Rule) bool { return slices.Contains(other, r) })
}

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ё", "е") }

// items are the nodes of a list that have the words of the query in them or
// below them; at is the node that the eye is on.
func (w *workshop) items(list []*rubricator.Rubric, query, at string) []treeItem {
	var out []treeItem
	for _, r := range list {
		hit := query == "" || strings.Contains(fold(strings.Join(append([]string{r.Code, r.Name.RU, r.Name.EN}, r.Words...), "\n")), query)
		below := query
		if hit {
			below = ""
		}
		item := treeItem{
			Code: r.Code, Name: w.name(r.Code), URL: nodeURL(r.Code), Leaf: r.Leaf(), Retired: r.Retired,
			Children: w.items(r.Children, below, at), Wrong: len(w.wrong(r.Code)), Marks: w.marks(r.Code),
		}
		if !hit && len(item.Children) == 0 {
			continue
		}
		if r.Leaf() && !r.Retired {
			item.Count = 1
		}
		for _, child := range item.Children {
			item.Count += child.Count
			item.Wrong += child.Wrong
			item.Open = item.Open || child.Open || child.Code == at
		}
		item.Open = item.Open || r.Code == at || query != "" && !hit
		out = append(out, item)
	}
	return out
}

func (w *workshop) marks(code string) []rubricator.ChangeKind {
	var out []rubricator.ChangeKind
	for _, c := range w.diff {
		if c.Rubric == nil || c.Rubric.Code != code {
			continue
		}
		kind := c.Kind
		switch kind {
		case rubricator.Added, rubricator.RetiredNow, rubricator.Moved:
		default:
			kind = rubricator.Edited
		}
		if !slices.Contains(out, kind) {
			out = append(out, kind)
		}
	}
	return out
}

func leavesOf(items []treeItem) int {
	n := 0
	for _, i := range items {
		n += i.Count
	}
	return n
}

func nodeURL(code string) string { return rubricatorURL + "/nodes/" + url.PathEscape(code) }

// treeAt is the address of the tree with a node before the eye.
func treeAt(code string) string {
	return rubricatorURL + "?" + url.Values{"at": {code}}.Encode() + "#" + nodeID(code)
}

func nodeID(code string) string { return "node-" + code }

// problemWords say what is wrong, to one who mends it in the browser.
func problemWords(ctx context.Context, p rubricator.Problem) string {
	params := map[string]any{"value": "", "max": "", "question": ""}
	for k, v := range p.Params {
		params[k] = v
	}
	return ui.TParams(ctx, "rubric.check."+p.Key, params)
}

// ActOnTree begins, moves, discards: what is done to the draft as a whole, and
// moving of nodes.
func (h *Handlers) ActOnTree(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	then := rubricatorURL
	switch do := c.FormValue("do"); do {
	case "begin":
		_, err = h.Editor.Begin(w, w.by)
	case "discard":
		err = h.Editor.Discard(w, w.by)
	case "undo":
		seen, _ := strconv.Atoi(c.FormValue("version"))
		err = h.Editor.Undo(w, w.by, seen)
	case "rebase":
		_, err = h.Editor.Rebase(w, w.by)
		then = rubricatorURL + "/changes"
	case "move":
		then, err = h.move(c, w)
	default:
		err = fault.New(fault.Invalid, "error.invalid")
	}
	switch {
	case fault.Is(err, fault.Invalid) && len(fault.As(err).Fields) > 0:
		return h.tree(c, w, http.StatusUnprocessableEntity, ui.ErrorsOf(w, err))
	case fault.Is(err, fault.Conflict) && w.open():
		return h.tree(c, w, http.StatusConflict, ui.Errors{{Name: "tree", Text: ui.Message(w, err)}})
	case err != nil:
		return err
	}
	return edge.SeeOther(c, then)
}

// move moves a node: a step (way), below another (parent), or to a spot before a
// neighbour as somebody drops it there, who saw it below «from».
func (h *Handlers) move(c echo.Context, w *workshop) (then string, err error) {
	code, before := c.FormValue("code"), w.tree
	then = treeAt(code)
	if c.FormValue("then") == "node" {
		then = nodeURL(code)
	}
	err = h.change(w, func(d *rubricator.Draft) error {
		if way := rubricator.Way(c.FormValue("way")); way != "" {
			return d.Move(code, way, w.old)
		}
		if c.FormValue("dropped") != "" {
			return d.Put(code, c.FormValue("from"), rubricator.Spot{Parent: c.FormValue("parent"), Before: c.FormValue("before")}, w.old)
		}
		return d.MoveTo(code, c.FormValue("parent"), w.old)
	})
	before.Walk(func(r *rubricator.Rubric) {
		if _, there := w.tree.Find(r.Code); !there {
			then = treeAt(code) // which says that the section was emptied and went
		}
	})
	return then, err
}

// change begins a draft where none is open, and changes it.
func (h *Handlers) change(w *workshop, fn func(*rubricator.Draft) error) error {
	if _, err := h.Editor.Begin(w, w.by); err != nil {
		return err
	}
	d, err := h.Editor.Change(w, w.by, fn)
	if d != nil {
		w.draft = d
		w.look()
	}
	return err
}
