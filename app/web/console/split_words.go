package console

import (
	"context"

	"github.com/otklik/otklik/app/web/ui"
)

// photoOptions are the pictures of a case to choose from.
func photoOptions(ctx context.Context, view card) []ui.Option {
	out := make([]ui.Option, len(view.Photos))
	for i, p := range view.Photos {
		out[i] = ui.Option{Value: idText(p.ID), Label: ui.T(ctx, "console.card.photo", "n", i+1)}
	}
	return out
}
