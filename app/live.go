package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"strconv"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/live"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
)

// liveLog shows the event log to the hub of live screens. Rights are those of
// the appeal as it stands, so each that changed is read once for all screens.
type liveLog struct{ store *store.Store }

func (l liveLog) End(ctx context.Context) (string, error) { return l.store.LogEnd(ctx) }

// casesAtOnce is how many cases are read in one question.
const casesAtOnce = 200

func (l liveLog) After(ctx context.Context, position string, limit int) ([]live.Change, string, error) {
	events, next, err := l.store.EventsAfter(ctx, position, limit)
	if err != nil || len(events) == 0 {
		return nil, next, err
	}
	ids := make([]int64, 0, len(events))
	appeals := make(map[int64]*workflow.Appeal, len(events))
	for _, e := range events {
		if _, ok := appeals[e.Appeal]; !ok {
			appeals[e.Appeal] = nil
			ids = append(ids, e.Appeal)
		}
	}
	for len(ids) > 0 {
		n := min(casesAtOnce, len(ids))
		cases, err := l.store.FindCases(ctx, ids[:n])
		if err != nil {
			return nil, "", err
		}
		for i := range cases {
			appeals[cases[i].Appeal.ID] = &cases[i].Appeal
		}
		ids = ids[n:]
	}
	changes := make([]live.Change, 0, len(events))
	for i := range events {
		if a := appeals[events[i].Appeal]; a != nil {
			changes = append(changes, changeOf(&events[i], a))
		}
	}
	return changes, next, nil
}

func changeOf(e *workflow.Event, a *workflow.Appeal) live.Change {
	var before *workflow.Appeal
	if from := e.Data.FromAgency; from != 0 && from != a.Agency {
		before = new(workflow.Appeal)
		*before = *a
		before.Agency = from
	}
	return live.Change{
		Appeal: e.Appeal, N: e.N, By: e.Actor,
		See: func(by actor.Actor) live.Sight {
			switch {
			case workflow.CanSee(by, a):
				return live.Seen
			case before != nil && workflow.CanSee(by, before):
				return live.Left
			default:
				return live.Hidden
			}
		},
	}
}

func (a *App) liveHub() *live.Hub {
	return live.NewHub(live.Config{
		Log: liveLog{a.Store}, Notices: a.Store, Presences: a.Store, Clock: a.Clock, Logger: a.Log,
	})
}

// keepKey is the key under which a browser keeps what its user has typed and
// not sent: who can't sign in as them can't read it.
func (a *App) keepKey(user int64) []byte {
	mac := hmac.New(sha256.New, a.keys.keep)
	mac.Write([]byte(strconv.FormatInt(user, 10)))
	return mac.Sum(nil)
}
