package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

const (
	tailPause  = 300 * time.Millisecond
	tailAtOnce = 2000 // events in a batch; bleve indexes batches of 2,000 best
	loadAtOnce = 250  // cases in memory at once
)

// Log is the log of all events, and the cases behind them.
type Log interface {
	EventsAfter(ctx context.Context, position string, limit int) (events []workflow.Event, next string, err error)
	FindCases(ctx context.Context, ids []int64) ([]workflow.Case, error)
}

// Indexer keeps an index behind the event log. The index remembers how far it
// has come together with what it holds, so that a crash neither skips nor
// doubles anything.
type Indexer struct {
	Log   *slog.Logger
	Event Log
	Index search.Index
	// Lost is called when the log no longer knows the index's place (the
	// database was restored from a copy); the indexer stops then.
	Lost func()
}

// Run follows the log until ctx ends.
func (x *Indexer) Run(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	loop(ctx, x.Log, "index", tailPause, func(ctx context.Context) (bool, error) {
		more, err := x.Step(ctx)
		if fault.Is(err, fault.Gone) {
			x.Log.WarnContext(ctx, "the index is ahead of the database and must be rebuilt")
			stop()
			x.Lost()
			return false, nil
		}
		return more, err
	})
}

// Step indexes one batch and reports whether there may be more.
func (x *Indexer) Step(ctx context.Context) (more bool, err error) {
	at, err := x.Index.Checkpoint(ctx)
	if err != nil {
		return false, err
	}
	events, next, err := x.Event.EventsAfter(ctx, at, tailAtOnce)
	if err != nil || len(events) == 0 {
		return false, err
	}
	seen := make(map[int64]bool, len(events))
	var ids []int64
	for _, e := range events {
		if !seen[e.Appeal] {
			seen[e.Appeal] = true
			ids = append(ids, e.Appeal)
		}
	}
	docs := make([]search.Doc, 0, len(ids))
	for len(ids) > 0 {
		n := min(loadAtOnce, len(ids))
		cases, err := x.Event.FindCases(ctx, ids[:n])
		if err != nil {
			return false, err
		}
		for i := range cases {
			docs = append(docs, doc(&cases[i]))
		}
		ids = ids[n:]
	}
	if err := x.Index.Apply(ctx, docs, nil, next); err != nil {
		return false, err
	}
	return len(events) == tailAtOnce, nil
}

// doc is what the index holds of a case: no personal data.
func doc(c *workflow.Case) search.Doc {
	a := &c.Appeal
	d := search.Doc{
		ID: a.ID, Number: a.Number, Text: a.Text, Rubric: a.Rubric, Category: a.Category, Territory: a.Place.Territory,
		Agency: a.Agency, Executor: a.Executor, Stage: string(a.Stage), Final: a.Stage.Final(), Source: string(a.Source),
		SubmittedAt: a.SubmittedAt, DueAt: a.DueAt, AnsweredAt: a.AnsweredAt, ClosedAt: a.ClosedAt,
		Outcome: string(a.Outcome), Rating: a.Rating, Refuted: a.Refuted, Late: a.Late, Joined: a.Lead != 0,
	}
	if p := a.Place.Point; p != nil {
		d.Lat, d.Lon = p.Lat, p.Lon
	}
	for i := range c.Answers {
		if c.Answers[i].State == workflow.AnswerSigned {
			d.Answer = c.Answers[i].Text
		}
	}
	return d
}
