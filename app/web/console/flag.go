package console

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/conscience"
)

// flag is one thing that speaks against an answer, as it is shown.
type flag struct {
	Title  string
	Why    string
	Quotes []string // questions, or sentences of the answer
	Sides  []sides
	Pairs  []pair
}

// sides is the answer beside the text that it repeats.
type sides struct {
	Mine, Theirs []conscience.Piece
	Title        string // of the other text
	URL          string // of its case, "" for a template
}

// pair is a picture of the answer, beside the one that it is like.
type pair struct {
	Photo string // address
	Note  string
	Other string // address, "" where there is none or the person may not see it
	Whose string
	URL   string // of the case of the other
}

// flagTitles name what is wrong in few words.
var flagTitles = map[conscience.Code]string{
	conscience.OpenItem:     "conscience.title_open_item",
	conscience.NoPhoto:      "conscience.title_no_photo",
	conscience.Repeat:       "conscience.title_repeat",
	conscience.Vague:        "conscience.title_vague",
	conscience.LawOnly:      "conscience.title_law_only",
	conscience.OffTopic:     "conscience.title_off_topic",
	conscience.Contradicted: "conscience.title_contradicted",
	conscience.SamePhoto:    "conscience.title_photo_same",
	conscience.UsedPhoto:    "conscience.title_photo_used",
	conscience.EarlyPhoto:   "conscience.title_photo_early",
	conscience.FarPhoto:     "conscience.title_photo_far",
}

// lackWords say what a vague answer leaves out.
var lackWords = map[conscience.Lack]string{
	conscience.LacksAction: "conscience.lacks_action",
	conscience.LacksDate:   "conscience.lacks_date",
	conscience.LacksWho:    "conscience.lacks_who",
}

// flagNames are the titles of codes, for the history.
func flagNames(ctx context.Context, codes []conscience.Code) string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = ui.T(ctx, flagTitles[c])
	}
	return strings.Join(names, "; ")
}

// flags puts what speaks against the answer of an appeal into words. Other
// cases are shown to who may see them.
func (h *Handlers) flags(ctx context.Context, by actor.Actor, appeal int64, found []conscience.Flag) ([]flag, error) {
	seen, err := h.seen(ctx, by, found)
	if err != nil {
		return nil, err
	}
	seen[appeal] = true
	out := make([]flag, len(found))
	for i, f := range found {
		out[i] = flag{Title: ui.T(ctx, flagTitles[f.Code]), Why: flagWhy(ctx, f)}
		for _, e := range f.Evidence {
			switch {
			case e.Text != "":
				out[i].Quotes = append(out[i].Quotes, e.Text)
			case len(e.Theirs) > 0:
				s := sides{Mine: e.Mine, Theirs: e.Theirs, Title: ui.T(ctx, "conscience.template", "name", e.Name)}
				if e.Appeal != 0 {
					s.Title = ui.T(ctx, "conscience.answer_of", "number", e.Number)
					if seen[e.Appeal] {
						s.URL = cardURL(e.Appeal)
					}
				}
				out[i].Sides = append(out[i].Sides, s)
			case e.Photo != 0:
				out[i].Pairs = append(out[i].Pairs, photoPair(ctx, appeal, f.Code, e, seen))
			}
		}
	}
	return out, nil
}

func flagWhy(ctx context.Context, f conscience.Flag) string {
	if f.Code == conscience.Vague {
		var lacks []string
		for _, e := range f.Evidence {
			lacks = append(lacks, ui.T(ctx, lackWords[e.Lacks]))
		}
		return ui.T(ctx, f.Why, "what", strings.Join(lacks, ", "))
	}
	if n, counted := f.Fields["n"].(int); counted {
		return ui.Plural(ctx, f.Why, n)
	}
	return ui.TParams(ctx, f.Why, f.Fields)
}

func photoPair(ctx context.Context, appeal int64, code conscience.Code, e conscience.Evidence, seen map[int64]bool) pair {
	p := pair{Photo: photoURL(appeal, e.Photo)}
	if code == conscience.EarlyPhoto {
		p.Note = ui.DateTime(ctx, e.At)
	}
	if e.Other == 0 {
		return p
	}
	if seen[e.Appeal] {
		p.Other, p.URL = photoURL(e.Appeal, e.Other), cardURL(e.Appeal)
	}
	p.Whose = ui.T(ctx, "conscience.photo_of", "number", e.Number)
	if code == conscience.SamePhoto {
		p.Whose, p.URL = ui.T(ctx, "conscience.photo_of_author"), ""
	}
	return p
}

// seen tells which of the cases that flags point to the person may open.
func (h *Handlers) seen(ctx context.Context, by actor.Actor, found []conscience.Flag) (map[int64]bool, error) {
	var ids []int64
	for _, f := range found {
		for _, e := range f.Evidence {
			if e.Appeal != 0 {
				ids = append(ids, e.Appeal)
			}
		}
	}
	out := map[int64]bool{}
	cases, err := h.cfg.Reader.FindCases(ctx, ids)
	for i := range cases {
		out[cases[i].Appeal.ID] = workflow.CanSee(by, &cases[i].Appeal)
	}
	return out, err
}

// weighed are the flags of an answer in the making.
func (h *Handlers) weighed(ctx context.Context, by actor.Actor, appeal int64, text, outcome string) ([]flag, error) {
	found, err := h.cfg.Engine.WeighDraft(ctx, by, appeal, text, workflow.Outcome(outcome))
	if err != nil {
		return nil, err
	}
	return h.flags(ctx, by, appeal, found)
}

// AnswerFlags is the advice on an answer while it is written: a part of the
// editor. Nothing is kept.
func (h *Handlers) AnswerFlags(c echo.Context) error {
	ctx, _ := h.begin(c)
	by := edge.Actor(ctx)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	if err := workflow.Can(by, &found.Appeal, workflow.SubmitAnswer); err != nil {
		return err
	}
	if _, err := sentFiles(c); err != nil {
		return err
	}
	text, outcome := c.FormValue("text"), c.FormValue("outcome")
	list, err := h.weighed(ctx, by, found.Appeal.ID, text, outcome)
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, advice(list, weighable(text, outcome) == nil))
}

// weighable says what is missing before anything can be said for or against an
// answer, nil where nothing is.
func weighable(text, outcome string) error {
	var check fault.Check
	check.That(utf8.RuneCountInString(strings.TrimSpace(text)) >= workflow.MinAnswer, "text", "workflow.answer_short", "min", workflow.MinAnswer)
	check.That(outcome != "", "outcome", "error.choose_one")
	return check.Err()
}

// flagsToSign are those that the head sees. An answer that can't be weighed is
// no obstacle to showing the page: the engine weighs again before it signs.
func (h *Handlers) flagsToSign(ctx context.Context, by actor.Actor, appeal int64) ([]flag, error) {
	found, err := h.cfg.Engine.Weigh(ctx, by, appeal)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return h.flags(ctx, by, appeal, found)
}

// signLabel says on the button what signing means.
func signLabel(ctx context.Context, flags int) string {
	if flags > 0 {
		return ui.T(ctx, "conscience.sign_anyway")
	}
	return ui.T(ctx, "console.sign.submit")
}
