package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ruling"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// card is all that is shown of a case.
type card struct {
	Page      ui.Page
	Appeal    workflow.Appeal
	Queue     queue
	Topic     string
	Place     string
	Agency    string
	Against   string
	Taken     *workflow.Taken // how the desk took it, nil: it came otherwise
	Executor  string
	Photos    []workflow.Photo // the citizen's
	Mapped    bool             // there are boundaries to draw the point on
	Clocks    []clockLine
	Signed    []signedAnswer
	Draft     *workflow.Answer // not signed yet
	Proofs    []workflow.Photo // of the answer in the making
	Forms     []actionForm
	Items     []historyItem
	Hops      []hop
	Why       *why
	Maybe     *maybe
	Ties      ties
	Gathers   bool // it may become a proposal of a budget vote
	Applicant *workflow.Applicant
	// ContactsOf is whom to ask to have the contacts opened, "" where the reader
	// may open them.
	ContactsOf string
	Next       string
	Done       string
	Opinions   []opinion
	Mark       paperQR
}

// paperQR is the mark on a printed card, which opens the case.
type paperQR struct{ Path, Box string }

// clockLine is one open deadline.
type clockLine struct {
	Name  string
	DueAt time.Time
	Spent int
	State ui.DueState
	Main  bool // the date that the citizen sees
}

// signedAnswer is an answer as it went out.
type signedAnswer struct {
	workflow.Answer
	SignerName string
	Photos     []workflow.Photo
	Letter     string // address of the official letter, "" where there is none
}

// hop is one agency that had the case.
type hop struct {
	Agency string
	From   time.Time
	To     time.Time // zero where it still has it
	Reason string    // why it was passed on
}

// why is the rule by which the case came here.
type why struct {
	ruling.Why
	At    time.Time
	Moved bool // by hand, later
}

// Card shows a case.
func (h *Handlers) Card(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.find(c)
	if err != nil {
		return err
	}
	return h.renderCard(c, found, doneWords(ctx, c.QueryParam("done"), ""), nil)
}

func (h *Handlers) renderCard(c echo.Context, found *workflow.Case, done string, applicant *workflow.Applicant) error {
	ctx := edge.Ctx(c)
	a, by := &found.Appeal, edge.Actor(ctx)
	q := readQueue(c.QueryParams())
	page, err := h.page(c, a.Number)
	if err != nil {
		return err
	}
	page.Search.Value = ""
	on(&page, a)
	view := h.facts(ctx, found, q)
	view.Page, view.Done, view.Applicant = page, done, applicant
	view.Next = h.next(ctx, q, a)
	if view.Mark, err = h.mark(a.ID); err != nil {
		return err
	}
	if view.Forms, err = h.forms(ctx, by, a, q, view.Next != ""); err != nil {
		return err
	}
	for i := range view.Forms {
		view.Forms[i].Mine = lastOwn(found, by.User, view.Forms[i].action)
	}
	view.Taken = taken(found)
	view.Items, view.Hops, view.Why = h.history(ctx, found), h.hops(ctx, found), h.why(ctx, found)
	view.Maybe = h.maybe(ctx, a)
	if view.Gathers, err = h.gathers(ctx, by); err != nil {
		return err
	}
	if view.Ties, err = h.ties(ctx, by, found); err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, cardPage(view))
}

// facts are what a case says of itself; they cost no further reading.
func (h *Handlers) facts(ctx context.Context, found *workflow.Case, q queue) card {
	n, a := h.names(ctx), &found.Appeal
	view := card{
		Appeal: *a, Queue: q, Topic: n.branch(a.Rubric), Place: n.territory(a.Place.Territory), Agency: n.agency(a.Agency),
		Clocks: clocks(ctx, a), Mapped: n.book.Places.Mapped() && a.Place.Point != nil,
	}
	view.Opinions = opinions(n, a, ui.Now(ctx))
	if a.Against != 0 {
		view.Against = n.agency(a.Against)
	}
	if a.Executor != 0 {
		view.Executor = n.user(a.Executor)
	}
	shots := map[int64][]workflow.Photo{}
	for _, p := range found.Photos {
		shots[p.Answer] = append(shots[p.Answer], p)
	}
	view.Photos = shots[0]
	letters := map[int64]string{}
	if workflow.CanReadApplicant(edge.Actor(ctx), a) != nil {
		if view.ContactsOf = view.Executor; view.ContactsOf == "" {
			view.ContactsOf = ui.T(ctx, "role."+string(actor.Coordinator))
		}
	} else {
		for _, s := range workflow.Signatures(found) {
			letters[s.Answer.ID] = letterURL(a.ID, s.N)
		}
	}
	for i := range found.Answers {
		answer := found.Answers[i]
		if answer.State == workflow.AnswerSigned {
			view.Signed = append(view.Signed, signedAnswer{answer, n.user(answer.Signer), shots[answer.ID], letters[answer.ID]})
			continue
		}
		view.Draft, view.Proofs = &answer, shots[answer.ID]
	}
	slices.Reverse(view.Signed)
	return view
}

// clocks are the open deadlines, that of the answer first.
func clocks(ctx context.Context, a *workflow.Appeal) []clockLine {
	now := ui.Now(ctx)
	var out []clockLine
	for _, d := range a.Deadline {
		if d.State != deadline.Open {
			continue
		}
		line := clockLine{
			Name: ui.T(ctx, "deadline."+string(d.Kind)), DueAt: d.DueAt, Spent: int(100 * min(d.Spent(now), 1)),
			State: ui.DueOK, Main: d.Kind == deadline.Review,
		}
		switch {
		case !d.PausedAt.IsZero():
			line.State = ui.DuePaused
		case d.Overdue(now):
			line.State = ui.DueOverdue
		case line.Spent >= 80:
			line.State = ui.DueSoon
		}
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(x, y clockLine) int {
		if x.Main != y.Main {
			if x.Main {
				return -1
			}
			return 1
		}
		return x.DueAt.Compare(y.DueAt)
	})
	return out
}

// next is the address of the case that follows in the queue, "" where none
// does. At the end of the queue it begins anew.
func (h *Handlers) next(ctx context.Context, q queue, a *workflow.Appeal) string {
	if q.Tab == "" || q.Words != "" {
		return ""
	}
	query, err := h.query(ctx, q)
	if err != nil {
		return ""
	}
	query.Limit = 2
	query.After = cursorOf(query, a.SubmittedAt, a.DueAt, a.ID)
	for range 2 {
		rows, _, err := h.cfg.Reader.ListInbox(ctx, query)
		if err != nil {
			return "" // the card is of use without
		}
		for _, r := range rows {
			if r.ID != a.ID {
				return q.url(cardURL(r.ID))
			}
		}
		query.After = workflow.Cursor{}
	}
	return ""
}
