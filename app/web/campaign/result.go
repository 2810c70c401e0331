package campaign

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/ui"
)

// results is what everybody sees of how a campaign ended.
type results struct {
	*participation.Campaign
	*participation.Result
	story *participation.Story // of a budget vote; nil where there is nothing to tell
	desk  bool                 // its organiser looks: answers can be hidden
}

// headline is the outcome in one sentence.
func (r results) headline(ctx context.Context) string {
	t := &r.Terms
	switch {
	case !r.Quorum:
		return ui.T(ctx, "result.no_quorum", "n", ui.Number(ctx, r.Voters), "quorum", ui.Number(ctx, t.Needed()))
	case r.Ballots == r.Blank:
		return ui.T(ctx, "result.nobody")
	case r.Projects != nil:
		return ui.Plural(ctx, "result.funded", len(r.Projects.Winners), "all", ui.Number(ctx, len(t.Money.Projects)),
			"sum", money(ctx, r.Projects.Cost), "budget", money(ctx, t.Money.Budget))
	case t.Kind == participation.Poll:
		return ui.Plural(ctx, "result.polled", r.Ballots, "questions", ui.Plural(ctx, "result.to_questions", len(t.Questions)))
	case len(r.Questions) == 1:
		return r.verdict(ctx, r.Questions[0])
	}
	decided := 0
	for _, q := range r.Questions {
		if len(q.Winners) > 0 {
			decided++
		}
	}
	return ui.T(ctx, "result.decided", "n", decided, "all", ui.Plural(ctx, "result.of_questions", len(r.Questions)))
}

// verdict is how one question of a vote was decided, in a sentence.
func (r results) verdict(ctx context.Context, q participation.QuestionResult) string {
	asked, ok := r.Terms.Question(q.ID)
	switch {
	case !ok:
		return ""
	case q.Answered == 0:
		return ui.T(ctx, "result.unanswered")
	case len(q.Winners) == 0:
		return ui.T(ctx, "result.no_winner", "share", strconv.Itoa(r.Terms.MinShare))
	}
	n := 0
	for _, p := range q.Picks {
		if p.ID == q.Winners[0] {
			n = p.N
		}
	}
	return ui.T(ctx, "result.won_by", "option", optionName(ctx, asked, q.Winners[0]), "share", ui.Percent(ctx, part(n, q.Answered), 0),
		"n", ui.Number(ctx, n), "all", ui.Number(ctx, q.Answered))
}

// thresholds are what the terms asked for, and whether it was reached.
func (r results) thresholds(ctx context.Context) []string {
	var out []string
	if n := r.Terms.Needed(); n > 0 {
		key := "result.quorum_reached"
		if !r.Quorum {
			key = "result.quorum_missed"
		}
		out = append(out, ui.T(ctx, key, "quorum", ui.Number(ctx, n), "n", ui.Number(ctx, r.Voters)))
	}
	if n := r.Terms.MinShare; n > 0 {
		out = append(out, ui.T(ctx, "result.share_needed", "share", strconv.Itoa(n)))
	}
	if r.Result.Draw != "" {
		out = append(out, ui.T(ctx, "campaign.drawn", "draw", r.Result.Draw))
	}
	return out
}

func part(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// chart is bars that are a table too.
type chart struct {
	caption string
	note    string
	of      int // what shares are of, 0 where they say nothing
	bars    []bar
}

// bar is one line of a chart with its table: a name, a number and how long it is
// drawn.
type bar struct {
	name  string
	note  string
	n     int
	share int // of the greatest, percent
	won   bool
}

func scale(bars []bar) {
	most := 1
	for _, b := range bars {
		most = max(most, b.n)
	}
	for i := range bars {
		bars[i].share = 100 * bars[i].n / most
	}
}

// question is the chart of a question.
func (r results) question(ctx context.Context, q participation.QuestionResult, asked *participation.Question) chart {
	c := chart{caption: asked.Name.In(ui.Lang(ctx)), note: ui.Plural(ctx, "result.answered", q.Answered), of: q.Answered}
	if asked.Ask == participation.Ranking {
		c.of = 0
		c.note += " " + ui.T(ctx, "result.ranking", "n", len(asked.Options))
	}
	if q.Mean != "" {
		mean, _ := strconv.ParseFloat(q.Mean, 64) // we wrote it
		c.note += " " + ui.T(ctx, "campaign.mean", "n", ui.Decimal(ctx, mean, 2))
	}
	for _, p := range q.Picks {
		c.bars = append(c.bars, bar{name: optionName(ctx, asked, p.ID), n: p.N, won: slices.Contains(q.Winners, p.ID)})
	}
	scale(c.bars)
	return c
}

// grid is a matrix as a table: how many picked each option, by row.
type grid struct {
	caption, note string
	heads         []string
	rows          []gridRow
}

type gridRow struct {
	name  string
	cells []gridCell
}

type gridCell struct {
	n     int
	share float64
	level int // 0–6, how dark it is drawn
}

func (r results) matrix(ctx context.Context, q participation.QuestionResult, asked *participation.Question) grid {
	g := grid{caption: asked.Name.In(ui.Lang(ctx)), note: ui.Plural(ctx, "result.answered", q.Answered)}
	counts := map[string]int{}
	for _, p := range q.Picks {
		counts[p.ID] = p.N
	}
	for _, o := range asked.Options {
		g.heads = append(g.heads, o.Name.In(ui.Lang(ctx)))
	}
	for _, row := range asked.Rows {
		line := gridRow{name: row.Name.In(ui.Lang(ctx))}
		for _, o := range asked.Options {
			n := counts[row.ID+":"+o.ID]
			share := part(n, q.Answered)
			line.cells = append(line.cells, gridCell{n: n, share: share, level: min(6, int(share*6+0.5))})
		}
		g.rows = append(g.rows, line)
	}
	return g
}

// projects is the chart of the votes for projects.
func (r results) projects(ctx context.Context) chart {
	c := chart{caption: ui.T(ctx, "campaign.by_project"), of: r.Ballots}
	for _, v := range r.Projects.Votes {
		if p, ok := r.Terms.Project(v.ID); ok {
			c.bars = append(c.bars, bar{
				name: p.Name.In(ui.Lang(ctx)), n: v.N, won: slices.Contains(r.Projects.Winners, v.ID), note: r.projectNote(ctx, p),
			})
		}
	}
	slices.SortStableFunc(c.bars, func(a, b bar) int { return cmp.Compare(b.n, a.n) })
	scale(c.bars)
	return c
}

// projectNote is what a project costs, and that it could not win where too few
// named it.
func (r results) projectNote(ctx context.Context, p *participation.Project) string {
	note := money(ctx, p.Cost)
	if slices.Contains(r.Projects.Unsupported, p.ID) {
		note += ", " + ui.T(ctx, "result.without_support")
	}
	return note
}

// unsupported says which projects could not win, and why.
func (r results) unsupported(ctx context.Context) string {
	if r.Projects == nil || len(r.Projects.Unsupported) == 0 {
		return ""
	}
	var names []string
	for _, id := range r.Projects.Unsupported {
		names = append(names, "«"+r.project(ctx, id)+"»")
	}
	if r.Terms.Money.Support == 1 {
		return ui.T(ctx, "result.unnamed", "projects", strings.Join(names, ", "))
	}
	return ui.Plural(ctx, "result.unsupported", r.Terms.Money.Support, "projects", strings.Join(names, ", "))
}

// quotas is who came, by the quotas of a poll.
func (r results) quotas(ctx context.Context) chart {
	c := chart{caption: ui.T(ctx, "result.by_quota"), note: ui.T(ctx, "result.by_quota_note")}
	told := map[int]bool{}
	for _, q := range r.Quotas {
		if q.Quota < 0 || q.Quota >= len(r.Terms.Quotas) {
			continue
		}
		told[q.Quota] = true
		asked := r.Terms.Quotas[q.Quota]
		c.bars = append(c.bars, bar{name: quotaName(ctx, &r.Terms, asked), n: q.Taken, note: ui.T(ctx, "result.quota_of", "n", ui.Number(ctx, asked.Most))})
	}
	var small []string
	for i, q := range r.Terms.Quotas {
		if !told[i] {
			small = append(small, quotaName(ctx, &r.Terms, q))
		}
	}
	for _, q := range r.Quotas {
		if q.Quota == participation.OtherQuotas {
			c.note += " " + ui.T(ctx, "result.small_quotas", "least", participation.SmallPlace)
			c.bars = append(c.bars, bar{name: ui.T(ctx, "result.other_quotas"), n: q.Taken, note: strings.Join(small, "; ")})
		}
	}
	scale(c.bars)
	return c
}

// days is turnout by day; days without a voter are drawn too.
func (r results) days(ctx context.Context) chart {
	c := chart{caption: ui.T(ctx, "campaign.by_day"), of: r.Voters}
	if len(r.Days) == 0 {
		return c
	}
	counts := map[string]int{}
	for _, d := range r.Days {
		counts[d.Day] = d.N
	}
	first, err1 := time.Parse(time.DateOnly, r.Days[0].Day)
	last, err2 := time.Parse(time.DateOnly, r.Days[len(r.Days)-1].Day)
	if err1 != nil || err2 != nil {
		return c
	}
	for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
		// Noon is the same day in every zone that the page may be shown in.
		at := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, ui.Zone(ctx))
		c.bars = append(c.bars, bar{name: ui.Date(ctx, at), n: counts[day.Format(time.DateOnly)]})
	}
	scale(c.bars)
	return c
}

// fewDays are shown as a table at once.
const fewDays = 10

// places is turnout by territory. Small ones are told together.
func (r results) places(ctx context.Context) chart {
	c := chart{caption: ui.T(ctx, "campaign.by_place"), of: r.Voters}
	if len(r.Terms.Territories) < 2 {
		return c
	}
	var small []string
	counts := map[int64]int{}
	for _, p := range r.Places {
		counts[p.Territory] = p.N
	}
	for _, named := range r.Terms.Territories {
		name := named.Name.In(ui.Lang(ctx))
		if n, ok := counts[named.ID]; ok {
			c.bars = append(c.bars, bar{name: name, n: n})
		} else {
			small = append(small, name)
		}
	}
	slices.SortStableFunc(c.bars, func(a, b bar) int { return cmp.Compare(b.n, a.n) })
	if len(small) > 0 {
		c.note = ui.T(ctx, "result.small_places", "least", participation.SmallPlace)
		c.bars = append(c.bars, bar{name: ui.T(ctx, "result.other_places"), n: counts[0], note: strings.Join(small, ", ")})
	}
	scale(c.bars)
	return c
}

// said is an answer in own words, or why it isn't shown.
type said struct {
	words  string
	n      int // how many answered so
	mark   string
	reason string
	hidden bool
}

// shownWords is how many answers a page shows; the rest is in the file.
const shownWords = 200

// words are the answers to an open question, equal ones together.
func (r results) words(q participation.QuestionResult) []said {
	var out []said
	for _, w := range q.Words { // sorted
		if n := len(out); n > 0 && out[n-1].words == w {
			out[n-1].n++
			continue
		}
		s := said{words: w, n: 1, mark: participation.AnswerMark(w)}
		s.reason, s.hidden = r.HiddenAnswer(q.ID, w)
		out = append(out, s)
	}
	return out
}

// wordCount is how many words people wrote.
func wordCount(q participation.QuestionResult) int {
	n := 0
	for _, w := range q.Words {
		n += len(strings.Fields(w))
	}
	return n
}

// project is what a project is called.
func (r results) project(ctx context.Context, id string) string {
	if p, ok := r.Terms.Project(id); ok {
		return p.Name.In(ui.Lang(ctx))
	}
	return id
}

func (r results) cost(id string) int64 {
	if p, ok := r.Terms.Project(id); ok {
		return p.Cost
	}
	return 0
}

func ruleName(ctx context.Context, rule string) string {
	return ui.T(ctx, "campaign.rule."+strings.ReplaceAll(rule, "/", "_"))
}
