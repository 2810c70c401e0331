package console

import (
	"context"
	"strconv"
	"time"

	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }

// lastDay is the day that ends at a due instant: midnight belongs to the day
// before it.
func lastDay(ctx context.Context, due time.Time) string {
	return ui.Date(ctx, due.Add(-time.Nanosecond))
}

func machineTime(ctx context.Context, t time.Time) string {
	return t.In(ui.Zone(ctx)).Format(time.RFC3339)
}

func address(place, street string) string {
	if street == "" {
		return place
	}
	return place + ", " + street
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// outcomeTone colours an outcome by what it means for the citizen.
func outcomeTone(o workflow.Outcome) string {
	switch o {
	case workflow.Solved, workflow.Supported:
		return "good"
	case workflow.Planned:
		return "work"
	case workflow.Refused, workflow.NotSupported:
		return "bad"
	default:
		return "quiet"
	}
}
