package console

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/ui"
)

// away is an executor to whom a case was to be given and who isn't there.
type away struct {
	User           int64
	Name           string
	Until          time.Time // the last day
	Substitute     int64     // who works in their place, 0: nobody
	SubstituteName string
}

// confirmed reports whether the form was sent again knowing that.
func (a *away) confirmed(value func(string) string) bool {
	return value("anyway") == strconv.FormatInt(a.User, 10)
}

// isAway returns the absence of an executor, nil while they are there.
func (h *Handlers) isAway(ctx context.Context, agency, user int64) (*away, error) {
	now := ui.Now(ctx)
	list, err := h.cfg.Absences.ListAbsences(ctx, agency, now)
	if err != nil {
		return nil, err
	}
	return h.awayIn(ctx, list, agency, user), nil
}

func (h *Handlers) awayIn(ctx context.Context, list []identity.Absence, agency, user int64) *away {
	now, n := ui.Now(ctx), h.names(ctx)
	i := slices.IndexFunc(list, func(a identity.Absence) bool {
		return a.User == user && a.Agency == agency && a.Role == actor.Executor && a.At(now)
	})
	if i < 0 {
		return nil
	}
	out := &away{User: user, Name: n.user(user), Until: list[i].To.Add(-time.Second)}
	if out.Substitute = identity.StandIn(list, user, agency, actor.Executor, now); out.Substitute != 0 {
		out.SubstituteName = n.user(out.Substitute)
	}
	return out
}
