package console

import (
	"context"
	"errors"
	"mime/multipart"
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

// draftSaved stands in the address after a draft was kept.
const draftSaved = "draft"

// editor is the answer being written.
type editor struct {
	Page      ui.Page
	Card      card
	URL       string
	Version   int // of the appeal
	Draft     int // version of the draft that the person saw, 0 where there is none
	Seen      int
	Text      string
	Outcome   string
	Promised  string // YYYY-MM-DD
	Ground    string
	Template  string
	Templates []workflow.AnswerTemplate
	// TemplatesURL is where the reader may change them, "" where they may not.
	TemplatesURL string
	SavedAt      time.Time
	Done         string
	Problem      string
	Missing      []string // places of a template that nothing is known for
	Mine         int      // number of the reader's latest submission
	Typed        bool     // the page brings what was typed
	Rival        *rival   // what somebody else saved meanwhile, nil where nobody did
	Returned     string   // why the head sent it back
	Meanwhile    []ui.TimelineItem
	Closed       bool
	Errors       ui.Errors
	Flags        []flag // what would speak against it
	FlagsURL     string
	Proof        bool // the topic asks for a photo of what was done
}

// Answer shows the editor.
func (h *Handlers) Answer(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	if err := workflow.Can(edge.Actor(ctx), &found.Appeal, workflow.SubmitAnswer); err != nil {
		return err
	}
	view := h.editor(ctx, found, readQueue(c.QueryParams()))
	if c.QueryParam("done") == draftSaved && !view.SavedAt.IsZero() {
		view.Done = savedWords(ctx, view.SavedAt)
	}
	if d := view.Card.Draft; d != nil {
		view.Text, view.Outcome, view.Ground, view.Draft = d.Text, string(d.Outcome), d.Ground, d.Version
		view.Promised = promisedDay(ctx, d)
	}
	if other, err := strconv.ParseInt(c.QueryParam("from"), 10, 64); err == nil {
		if err := h.begunFrom(ctx, &view, found, other); err != nil {
			return err
		}
	}
	return h.renderEditor(c, http.StatusOK, found, view)
}

// editor is the page without what was typed.
func (h *Handlers) editor(ctx context.Context, found *workflow.Case, q queue) editor {
	a := &found.Appeal
	view := editor{
		Card: h.facts(ctx, found, q), URL: q.url(cardURL(a.ID) + "/answer"), FlagsURL: cardURL(a.ID) + "/answer/flags", Version: a.Version, Seen: a.Events,
	}
	if view.Card.Draft != nil {
		view.SavedAt = view.Card.Draft.UpdatedAt
	}
	for _, e := range found.Events {
		if e.Action == workflow.Return {
			view.Returned = e.Reason
		}
		if e.Action == workflow.SubmitAnswer {
			view.Returned = ""
		}
	}
	if r, ok := h.cfg.Rubrics.Book().Tree.Find(a.Rubric); ok {
		view.Proof = r.PhotoRequired
	}
	return view
}

// WriteAnswer takes the editor's form: it keeps the draft, fills a template
// in, adds photos, or submits the answer for signing.
func (h *Handlers) WriteAnswer(c echo.Context) error {
	ctx, _ := h.begin(c)
	files, err := sentFiles(c)
	if err != nil {
		return err
	}
	found, err := h.find(c)
	if fault.Is(err, fault.NotFound) {
		return h.renderLeft(c, typedAnywhere(c))
	}
	if err != nil {
		return err
	}
	q := readQueue(c.QueryParams())
	view := h.editor(ctx, found, q)
	view.read(c)
	view.choose(c)
	view.adopt(ctx, edge.User(ctx).ID, c.FormValue("last"))
	do := c.FormValue("do")
	if strings.HasPrefix(do, insertOpinion) {
		view.insert(&found.Appeal, do)
		return h.renderEditor(c, http.StatusOK, found, view)
	}
	switch do {
	case "template":
		if err := h.fill(ctx, found, &view); err != nil {
			return err
		}
		return h.renderEditor(c, http.StatusOK, found, view)
	case "check":
		status := http.StatusOK
		if view.Errors = ui.ErrorsOf(ctx, weighable(view.Text, view.Outcome)); len(view.Errors) > 0 {
			status = http.StatusUnprocessableEntity
		}
		return h.renderEditor(c, status, found, view)
	case "submit":
		return h.submitAnswer(c, q, found, view, files)
	default:
		return h.saveDraft(c, q, found, view, files)
	}
}

// sentFiles are the chosen pictures; a browser sends an empty part where none
// was chosen.
func sentFiles(c echo.Context) ([]*multipart.FileHeader, error) {
	form, err := edge.Multipart(c)
	if errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	return slices.DeleteFunc(form.File["photos"], func(f *multipart.FileHeader) bool {
		return f.Size == 0 && f.Filename == ""
	}), nil
}

func (e *editor) read(c echo.Context) {
	e.Text, e.Outcome, e.Ground = c.FormValue("text"), c.FormValue("outcome"), c.FormValue("ground")
	e.Promised, e.Template = c.FormValue("promised"), c.FormValue("template")
	e.Version, e.Draft, e.Seen = atoi(c.FormValue("version")), atoi(c.FormValue("draft")), atoi(c.FormValue("seen"))
}

// seenDraft is the version of the draft that the person saw.
func (e *editor) seenDraft() int {
	if e.Draft == 0 {
		return workflow.NoDraft
	}
	return e.Draft
}

// promised reads the promised day.
func (e *editor) promised(c echo.Context) (time.Time, error) {
	if e.Outcome != string(workflow.Planned) {
		return time.Time{}, nil
	}
	return edge.Day(c, "promised", ui.Zone(edge.Ctx(c)))
}

func (h *Handlers) saveDraft(c echo.Context, q queue, found *workflow.Case, view editor, files []*multipart.FileHeader) error {
	ctx, id := edge.Ctx(c), found.Appeal.ID
	saved, err := h.saveText(c, found, &view)
	if err == nil && len(files) > 0 {
		if err = h.attach(ctx, id, files); err != nil {
			view.Draft = saved.Version
		}
	}
	if err != nil {
		return h.refuseAnswer(c, found, view, err)
	}
	return edge.SeeOther(c, q.url(cardURL(id)+"/answer", "done", draftSaved))
}

func (h *Handlers) attach(ctx context.Context, id int64, files []*multipart.FileHeader) error {
	kept, err := h.keep(ctx, id, files)
	if err != nil {
		return err
	}
	_, err = h.cfg.Engine.AttachPhotos(ctx, edge.Actor(ctx), id, kept)
	return err
}

func (h *Handlers) submitAnswer(c echo.Context, q queue, found *workflow.Case, view editor, files []*multipart.FileHeader) error {
	ctx, by, id := edge.Ctx(c), edge.Actor(edge.Ctx(c)), found.Appeal.ID
	next := h.next(ctx, q, &found.Appeal)
	promised, err := view.promised(c)
	version := view.Version
	if err == nil && len(files) > 0 {
		// Photos make a version of their own: what was seen is checked before.
		if version != found.Appeal.Version {
			return h.refuseAnswer(c, found, view, fault.New(fault.Conflict, "workflow.stale"))
		}
		// What was written is kept before them: it is lost with none of them.
		var saved *workflow.Answer
		saved, err = h.cfg.Engine.SaveAnswerDraft(ctx, by, id, view.seenDraft(), view.Text, workflow.Outcome(view.Outcome), promised, view.Ground)
		if err == nil {
			view.Draft = saved.Version
			err = h.attach(ctx, id, files)
		}
		if err == nil {
			version++
			view.Version, view.Seen = version, view.Seen+1
			if view.Draft == 0 { // the photos began the answer
				err = h.begun(ctx, id, &view)
			}
		}
	}
	var changed *workflow.Appeal
	if err == nil {
		changed, err = h.cfg.Engine.Act(ctx, by, id, workflow.Command{
			Action: workflow.SubmitAnswer, Version: version, Draft: view.seenDraft(), Text: view.Text,
			Outcome: workflow.Outcome(view.Outcome), Promised: promised, Ground: view.Ground,
		})
	}
	if err != nil {
		return h.refuseAnswer(c, found, view, err)
	}
	f, _ := formOf(string(workflow.SubmitAnswer))
	return h.acted(c, q, f, changed, next)
}

// begun notes the version of an answer that this very form has begun.
func (h *Handlers) begun(ctx context.Context, id int64, view *editor) error {
	fresh, err := h.cfg.Reader.FindCase(ctx, id)
	if err != nil {
		return err
	}
	if d := h.facts(ctx, fresh, view.Card.Queue).Draft; d != nil && d.Text == "" {
		view.Draft = d.Version
	}
	return nil
}

// refuseAnswer shows the editor again with all that was typed and what is
// wrong.
func (h *Handlers) refuseAnswer(c echo.Context, found *workflow.Case, view editor, cause error) error {
	ctx, by := edge.Ctx(c), edge.Actor(edge.Ctx(c))
	kind := fault.KindOf(cause)
	if kind != fault.Invalid && kind != fault.Conflict && kind != fault.Forbidden {
		return cause
	}
	fresh, err := h.cfg.Reader.FindCase(ctx, found.Appeal.ID)
	if err != nil {
		return err
	}
	if !workflow.CanSee(by, &fresh.Appeal) {
		return h.renderLeft(c, view.Text)
	}
	view.Card = h.facts(ctx, fresh, view.Card.Queue)
	if view.Errors = ui.ErrorsOf(ctx, cause); len(view.Errors) == 0 {
		view.Problem = obstacle(ctx, cause)
	}
	if kind != fault.Invalid {
		view.Meanwhile = h.meanwhile(ctx, fresh, view.Seen)
		view.Closed = workflow.Can(by, &fresh.Appeal, workflow.SubmitAnswer) != nil
		view.Version, view.Seen = fresh.Appeal.Version, fresh.Appeal.Events
		if !view.Closed {
			view.Rival = h.rivalOf(ctx, &view)
		}
		if d := view.Card.Draft; d != nil {
			view.Draft = d.Version
		}
		if view.Rival != nil {
			view.Problem = ui.T(ctx, "live.rival.problem", "name", view.Rival.By)
			if view.Rival.Author == by.User {
				view.Problem = ui.T(ctx, "live.rival.yourself")
			}
		}
	}
	return h.renderEditor(c, edge.Status(cause), fresh, view)
}

func (h *Handlers) renderEditor(c echo.Context, status int, found *workflow.Case, view editor) error {
	ctx := edge.Ctx(c)
	page, err := h.page(c, actionName(ctx, workflow.SubmitAnswer)+" — "+found.Appeal.Number)
	if err != nil {
		return err
	}
	page.Invalid, page.Back = status >= http.StatusBadRequest, view.Card.Queue.url(cardURL(found.Appeal.ID))
	page.Search.Value = ""
	on(&page, &found.Appeal)
	view.Page, view.Typed = page, c.Request().Method == http.MethodPost
	view.Mine = lastOwn(found, edge.User(ctx).ID, workflow.SubmitAnswer)
	if view.Templates, err = h.templatesFor(ctx, &found.Appeal); err != nil {
		return err
	}
	if workflow.MayChangeTemplates(edge.Actor(ctx), found.Appeal.Agency) {
		view.TemplatesURL = templatesURL
	}
	if view.Flags, err = h.weighed(ctx, edge.Actor(ctx), found.Appeal.ID, view.Text, view.Outcome); err != nil {
		return err
	}
	return edge.Render(c, status, answerPage(view))
}

// fill puts a template below what is written, with what is known of the case
// in its places. Only a template that asks for the applicant reads who it is,
// and that reading is noted like any other.
func (h *Handlers) fill(ctx context.Context, found *workflow.Case, view *editor) error {
	a := &found.Appeal
	list, err := h.templatesFor(ctx, a)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(t workflow.AnswerTemplate) bool { return strconv.FormatInt(t.ID, 10) == view.Template })
	if i < 0 {
		view.Errors = ui.Errors{{Name: "template", Text: ui.T(ctx, "error.choose_one")}}
		return nil
	}
	chosen := list[i]
	fields := h.fields(ctx, a)
	if strings.Contains(chosen.Body, "{applicant}") {
		applicant, err := h.cfg.Reader.ReadApplicant(ctx, a.ID, edge.Actor(ctx), purposeTemplate)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		fields["applicant"] = applicant.Name
		if fields["applicant"] == "" {
			fields["applicant"] = ui.T(ctx, "console.answer.to_anybody")
		}
	}
	if a.Joined > 0 { // filled for each applicant when it is signed
		for place := range workflow.PersonalFields(a, ui.Zone(ctx)) {
			fields[place] = "{" + place + "}"
		}
	}
	text, missing := workflow.Fill(chosen.Body, fields)
	view.Text, view.Missing = joinParagraphs(view.Text, text), missing
	if view.Outcome == "" {
		view.Outcome = string(chosen.Outcome)
	}
	return nil
}

// templatesFor lists what is offered for a case: those of its topic and of the
// branch above it too.
func (h *Handlers) templatesFor(ctx context.Context, a *workflow.Appeal) ([]workflow.AnswerTemplate, error) {
	return h.cfg.Templates.ListTemplates(ctx, a.Agency, h.cfg.Rubrics.Book().Tree.Branch(a.Rubric))
}

// fields is what is known of a case for the places of a template, but for who
// wrote it.
func (h *Handlers) fields(ctx context.Context, a *workflow.Appeal) map[string]string {
	fields := map[string]string{
		"number": a.Number, "date": ui.Date(ctx, a.SubmittedAt), "address": a.Place.Address,
		"agency": h.agencyName(ctx, a.Agency), "today": ui.Date(ctx, ui.Now(ctx)),
	}
	if a.Executor != 0 {
		fields["executor"] = h.names(ctx).user(a.Executor)
	}
	if !a.DueAt.IsZero() {
		fields["due"] = ui.Date(ctx, a.DueAt.Add(-time.Second))
	}
	if fields["address"] == "" {
		fields["address"] = h.names(ctx).territory(a.Place.Territory)
	}
	return fields
}

func (h *Handlers) agencyName(ctx context.Context, id int64) string {
	a, _ := h.cfg.Directory.Agency(id)
	return a.Name.In(ui.Lang(ctx))
}

func joinParagraphs(a, b string) string {
	if strings.TrimSpace(a) == "" {
		return b
	}
	return strings.TrimRight(a, " \r\n") + "\n\n" + b
}
