package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/near"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

type nearIn struct {
	Text   string   `json:"text"`
	Rubric string   `json:"rubric"`
	Place  *placeIn `json:"place"`
}

type nearOut struct {
	Reports []toldOut `json:"reports"`
}

// toldOut is all that others learn of an appeal.
type toldOut struct {
	SameAs string         `json:"same_as"` // to be sent with the appeal
	Rubric ref            `json:"rubric"`
	Stage  workflow.Stage `json:"stage"`
	Metres *int           `json:"metres,omitempty"` // missing: the same house
	Since  string         `json:"since"`            // day of the region
	People int            `json:"people"`
}

func (h *Handlers) board() *near.Board {
	return &near.Board{Duplicates: h.Duplicates, Cases: h.Reader, Topics: h.Topics, Addresses: h.Addresses}
}

// Near tells what others told of the same problem near by.
func (h *Handlers) Near(c echo.Context) error {
	if err := brake(c, h.slow.asks); err != nil {
		return err
	}
	var in nearIn
	if err := read(c, &in); err != nil {
		return err
	}
	book := h.Topics.Book()
	var check fault.Check
	m := near.Message{Text: intake.Tidy(in.Text)}
	check.That(m.Text != "" || in.Rubric != "", "text", "error.required")
	check.That(utf8.RuneCountInString(m.Text) <= workflow.MaxText, "text", "error.too_long", "max", workflow.MaxText)
	var unfit error
	if in.Rubric != "" {
		m.Topic, unfit = book.FindTopic(in.Rubric, h.Clock.Now().In(h.Zone))
	}
	if in.Place != nil {
		m.Place = in.Place.check(&check, book, edge.Lang(c))
	}
	if err := joined(check.Err(), unfit); err != nil {
		return renamed(err)
	}
	list, err := h.board().Find(edge.Ctx(c), m)
	if err != nil {
		return err
	}
	out := nearOut{Reports: make([]toldOut, 0, len(list))}
	for _, t := range list {
		one := toldOut{
			SameAs: strconv.FormatInt(t.ID, 10), Rubric: ref{t.Topic.Code, t.Topic.Name}, Stage: t.Stage,
			Since: t.Sent.In(h.Zone).Format(time.DateOnly), People: t.People,
		}
		if t.Metres >= 0 {
			one.Metres = &t.Metres
		}
		out.Reports = append(out.Reports, one)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, out)
}

// sameAs is the appeal that a new one is said to be the same as: only one of
// those near by can be.
func (h *Handlers) sameAs(ctx context.Context, book *rubricator.Book, in workflow.Submission, named string) (int64, error) {
	if named == "" {
		return 0, nil
	}
	var check fault.Check
	m := near.Message{Text: in.Text, Place: in.Place}
	m.Topic, _ = book.Tree.Find(in.Rubric) // checked before
	if to, err := book.Router.Route(m.Topic, in.Place.Territory, workflow.AnswersOf(in.Replies)); err == nil {
		m.To = to.Agency
	}
	list, err := h.board().Find(ctx, m)
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(list, func(t near.Told) bool { return strconv.FormatInt(t.ID, 10) == named })
	if i < 0 {
		check.Fail("same_as", "api.not_near")
		return 0, check.Err()
	}
	return list[i].ID, nil
}
