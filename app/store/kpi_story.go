package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/workflow"
)

const storyColumns = `id, agency_id, territory_id, executor_id, rubric, category, review_order, stage, submitted_at, registered_at,
	first_signed_at, answered_at, closed_at, due_at, outcome, refuted, formal, late, extended, rating, hops, round, lead_id, split_from`

// Stories implements report.Ledger, in the order of the ids.
func (s *Store) Stories(ctx context.Context, appeals []int64) ([]report.Story, error) {
	rows, err := s.freshDB.QueryContext(ctx,
		s.dialect.bind("SELECT "+storyColumns+" FROM appeals WHERE "+s.dialect.in("id")+" ORDER BY id"), s.dialect.ids(appeals))
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	out := make([]report.Story, 0, len(appeals))
	for rows.Next() {
		var r appealRow
		err := rows.Scan(&r.ID, &r.AgencyID, &r.TerritoryID, &r.ExecutorID, &r.Rubric, &r.Category, &r.ReviewOrder, &r.Stage, &r.SubmittedAt,
			&r.RegisteredAt, &r.FirstSignedAt, &r.AnsweredAt, &r.ClosedAt, &r.DueAt, &r.Outcome, &r.Refuted, &r.Formal, &r.Late, &r.Extended,
			&r.Rating, &r.Hops, &r.Round, &r.LeadID, &r.SplitFrom)
		if err != nil {
			return nil, translate(err)
		}
		out = append(out, r.story())
	}
	if err := rows.Err(); err != nil {
		return nil, translate(err)
	}
	return out, translate(s.steps(ctx, appeals, out))
}

func (r *appealRow) story() report.Story {
	stage := workflow.Stage(r.Stage)
	return report.Story{
		Appeal: r.ID, Agency: r.AgencyID, Territory: r.TerritoryID, Executor: r.ExecutorID, Rubric: r.Rubric, Category: r.Category,
		Fast: workflow.Order(r.ReviewOrder) == workflow.Fast, Rejected: stage == workflow.StageRejected,
		Withdrawn: stage == workflow.StageWithdrawn, Done: stage.Final() || stage == workflow.StageAnswered,
		Submitted: r.SubmittedAt.time(), Registered: r.RegisteredAt.time(), First: r.FirstSignedAt.time(), Answered: r.AnsweredAt.time(),
		Closed: r.ClosedAt.time(), Due: r.DueAt.time(), Solved: workflow.Outcome(r.Outcome) == workflow.Solved, Refuted: r.Refuted,
		Formal: r.Formal, Late: r.Late, Extended: r.Extended, Rating: r.Rating, Hops: r.Hops, Round: r.Round,
		Joined: r.LeadID != 0, Part: r.SplitFrom != 0,
	}
}

// steps fills the events of the stories, which stand in the order of their ids.
func (s *Store) steps(ctx context.Context, appeals []int64, stories []report.Story) error {
	rows, err := s.freshDB.QueryContext(ctx, s.dialect.bind(`SELECT appeal_id, at, agency_id, action, to_stage,
		CASE WHEN action = 'redirect' OR to_stage = 'answered' THEN data ELSE '' END
		FROM events WHERE `+s.dialect.in("appeal_id")+" ORDER BY appeal_id, n"), s.dialect.ids(appeals))
	if err != nil {
		return err
	}
	defer rows.Close()
	at := 0
	for rows.Next() {
		var appeal int64
		var when instant
		var step report.Step
		var action, data string
		if err := rows.Scan(&appeal, &when, &step.Agency, &action, &step.Stage, &data); err != nil {
			return err
		}
		for at < len(stories) && stories[at].Appeal < appeal {
			at++
		}
		if at == len(stories) || stories[at].Appeal != appeal {
			continue // of an appeal that is gone
		}
		step.At = when.time()
		if err := finish(&step, workflow.Action(action), data); err != nil {
			return fmt.Errorf("events of appeal %d: %w", appeal, err)
		}
		stories[at].Steps = append(stories[at].Steps, step)
	}
	return rows.Err()
}

// finish reads what the data of an event adds to its step.
func finish(step *report.Step, action workflow.Action, data string) error {
	stage := workflow.Stage(step.Stage)
	step.Final = stage.Final()
	step.Signed = stage == workflow.StageAnswered && (action == workflow.Sign || action == workflow.Share)
	if !step.Signed && action != workflow.Redirect {
		return nil
	}
	var d workflow.EventData
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		return err
	}
	step.From = d.FromAgency
	for _, flag := range d.Flags {
		step.Flags = append(step.Flags, string(flag))
	}
	return nil
}
