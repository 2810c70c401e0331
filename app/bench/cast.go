package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// cast is the people and places of a region, for lives that are made in memory.
type cast struct {
	product *product
	forms   *forms
	users   []identity.User
	ids     atomic.Int64 // of appeals
	answers atomic.Int64 // of answers
}

func newCast(ctx context.Context, p *product) (*cast, error) {
	f, err := newForms(p)
	if err != nil {
		return nil, err
	}
	users, err := p.app.Store.ListUsers(ctx, 0)
	if err != nil {
		return nil, err
	}
	c := &cast{product: p, forms: f, users: users}
	c.ids.Store(firstCopy - 1)
	return c, nil
}

// holder is somebody with the role in the agency.
func (c *cast) holder(role actor.Role, agency int64) (actor.Actor, error) {
	for i := range c.users {
		if a := c.users[i].Actor(); a.Holds(role, agency) {
			return a, nil
		}
	}
	return actor.Actor{}, fmt.Errorf("agency %d has no %s", agency, role)
}

// scene is where one life after the other is made: an engine over a ledger and
// a clock that is moved. Scenes of one cast may play at once.
type scene struct {
	*workflow.Engine
	cast   *cast
	ledger *ledger
	clock  *clock.Fake
	random *rand.Rand
}

func (c *cast) scene(seed uint64) (*scene, error) {
	s := &scene{
		cast: c, ledger: &ledger{ids: &c.ids, answers: &c.answers}, clock: clock.NewFake(c.product.app.Clock.Now()),
		random: rand.New(rand.NewPCG(seed, 13)), //nolint:gosec // the same lives in every run
	}
	var err error
	s.Engine, err = c.product.app.EngineOver(s.ledger, s.clock)
	return s, err
}

// resident is who sends everything.
var resident = workflow.Applicant{Name: "Житель области", Phone: "+70000000000", Lang: "ru"}

// submit sends an appeal about a topic at the time that the clock shows.
func (s *scene) submit(ctx context.Context, topic string, at territory.Territory, words string) error {
	_, err := s.Submit(ctx, workflow.Submission{
		Text: words, Rubric: topic, Source: workflow.FromAPI, Applicant: resident,
		Place: workflow.Place{Territory: at.ID, Address: address(s.random)}, Photos: pictures(s.random),
	})
	return err
}

// act lets somebody of the agency that has the appeal take a step, or its
// author where the role is empty.
func (s *scene) act(ctx context.Context, role actor.Role, cmd workflow.Command) error {
	a := &s.ledger.Appeal
	by, err := actor.Author(a.ID), error(nil)
	switch role {
	case "":
	case actor.Executor:
		by = actor.Actor{Kind: actor.Officer, User: a.Executor, Memberships: []actor.Membership{{Agency: a.Agency, Role: role}}}
	default:
		by, err = s.cast.holder(role, a.Agency)
	}
	if err != nil {
		return err
	}
	if cmd.Action == workflow.Assign {
		worker, err := s.cast.holder(actor.Executor, a.Agency)
		if err != nil {
			return err
		}
		cmd.Executor = worker.User
	}
	_, err = s.Act(ctx, by, a.ID, cmd)
	return err
}

var errNoTopic = errors.New("the region has no topic that would do")
