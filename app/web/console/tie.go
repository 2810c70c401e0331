package console

import (
	"context"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
)

// tiesShown is how many joined appeals a card lists.
const tiesShown = 30

// ties are the other appeals that a case belongs together with.
type ties struct {
	Joined []tie // to this one
	More   int   // joined and not listed
	Parts  []tie // split from this one
	Origin *tie  // of which it was a part
}

// tie is one of them. URL is "" where the reader may not see it.
type tie struct {
	ID      int64
	Number  string
	URL     string
	Stage   workflow.Stage
	Place   string
	Agency  string
	DueAt   time.Time
	Version int
	MayGo   bool // the reader may take it out
}

// ties reads what a case is tied to; a case without ties costs nothing.
func (h *Handlers) ties(ctx context.Context, by actor.Actor, found *workflow.Case) (ties, error) {
	var out ties
	all := workflow.Ties(found)
	if len(all) == 0 {
		return out, nil
	}
	joined, parts, err := h.cfg.Reader.ListTied(ctx, found.Appeal.ID, tiesShown)
	if err != nil {
		return out, err
	}
	if out.Joined, err = h.tied(ctx, by, joined); err != nil {
		return out, err
	}
	out.More = max(0, found.Appeal.Joined-len(out.Joined))
	if out.Parts, err = h.tied(ctx, by, parts); err != nil {
		return out, err
	}
	if from := found.Appeal.SplitFrom; from != 0 {
		origin, err := h.tied(ctx, by, []int64{from})
		if err != nil {
			return out, err
		}
		if len(origin) > 0 {
			out.Origin = &origin[0]
		}
	}
	return out, nil
}

func (h *Handlers) tied(ctx context.Context, by actor.Actor, ids []int64) ([]tie, error) {
	cases, err := h.cfg.Reader.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	n := h.names(ctx)
	out := make([]tie, len(cases))
	for i := range cases {
		a := &cases[i].Appeal
		out[i] = tie{
			ID: a.ID, Number: a.Number, Stage: a.Stage, Place: address(n.territory(a.Place.Territory), a.Place.Address),
			Agency: n.agency(a.Agency), DueAt: a.DueAt, Version: a.Version,
		}
		if workflow.CanSee(by, a) {
			out[i].URL, out[i].MayGo = cardURL(a.ID), workflow.Can(by, a, workflow.Leave) == nil
		} else {
			out[i].Place = ""
		}
	}
	return out, nil
}
