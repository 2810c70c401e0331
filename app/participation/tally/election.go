// Package tally counts budget votes. Its rules are pure functions of an
// election: the same ballots give the same winners on every machine, because
// whatever decides is compared with exact arithmetic.
package tally

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Kind is the form of the ballots.
type Kind string

// The kinds of ballots, named as in the Pabulib format.
const (
	Approval   Kind = "approval"   // any of the projects
	ChooseOne  Kind = "choose-1"   // one project
	Ordinal    Kind = "ordinal"    // an order, the best first
	Cumulative Kind = "cumulative" // points out of a sum
	Scoring    Kind = "scoring"    // points for each project
)

// Election is what a rule counts. Money is in the smallest unit that the file
// writes (10^Decimals of them are one unit of the currency), points likewise.
type Election struct {
	Kind          Kind
	Budget        int64
	Decimals      int // digits after the point in Budget and Cost
	PointDecimals int // digits after the point in Ballot.Points
	Threshold     int64
	Projects      []Project
	Ballots       []Ballot
	Rule          string // as the file names it, "" where it doesn't
	Unit          string // the place, "" where the file doesn't say
	// Scale says where the points of an ordinal election come from.
	Scale Scale

	unlisted int64 // points for projects that a ballot does not name
	totals   bool  // there are no ballots, and the totals of the file stand for them
	meta     []field
	columns  columns
	verdicts bool // the file says who won
}

// Scale is how a place in an order becomes points.
type Scale string

// The scales of an ordinal election.
const (
	ByBallot  Scale = "ballot"   // the last of the ballot gets 1
	ByLongest Scale = "longest"  // the first gets as many as the longest ballot has places
	ByAll     Scale = "projects" // the first gets as many as there are projects
	AsWritten Scale = "points"   // the file gives them
)

// Project is something that can be funded.
type Project struct {
	ID       string
	Name     string
	Cost     int64
	Verdict  int    // what the file says: 1 is funded by the rule, other numbers for other reasons
	Declared *int64 // votes or score as the file has them, in units of points

	row []string
	out bool // left out by LeaveOut
}

// Ballot is what one voter sent: projects by their place in Election.Projects,
// in the order in which they were named, and the points for each.
type Ballot struct {
	Choices []int32
	Points  []int64

	row []string
}

// field is one line of the META section.
type field struct{ key, value string }

// columns are the heads of the two tables of a file, to write them back.
type columns struct{ projects, votes []string }

// sentinel is the cost by which Pabulib marks a project that was voted on and
// then withdrawn.
const sentinel = 999_999_999

// Withdrawn reports whether the project's cost is Pabulib's mark of one that
// was withdrawn after the vote, or LeaveOut named it.
func (e *Election) Withdrawn(p int) bool {
	return e.Projects[p].out || e.Projects[p].Cost == sentinel*e.unit()
}

// LeaveOut keeps projects from winning, as if they had been withdrawn.
func (e *Election) LeaveOut(ids ...string) error {
	for _, id := range ids {
		p := slices.IndexFunc(e.Projects, func(p Project) bool { return p.ID == id })
		if p < 0 {
			return fmt.Errorf("there is no project %q", id)
		}
		e.Projects[p].out = true
	}
	return nil
}

// Spend sets the budget, written as in a file.
func (e *Election) Spend(budget string) error {
	v, err := parseDecimal(strings.ReplaceAll(budget, ",", "."), e.Decimals)
	if err == nil && v < 0 {
		err = errors.New("it is below zero")
	}
	if err != nil {
		return fmt.Errorf("budget: %q: %w", budget, err)
	}
	e.Budget = v
	return nil
}

// Demand sets how many points a project needs to win, written as in a file.
func (e *Election) Demand(points string) error {
	v, err := parseDecimal(strings.ReplaceAll(points, ",", "."), e.PointDecimals)
	if err != nil {
		return fmt.Errorf("threshold: %q: %w", points, err)
	}
	e.Threshold = v
	return nil
}

// unit is one unit of the currency.
func (e *Election) unit() int64 { return pow10(e.Decimals) }

func pow10(n int) int64 {
	u := int64(1)
	for range n {
		u *= 10
	}
	return u
}

// Scores adds up the points of every project; with ballots that only name
// projects, these are votes.
func (e *Election) Scores() []int64 {
	s := make([]int64, len(e.Projects))
	if e.totals {
		for p := range s {
			if d := e.Projects[p].Declared; d != nil {
				s[p] = *d
			}
		}
		return s
	}
	for p := range s {
		s[p] = e.unlisted * int64(len(e.Ballots))
	}
	for _, b := range e.Ballots {
		for i, p := range b.Choices {
			s[p] += b.Points[i] - e.unlisted
		}
	}
	return s
}

// Votes counts the ballots that name each project.
func (e *Election) Votes() []int {
	n := make([]int, len(e.Projects))
	for _, b := range e.Ballots {
		for _, p := range b.Choices {
			n[p]++
		}
	}
	return n
}

// Money writes an amount in units of the currency.
func (e *Election) Money(amount int64) string { return decimal(amount, e.Decimals) }

// Score writes points.
func (e *Election) Score(points int64) string { return decimal(points, e.PointDecimals) }

func decimal(v int64, digits int) string {
	return new(big.Rat).SetFrac(big.NewInt(v), big.NewInt(pow10(digits))).FloatString(digits)
}
