package workflow

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/deadline"
)

// AuthorNotice tells the author something about their appeal: the payload of
// TopicNotifyAuthor. Who the author is and how to reach them is read when it
// is delivered.
type AuthorNotice struct {
	Key string `json:"key"` // catalogue key, area «notice»
}

func authorRow(key string) (Outbox, error) { return outbox(TopicNotifyAuthor, AuthorNotice{Key: key}) }

func officerRow(n Notice) (Outbox, error) { return outbox(TopicNotifyOfficers, n) }

func outbox(topic Topic, payload any) (Outbox, error) {
	data, err := json.Marshal(payload)
	if err != nil {
		return Outbox{}, fault.Wrap(fault.Internal, "error.internal", err)
	}
	return Outbox{Topic: topic, Payload: string(data)}, nil
}

// notices makes the outbox rows of a telling. An executor who isn't there yet
// is replaced by who stands above.
func (s *step) notices(tellings []Telling) ([]Outbox, error) {
	var rows []Outbox
	add := func(row Outbox, err error) error {
		row.Appeal, row.Event = s.a.ID, s.a.Events
		rows = append(rows, row)
		return err
	}
	for _, t := range tellings {
		var roles []Role
		for _, p := range t.To {
			if p == Worker && s.a.Executor == 0 {
				p = Party(deadline.Above(actor.Executor))
			}
			switch {
			case p == Author:
				if err := add(authorRow(t.Key)); err != nil {
					return nil, err
				}
			case p == CoExecutor:
				for _, o := range s.told() {
					if err := add(officerRow(Notice{Key: t.Key, Number: s.a.Number, Agency: o.Agency, User: o.User})); err != nil {
						return nil, err
					}
				}
			case p == Worker:
				if err := add(officerRow(Notice{Key: t.Key, Number: s.a.Number, Agency: s.a.Agency, User: s.a.Executor})); err != nil {
					return nil, err
				}
			case !slices.Contains(roles, Role(p)):
				roles = append(roles, Role(p))
			}
		}
		if len(roles) > 0 {
			agency := s.a.Agency
			if t.There && s.opinion != nil {
				agency = s.opinion.Agency
			}
			if err := add(officerRow(Notice{Key: t.Key, Number: s.a.Number, Agency: agency, Roles: roles})); err != nil {
				return nil, err
			}
		}
	}
	if s.joins != 0 {
		payload, err := json.Marshal(Passing{Lead: s.joins})
		if err != nil {
			return nil, fault.Wrap(fault.Internal, "error.internal", err)
		}
		if err := add(Outbox{Topic: TopicSame, Payload: string(payload)}, nil); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// told are the opinions whose co-executors a telling means.
func (s *step) told() []Opinion {
	if s.opinion != nil {
		return []Opinion{*s.opinion}
	}
	return s.dropped
}

// warnings says who is told of a clock's step: the officers to whom it
// climbs, or the citizen of a window. An overdue opinion climbs in the agency
// that owes it, and the lead hears of it.
func warnings(d *deadline.Deadline, step deadline.Step) []Telling {
	key := "warn." + string(d.Kind) + "." + phase(step)
	roles := d.Escalate(step)
	if len(roles) == 0 {
		return []Telling{tell(key, Author)}
	}
	doer, opinion := Worker, d.Kind == deadline.Opinion
	if opinion {
		doer = CoExecutor
	}
	var to []Party
	for _, role := range roles {
		if role == actor.Executor {
			to = append(to, doer)
			continue
		}
		to = append(to, Party(role))
	}
	out := []Telling{{Key: key, To: to, There: opinion}}
	if opinion && step == deadline.StepDue {
		out = append(out, tell(key, CoExecutor), tell("warn.opinion.lead", Worker))
	}
	return out
}

// phase is the last part of a warning's key: «soon», «due» or «overdue».
func phase(step deadline.Step) string {
	switch {
	case strings.HasPrefix(string(step), "overdue"):
		return "overdue"
	case step == deadline.StepDue:
		return "due"
	default:
		return "soon"
	}
}
