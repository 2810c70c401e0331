package participation

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation/tally"
)

// projects counts a budget vote.
func (c *Counting) projects(quorum bool, draw string) (*ProjectsResult, error) {
	r := &ProjectsResult{Winners: []string{}}
	points := c.election.Scores()
	for i, n := range c.election.Votes() {
		id := c.election.Projects[i].ID
		r.Votes = append(r.Votes, PickCount{ID: id, N: n})
		if c.election.Kind != tally.Approval {
			r.Points = append(r.Points, PickCount{ID: id, N: int(points[i])})
		}
		if n < c.terms.Money.Support {
			r.Unsupported = append(r.Unsupported, id)
		}
	}
	if !quorum || c.ballots == c.blank || len(r.Unsupported) == len(r.Votes) {
		return r, nil
	}
	rule, err := c.terms.Rule(draw)
	if err != nil {
		return nil, fault.Wrap(fault.Conflict, "campaign.check.rule", err)
	}
	election := c.supported(r.Unsupported)
	counted, err := tally.Count(election, rule)
	var tie *tally.TieError
	if errors.As(err, &tie) {
		return nil, &TieError{Question: Projects, Equal: tie.Projects}
	}
	if err != nil {
		return nil, err
	}
	r.Winners, r.Cost = election.IDs(counted.Winners), counted.Cost
	return r, nil
}

// supported is the election without the projects that too few name. Who voted for
// those alone remains a voter.
func (c *Counting) supported(without []string) *tally.Election {
	if len(without) == 0 {
		return c.election
	}
	e := *c.election
	e.Projects, e.Ballots = nil, make([]tally.Ballot, len(c.election.Ballots))
	place := make([]int32, len(c.election.Projects))
	for i, p := range c.election.Projects {
		place[i] = -1
		if !slices.Contains(without, p.ID) {
			place[i] = int32(len(e.Projects)) //nolint:gosec // a place in a list
			e.Projects = append(e.Projects, p)
		}
	}
	for i, b := range c.election.Ballots {
		for at, p := range b.Choices {
			if place[p] >= 0 {
				e.Ballots[i].Choices = append(e.Ballots[i].Choices, place[p])
				e.Ballots[i].Points = append(e.Ballots[i].Points, b.Points[at])
			}
		}
	}
	return &e
}

// Election is a budget vote as a rule counts it, without the projects that too few
// name; nil of others.
func (c *Counting) Election(r *ProjectsResult) *tally.Election {
	if c.election == nil || r == nil {
		return nil
	}
	return c.supported(r.Unsupported)
}

// WritePabulib writes a budget vote with its winners as a file of Pabulib.
func (c *Counting) WritePabulib(to io.Writer, r *Result) error {
	e := c.Election(r.Projects)
	if e == nil {
		return errors.New("not a budget vote")
	}
	e.Meta(c.meta(e, r)...)
	var winners []int
	for i := range e.Projects {
		if slices.Contains(r.Projects.Winners, e.Projects[i].ID) {
			winners = append(winners, i)
		}
	}
	return e.Write(to, winners)
}

// meta is what the file says of the vote as a whole.
func (c *Counting) meta(e *tally.Election, r *Result) [][2]string {
	t, m := c.terms, c.terms.Money
	day := func(at time.Time) string {
		if zone, err := time.LoadLocation(t.Zone); err == nil {
			at = at.In(zone)
		}
		return at.Format("02.01.2006")
	}
	number := strconv.Itoa
	meta := [][2]string{
		{"description", t.Title.RU},
		{"country", "Russia"},
		{"unit", t.Agency},
		{"instance", t.Opens.Format("2006")},
		{"num_projects", number(len(e.Projects))},
		{"num_votes", number(len(e.Ballots))},
		{"budget", strconv.FormatInt(m.Budget, 10)},
		{"vote_type", string(m.Kind())},
		{"rule", m.Rule},
		{"date_begin", day(t.Opens)},
		{"date_end", day(t.Closes)},
		{"language", "ru"},
	}
	if m.Most > 0 {
		meta = append(meta, [2]string{"max_length", number(m.Most)})
	}
	switch m.BallotForm() {
	case FormKnapsack:
		meta = append(meta, [2]string{"max_sum_cost", strconv.FormatInt(m.Budget, 10)})
	case FormOrdinal:
		meta = append(meta, [2]string{"scoring_fn", "Borda"})
	case FormCumulative:
		meta = append(meta, [2]string{"max_sum_points", strconv.FormatInt(m.Points, 10)}, [2]string{"max_points", strconv.FormatInt(m.Highest(), 10)})
	case FormApproval:
	}
	comment := []string{"campaign " + r.Campaign}
	if len(r.Projects.Unsupported) > 0 {
		comment = append(comment, fmt.Sprintf("projects that fewer than %d ballots name are left out: %s", m.Support, strings.Join(r.Projects.Unsupported, ", ")))
	}
	if rule, err := t.Rule(r.Draw); err == nil && slices.Contains(rule.Ties, tally.Lot) {
		var ties []string
		for _, k := range rule.Ties {
			ties = append(ties, string(k))
		}
		comment = append(comment, fmt.Sprintf("equals are drawn: otklik tally --ties %s --seed %q", strings.Join(ties, ","), rule.Seed))
	}
	if !r.Quorum {
		comment = append(comment, "too few voted: nothing is funded")
	}
	return append(meta, [2]string{"comment", strings.Join(comment, "; ")})
}
