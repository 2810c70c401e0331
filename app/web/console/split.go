package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// splitting is the page on which an appeal with several questions is split.
type splitting struct {
	Page        ui.Page
	Card        card
	URL         string
	Version     int
	Sentences   []string
	Parts       []splitPart
	Topics      []ui.Option
	Territories []ui.Option
	Errors      ui.Errors
	Problem     string
}

// splitPart is one part as it is filled in.
type splitPart struct {
	N         int // from 1
	Sentences []string
	Rubric    string
	Territory string
	Address   string
	Photos    []string
}

// field is the name of an input of the part: «part-1-rubric».
func (p splitPart) field(name string) string { return "part-" + strconv.Itoa(p.N) + "-" + name }

func (p splitPart) empty() bool { return len(p.Sentences) == 0 && p.Rubric == "" && len(p.Photos) == 0 }

// Splitting shows the page.
func (h *Handlers) Splitting(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	if err := workflow.Can(edge.Actor(ctx), &found.Appeal, workflow.Split); err != nil {
		return err
	}
	return h.renderSplitting(c, http.StatusOK, found, splitting{Version: found.Appeal.Version, Parts: []splitPart{{N: 1}}})
}

// Split makes the parts, or adds a place for one more.
func (h *Handlers) Split(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	values, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	view := splitting{Version: atoi(values.Get("version"))}
	for i := range min(max(atoi(values.Get("count")), 1), workflow.MaxParts) {
		p := splitPart{N: i + 1}
		p.Sentences, p.Photos = values[p.field("text")], values[p.field("photos")]
		p.Rubric, p.Territory, p.Address = values.Get(p.field("rubric")), values.Get(p.field("territory")), values.Get(p.field("address"))
		view.Parts = append(view.Parts, p)
	}
	if values.Get("do") == "more" {
		if n := len(view.Parts); n < workflow.MaxParts {
			view.Parts = append(view.Parts, splitPart{N: n + 1})
		}
		return h.renderSplitting(c, http.StatusOK, found, view)
	}
	for len(view.Parts) > 1 && view.Parts[len(view.Parts)-1].empty() {
		view.Parts = view.Parts[:len(view.Parts)-1]
	}
	_, _, err = h.cfg.Engine.Split(ctx, edge.Actor(ctx), found.Appeal.ID, view.Version, view.parts(found.Appeal.Text))
	switch fault.KindOf(err) {
	case "":
		return edge.SeeOther(c, cardURL(found.Appeal.ID)+"?done="+string(workflow.Split)+"#parts")
	case fault.Invalid:
		view.Errors = ui.ErrorsOf(ctx, err)
		return h.renderSplitting(c, http.StatusUnprocessableEntity, found, view)
	case fault.Conflict, fault.Forbidden:
		view.Problem = obstacle(ctx, err)
		if found, err = h.find(c); err != nil {
			return err
		}
		view.Version = found.Appeal.Version
		return h.renderSplitting(c, http.StatusConflict, found, view)
	default:
		return err
	}
}

// parts are what the engine is asked for.
func (v splitting) parts(text string) []workflow.Part {
	all := sentences(text)
	out := make([]workflow.Part, len(v.Parts))
	for i, p := range v.Parts {
		part := workflow.Part{Rubric: p.Rubric}
		var lines []string
		for n, s := range all {
			if slices.Contains(p.Sentences, strconv.Itoa(n)) {
				lines = append(lines, s)
			}
		}
		part.Text = strings.Join(lines, "\n")
		part.Place.Territory = int64(atoi(p.Territory))
		part.Place.Address = p.Address
		for _, id := range p.Photos {
			part.Photos = append(part.Photos, int64(atoi(id)))
		}
		out[i] = part
	}
	return out
}

func (h *Handlers) renderSplitting(c echo.Context, status int, found *workflow.Case, view splitting) error {
	ctx, a := edge.Ctx(c), &found.Appeal
	page, err := h.page(c, ui.T(ctx, "action.split")+" — "+a.Number)
	if err != nil {
		return err
	}
	page.Invalid, page.Back = status >= http.StatusBadRequest, cardURL(a.ID)
	view.Page, view.Card, view.URL = page, h.facts(ctx, found, queue{}), cardURL(a.ID)+"/split"
	view.Sentences = sentences(a.Text)
	book, l := h.cfg.Rubrics.Book(), ui.Lang(ctx)
	for _, r := range book.Tree.Leaves() {
		view.Topics = append(view.Topics, ui.Option{Value: r.Code, Label: r.Name.In(l), Group: r.Category().Name.In(l)})
	}
	for _, t := range book.Places.All() {
		view.Territories = append(view.Territories, ui.Option{Value: idText(t.ID), Label: t.Name.In(l)})
	}
	for i := range view.Parts {
		if p := &view.Parts[i]; p.Territory == "" {
			p.Territory = idText(a.Place.Territory)
		}
	}
	return edge.Render(c, status, splitPage(view))
}

func (v splitting) sentenceOptions() []ui.Option {
	out := make([]ui.Option, len(v.Sentences))
	for i, s := range v.Sentences {
		out[i] = ui.Option{Value: strconv.Itoa(i), Label: s}
	}
	return out
}

// sentences cuts a text where sentences and lines end. An abbreviation («ул.»,
// «д.») ends none.
func sentences(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		rest := []rune(strings.TrimSpace(line))
		begin := 0
		for i := range rest {
			if !strings.ContainsRune(".!?…", rest[i]) || i+2 >= len(rest) || rest[i+1] != ' ' {
				continue
			}
			next := rest[i+2]
			if unicode.IsLower(next) || rest[i] == '.' && abbreviated(rest[begin:i]) {
				continue
			}
			out = append(out, strings.TrimSpace(string(rest[begin:i+1])))
			begin = i + 1
		}
		if last := strings.TrimSpace(string(rest[begin:])); last != "" {
			out = append(out, last)
		}
	}
	return out
}

// abbreviations are those of addresses, after which a name begins.
var abbreviations = strings.Fields("ул д г пр просп пер пл наб ш б-р мкр кв корп стр им п пос с дер обл р-н рис т тел")

// abbreviated reports whether the text ends in an abbreviation.
func abbreviated(text []rune) bool {
	words := strings.Fields(string(text))
	return len(words) > 0 && slices.Contains(abbreviations, strings.Trim(words[len(words)-1], "(«\""))
}
