package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// workloadView is who of an agency has how much to do.
type workloadView struct {
	Page     ui.Page
	Agency   int64
	Agencies []ui.Option // to choose from, where there are several
	Lines    []loadLine
}

type loadLine struct {
	workflow.Load
	Name   string
	URL    string // their cases
	Late   string // those that are overdue
	OnSign string
	Seen   time.Time
	Away   *away
}

// workloadDays is how far back answers count.
const workloadDays = 30

// mayPlan reports whether somebody is shown the work of an agency's people.
func mayPlan(by actor.Actor, agency int64) bool {
	return by.Regional() || by.Holds(actor.Coordinator, agency) || by.Holds(actor.Head, agency) || by.Holds(actor.AgencyAdmin, agency)
}

// planned lists the agencies whose people's work the person is shown.
func (h *Handlers) planned(ctx context.Context, by actor.Actor) []ui.Option {
	var out []ui.Option
	for _, a := range h.cfg.Directory.Agencies() {
		if mayPlan(by, a.ID) {
			out = append(out, ui.Option{Value: idText(a.ID), Label: a.Name.In(ui.Lang(ctx))})
		}
	}
	return out
}

// Workload shows what each executor has to do and has done.
func (h *Handlers) Workload(c echo.Context) error {
	ctx, now := h.begin(c)
	by := edge.Actor(ctx)
	view := workloadView{Agencies: h.planned(ctx, by)}
	if len(view.Agencies) == 0 {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	view.Agency = int64(atoi(c.QueryParam("agency")))
	if view.Agency == 0 {
		view.Agency = int64(atoi(view.Agencies[0].Value))
	}
	if !mayPlan(by, view.Agency) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	var err error
	if view.Lines, err = h.loadLines(ctx, view.Agency, now); err != nil {
		return err
	}
	if view.Page, err = h.page(c, ui.T(ctx, "workload.title")); err != nil {
		return err
	}
	return edge.Render(c, http.StatusOK, workloadPage(view))
}

func (h *Handlers) loadLines(ctx context.Context, agency int64, now time.Time) ([]loadLine, error) {
	var users []int64
	for _, u := range h.cfg.Directory.Staff(agency) {
		if u.Actor().Holds(actor.Executor, agency) {
			users = append(users, u.ID)
		}
	}
	_, weekEnd := planRange(now.In(ui.Zone(ctx)), true)
	loads, err := h.cfg.Planning.ListLoads(ctx, workflow.LoadQuery{
		Agency: agency, Users: users, Now: now, WeekEnd: weekEnd.UTC(), Since: now.AddDate(0, 0, -workloadDays),
	})
	if err != nil {
		return nil, err
	}
	seen, err := h.cfg.Planning.LastSeen(ctx, users)
	if err != nil {
		return nil, err
	}
	absences, err := h.cfg.Absences.ListAbsences(ctx, agency, now)
	if err != nil {
		return nil, err
	}
	n := h.names(ctx)
	out := make([]loadLine, len(loads))
	for i, l := range loads {
		q := queue{Tab: workflow.TabAll, Agency: agency, Executor: l.User, Sort: sortDue}
		late := queue{Tab: workflow.TabOverdue, Agency: agency, Executor: l.User}
		signs := queue{Tab: workflow.TabOnSign, Agency: agency, Executor: l.User}
		out[i] = loadLine{
			Load: l, Name: n.user(l.User), URL: q.url("/console"), Late: late.url("/console"), OnSign: signs.url("/console"),
			Seen: seen[l.User], Away: h.awayIn(ctx, absences, agency, l.User),
		}
	}
	slices.SortStableFunc(out, func(x, y loadLine) int {
		return cmp.Or(y.Overdue-x.Overdue, y.Open-x.Open, cmp.Compare(x.Name, y.Name))
	})
	return out, nil
}

// medianWords is a median time in days, to a tenth.
func medianWords(ctx context.Context, l workflow.Load) string {
	if l.Answered == 0 {
		return "—"
	}
	return ui.T(ctx, "workload.days", "days", ui.Decimal(ctx, l.Median.Hours()/24, 1))
}
