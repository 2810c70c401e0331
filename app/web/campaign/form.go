package campaign

import (
	"context"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/ui"
)

// projectField is the input of one project, where a ballot says more than that it
// is picked.
func projectField(id string) string { return participation.Projects + "." + id }

// wrongPoints stands for what is no number: it is refused with the sentence about
// points.
const wrongPoints = -1

// readProjectAnswer reads what a form says of projects.
func readProjectAnswer(m *participation.Money, form url.Values) participation.Answer {
	a := participation.Answer{Question: participation.Projects}
	switch m.BallotForm() {
	case participation.FormApproval, participation.FormKnapsack:
		a.Picks = filled(form[participation.Projects])
	case participation.FormOrdinal:
		a.Picks = placed(form, projectIDs(m))
	case participation.FormCumulative:
		for _, id := range projectIDs(m) {
			typed := strings.TrimSpace(form.Get(projectField(id)))
			if typed == "" || typed == "0" {
				continue
			}
			n, err := strconv.ParseInt(typed, 10, 64)
			if err != nil {
				n = wrongPoints
			}
			a.Picks, a.Points = append(a.Picks, id), append(a.Points, n)
		}
	}
	return a
}

func projectIDs(m *participation.Money) []string {
	out := make([]string, len(m.Projects))
	for i := range m.Projects {
		out[i] = m.Projects[i].ID
	}
	return out
}

// placed puts projects into the order of the places that were given to them.
func placed(form url.Values, ids []string) []string {
	place := map[string]int{}
	var out []string
	for _, id := range ids {
		if n, err := strconv.Atoi(form.Get(projectField(id))); err == nil && n > 0 {
			place[id] = n
			out = append(out, id)
		}
	}
	sort.SliceStable(out, func(i, k int) bool { return place[out[i]] < place[out[k]] })
	return out
}

// said is what the ballot says of a project: its place or points, "" for nothing.
func (b ballot) said(id string) string {
	if b.typed != nil {
		return strings.TrimSpace(b.typed.Get(projectField(id)))
	}
	a := b.of(participation.Projects)
	at := slices.Index(a.Picks, id)
	switch {
	case at < 0:
		return ""
	case len(a.Points) > 0:
		return strconv.FormatInt(a.Points[at], 10)
	default:
		return strconv.Itoa(at + 1)
	}
}

// cartHint is what a voter has to know to fill in the list of projects.
func cartHint(ctx context.Context, m *participation.Money) string {
	parts := []string{ui.T(ctx, "campaign.budget_is", "sum", money(ctx, m.Budget))}
	most := func(key string) {
		if m.Most > 0 {
			parts = append(parts, ui.T(ctx, key, "max", m.Most))
		}
	}
	switch m.BallotForm() {
	case participation.FormApproval:
		most("ballot.most")
	case participation.FormKnapsack:
		most("ballot.most")
		parts = append(parts, ui.T(ctx, "ballot.knapsack"))
	case participation.FormOrdinal:
		parts = append(parts, ui.T(ctx, "ballot.order_hint", "max", m.Places()))
	case participation.FormCumulative:
		parts = append(parts, ui.T(ctx, "ballot.points_hint", "n", m.Points))
		if m.Highest() < m.Points {
			parts = append(parts, ui.T(ctx, "ballot.points_most", "max", m.Highest()))
		}
		most("ballot.most")
	}
	return strings.Join(parts, " ")
}

// projectLine is a project of a ballot in words.
func (b ballot) projectLine(ctx context.Context, id string) string {
	p, _ := b.Terms.Project(id)
	name := p.Name.In(ui.Lang(ctx)) + "\u00a0— " + money(ctx, p.Cost)
	switch b.Terms.Money.BallotForm() {
	case participation.FormOrdinal:
		return b.said(id) + ". " + name
	case participation.FormCumulative:
		n, _ := strconv.Atoi(b.said(id))
		return name + ": " + ui.Plural(ctx, "ballot.points", n)
	case participation.FormApproval, participation.FormKnapsack:
	}
	return name
}

// bandOptions are the ages that quotas tell apart, and all others.
func bandOptions(ctx context.Context, t *participation.Terms) []ui.Option {
	var out []ui.Option
	for i, b := range t.Bands() {
		out = append(out, ui.Option{Value: strconv.Itoa(i), Label: bandName(b)})
	}
	return append(out, ui.Option{Value: "-1", Label: ui.T(ctx, "voter.other_age")})
}

func bandName(b participation.Band) string {
	return strconv.Itoa(b.From) + "–" + strconv.Itoa(b.To)
}

// Quotas are typed as lines: territory | ages | how many. «*» stands for any.
func readQuotas(text string, places []participation.Named, check *fault.Check) []participation.Quota {
	var out []participation.Quota
	n := 0
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		n++
		parts := strings.Split(line, "|")
		if len(parts) != 3 {
			check.Fail("quotas", "campaign.quota_line", "n", n)
			continue
		}
		where, age, many := strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])
		var q participation.Quota
		ok := true
		if where != "*" {
			i := slices.IndexFunc(places, func(p participation.Named) bool { return strings.EqualFold(p.Name.RU, where) })
			if ok = i >= 0; ok {
				q.Territory = places[i].ID
			}
		}
		if age != "*" {
			from, to, _ := strings.Cut(strings.ReplaceAll(age, "–", "-"), "-")
			one, err1 := strconv.Atoi(strings.TrimSpace(from))
			two, err2 := strconv.Atoi(strings.TrimSpace(to))
			ok = ok && err1 == nil && err2 == nil
			q.Age = &participation.Band{From: one, To: two}
		}
		most, err := strconv.Atoi(many)
		if !ok || err != nil {
			check.Fail("quotas", "campaign.quota_line", "n", n)
			continue
		}
		q.Most = most
		out = append(out, q)
	}
	return out
}

func writeQuotas(t *participation.Terms) string {
	var b strings.Builder
	for _, q := range t.Quotas {
		where, age := "*", "*"
		for _, p := range t.Territories {
			if p.ID == q.Territory {
				where = p.Name.RU
			}
		}
		if q.Age != nil {
			age = bandName(*q.Age)
		}
		b.WriteString(where + " | " + age + " | " + strconv.Itoa(q.Most) + "\n")
	}
	return b.String()
}

// extraRows are the terms about forms, thresholds, quotas and paper in words.
func extraRows(ctx context.Context, t *participation.Terms) []ui.SummaryRow {
	var rows []ui.SummaryRow
	add := func(key, value string) { rows = append(rows, ui.SummaryRow{Key: ui.T(ctx, key), Value: value}) }
	if t.QuorumShare > 0 {
		add("campaign.row.quorum_share", ui.T(ctx, "campaign.quorum_of", "share", t.QuorumShare, "residents", ui.Number(ctx, t.Residents), "n", ui.Number(ctx, t.Needed())))
	}
	if t.Money != nil {
		add("campaign.row.form", ui.T(ctx, "campaign.form."+string(t.Money.BallotForm())))
		if t.Money.Support > 0 {
			add("campaign.row.support", ui.Number(ctx, t.Money.Support))
		}
	}
	if len(t.Quotas) > 0 {
		var lines []string
		for _, q := range t.Quotas {
			lines = append(lines, quotaName(ctx, t, q)+": "+ui.Number(ctx, q.Most))
		}
		add("campaign.row.quotas", strings.Join(lines, "\n"))
	}
	if t.Paper != nil {
		add("campaign.row.paper", ui.T(ctx, "campaign.paper_until", "at", ui.DateTime(ctx, t.Paper.Until)))
	}
	return rows
}

// waitsFor tells why nothing is counted yet; otherwise is the key of what is said
// where there is no paper.
func waitsFor(ctx context.Context, c *participation.Campaign, otherwise string) string {
	if c.Terms.Paper == nil || !c.Terms.Paper.Until.After(ui.Now(ctx)) {
		return ui.T(ctx, otherwise)
	}
	return ui.T(ctx, "campaign.row.paper") + ". " + ui.T(ctx, "campaign.paper_until", "at", ui.DateTime(ctx, c.Terms.Paper.Until))
}

func quotaName(ctx context.Context, t *participation.Terms, q participation.Quota) string {
	var parts []string
	for _, p := range t.Territories {
		if p.ID == q.Territory {
			parts = append(parts, p.Name.In(ui.Lang(ctx)))
		}
	}
	if q.Age != nil {
		parts = append(parts, ui.T(ctx, "campaign.ages", "ages", bandName(*q.Age)))
	}
	if len(parts) == 0 {
		return ui.T(ctx, "campaign.anybody")
	}
	return strings.Join(parts, ", ")
}
