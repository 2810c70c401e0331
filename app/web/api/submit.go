package api

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// newAppeal is what POST /appeals takes.
type newAppeal struct {
	Text      string            `json:"text"`
	Rubric    string            `json:"rubric"`
	Replies   map[string]string `json:"replies"`
	Place     placeIn           `json:"place"`
	Applicant applicantIn       `json:"applicant"`
	Consent   bool              `json:"consent"`
	SameAs    string            `json:"same_as"`
}

type placeIn struct {
	Territory string   `json:"territory"`
	Lat       *float64 `json:"lat"`
	Lon       *float64 `json:"lon"`
	Address   string   `json:"address"`
}

type applicantIn struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
	Lang  string `json:"lang"`
}

// receipt is what POST /appeals answers.
type receipt struct {
	Number string         `json:"number"`
	Secret string         `json:"secret"`
	Link   string         `json:"link"`
	Stage  workflow.Stage `json:"stage"`
	Due    time.Time      `json:"due,omitzero"`
	Agency *agencyRef     `json:"agency,omitempty"`
}

// Submit takes an appeal, from a citizen's app or, with a token, from a desk.
func (h *Handlers) Submit(c echo.Context) error {
	if err := brake(c, h.slow.submits); err != nil {
		return err
	}
	key := c.Request().Header.Get(KeyHeader)
	if err := checkKey(key); err != nil {
		return err
	}
	sent, done, err := h.readAppeal(c)
	if err != nil {
		return err
	}
	defer done()
	in, err := h.check(c, sent.newAppeal, len(sent.photos))
	if err != nil {
		return err
	}
	ctx := edge.Ctx(c)
	if in.Photos, err = h.keep(ctx, sent.photos); err != nil {
		return err
	}
	if key != "" {
		in.Key = h.storedKey(in, key)
	}
	r, err := h.Engine.Submit(ctx, in)
	if err != nil || !r.Fresh {
		h.drop(ctx, in.Photos)
	}
	if err != nil {
		return renamed(err)
	}
	status := http.StatusCreated
	if !r.Fresh {
		if err := h.same(ctx, r.ID, in); err != nil {
			return err
		}
		status = http.StatusOK
	}
	head := c.Response().Header()
	head.Set("Cache-Control", "no-store")
	head.Set(echo.HeaderLocation, h.Base.JoinPath("/api/v1/appeals", r.Number).String())
	return c.JSON(status, receipt{
		Number: r.Number, Secret: r.Secret, Link: h.Base.JoinPath("/a", r.Number, r.Secret).String(), Stage: r.Stage,
		Due: r.DueAt, Agency: h.agencyRef(r.Agency),
	})
}

// check says everything that is wrong with an appeal at once, as the forms do.
func (h *Handlers) check(c echo.Context, sent newAppeal, photos int) (workflow.Submission, error) {
	ctx, book := edge.Ctx(c), h.Topics.Book()
	var check fault.Check
	in := workflow.Submission{
		By: edge.Actor(ctx), Text: intake.Tidy(sent.Text), Rubric: sent.Rubric, Source: workflow.FromAPI,
	}
	if in.By.Has(actor.Desk) {
		in.Source = workflow.FromDesk
	}
	l := edge.Lang(c)
	switch sent.Applicant.Lang {
	case "", string(lang.RU), string(lang.EN):
		l = lang.Lang(cmp.Or(sent.Applicant.Lang, string(l)))
	default:
		check.Fail("lang", "error.unknown_choice")
	}
	intake.Text(&check, in.Text)
	var leaf *rubricator.Rubric
	var unfit error
	if sent.Rubric == "" {
		check.Fail("rubric", "workflow.rubric_required")
	} else {
		leaf, unfit = book.FindTopic(sent.Rubric, h.Clock.Now().In(h.Zone))
	}
	if unfit != nil { // what it asks doesn't matter then
		leaf = nil
	}
	in.Place = sent.Place.check(&check, book, l)
	in.Applicant = intake.Contacts(&check, leaf, workflow.Applicant{
		Name: sent.Applicant.Name, Email: sent.Applicant.Email, Phone: sent.Applicant.Phone, Lang: string(l),
	}, sent.Consent)
	wrong := joined(check.Err(), unfit)
	if leaf != nil {
		replies, err := h.replies(leaf, sent.Replies, photos, l)
		in.Replies, wrong = replies, joined(wrong, err)
	}
	if wrong == nil {
		in.SameAs, wrong = h.sameAs(ctx, book, in, sent.SameAs)
	}
	return in, renamed(wrong)
}

func (h *Handlers) replies(leaf *rubricator.Rubric, given map[string]string, photos int, l lang.Lang) ([]workflow.Reply, error) {
	var check fault.Check
	check.That(photos > 0 || leaf.Photo != "required", "photos", "error.photo_required")
	for code := range given {
		switch {
		case !has(leaf.Questions, code):
			check.Fail(rubricator.QuestionField(code), "api.unknown_field")
		case !has(leaf.Asked(given), code):
			check.Fail(rubricator.QuestionField(code), "api.not_asked")
		}
	}
	checked, err := leaf.CheckReplies(given, photos, l)
	out := make([]workflow.Reply, len(checked))
	for i, r := range checked {
		out[i] = workflow.Reply(r)
	}
	return out, joined(check.Err(), err)
}

func has(questions []rubricator.Question, code string) bool {
	return slices.ContainsFunc(questions, func(q rubricator.Question) bool { return q.Code == code && q.Type != rubricator.QPhoto })
}

func (p placeIn) check(check *fault.Check, book *rubricator.Book, l lang.Lang) workflow.Place {
	in := workflow.Place{Address: p.Address}
	if p.Territory != "" {
		id, ok := territoryByCode(book, p.Territory)
		if !ok {
			check.Fail("territory", "error.unknown_choice")
			return in
		}
		in.Territory = id
	}
	switch {
	case p.Lat != nil && p.Lon != nil:
		in.Point = &workflow.Point{Lat: *p.Lat, Lon: *p.Lon}
	case p.Lat != nil || p.Lon != nil:
		check.Fail("point", "workflow.bad_point")
		return in
	}
	return intake.Place(check, book.Places, in, l)
}

// joined puts the wrong fields of two checks into one error. What isn't a wrong
// input comes first.
func joined(a, b error) error {
	for _, err := range []error{a, b} {
		if err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	var x, y *fault.Error
	if !errors.As(a, &x) {
		return b
	}
	if !errors.As(b, &y) {
		return a
	}
	both := *x
	both.Fields = append(append([]fault.Field{}, x.Fields...), y.Fields...)
	return &both
}

// paths are the fields of forms where JSON has them.
var paths = map[string]string{
	"name": "applicant.name", "email": "applicant.email", "phone": "applicant.phone", "lang": "applicant.lang",
	"territory": "place.territory", "address": "place.address", "point": "place.lat",
}

// renamed names wrong fields as the document does.
func renamed(err error) error {
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	out := *e
	out.Fields = append([]fault.Field{}, e.Fields...)
	for i := range out.Fields {
		name := &out.Fields[i].Name
		if path, ok := paths[*name]; ok {
			*name = path
		} else if code, ok := strings.CutPrefix(*name, rubricator.QuestionField("")); ok {
			*name = "replies." + code
		}
	}
	return &out
}
