package app

import (
	"context"
	"slices"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/rubricator"
)

// bodies are the agencies of the database as routes see them.
func (a *App) bodies(ctx context.Context) ([]rubricator.Body, error) { return bodiesOf(ctx, a.Store) }

// bodiesOf are the agencies of a database as routes see them. Where no users are
// known at all, nothing is said of coordinators.
func bodiesOf(ctx context.Context, s identity.Store) ([]rubricator.Body, error) {
	agencies, err := s.ListAgencies(ctx)
	if err != nil {
		return nil, err
	}
	users, err := s.ListUsers(ctx, 0)
	if err != nil {
		return nil, err
	}
	out := make([]rubricator.Body, len(agencies))
	for i, a := range agencies {
		out[i] = rubricator.Body{ID: a.ID, Code: a.Code, Takes: takes(a)}
		if len(users) == 0 {
			out[i].Coordinators = -1
		}
		for _, u := range users {
			if !u.Disabled && u.Actor().Holds(actor.Coordinator, a.ID) {
				out[i].Coordinators++
			}
		}
	}
	return out, nil
}

// takes reports whether an agency takes appeals: one that says nothing of what
// it does takes them.
func takes(a identity.Agency) bool {
	return len(a.Capabilities) == 0 || slices.Contains(a.Capabilities, "appeals")
}
