package campaign

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// introduced is the page on which voters say who they are.
type introduced struct {
	*participation.Campaign
	typed participation.Introduction
	errs  ui.Errors
}

// Introduce asks who wants to vote.
func (h *Handlers) Introduce(c echo.Context) error {
	ctx, now := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	if !found.Accepts(now) {
		return edge.SeeOther(c, pathOf(found.ID))
	}
	return edge.Render(c, http.StatusOK, introduceScreen(h.Frame(c, ui.T(ctx, "voter.title")), introduced{Campaign: found, typed: participation.Introduction{Band: participation.NoBand}}))
}

// SendCode sends a code to the address.
func (h *Handlers) SendCode(c echo.Context) error {
	if err := h.codes.Pass(c); err != nil {
		return err
	}
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	territory, _ := strconv.ParseInt(c.FormValue("territory"), 10, 64) // what is no number is no territory
	view := introduced{Campaign: found, typed: participation.Introduction{
		Email: strings.TrimSpace(c.FormValue("email")), Territory: territory, OldEnough: c.FormValue("age") == "yes", Resident: c.FormValue("resident") == "yes",
		Band: participation.NoBand, Lang: edge.Lang(c),
	}}
	if band, err := strconv.Atoi(c.FormValue("band")); err == nil {
		view.typed.Band = band
	}
	id, err := h.Voting.Introduce(ctx, found.ID, view.typed)
	if view.errs = ui.ErrorsOf(ctx, err); view.errs != nil {
		page := h.Frame(c, ui.T(ctx, "voter.title"))
		page.Invalid = true
		return edge.Render(c, http.StatusUnprocessableEntity, introduceScreen(page, view))
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, pathOf(found.ID)+"/code/"+id)
}

// Code asks for the code that came.
func (h *Handlers) Code(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, codeScreen(h.Frame(c, ui.T(ctx, "voter.code_title")), found, c.Param("code"), nil))
}

// Recognise checks the code and gives out the ballot.
func (h *Handlers) Recognise(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	pass, err := h.Voting.Recognise(ctx, found.ID, c.Param("code"), c.FormValue("code"))
	if errs := ui.ErrorsOf(ctx, err); errs != nil {
		page := h.Frame(c, ui.T(ctx, "voter.code_title"))
		page.Invalid = true
		return edge.Render(c, http.StatusUnprocessableEntity, codeScreen(page, found, c.Param("code"), errs))
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return h.showBallot(c, http.StatusOK, ballot{Campaign: found, pass: pass, secret: rand.Text()})
}

// ballot is a ballot being filled in. The page carries all of it: nothing of an
// unsent ballot is kept by us.
type ballot struct {
	*participation.Campaign
	pass, secret             string
	formerCode, formerSecret string
	answers                  []participation.Answer
	typed                    url.Values // as it came, where it is to be mended
	errs                     ui.Errors
}

func (h *Handlers) showBallot(c echo.Context, status int, b ballot) error {
	page := h.Frame(c, b.Terms.Title.In(edge.Lang(c)))
	page.Path, page.Invalid = pathOf(b.ID)+"/vote", len(b.errs) > 0
	return edge.Render(c, status, ballotScreen(page, b))
}

// Ballot takes a ballot: first to be looked over, then for good.
func (h *Handlers) Ballot(c echo.Context) error {
	// The server's clock decides, before the form is read and anything waits.
	arrived := h.Clock.Now()
	if err := h.ballots.Pass(c); err != nil {
		return err
	}
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	b := ballot{
		Campaign: found, pass: form.Get("pass"), secret: form.Get("secret"), formerCode: strings.TrimSpace(form.Get("former_code")),
		formerSecret: strings.TrimSpace(form.Get("former_secret")), answers: readAnswers(&found.Terms, form),
	}
	if _, err := h.Voting.Admit(found.ID, b.pass, arrived); err != nil {
		return err
	}
	switch form.Get("do") {
	case "send":
		return h.send(c, b, participation.Sending{
			Campaign: found.ID, Pass: b.pass, Secret: b.secret, Answers: b.answers, Arrived: arrived, FormerCode: b.formerCode, FormerSecret: b.formerSecret,
		})
	case "edit":
		return h.showBallot(c, http.StatusOK, b)
	}
	err = placedTwice(&found.Terms, form)
	var choice *participation.Choice
	if err == nil {
		choice, err = participation.Tidy(&found.Terms, b.answers)
	}
	if b.errs = ui.ErrorsOf(ctx, err); b.errs != nil {
		b.typed = form
		return h.showBallot(c, http.StatusUnprocessableEntity, b)
	}
	if err != nil {
		return err
	}
	b.answers = choice.Answers
	page := h.Frame(c, ui.T(ctx, "ballot.review_title"))
	page.Path = pathOf(found.ID) + "/vote"
	return edge.Render(c, http.StatusOK, reviewScreen(page, b))
}

func (h *Handlers) send(c echo.Context, b ballot, s participation.Sending) error {
	ctx := edge.Ctx(c)
	receipt, err := h.Voting.Send(ctx, s)
	if b.errs = ui.ErrorsOf(ctx, err); b.errs != nil {
		return h.showBallot(c, http.StatusUnprocessableEntity, b)
	}
	if err != nil {
		return err
	}
	page := h.Frame(c, ui.T(ctx, "ballot.taken_title"))
	page.Path = pathOf(b.ID)
	check := pathOf(b.ID) + "/check?code=" + url.QueryEscape(receipt.Code)
	mark, err := document.NewQR(h.Base.JoinPath(pathOf(b.ID), "check").String() + "?code=" + url.QueryEscape(receipt.Code))
	if err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, receiptScreen(page, b, receipt.Code, check, mark))
}

// readAnswers reads the answers of a form. What is wrong with them is told by
// participation.Tidy.
func readAnswers(t *participation.Terms, form url.Values) []participation.Answer {
	var out []participation.Answer
	add := func(a participation.Answer) {
		if len(a.Picks) > 0 || a.Words != "" {
			out = append(out, a)
		}
	}
	if t.Money != nil {
		add(readProjectAnswer(t.Money, form))
	}
	for i := range t.Questions {
		q := &t.Questions[i]
		a := participation.Answer{Question: q.ID}
		switch q.Ask {
		case participation.Words:
			a.Words = form.Get(q.ID)
		case participation.Matrix:
			for _, row := range q.Rows {
				for _, o := range filled(form[rowField(q, row)]) {
					a.Picks = append(a.Picks, row.ID+":"+o)
				}
			}
		case participation.Ranking:
			a.Picks = ranked(q, form)
		case participation.YesNo, participation.One, participation.Some, participation.Scale:
			a.Picks = filled(form[q.ID])
		}
		add(a)
	}
	return out
}

func filled(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
}

func rowField(q *participation.Question, o participation.Option) string { return q.ID + "." + o.ID }

// placedTwice says which place was given to two: an order made of them would not be
// the voter's.
func placedTwice(t *participation.Terms, form url.Values) error {
	var check fault.Check
	look := func(question string, ids []string) {
		seen := map[string]bool{}
		for _, id := range ids {
			place := form.Get(question + "." + id)
			if place != "" && seen[place] {
				check.Fail(question, "ballot.place_twice", "place", place)
				return
			}
			seen[place] = true
		}
	}
	if t.Money != nil && t.Money.BallotForm() == participation.FormOrdinal {
		look(participation.Projects, projectIDs(t.Money))
	}
	for i := range t.Questions {
		if q := &t.Questions[i]; q.Ask == participation.Ranking {
			look(q.ID, q.Choosable())
		}
	}
	return check.Err()
}

// ranked puts options into the order of the places that were given to them.
func ranked(q *participation.Question, form url.Values) []string {
	type placed struct {
		id    string
		place int
	}
	var list []placed
	for _, o := range q.Options {
		if n, err := strconv.Atoi(form.Get(rowField(q, o))); err == nil && n > 0 {
			list = append(list, placed{o.ID, n})
		}
	}
	sort.SliceStable(list, func(i, k int) bool { return list[i].place < list[k].place })
	var out []string
	for _, p := range list {
		out = append(out, p.id)
	}
	return out
}

// of is what the ballot says to a question.
func (b ballot) of(question string) participation.Answer {
	return (&participation.Choice{Answers: b.answers}).Of(question)
}

// place is where a ranking has an option, "" where it has none.
func (b ballot) place(q *participation.Question, id string) string {
	if b.typed != nil {
		return b.typed.Get(q.ID + "." + id)
	}
	if i := slices.Index(b.of(q.ID).Picks, id); i >= 0 {
		return strconv.Itoa(i + 1)
	}
	return ""
}

// picked is the option that a matrix has in a row.
func (b ballot) picked(q *participation.Question, row string) []string {
	for _, p := range b.of(q.ID).Picks {
		if r, o, _ := strings.Cut(p, ":"); r == row {
			return []string{o}
		}
	}
	return nil
}

// lines are the answers in words, to be looked over.
func (b ballot) lines(ctx context.Context) []ui.SummaryRow {
	var rows []ui.SummaryRow
	if b.Terms.Money != nil {
		var names []string
		for _, id := range b.of(participation.Projects).Picks {
			names = append(names, b.projectLine(ctx, id))
		}
		rows = append(rows, ui.SummaryRow{Key: ui.T(ctx, "ballot.projects"), Value: told(ctx, names)})
	}
	for i := range b.Terms.Questions {
		q := &b.Terms.Questions[i]
		if q.When != nil && !slices.Contains(b.of(q.When.Question).Picks, q.When.Option) {
			continue // it isn't asked
		}
		a := b.of(q.ID)
		var names []string
		for n, id := range a.Picks {
			name := optionName(ctx, q, id)
			if q.Ask == participation.Ranking {
				name = strconv.Itoa(n+1) + ". " + name
			}
			names = append(names, name)
		}
		if a.Words != "" {
			names = append(names, a.Words)
		}
		rows = append(rows, ui.SummaryRow{Key: q.Name.In(ui.Lang(ctx)), Value: told(ctx, names)})
	}
	return rows
}

func told(ctx context.Context, names []string) string {
	if len(names) == 0 {
		return ui.T(ctx, "ballot.no_answer")
	}
	return strings.Join(names, "\n")
}

// hidden are the answers as fields of a form.
func (b ballot) hidden() [][2]string {
	out := [][2]string{{"pass", b.pass}, {"secret", b.secret}, {"former_code", b.formerCode}, {"former_secret", b.formerSecret}}
	for _, a := range b.answers {
		q, ok := b.Terms.Question(a.Question)
		for i, id := range a.Picks {
			name, value := a.Question, id
			if a.Question == participation.Projects && b.Terms.Money != nil && b.Terms.Money.Form != "" {
				name, value = projectField(id), b.said(id)
			}
			if ok && q.Ask == participation.Matrix {
				row, option, _ := strings.Cut(id, ":")
				name, value = a.Question+"."+row, option
			}
			if ok && q.Ask == participation.Ranking {
				name, value = a.Question+"."+id, strconv.Itoa(i+1)
			}
			out = append(out, [2]string{name, value})
		}
		if a.Words != "" {
			out = append(out, [2]string{a.Question, a.Words})
		}
	}
	return out
}
