package tally

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// TieError refuses a count: projects are equal by all that the rule declares,
// and which of them comes first decides who wins.
type TieError struct {
	Projects []string // their IDs
	Ties     []Key    // what was tried
}

func (e *TieError) Error() string {
	tried := make([]string, len(e.Ties))
	for i, k := range e.Ties {
		tried[i] = string(k)
	}
	if len(tried) == 0 {
		tried = []string{"nothing"}
	}
	return fmt.Sprintf("projects %s are equal, and which comes first decides; declared for ties: %s. Declare one more (order, lot)",
		strings.Join(e.Projects, ", "), strings.Join(tried, ", "))
}

// breaker compares projects that are equal in what the rule counts.
type breaker struct {
	e     *Election
	keys  []Key
	votes []int
	lots  [][32]byte
}

func newBreaker(e *Election, r *Rule) *breaker {
	b := &breaker{e: e, keys: r.Ties, votes: e.Votes()}
	if slices.Contains(r.Ties, Lot) {
		b.lots = make([][32]byte, len(e.Projects))
		for i := range e.Projects {
			b.lots[i] = sha256.Sum256([]byte(r.Seed + "\n" + e.Projects[i].ID))
		}
	}
	return b
}

// compare is negative where p comes before q, zero where no key tells.
func (b *breaker) compare(p, q int) int {
	for _, k := range b.keys {
		var c int
		switch k {
		case Cheaper:
			c = cmp.Compare(b.e.Projects[p].Cost, b.e.Projects[q].Cost)
		case Dearer:
			c = cmp.Compare(b.e.Projects[q].Cost, b.e.Projects[p].Cost)
		case Votes:
			c = cmp.Compare(b.votes[q], b.votes[p])
		case ByFile:
			c = cmp.Compare(b.fileRank(p), b.fileRank(q))
		case InOrder:
			c = cmp.Compare(p, q)
		case Lot:
			c = slices.Compare(b.lots[p][:], b.lots[q][:])
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// fileRank is 0 for what the file has as won by the rule, 1 for what it has as
// funded otherwise.
func (b *breaker) fileRank(p int) int {
	switch v := b.e.Projects[p].Verdict; {
	case v == 1:
		return 0
	case v > 1:
		return 1
	default:
		return 2
	}
}

// first is the one of equals that comes first.
func (b *breaker) first(equals []int) (int, error) {
	best := equals[0]
	var same []int
	for _, p := range equals[1:] {
		switch c := b.compare(p, best); {
		case c < 0:
			best, same = p, nil
		case c == 0:
			same = append(same, p)
		}
	}
	if len(same) > 0 {
		return 0, b.refuse(append(same, best))
	}
	return best, nil
}

func (b *breaker) refuse(projects []int) error {
	slices.Sort(projects)
	err := &TieError{Ties: b.keys}
	for _, p := range projects {
		err.Projects = append(err.Projects, b.e.Projects[p].ID)
	}
	return err
}
