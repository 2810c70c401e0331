package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
)

// changesPage shows what the draft changes, and asks for the decision.
type changesPage struct {
	*workshop
	Page    ui.Page
	Note    string
	Stale   bool
	Groups  []changeGroup
	Rules   int // that come or go
	Routes  []routeLine
	More    int // reroutings beyond those shown
	Replay  rubricator.Replay
	Differ  []differLine
	Errors  ui.Errors
	Met     []problemLine // what collided when the draft was brought upon what is in force
	Decided bool          // nothing stands in the way of publishing
}

// changeGroup are the changes of one kind.
type changeGroup struct {
	Title string
	Lines []changeLine
}

type changeLine struct{ Name, URL, Text string }

type routeLine struct{ Name, From, To, Places string }

type differLine struct{ Number, Topic, From, To string }

const (
	mostRoutes = 30
	mostDiffer = 20
	// replayed is how many of the latest appeals the preview looks at.
	replayed = 500
)

// TreeChanges shows what publishing would change.
func (h *Handlers) TreeChanges(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	if !w.open() {
		return edge.SeeOther(c, rubricatorURL)
	}
	return h.changes(c, w, http.StatusOK, w.draft.Note, nil)
}

func (h *Handlers) changes(c echo.Context, w *workshop, status int, note string, errs ui.Errors) error {
	view := changesPage{workshop: w, Note: note, Errors: errs, Groups: groups(w, w.diff, true)}
	var err error
	if view.Page, err = h.Frame(c, ui.T(w, "tree.changes.title")); err != nil {
		return err
	}
	view.Page.Back, view.Page.Invalid = rubricatorURL, len(errs) > 0
	if view.Stale, err = h.Editor.Stale(w, w.draft); err != nil {
		return err
	}
	if view.Met, err = h.collisions(w); err != nil {
		return err
	}
	rules, err := h.Editor.Store.ListRules(w)
	if err != nil {
		return err
	}
	view.Rules = len(rulesBeyond(rules, w.draft.Rules)) + len(rulesBeyond(w.draft.Rules, rules))
	if len(w.problems) == 0 {
		if err := h.foresee(w, &view, rules); err != nil {
			return err
		}
	}
	view.Decided = len(w.problems) == 0 && !view.Stale && (len(w.diff) > 0 || view.Rules > 0)
	return edge.Render(c, status, treeChangesPage(view))
}

// foresee tells what would be routed and suggested otherwise.
func (h *Handlers) foresee(w *workshop, view *changesPage, rules []rubricator.Rule) error {
	places, err := h.Editor.Store.ListTerritories(w)
	if err != nil {
		return err
	}
	before, err := rubricator.NewBook(w.old.Version, w.old.Roots, rules, places)
	if err != nil {
		return err
	}
	after, err := rubricator.NewBook(0, w.draft.Roots, w.draft.Rules, places)
	if err != nil {
		view.Errors = append(view.Errors, ui.FieldError{Name: "rules", Text: ui.T(w, "tree.changes.rules_wrong")})
		return nil //nolint:nilerr // the page says that it can't foresee; the checker of routes says why
	}
	moved := rubricator.Reroutings(before, after)
	view.More = max(0, len(moved)-mostRoutes)
	for _, m := range moved[:min(mostRoutes, len(moved))] {
		place := ""
		if t, ok := after.Places.Find(m.Places[0]); ok {
			place = t.Name.In(ui.Lang(w))
		}
		if len(m.Places) > 1 {
			place = ui.Plural(w, "tree.changes.places", len(m.Places), "first", place)
		}
		view.Routes = append(view.Routes, routeLine{
			Name: w.name(m.Leaf.Code), From: h.answering(w, m.From), To: h.answering(w, m.To), Places: place,
		})
	}
	past, err := h.Past.ListPast(w, replayed)
	if err != nil {
		return err
	}
	if view.Replay, err = rubricator.Suggested(before, after, past); err != nil {
		return err
	}
	first := func(r *rubricator.Rubric) string {
		if r == nil {
			return ui.T(w, "tree.changes.nothing_fits")
		}
		return r.Name.In(ui.Lang(w))
	}
	for _, d := range view.Replay.Differ[:min(mostDiffer, len(view.Replay.Differ))] {
		view.Differ = append(view.Differ, differLine{Number: d.Number, Topic: w.name(d.Topic), From: first(d.From), To: first(d.To)})
	}
	return nil
}

func (h *Handlers) answering(w *workshop, agency int64) string {
	if agency == 0 {
		return ui.T(w, "tree.changes.nobody")
	}
	return h.agency(w, agency)
}

// groups puts a diff into words, one group for each kind of change.
func groups(w *workshop, diff rubricator.Diff, links bool) []changeGroup {
	var out []changeGroup
	for _, kind := range rubricator.ChangeKinds {
		g := changeGroup{Title: ui.T(w, "tree.diff."+string(kind))}
		for _, c := range diff {
			if c.Kind != kind {
				continue
			}
			line := changeLine{Text: w.changeWords(c)}
			if c.Rubric != nil {
				line.Name = c.Rubric.Name.In(ui.Lang(w))
				if line.Name == "" {
					line.Name = c.Rubric.Code
				}
				if links && kind != rubricator.Removed {
					line.URL = nodeURL(c.Rubric.Code)
				}
			} else {
				line.Name = ui.T(w, "tree.diff.top")
			}
			g.Lines = append(g.Lines, line)
		}
		if len(g.Lines) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// changeWords are what the kind alone doesn't say: «срок: 30 → 10».
func (w *workshop) changeWords(c rubricator.Change) string {
	arrow := func(from, to string) string {
		return ui.T(w, "tree.diff.arrow", "from", orDash(from), "to", orDash(to))
	}
	section := func(code string) string {
		if code == "" {
			return ui.T(w, "tree.move.top")
		}
		return w.name(code)
	}
	topics := func(codes string) string {
		var out []string
		for code := range strings.FieldsSeq(codes) {
			out = append(out, w.name(code))
		}
		return strings.Join(out, ", ")
	}
	switch c.Kind {
	case rubricator.Added:
		if c.To == "" {
			return ""
		}
		return ui.T(w, "tree.diff.into", "section", section(c.To))
	case rubricator.RetiredNow:
		if c.To == "" {
			return ui.T(w, "tree.diff.no_successor")
		}
		return ui.T(w, "tree.diff.successors", "topics", topics(c.To))
	case rubricator.Moved:
		return arrow(section(c.From), section(c.To))
	case rubricator.Edited:
		if c.Field == "successors" {
			return ui.T(w, "tree.field.successors") + ": " + arrow(topics(c.From), topics(c.To))
		}
		return ui.T(w, "tree.field."+c.Field) + ": " + arrow(w.value(c.Field, c.From), w.value(c.Field, c.To))
	case rubricator.QuestionAdded:
		return ui.T(w, "portal.quoted", "text", c.To)
	case rubricator.QuestionRemoved:
		return ui.T(w, "portal.quoted", "text", c.From)
	case rubricator.QuestionEdited:
		return ui.T(w, "portal.quoted", "text", c.Question) + ", " + ui.T(w, "tree.question."+c.Field) + ": " +
			arrow(w.value(c.Field, c.From), w.value(c.Field, c.To))
	case rubricator.Revived, rubricator.Removed, rubricator.QuestionsSorted, rubricator.Sorted:
	}
	return ""
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// value puts the value of a field into words.
func (w *workshop) value(field, v string) string {
	switch {
	case v == "":
		return ""
	case v == "true" || v == "false":
		return ui.T(w, "tree.value."+v)
	case slices.Contains([]string{"order", "rule_set", "unit", "identity", "photo", "type"}, field):
		return ui.T(w, "tree.value."+field+"."+v)
	default:
		const most = 120 // characters
		if r := []rune(v); len(r) > most {
			v = string(r[:most]) + "…"
		}
		return v
	}
}

// PublishTree brings the draft into force.
func (h *Handlers) PublishTree(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	if !w.open() {
		return edge.SeeOther(c, rubricatorURL)
	}
	note := intake.Tidy(c.FormValue("note"))
	fail := func(status int, field, key string) error {
		return h.changes(c, w, status, note, ui.Errors{{Name: field, Text: ui.T(w, key)}})
	}
	switch {
	case note == "":
		return fail(http.StatusUnprocessableEntity, "note", "tree.publish.note_required")
	case c.FormValue("sure") == "":
		return fail(http.StatusUnprocessableEntity, "sure", "tree.publish.sure_required")
	}
	seen, _ := strconv.Atoi(c.FormValue("version"))
	version, err := h.Editor.Publish(w, w.by, seen, note)
	switch {
	case fault.Is(err, fault.Conflict):
		return h.changes(c, w, http.StatusConflict, note, ui.Errors{{Name: "sure", Text: ui.Message(w, err)}})
	case fault.Is(err, fault.Invalid):
		return h.changes(c, w, http.StatusUnprocessableEntity, note, ui.Errors{{Name: "sure", Text: ui.Message(w, err)}})
	case err != nil:
		return err
	}
	return edge.SeeOther(c, versionURL(version))
}

// versionsPage lists what was ever in force.
type versionsPage struct {
	Page  ui.Page
	Lines []versionLine
}

type versionLine struct {
	rubricator.Version
	By      string
	InForce bool
}

func versionURL(id int64) string { return rubricatorURL + "/versions/" + strconv.FormatInt(id, 10) }

const mostVersions = 100

// Versions lists the versions of the tree.
func (h *Handlers) Versions(c echo.Context) error {
	ctx, _, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	list, err := h.Editor.Store.ListVersions(ctx, mostVersions)
	if err != nil {
		return err
	}
	var view versionsPage
	if view.Page, err = h.Frame(c, ui.T(ctx, "tree.versions.title")); err != nil {
		return err
	}
	view.Page.Back = rubricatorURL
	for i, v := range list {
		line := versionLine{Version: v, By: h.name(ctx, v.PublishedBy), InForce: i == 0}
		if v.PublishedBy == 0 {
			line.By = ui.T(ctx, "tree.versions.import")
		}
		view.Lines = append(view.Lines, line)
	}
	return edge.Render(c, http.StatusOK, treeVersionsPage(view))
}

// versionPage compares a version with another.
type versionPage struct {
	*workshop
	Page    ui.Page
	Version rubricator.Version
	By      string
	With    int64 // 0: there is none before it
	Others  []ui.Option
	Groups  []changeGroup
	Busy    bool // a draft is open
}

// Version shows what a version changed, against the one before or any other.
func (h *Handlers) Version(c echo.Context) error {
	w, err := h.enter(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	v, err := h.Editor.Store.FindTreeVersion(w, id)
	if err != nil {
		return err
	}
	list, err := h.Editor.Store.ListVersions(w, mostVersions)
	if err != nil {
		return err
	}
	view := versionPage{workshop: w, Version: *v, By: h.name(w, v.PublishedBy), Busy: w.open()}
	view.With, _ = strconv.ParseInt(c.QueryParam("with"), 10, 64)
	for _, other := range list {
		if other.ID < id && view.With == 0 {
			view.With = other.ID
		}
		if other.ID != id {
			view.Others = append(view.Others, ui.Option{
				Value: strconv.FormatInt(other.ID, 10), Label: ui.T(w, "tree.versions.one", "n", other.ID) + " · " + ui.DateTime(w, other.PublishedAt),
			})
		}
	}
	tree, _ := rubricator.Check(v.Roots, nil)
	if view.With != 0 {
		with, err := h.Editor.Store.FindTreeVersion(w, view.With)
		if err != nil {
			return err
		}
		before, _ := rubricator.Check(with.Roots, nil)
		view.Groups = groups(&workshop{Context: w, tree: tree, old: before}, rubricator.Differ(before, tree), false)
	}
	if view.Page, err = h.Frame(c, ui.T(w, "tree.versions.one", "n", id)); err != nil {
		return err
	}
	view.Page.Back = rubricatorURL + "/versions"
	return edge.Render(c, http.StatusOK, treeVersionPage(view))
}

// RestoreVersion begins a draft of an old version.
func (h *Handlers) RestoreVersion(c echo.Context) error {
	ctx, by, err := h.beginSystem(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if _, err := h.Editor.Restore(ctx, by, id); err != nil {
		return err
	}
	return edge.SeeOther(c, rubricatorURL+"/changes")
}
