package dashboard

import "github.com/otklik/otklik/app/report"

// Limits say where the red zone of an agency begins.
type Limits struct {
	Overdue    float64 // share of overdue ones above it
	MedianDays float64 // median days to an answer above it
	Rating     float64 // mean rating below it
	Basis      int     // fewer cases than these judge nobody
}

// DefaultLimits are ours: a deployment sets its own.
var DefaultLimits = Limits{Overdue: 0.10, MedianDays: report.TargetDays, Rating: 3.5, Basis: 5}

// past reports whether a figure lies in the red zone.
func (l Limits) past(k report.KPI) bool {
	if !k.Known || k.Basis < l.Basis {
		return false
	}
	switch k.Key {
	case "overdue":
		return k.Value > l.Overdue
	case "answer_median":
		return k.Value > l.MedianDays
	case "satisfaction":
		return k.Value < l.Rating
	default:
		return false
	}
}

// target is the value to reach, where there is one.
func (l Limits) target(k report.KPI) (float64, bool) {
	switch {
	case k.Target != 0:
		return k.Target, true
	case k.Key == "overdue":
		return l.Overdue, true
	case k.Key == "satisfaction":
		return l.Rating, true
	default:
		return 0, false
	}
}
