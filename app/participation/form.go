package participation

import (
	"slices"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation/tally"
)

// Form is how a ballot of a budget vote is filled in.
type Form string

// The forms.
const (
	FormApproval   Form = "approval"   // any number of projects, or up to Money.Most
	FormKnapsack   Form = "knapsack"   // projects that together fit into the budget
	FormOrdinal    Form = "ordinal"    // an order, the best first
	FormCumulative Form = "cumulative" // points that are shared out
)

// Forms lists them in the order in which screens show them.
var Forms = []Form{FormApproval, FormKnapsack, FormOrdinal, FormCumulative}

// BallotForm is the form of the ballots.
func (m *Money) BallotForm() Form {
	switch {
	case m.Form == tally.Ordinal:
		return FormOrdinal
	case m.Form == tally.Cumulative:
		return FormCumulative
	case m.Knapsack:
		return FormKnapsack
	default:
		return FormApproval
	}
}

// SetForm sets the form of the ballots, and takes back what only another has.
func (m *Money) SetForm(f Form) {
	m.Knapsack, m.Form = f == FormKnapsack, ""
	switch f {
	case FormOrdinal:
		m.Form = tally.Ordinal
	case FormCumulative:
		m.Form = tally.Cumulative
	case FormApproval, FormKnapsack:
	}
	if f != FormCumulative {
		m.Points, m.PerProject = 0, 0
	}
}

// Kind is the form of the ballots as files of Pabulib name it.
func (m *Money) Kind() tally.Kind {
	if m.Form == "" {
		return tally.Approval
	}
	return m.Form
}

// Places is how many places an order may have: the first of them is worth as many
// points, the next one less, whatever the length of the ballot.
func (m *Money) Places() int {
	if m.Most > 0 {
		return min(m.Most, len(m.Projects))
	}
	return len(m.Projects)
}

// Highest is the most points that one project may get from a ballot.
func (m *Money) Highest() int64 {
	if m.PerProject > 0 {
		return min(m.PerProject, m.Points)
	}
	return m.Points
}

// Fits reports whether ballots of the form can be counted by the rule. What fits
// into a purse is not what somebody supports, and Equal Shares asks for that.
func (f Form) Fits(r *tally.Rule) bool {
	return f != FormKnapsack || r.Method != tally.EqualShares
}

// worth are the points that an answer gives to the projects that it names.
func (m *Money) worth(a *Answer) []int64 {
	out := make([]int64, len(a.Picks))
	for i := range out {
		switch m.BallotForm() {
		case FormOrdinal:
			out[i] = int64(m.Places() - i)
		case FormCumulative:
			out[i] = a.Points[i]
		case FormApproval, FormKnapsack:
			out[i] = 1
		}
	}
	return out
}

// tidyProjects checks what a ballot says of projects. An order stays as it is; the
// others are put into the order of the list, and what got no points is left out.
func (t *Terms) tidyProjects(a Answer, check *fault.Check) (Answer, bool) {
	m := t.Money
	form := m.BallotForm()
	fail := func(key string, params ...any) (Answer, bool) {
		check.Fail(Projects, key, params...)
		return a, false
	}
	if a.Words != "" || (form == FormCumulative) != (len(a.Points) > 0) && len(a.Picks) > 0 || len(a.Points) > 0 && len(a.Points) != len(a.Picks) {
		return fail("ballot.unknown")
	}
	var ids []string
	for i := range m.Projects {
		ids = append(ids, m.Projects[i].ID)
	}
	picks, ok := pick(ids, a.Picks)
	if !ok {
		return fail("ballot.unknown")
	}
	if form == FormOrdinal {
		picks = slices.Clone(a.Picks)
	}
	if form == FormCumulative {
		return t.tidyPoints(a, picks, check)
	}
	if m.Most > 0 && len(picks) > m.Most {
		return fail("ballot.too_many", "max", m.Most, "n", len(picks))
	}
	if sum := t.Cost(picks); form == FormKnapsack && sum > m.Budget {
		return fail("ballot.too_dear", "over", sum-m.Budget)
	}
	a.Picks = picks
	return a, true
}

func (t *Terms) tidyPoints(a Answer, picks []string, check *fault.Check) (Answer, bool) {
	m := t.Money
	out := Answer{Question: a.Question}
	var sum int64
	for _, id := range picks {
		n := a.Points[slices.Index(a.Picks, id)]
		switch {
		case n < 0 || n > m.Points:
			check.Fail(Projects, "ballot.points_range", "max", m.Highest())
			return a, false
		case n > m.Highest():
			p, _ := t.Project(id)
			check.Fail(Projects, "ballot.points_one", "max", m.Highest(), "n", n, "name", p.Name.RU)
			return a, false
		case n > 0:
			out.Picks, out.Points = append(out.Picks, id), append(out.Points, n)
			sum += n
		}
	}
	if sum > m.Points {
		check.Fail(Projects, "ballot.points_many", "max", m.Points, "n", sum, "over", sum-m.Points)
		return a, false
	}
	if m.Most > 0 && len(out.Picks) > m.Most {
		check.Fail(Projects, "ballot.too_many", "max", m.Most, "n", len(out.Picks))
		return a, false
	}
	return out, true
}

// forms is the part of pre-flight about the form of the ballots and what it has to
// do with the rule.
func (p *Preflight) forms(m *Money) {
	form := m.BallotForm()
	p.must(m.Form == "" || m.Form == tally.Ordinal || m.Form == tally.Cumulative, "form", "campaign.check.form")
	p.must(m.Most >= 0 && m.Most <= len(m.Projects), "most", "campaign.check.most")
	if rule, err := tally.ParseRule(m.Rule); err == nil {
		p.must(form.Fits(&rule), "rule", "campaign.check.knapsack_shares")
		if form == FormCumulative && rule.Method == tally.EqualShares {
			p.warning("rule", "campaign.check.points_shares")
		}
	}
	switch form {
	case FormCumulative:
		p.must(m.Points > 0 && m.Points <= MaxPoints, "points", "campaign.check.points", "max", MaxPoints)
		p.must(m.PerProject >= 0 && m.PerProject <= m.Points, "per_project", "campaign.check.per_project")
		if m.PerProject == 0 || m.PerProject == m.Points {
			p.warning("per_project", "campaign.check.all_on_one")
		}
	case FormOrdinal:
		if m.Most == 0 && len(m.Projects) > comfortable {
			p.warning("most", "campaign.check.long_order", "n", len(m.Projects))
		}
	case FormApproval, FormKnapsack:
	}
	p.must(m.Support >= 0, "support", "campaign.check.support")
	if m.Support == 0 {
		p.warning("support", "campaign.check.no_support")
	}
}

const (
	// MaxPoints is how many points a ballot may have.
	MaxPoints = 1000
	// comfortable is how many projects somebody can put into an order.
	comfortable = 15
)
