package console

import (
	"context"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search"
)

// helpLine is a way to ask, by its example.
type helpLine struct{ Example, Text string }

func helpLines(ctx context.Context) []helpLine {
	russian := ui.Lang(ctx) == "ru"
	out := []helpLine{
		{ui.T(ctx, "search.help.words_example"), ui.T(ctx, "search.help.words")},
		{ui.T(ctx, "search.help.phrase_example"), ui.T(ctx, "search.help.phrase")},
		{ui.T(ctx, "search.help.not_example"), ui.T(ctx, "search.help.not")},
		{ui.T(ctx, "search.help.or_example"), ui.T(ctx, "search.help.or")},
	}
	for _, s := range search.Fields {
		out = append(out, helpLine{s.Field.Spelt(russian) + ":" + s.Example, ui.T(ctx, "search.field."+string(s.Field))})
	}
	return out
}
