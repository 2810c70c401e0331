package workflow

import (
	"slices"
	"time"

	"github.com/otklik/otklik/workflow/deadline"
)

// told is what an appeal shows of its answers, read from its events alone: the
// figures of a region are counted from these columns.
type told struct {
	outcome       Outcome
	rating        int
	first, latest time.Time // final answers
	ended         time.Time
	late          bool
}

func tellOf(events []Event) told {
	var t told
	for i := range events {
		e := &events[i]
		switch e.Action {
		case Sign:
			t.signed(e, e.At)
		case Share:
			t.signed(e, e.Data.SignedAt)
		case Rate, ReReview, Dispute:
			if e.Data.Rating != 0 {
				t.rating = e.Data.Rating
			}
		default:
		}
		switch {
		case e.To.Final() && !e.From.Final():
			t.ended = e.At
		case e.From.Final() && !e.To.Final():
			t.ended = time.Time{}
		}
	}
	return t
}

// signed notes an answer, its own or that of its lead, which met the clock at
// an instant.
func (t *told) signed(e *Event, at time.Time) {
	t.outcome = e.Data.Outcome
	if e.To != StageAnswered {
		return
	}
	if t.first.IsZero() {
		t.first = at
		t.late = slices.ContainsFunc(e.Data.Clock, func(c deadline.Entry) bool {
			return c.Op == deadline.OpClose && c.Kind == deadline.Review && at.After(c.Due)
		})
	}
	t.latest, t.rating = at, 0
}

// answered compares what the appeal shows of its answers with its events.
func (a *auditor) answered() {
	p, t := &a.c.Appeal, tellOf(a.c.Events)
	if p.Outcome != t.outcome {
		a.found(0, "its outcome is %q, the events give %q", p.Outcome, t.outcome)
	}
	if p.Rating != t.rating {
		a.found(0, "its rating is %d, the events give %d", p.Rating, t.rating)
	}
	for _, d := range []struct {
		what    string
		is, was time.Time
	}{
		{"its first answer is dated", p.FirstSigned, t.first},
		{"its latest answer is dated", p.AnsweredAt, t.latest},
		{"it ended", p.ClosedAt, t.ended},
	} {
		if !d.is.Equal(d.was) {
			a.found(0, "%s %v, the events say %v", d.what, d.is, d.was)
		}
	}
	if p.Late != t.late {
		a.found(0, "its lateness is %t, the events give %t", p.Late, t.late)
	}
	if len(a.c.Events) > 0 {
		if sum := a.c.Events[0].Data.TextHash; sum != "" && sum != HashText(p.Text) {
			a.found(1, "the text is not as it was sent")
		}
	}
}
