package atlas

import "slices"

// FewestAnswers is how many answers a share of them is of at least.
const FewestAnswers = 10

func answered(facts []*Fact) []*Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f *Fact) bool { return !f.Answered })
}

// tellable reports whether a share of these answers tells of nobody.
func tellable(answers []*Fact) bool {
	return len(answers) >= FewestAnswers && people(answers) >= Fewest
}

// shareOf is how many in a hundred of the answers solved the problem, and the
// median of their days.
func shareOf(answers []*Fact) (solved, days int) {
	var took []int
	for _, f := range answers {
		if f.Solved {
			solved++
		}
		took = append(took, f.Days)
	}
	slices.Sort(took)
	n := len(took)
	return (100*solved + n/2) / n, (took[(n-1)/2] + took[n/2] + 1) / 2
}

// tell decides of which parts shares are told. What lies between a number and
// its parts with one is itself enough to be told of, or nothing: else the
// smallest of the parts goes without.
func (d *drawn) tell() {
	answers := answered(d.facts)
	if !tellable(answers) {
		return // nor of any part
	}
	for _, p := range d.parts {
		p.tell()
	}
	for {
		left := answered(d.rest)
		if len(d.parts) == 0 {
			left = answers
		}
		var least *drawn
		fewest := 0
		for _, p := range d.parts {
			its := answered(p.facts)
			if !p.share {
				left = append(left, its...)
			} else if least == nil || len(its) < fewest {
				least, fewest = p, len(its)
			}
		}
		if len(left) == 0 || tellable(left) || least == nil {
			break
		}
		least.silence()
	}
	d.share = true
}

func (d *drawn) silence() {
	d.share = false
	for _, p := range d.parts {
		p.silence()
	}
}
