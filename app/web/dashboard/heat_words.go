package dashboard

import (
	"context"
	"strconv"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
)

// How words that rise are looked for: how many are told, and how far back the
// past goes that they are compared with.
const (
	risingMost = 6
	risingPast = 8 * 7 // days at least
)

// risingRow is a word that people write more than before, with what they write.
type risingRow struct {
	Word     string
	URL      string // cases with the word
	Many     string // «12 из 70 обращений, раньше 3 из 630»
	Examples []risingExample
}

type risingExample struct {
	URL     string
	Snippet string // HTML of the index: escaped, matches in <mark>
}

// rising names what is new in the cell that the reader looks at: the chosen
// municipality and category, or the whole region.
func (h *Handlers) rising(s screen, q heatQuery) ([]risingRow, error) {
	ask := search.RisingQuery{Query: q.ask(s).Query, Limit: risingMost}
	if q.Territory != 0 {
		ask.Territory = s.book.Places.Below(q.Territory)
	}
	ask.Before = ask.From.AddDate(0, 0, -max(risingPast, 3*q.Period.days()))
	found, err := recallFor(s, h.memo, wordLife, "rising", ask, func(ctx context.Context) (search.RisingWords, error) { return h.Index.Rising(ctx, ask) })
	if err != nil {
		return nil, err
	}
	out := make([]risingRow, 0, len(found.Words))
	for _, w := range found.Words {
		list := q
		list.asked = q.asked.With("", w.Word)
		row := risingRow{Word: w.Word, URL: list.cases(q.Territory, ""), Many: ui.T(s, "heat.rising.seen",
			"now", ui.Number(s, w.Now), "of", ui.Number(s, found.Now), "before", ui.Number(s, w.Before), "past", ui.Number(s, found.Before))}
		for _, e := range w.Examples {
			row.Examples = append(row.Examples, risingExample{"/console/appeals/" + strconv.FormatInt(e.ID, 10), e.Snippet})
		}
		out = append(out, row)
	}
	return out, nil
}
