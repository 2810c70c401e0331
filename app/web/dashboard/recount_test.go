package dashboard_test

import (
	"slices"
	"time"

	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/conscience"
)

// recount computes the counts of a period from nothing but the events of the
// cases, in the words of report.Counts.
func recount(all []workflow.Case, p report.Period, now time.Time, population int) report.Counts {
	c := report.Counts{Population: population}
	in := func(t time.Time) bool { return !t.IsZero() && !t.Before(p.From) && t.Before(p.To) }
	stories := map[int64]story{}
	for i := range all {
		s := replay(&all[i], stories)
		stories[all[i].Appeal.ID] = s
		if in(s.submitted) {
			c.Submitted++
			c.HopsSum += s.hops
			if s.hops >= 2 {
				c.TwoHops++
			}
			if s.lead != 0 {
				c.Joined++
			}
			if s.part {
				c.Parts++
			}
			switch s.stage {
			case workflow.StageRejected:
				c.Rejected++
			case workflow.StageWithdrawn:
			default:
				c.Accepted++
				if all[i].Appeal.Order == workflow.Fast {
					c.FastTrack++
				}
			}
		}
		if in(s.first) {
			c.Closed++
			c.Hours.Merge(report.HoursOf(s.first.Sub(s.registered)), 1)
			if s.right {
				c.FirstRight++
			}
			if s.late {
				c.ClosedLate++
			}
			if s.extended {
				c.Extended++
			}
		}
		open := s.first.IsZero() && s.ended.IsZero()
		if open && in(s.due) {
			c.OpenDue++
			if s.due.Before(now) {
				c.OpenPastDue++
			}
		}
		if in(s.answered) {
			c.Answered++
			if s.formal {
				c.Formal++
			}
			if s.rating > 0 {
				c.Rated++
				c.RatingSum += s.rating
			}
			if s.rating >= 4 {
				c.Top2++
			}
			if s.round > 1 {
				c.ReReviewed++
			}
			if s.outcome == workflow.Solved {
				c.Solved++
				if s.refuted {
					c.Refuted++
				}
			}
		}
		answeredBy := s.first.IsZero() || !s.first.Before(p.To)
		endedBy := s.ended.IsZero() || !s.ended.Before(p.To) || !s.first.IsZero()
		if s.submitted.Before(p.To) && answeredBy && endedBy {
			c.OpenNow++
		}
	}
	return c
}

// story is what the events of one appeal tell.
type story struct {
	submitted, registered, first, answered, due  time.Time
	ended                                        time.Time // rejected or withdrawn
	stage                                        workflow.Stage
	hops, round, rating                          int
	late, extended, refuted, formal, right, part bool
	lead                                         int64
	outcome                                      workflow.Outcome
}

// replay needs the stories of earlier appeals: a part was sent when the whole
// was.
func replay(c *workflow.Case, earlier map[int64]story) story {
	s := story{round: 1}
	for _, e := range c.Events {
		s.stage, s.due = e.To, e.DueAfter
		switch e.Action {
		case workflow.Submit:
			s.submitted, s.registered = e.At, e.At
		case workflow.BeginPart:
			of := earlier[e.Data.SplitFrom.Appeal]
			s.submitted, s.registered, s.extended, s.part = of.submitted, of.registered, of.extended, true
		case workflow.Join:
			s.lead = e.Data.Lead.Appeal
		case workflow.Leave:
			s.lead = 0
		case workflow.Redirect:
			s.hops++
		case workflow.ApproveExtension:
			s.extended = true
		case workflow.Sign, workflow.Share:
			at := e.At
			if e.Action == workflow.Share {
				at = e.Data.SignedAt
			}
			s.outcome = e.Data.Outcome
			if e.To != workflow.StageAnswered {
				break
			}
			if s.first.IsZero() {
				s.first, s.late, s.right = at, at.After(e.DueBefore), e.Agency == c.Events[0].Agency
			}
			s.answered, s.rating = at, 0
			s.formal = slices.ContainsFunc(e.Data.Flags, conscience.Code.Formal)
		case workflow.Rate, workflow.ReReview, workflow.Dispute:
			if e.Data.Rating > 0 {
				s.rating = e.Data.Rating
			}
			s.refuted = s.refuted || e.Data.NotFixed && s.outcome == workflow.Solved
			if e.Action == workflow.ReReview {
				s.round++
			}
		case workflow.Reject, workflow.Withdraw, workflow.Lapse:
			s.ended = e.At
		default:
		}
	}
	return s
}
