package console

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

const (
	similarShown = 6  // cases beside a card
	similarAsked = 24 // texts that are looked at
)

// similar is an earlier case like this one.
type similar struct {
	ID       int64
	Number   string
	Topic    string
	Place    string
	Far      string // how far away, in words, "" where unknown
	Ago      string
	Excerpt  string
	Stage    workflow.Stage
	Outcome  workflow.Outcome
	Rating   int
	Answered bool   // there is a signed answer to look at
	URL      string // of the two side by side
	JoinURL  string // where this case can be joined to it, "" elsewhere
}

// similarPage is the list on a page of its own.
type similarPage struct {
	Page  ui.Page
	ID    int64
	Title string
	List  []similar
}

// Similar shows earlier cases like this one: as a part of the card, or as a
// page for those without scripts.
func (h *Handlers) Similar(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	list, err := h.similar(ctx, edge.Actor(ctx), &found.Appeal)
	if err != nil {
		return err
	}
	if edge.HTMX(c) {
		return edge.Render(c, http.StatusOK, similarList(list))
	}
	page, err := h.page(c, ui.T(ctx, "console.card.similar")+" — "+found.Appeal.Number)
	if err != nil {
		return err
	}
	page.Back = cardURL(found.Appeal.ID)
	return edge.Render(c, http.StatusOK, similarCases(similarPage{Page: page, ID: found.Appeal.ID, Title: found.Appeal.Number, List: list}))
}

// similar finds earlier cases whose texts are like this one's, among those that
// the person may see: of the same topic and near by first. An index that can't
// be asked costs the card only this part.
func (h *Handlers) similar(ctx context.Context, by actor.Actor, a *workflow.Appeal) ([]similar, error) {
	cases, err := h.nearest(ctx, by, a, search.Query{To: a.SubmittedAt})
	if err != nil {
		return nil, err
	}
	n, now := h.names(ctx), ui.Now(ctx)
	var out []similar
	for i := range cases {
		one := &cases[i].Appeal
		s := similar{
			ID: one.ID, Number: one.Number, Topic: n.topic(one.Rubric), Place: n.territory(one.Place.Territory),
			Far: distanceWords(ctx, a.Place.Point, one.Place.Point), Ago: ui.Ago(ctx, one.SubmittedAt, now), Excerpt: one.Text,
			Stage: one.Stage, Outcome: one.Outcome, Rating: one.Rating, Answered: lastSigned(&cases[i]) != nil,
			URL: cardURL(a.ID) + "/similar/" + idText(one.ID),
		}
		if one.Agency == a.Agency && workflow.Can(by, one, workflow.Gather) == nil && workflow.Can(by, a, workflow.Join) == nil {
			s.JoinURL = cardURL(one.ID) + "/gather?with=" + idText(a.ID)
		}
		if s.Answered || s.JoinURL != "" {
			out = append(out, s)
		}
	}
	return out[:min(len(out), similarShown)], nil
}

// nearest loads the cases of a query most like the appeal, within what the
// person may see.
func (h *Handlers) nearest(ctx context.Context, by actor.Actor, a *workflow.Appeal, q search.Query) ([]workflow.Case, error) {
	scope := workflow.ScopeOf(by)
	q.Region, q.Agencies = scope.Region, scope.Agencies
	hits, err := h.cfg.Index.Nearest(ctx, q, a.Text, similarAsked)
	if err != nil {
		return nil, nil //nolint:nilerr // see similar
	}
	var ids []int64
	for _, hit := range hits {
		if hit.ID != a.ID {
			ids = append(ids, hit.ID)
		}
	}
	cases, err := h.cfg.Reader.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	cases = slices.DeleteFunc(cases, func(c workflow.Case) bool { return !workflow.CanSee(by, &c.Appeal) })
	// The index ranks by words; the topic and the place tell more.
	slices.SortStableFunc(cases, func(x, y workflow.Case) int { return likeness(a, &y.Appeal) - likeness(a, &x.Appeal) })
	return cases, nil
}

// near is how far away the same problem may be, in metres.
const near = 500

// likeness counts what two appeals have in common beyond their words.
func likeness(a, b *workflow.Appeal) int {
	n := 0
	if a.Rubric == b.Rubric {
		n += 2
	}
	if d := metres(a.Place.Point, b.Place.Point); d <= near || d == unknown && a.Place.Territory == b.Place.Territory {
		n++
	}
	return n
}

const unknown = math.MaxFloat64

// metres is the distance of two points on a sphere, unknown where one is.
func metres(a, b *workflow.Point) float64 {
	if a == nil || b == nil {
		return unknown
	}
	const earth, degree = 6_371_000, math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*degree, (b.Lon-a.Lon)*degree
	s := math.Sin(dLat/2)*math.Sin(dLat/2) + math.Cos(a.Lat*degree)*math.Cos(b.Lat*degree)*math.Sin(dLon/2)*math.Sin(dLon/2)
	return 2 * earth * math.Asin(math.Sqrt(s))
}

func distanceWords(ctx context.Context, a, b *workflow.Point) string {
	switch d := metres(a, b); {
	case d == unknown:
		return ""
	case d < 1000:
		return ui.T(ctx, "console.similar.metres", "n", ui.Number(ctx, int(d/10)*10))
	default:
		return ui.T(ctx, "console.similar.kilometres", "n", ui.Decimal(ctx, d/1000, 1))
	}
}

// lastSigned is the latest signed answer, nil where there is none.
func lastSigned(c *workflow.Case) *workflow.Answer {
	for i := len(c.Answers) - 1; i >= 0; i-- {
		if c.Answers[i].State == workflow.AnswerSigned {
			return &c.Answers[i]
		}
	}
	return nil
}

// comparison shows two cases side by side.
type comparison struct {
	Page   ui.Page
	This   card
	Other  card
	Answer *workflow.Answer // of the other, without its applicant's data
	Use    string           // where it can begin the answer to this one, "" elsewhere
	Join   string
	Far    string
}

// Compare shows an earlier case beside this one.
func (h *Handlers) Compare(c echo.Context) error {
	ctx, _ := h.begin(c)
	by := edge.Actor(ctx)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "other")
	if err != nil {
		return err
	}
	other, err := h.visible(ctx, by, id)
	if err != nil {
		return err
	}
	page, err := h.page(c, found.Appeal.Number+" — "+other.Appeal.Number)
	if err != nil {
		return err
	}
	page.Back = cardURL(found.Appeal.ID)
	view := comparison{
		Page: page, This: h.facts(ctx, found, queue{}), Other: h.facts(ctx, other, queue{}),
		Far: distanceWords(ctx, found.Appeal.Place.Point, other.Appeal.Place.Point),
	}
	if signed := lastSigned(other); signed != nil {
		answer := *signed
		if answer.Text, err = h.anonymous(ctx, other, signed.Text, ui.T(ctx, "console.similar.number")); err != nil {
			return err
		}
		view.Answer = &answer
		if workflow.Can(by, &found.Appeal, workflow.SubmitAnswer) == nil {
			view.Use = cardURL(found.Appeal.ID) + "/answer?from=" + idText(id)
		}
	}
	if other.Appeal.Agency == found.Appeal.Agency && workflow.Can(by, &other.Appeal, workflow.Gather) == nil &&
		workflow.Can(by, &found.Appeal, workflow.Join) == nil {
		view.Join = cardURL(id) + "/gather?with=" + idText(found.Appeal.ID)
	}
	return edge.Render(c, http.StatusOK, comparePage(view))
}

// visible loads a case that the person may see.
func (h *Handlers) visible(ctx context.Context, by actor.Actor, id int64) (*workflow.Case, error) {
	found, err := h.cfg.Reader.FindCase(ctx, id)
	if err == nil && !workflow.CanSee(by, &found.Appeal) {
		err = fault.New(fault.NotFound, "error.not_found")
	}
	return found, err
}

// begunFrom puts the signed answer of another case below what is written, with
// nothing of the other's applicant in it.
func (h *Handlers) begunFrom(ctx context.Context, view *editor, found *workflow.Case, id int64) error {
	other, err := h.visible(ctx, edge.Actor(ctx), id)
	if err != nil {
		return err
	}
	signed := lastSigned(other)
	if signed == nil {
		return nil
	}
	text, err := h.anonymous(ctx, other, signed.Text, found.Appeal.Number)
	if err != nil {
		return err
	}
	view.Text = joinParagraphs(view.Text, text)
	if view.Outcome == "" && !signed.Interim() {
		view.Outcome = string(signed.Outcome)
	}
	return nil
}

// anonymous takes out of an answer what belongs to its applicant: the name,
// mail and phone, the number and the address. The reading is the product's own:
// nobody is shown what is read.
func (h *Handlers) anonymous(ctx context.Context, of *workflow.Case, text, number string) (string, error) {
	text = strings.ReplaceAll(text, of.Appeal.Number, number)
	who, err := h.cfg.Reader.ReadApplicant(ctx, of.Appeal.ID, actor.Job, "anonymous answer")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	blank := ui.T(ctx, "console.similar.blank")
	secrets := []string{who.Name, who.Email, who.Phone, of.Appeal.Place.Address}
	for _, name := range strings.Fields(who.Name) {
		if len([]rune(name)) > 2 {
			secrets = append(secrets, name)
		}
	}
	for _, s := range secrets {
		if s = strings.TrimSpace(s); s != "" {
			text = strings.ReplaceAll(text, s, blank)
		}
	}
	return text, nil
}
