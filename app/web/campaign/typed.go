package campaign

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/ui"
)

// line is one question of a paper ballot, as operators type it: the numbers that
// are printed beside the options.
type line struct {
	field   string
	name    string
	hint    string
	options []string // with the numbers 1, 2, … before them on paper
	ids     []string // of the options
	wide    bool     // a number is written on paper and not a cross
	words   bool
}

// paperLines are the questions of the terms in the order of the sheet.
func paperLines(ctx context.Context, t *participation.Terms) []line {
	l := ui.Lang(ctx)
	var out []line
	if m := t.Money; m != nil {
		one := line{field: participation.Projects, name: ui.T(ctx, "ballot.projects"), hint: cartHint(ctx, m), ids: projectIDs(m)}
		one.wide = m.BallotForm() == participation.FormOrdinal || m.BallotForm() == participation.FormCumulative
		for _, p := range m.Projects {
			one.options = append(one.options, p.Name.In(l)+" — "+money(ctx, p.Cost))
		}
		out = append(out, one)
	}
	for i := range t.Questions {
		q := &t.Questions[i]
		one := line{field: q.ID, name: q.Name.In(l), hint: askHint(ctx, t, q)}
		switch q.Ask {
		case participation.Words:
			one.words = true
		case participation.Matrix:
			for _, row := range q.Rows {
				r := line{field: rowField(q, row), name: one.name + " — " + row.Name.In(l), hint: one.hint}
				for _, o := range q.Options {
					r.ids, r.options = append(r.ids, row.ID+":"+o.ID), append(r.options, o.Name.In(l))
				}
				out = append(out, r)
			}
			continue
		case participation.YesNo, participation.One, participation.Some, participation.Scale, participation.Ranking:
			one.ids, one.wide = q.Choosable(), q.Ask == participation.Ranking
			for _, id := range one.ids {
				one.options = append(one.options, optionName(ctx, q, id))
			}
		}
		out = append(out, one)
	}
	return out
}

// readTyped reads what an operator typed: numbers in the order in which they are
// chosen, with «number=points» where points are given.
func readTyped(ctx context.Context, t *participation.Terms, form url.Values) ([]participation.Answer, error) {
	var check fault.Check
	given := map[string]participation.Answer{}
	var order []string
	for _, l := range paperLines(ctx, t) {
		typed := strings.TrimSpace(form.Get(l.field))
		if typed == "" {
			continue
		}
		id, _, _ := strings.Cut(l.field, ".")
		a := given[id]
		a.Question = id
		if l.words {
			a.Words = typed
		} else {
			for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }) {
				number, points, scored := strings.Cut(word, "=")
				n, err := strconv.Atoi(number)
				if err != nil || n < 1 || n > len(l.ids) {
					check.Fail(l.field, "paper.number", "typed", word, "max", len(l.ids))
					break
				}
				a.Picks = append(a.Picks, l.ids[n-1])
				if scored {
					p, err := strconv.ParseInt(points, 10, 64)
					if err != nil {
						p = wrongPoints
					}
					a.Points = append(a.Points, p)
				}
			}
		}
		if _, known := given[id]; !known {
			order = append(order, id)
		}
		given[id] = a
	}
	var out []participation.Answer
	for _, id := range order {
		out = append(out, given[id])
	}
	return out, check.Err()
}

// saidOnPaper are the lines of a choice in words, to be compared.
func saidOnPaper(ctx context.Context, t *participation.Terms, e *participation.SheetEntry) []ui.SummaryRow {
	if e.Spoiled {
		return []ui.SummaryRow{{Key: ui.T(ctx, "paper.spoiled"), Value: ui.T(ctx, "paper.spoiled_yes")}}
	}
	choice, err := participation.Decode(t, e.Choice)
	if err != nil {
		return nil // it was checked when it was entered
	}
	return ballot{Campaign: &participation.Campaign{Terms: *t}, answers: choice.Answers}.lines(ctx)
}

// sheetOf is the paper ballot of a campaign.
func sheetOf(ctx context.Context, c *participation.Campaign, agency string) *document.Ballot {
	t := &c.Terms
	b := &document.Ballot{
		Lang: ui.Lang(ctx), Agency: agency, Title: t.Title.In(ui.Lang(ctx)), At: t.Opens, Foot: ui.T(ctx, "paper.sheet_foot"),
		Lead: []string{ui.T(ctx, "paper.sheet_lead"), ui.T(ctx, "paper.sheet_until", "at", ui.DateTime(ctx, c.Closed))},
	}
	for _, l := range paperLines(ctx, t) {
		a := document.Asked{Name: l.name, Hint: l.hint, Options: slices.Clone(l.options), Wide: l.wide}
		if l.words {
			a.Lines = 4
		}
		b.Asked = append(b.Asked, a)
	}
	return b
}

// typedHint says how an operator types what stands beside a question.
func typedHint(ctx context.Context, t *participation.Terms, l *line) string {
	q, asked := t.Question(l.field)
	switch {
	case l.words:
		return ui.T(ctx, "paper.type_words")
	case l.field == participation.Projects && t.Money.BallotForm() == participation.FormCumulative:
		return ui.T(ctx, "paper.type_points")
	case l.wide, asked && q.Ask == participation.Ranking:
		return ui.T(ctx, "paper.type_order")
	default:
		return ui.T(ctx, "paper.type_numbers")
	}
}
