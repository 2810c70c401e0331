package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/workflow"
)

// actionIn is what POST /appeals/{number}/actions takes.
type actionIn struct {
	Action   workflow.Action  `json:"action"`
	Version  int              `json:"version"`
	Reason   string           `json:"reason"`
	Agency   string           `json:"agency"`   // code
	Executor string           `json:"executor"` // login
	Days     int              `json:"days"`
	Text     string           `json:"text"`
	Outcome  workflow.Outcome `json:"outcome"`
	Promised string           `json:"promised"` // YYYY-MM-DD
	Ground   string           `json:"ground"`
	Rating   int              `json:"rating"`
	NotFixed bool             `json:"not_fixed"`
	Item     int              `json:"item"`
	Opinion  int              `json:"opinion"`
	Rubric   string           `json:"rubric"`
}

// stateOut is how an appeal stands after an action.
type stateOut struct {
	Number  string            `json:"number"`
	Version int               `json:"version"`
	Stage   workflow.Stage    `json:"stage"`
	Round   int               `json:"round"`
	Agency  string            `json:"agency"`
	DueAt   time.Time         `json:"due_at,omitzero"`
	Outcome workflow.Outcome  `json:"outcome,omitempty"`
	Rating  int               `json:"rating,omitempty"`
	Allowed []workflow.Action `json:"allowed"`
}

// Act takes one action with an appeal.
func (h *Handlers) Act(c echo.Context) error {
	if err := brake(c, h.slow.acts); err != nil {
		return err
	}
	found, by, err := h.find(c)
	if err != nil {
		return err
	}
	var in actionIn
	if err := read(c, &in); err != nil {
		return err
	}
	ctx := edge.Ctx(c)
	cmd, err := h.command(ctx, in)
	if err != nil {
		return err
	}
	a, err := h.Engine.Act(ctx, by, found.Appeal.ID, cmd)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, h.state(by, a))
}

func (h *Handlers) state(by actor.Actor, a *workflow.Appeal) stateOut {
	return stateOut{
		Number: a.Number, Version: a.Version, Stage: a.Stage, Round: a.Round, Agency: h.agencyCode(a.Agency), DueAt: a.DueAt,
		Outcome: a.Outcome, Rating: a.Rating, Allowed: allowed(by, a),
	}
}

// command finds what the codes mean.
func (h *Handlers) command(ctx context.Context, in actionIn) (workflow.Command, error) {
	cmd := workflow.Command{
		Action: in.Action, Version: in.Version, Reason: in.Reason, Days: in.Days, Text: in.Text, Outcome: in.Outcome,
		Ground: in.Ground, Rating: in.Rating, NotFixed: in.NotFixed, Item: in.Item, Opinion: in.Opinion, Rubric: in.Rubric,
	}
	var check fault.Check
	check.That(in.Action != "", "action", "error.required")
	if in.Agency != "" {
		a, ok := h.Directory.AgencyByCode(in.Agency)
		check.That(ok, "agency", "workflow.unknown_agency")
		cmd.Agency = a.ID
	}
	if in.Executor != "" {
		u, err := h.Users.FindUserByLogin(ctx, in.Executor)
		switch {
		case fault.Is(err, fault.NotFound):
			check.Fail("executor", "workflow.not_an_executor")
		case err != nil:
			return cmd, err
		default:
			cmd.Executor = u.ID
		}
	}
	if in.Promised != "" {
		day, err := time.ParseInLocation(time.DateOnly, in.Promised, h.Zone)
		check.That(err == nil, "promised", "api.not_a_date")
		cmd.Promised = day
	}
	return cmd, check.Err()
}
