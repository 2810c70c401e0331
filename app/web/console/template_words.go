package console

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// renderTemplate shows the editor with all that was typed, and what the text
// becomes with the values of an example.
func (h *Handlers) renderTemplate(c echo.Context, status int, view templateForm) error {
	ctx := edge.Ctx(c)
	n := h.names(ctx)
	values, err := h.exampleOf(ctx, &view)
	if err != nil {
		return err
	}
	for _, name := range workflow.TemplateFields {
		view.Places = append(view.Places, templatePlace{Name: "{" + name + "}", About: ui.T(ctx, "template.field."+name), Value: values[name]})
	}
	view.Preview.Text, _ = workflow.Fill(view.T.Body, values)
	view.Preview.Missing = workflow.Unfilled(view.Preview.Text, nil)
	view.Topics = topicTree(ctx, h.cfg.Rubrics.Book().Tree, view.T.Rubric)
	words := func(agency int64) string {
		if agency == 0 {
			return ui.T(ctx, "template.of_all")
		}
		return n.agency(agency)
	}
	view.Agency = words(view.T.Agency)
	if view.T.ID == 0 && len(view.Own) > 1 {
		for _, agency := range view.Own {
			value := idText(agency)
			if agency == 0 {
				value = "0"
			}
			view.Agencies = append(view.Agencies, ui.Option{Value: value, Label: words(agency)})
		}
	}
	title := ui.T(ctx, "template.new")
	if view.T.ID != 0 {
		title = ui.T(ctx, "template.change")
	}
	if view.Page, err = h.page(c, title); err != nil {
		return err
	}
	view.Page.Back, view.Page.Invalid, view.Page.Path = templatesURL, len(view.Errors) > 0, view.url()
	return edge.Render(c, status, templateScreen(view))
}

func (f *templateForm) url() string {
	if f.T.ID == 0 {
		return templatesURL
	}
	return templateURL(f.T.ID)
}

// exampleOf is what the places become for the example: an appeal that was
// asked for by its number, or the agency's latest. Nobody's name is read for
// it: in its place stands a made-up one.
func (h *Handlers) exampleOf(ctx context.Context, view *templateForm) (map[string]string, error) {
	by := edge.Actor(ctx)
	made := map[string]string{
		"applicant": ui.T(ctx, "template.example_name"), "number": workflow.Number(123, ui.Now(ctx)), "date": ui.Date(ctx, ui.Now(ctx)),
		"due": ui.Date(ctx, ui.Now(ctx).AddDate(0, 0, 8)), "address": ui.T(ctx, "template.example_address"),
		"agency": h.agencyName(ctx, view.T.Agency), "executor": edge.User(ctx).Name, "today": ui.Date(ctx, ui.Now(ctx)),
	}
	id, err := h.example(ctx, view)
	if err != nil || id == 0 {
		return made, err
	}
	found, err := h.cfg.Reader.FindCase(ctx, id)
	if err != nil {
		return nil, err
	}
	if !workflow.CanSee(by, &found.Appeal) {
		view.noExample(ctx)
		return made, nil
	}
	view.Example = found.Appeal.Number
	for name, value := range h.fields(ctx, &found.Appeal) {
		made[name] = value
	}
	return made, nil
}

// example finds the appeal of the example, 0 where there is none.
func (h *Handlers) example(ctx context.Context, view *templateForm) (int64, error) {
	if strings.TrimSpace(view.Example) != "" {
		number, ok := workflow.ParseNumber(view.Example)
		if !ok {
			number = view.Example
		}
		id, err := h.cfg.Reader.FindID(ctx, number)
		if fault.Is(err, fault.NotFound) {
			view.noExample(ctx)
			return 0, nil
		}
		return id, err
	}
	query := workflow.InboxQuery{
		Scope: workflow.ScopeOf(edge.Actor(ctx)), Tab: workflow.TabAll, Now: ui.Now(ctx), Agency: view.T.Agency, Limit: 1,
	}
	if r, ok := h.cfg.Rubrics.Book().Tree.Find(view.T.Rubric); ok && r.Leaf() {
		query.Rubric = r.Code
	}
	rows, _, err := h.cfg.Reader.ListInbox(ctx, query)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID, nil
}

func (f *templateForm) noExample(ctx context.Context) {
	f.Errors = append(f.Errors, ui.FieldError{Name: "example", Text: ui.T(ctx, "template.no_example")})
}

// topicTree is the tree to choose from: branches stand for all that is under
// them. A topic that is gone stays where it was chosen.
func topicTree(ctx context.Context, tree *rubricator.Tree, chosen string) []ui.Option {
	var out []ui.Option
	var walk func(r *rubricator.Rubric, group, above string)
	walk = func(r *rubricator.Rubric, group, above string) {
		name := above + r.Name.In(ui.Lang(ctx))
		label := name
		if !r.Leaf() {
			label = ui.T(ctx, "template.whole_branch", "branch", name)
		}
		out = append(out, ui.Option{Value: r.Code, Label: label, Group: group})
		if r.Parent() != nil {
			name += " → "
		} else {
			name = ""
		}
		for _, child := range r.Children {
			walk(child, group, name)
		}
	}
	for _, root := range tree.Roots {
		walk(root, root.Name.In(ui.Lang(ctx)), "")
	}
	if _, ok := tree.Find(chosen); !ok && chosen != "" {
		out = append(out, ui.Option{Value: chosen, Label: chosen})
	}
	return out
}

func listWords(words []string) string { return strings.Join(words, ", ") }
