package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// absenceView is who is away and who stands in.
type absenceView struct {
	Page        ui.Page
	Lines       []absenceLine
	People      []ui.Option // who may be away, as far as the reader may say so
	Substitutes []ui.Option
	Values      map[string]string
	Errors      ui.Errors
	Done        string
}

type absenceLine struct {
	identity.Absence
	Name       string
	Role       string
	Last       time.Time
	Substitute string // "": nobody
	Now        bool
	Alone      bool // away now, and nobody works in their place
	MayEnd     bool
}

// substituted are the roles in which somebody can be stood in for.
var substituted = []actor.Role{actor.Executor, actor.Head, actor.Coordinator, actor.Moderator}

// AbsenceList shows absences and the form of a new one.
func (h *Handlers) AbsenceList(c echo.Context) error {
	ctx, _ := h.begin(c)
	view := absenceView{Values: map[string]string{}}
	switch c.QueryParam("done") {
	case "set":
		view.Done = ui.T(ctx, "absence.done_set")
	case "end":
		view.Done = ui.T(ctx, "absence.done_end")
	}
	return h.renderAbsences(c, http.StatusOK, view)
}

// SetAbsence notes a new one.
func (h *Handlers) SetAbsence(c echo.Context) error {
	ctx, now := h.begin(c)
	view := absenceView{Values: map[string]string{}}
	for _, name := range []string{"user", "from", "to", "substitute"} {
		view.Values[name] = strings.TrimSpace(c.FormValue(name))
	}
	err := h.setAbsence(ctx, now, view.Values)
	switch fault.KindOf(err) {
	case "":
		return edge.SeeOther(c, "/console/absences?done=set")
	case fault.Invalid:
		view.Errors = ui.ErrorsOf(ctx, err)
	case fault.Conflict:
		view.Errors = ui.Errors{{Name: "from", Text: ui.Message(ctx, err)}}
	default:
		return err
	}
	return h.renderAbsences(c, edge.Status(err), view)
}

func (h *Handlers) setAbsence(ctx context.Context, now time.Time, typed map[string]string) error {
	var check fault.Check
	day := func(name string) time.Time {
		t, err := time.ParseInLocation(time.DateOnly, typed[name], ui.Zone(ctx))
		check.That(err == nil, name, "error.not_a_date")
		return t
	}
	a := identity.Absence{SetBy: edge.Actor(ctx).User, SetAt: now}
	a.From, a.To = day("from").UTC(), day("to").AddDate(0, 0, 1).UTC()
	who := strings.Split(typed["user"], ":")
	if len(who) == 3 {
		a.User, a.Agency, a.Role = int64(atoi(who[0])), int64(atoi(who[1])), actor.Role(who[2])
	}
	user, known := h.cfg.Directory.User(a.User)
	check.That(known, "user", "absence.not_in_role")
	if err := check.Err(); err != nil {
		return err
	}
	if !identity.MaySetAbsence(edge.Actor(ctx), a) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	var substitute *identity.User
	if a.Substitute = int64(atoi(typed["substitute"])); a.Substitute != 0 {
		found, ok := h.cfg.Directory.User(a.Substitute)
		check.That(ok, "substitute", "absence.not_in_role")
		substitute = &found
	}
	if err := check.Err(); err != nil {
		return err
	}
	if err := a.Check(now, &user, substitute); err != nil {
		return err
	}
	return h.cfg.Absences.CreateAbsence(ctx, &a)
}

// EndAbsence ends one early: they are back.
func (h *Handlers) EndAbsence(c echo.Context) error {
	ctx, now := h.begin(c)
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	a, err := h.cfg.Absences.FindAbsence(ctx, id)
	if err != nil {
		return err
	}
	if !identity.MaySetAbsence(edge.Actor(ctx), *a) {
		return fault.New(fault.NotFound, "error.not_found")
	}
	if err := h.cfg.Absences.EndAbsence(ctx, id, now); err != nil {
		return err
	}
	return edge.SeeOther(c, "/console/absences?done=end")
}

func (h *Handlers) renderAbsences(c echo.Context, status int, view absenceView) error {
	ctx := edge.Ctx(c)
	by, now := edge.Actor(ctx), ui.Now(ctx)
	agencies := by.Agencies()
	if len(agencies) == 0 {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	n := h.names(ctx)
	for _, agency := range agencies {
		list, err := h.cfg.Absences.ListAbsences(ctx, agency, now)
		if err != nil {
			return err
		}
		for _, a := range list {
			line := absenceLine{
				Absence: a, Name: n.user(a.User), Role: ui.T(ctx, "role."+string(a.Role)), Last: a.To.Add(-time.Second),
				Now: a.At(now), MayEnd: identity.MaySetAbsence(by, a),
			}
			if a.Substitute != 0 {
				line.Substitute = n.user(a.Substitute)
			}
			line.Alone = line.Now && identity.StandIn(list, a.User, a.Agency, a.Role, now) == 0
			view.Lines = append(view.Lines, line)
		}
		h.absencePeople(ctx, &view, agency, len(agencies) > 1)
	}
	var err error
	if view.Page, err = h.page(c, ui.T(ctx, "absence.title")); err != nil {
		return err
	}
	view.Page.Invalid = len(view.Errors) > 0
	return edge.Render(c, status, absencePage(view))
}

// absencePeople lists whose absence the reader may set, themselves first, and
// who could stand in.
func (h *Handlers) absencePeople(ctx context.Context, view *absenceView, agency int64, several bool) {
	by, n := edge.Actor(ctx), h.names(ctx)
	own := len(view.People)
	for _, u := range h.cfg.Directory.Staff(agency) {
		var roles []string
		for _, role := range substituted {
			if !u.Actor().Holds(role, agency) {
				continue
			}
			name := ui.T(ctx, "role."+string(role))
			roles = append(roles, name)
			label := u.Name + ", " + name
			if several {
				label += ", " + n.agency(agency)
			}
			if identity.MaySetAbsence(by, identity.Absence{User: u.ID, Agency: agency, Role: role}) {
				one := ui.Option{
					Value: strings.Join([]string{idText(u.ID), idText(agency), string(role)}, ":"), Label: label,
				}
				if u.ID == by.User {
					view.People = slices.Insert(view.People, own, one)
				} else {
					view.People = append(view.People, one)
				}
			}
		}
		if len(roles) > 0 {
			view.Substitutes = append(view.Substitutes, ui.Option{
				Value: strconv.FormatInt(u.ID, 10), Label: u.Name + ", " + strings.Join(roles, ", "),
			})
		}
	}
}
