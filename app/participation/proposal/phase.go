// Package proposal owns what goes before and after a budget vote: citizens'
// proposals, their check by agencies, merging, and the reports on what was built.
//
// Where a campaign stands follows from its dates and the server's clock; nobody
// has to press anything for a phase to begin or to end.
package proposal

import (
	"time"

	"github.com/otklik/otklik/app/participation"
)

// Phases are the settings of a campaign that begins with proposals. The vote has
// its own times in the campaign's terms.
type Phases struct {
	Campaign     int64     `json:"-"`
	Announced    bool      `json:"-"` // everybody sees the campaign from then on
	Version      int       `json:"-"`
	ProposeFrom  time.Time `json:"propose_from"`
	ProposeUntil time.Time `json:"propose_until"`
	CheckUntil   time.Time `json:"check_until"`
	ResultBy     time.Time `json:"result_by"`
	ReportsUntil time.Time `json:"reports_until"` // when all that won is to be built
	PerPerson    int       `json:"per_person"`    // proposals of one person
	AnswerDays   int       `json:"answer_days"`   // for authors who are asked; silence is «no»
	Ceiling      int64     `json:"ceiling,omitempty"`
}

// The limits of the settings, in days and numbers.
const (
	DefaultPerPerson  = 3
	DefaultAnswerDays = 7
	MaxPerPerson      = 20
	MaxAnswerDays     = 60
	leastPropose      = 3 // days without which nobody hears of it
	leastCheck        = 3
	fewPropose        = 14 // days below which it deserves a second look
	fewCheck          = 14
	day               = 24 * time.Hour
)

// Step is a part of the way of a campaign.
type Step string

// The steps, in their order.
const (
	Propose Step = "propose"
	Check   Step = "check"
	Vote    Step = "vote"
	Result  Step = "result"
	Reports Step = "reports"
)

// Stage is a step on the timeline.
type Stage struct {
	Step  Step
	From  time.Time
	Until time.Time
	When  When
}

// When says how a step lies to now.
type When string

// Past, now and ahead.
const (
	Past  When = "past"
	Now   When = "now"
	Ahead When = "ahead"
)

// Timeline is the way of the campaign as it stands at an instant. The vote is over
// when the campaign says so, also where it was closed early; the result when it is
// shown.
func (p *Phases) Timeline(c *participation.Campaign, now time.Time) []Stage {
	closed := c.Closed
	if closed.IsZero() {
		closed = c.Terms.Closes
	}
	stages := []Stage{
		{Step: Propose, From: p.ProposeFrom, Until: p.ProposeUntil},
		{Step: Check, From: p.ProposeUntil, Until: p.CheckUntil},
		{Step: Vote, From: c.Terms.Opens, Until: closed},
		{Step: Result, From: closed, Until: p.ResultBy},
		{Step: Reports, From: p.ResultBy, Until: p.ReportsUntil},
	}
	for i := range stages {
		s := &stages[i]
		switch {
		case s.From.IsZero() || now.Before(s.From):
			s.When = Ahead
		case !s.Until.IsZero() && !now.Before(s.Until):
			s.When = Past
		default:
			s.When = Now
		}
	}
	if c.State != participation.Draft { // published, its terms take no proposals any more, whatever the dates say
		stages[0].When, stages[1].When = Past, Past
	}
	// What was promised for a day and has not come is not over.
	result, reports := &stages[3], &stages[4]
	switch {
	case c.ShowsResult():
		result.When = Past
		if reports.When == Ahead {
			reports.When = Now
		}
	case result.When == Past:
		result.When, reports.When = Now, Ahead
	default:
		reports.When = Ahead
	}
	if !c.State.Voting() && stages[2].When == Now && c.Result == nil {
		stages[2].When = Ahead // a draft takes no ballots, whatever its dates say
	}
	return stages
}

// Takes reports whether proposals that arrive at the instant are taken.
func (p *Phases) Takes(now time.Time) bool {
	return p.Announced && !now.Before(p.ProposeFrom) && now.Before(p.ProposeUntil)
}

// Preflight is the check of the settings: what stands against announcing, and
// what deserves a second look.
func (p *Phases) Preflight(c *participation.Campaign, now time.Time) participation.Preflight {
	var out participation.Preflight
	problem := func(ok bool, field, key string, params map[string]any) {
		if !ok {
			out.Problems = append(out.Problems, participation.Finding{Field: field, Key: key, Params: params})
		}
	}
	warning := func(ok bool, field, key string, params map[string]any) {
		if !ok {
			out.Warnings = append(out.Warnings, participation.Finding{Field: field, Key: key, Params: params})
		}
	}
	days := func(n int) map[string]any { return map[string]any{"days": n} }
	complete := true
	for _, date := range []struct {
		field string
		at    time.Time
	}{
		{"propose_from", p.ProposeFrom}, {"propose_until", p.ProposeUntil}, {"check_until", p.CheckUntil}, {"result_by", p.ResultBy}, {"reports_until", p.ReportsUntil},
	} {
		problem(!date.at.IsZero(), date.field, "proposal.check.date", nil)
		complete = complete && !date.at.IsZero()
	}
	problem(!c.Terms.Opens.IsZero() && !c.Terms.Closes.IsZero(), "vote", "proposal.check.vote_dates", nil)
	problem(p.PerPerson >= 1 && p.PerPerson <= MaxPerPerson, "per_person", "proposal.check.per_person", map[string]any{"max": MaxPerPerson})
	problem(p.AnswerDays >= 1 && p.AnswerDays <= MaxAnswerDays, "answer_days", "proposal.check.answer_days", map[string]any{"max": MaxAnswerDays})
	problem(c.Terms.Text.RU != "", "text", "proposal.check.text", nil)
	if !complete || c.Terms.Opens.IsZero() || c.Terms.Closes.IsZero() {
		return out
	}
	problem(p.ProposeUntil.Sub(p.ProposeFrom) >= leastPropose*day, "propose_until", "proposal.check.propose_days", days(leastPropose))
	problem(p.CheckUntil.Sub(p.ProposeUntil) >= leastCheck*day, "check_until", "proposal.check.check_days", days(leastCheck))
	problem(!c.Terms.Opens.Before(p.CheckUntil), "check_until", "proposal.check.vote_before_check", nil)
	problem(c.Terms.Closes.After(c.Terms.Opens), "vote", "proposal.check.vote_order", nil)
	problem(p.ResultBy.After(c.Terms.Closes), "result_by", "proposal.check.result_order", nil)
	problem(p.ReportsUntil.After(p.ResultBy), "reports_until", "proposal.check.reports_order", nil)
	if !p.Announced {
		problem(p.ProposeUntil.After(now.Add(leastPropose*day)), "propose_until", "proposal.check.propose_left", days(leastPropose))
	}
	warning(p.ProposeUntil.Sub(p.ProposeFrom) >= fewPropose*day, "propose_until", "proposal.check.propose_few", days(fewPropose))
	warning(p.CheckUntil.Sub(p.ProposeUntil) >= fewCheck*day, "check_until", "proposal.check.check_few", days(fewCheck))
	warning(p.CheckUntil.Sub(p.ProposeUntil) > time.Duration(p.AnswerDays)*day, "answer_days", "proposal.check.answer_late", nil)
	return out
}
