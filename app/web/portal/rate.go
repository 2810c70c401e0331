package portal

import "github.com/otklik/otklik/app/web/edge"

// Rates are the limits per address. They are generous: a school or an office
// shares one.
type Rates struct {
	Drafts  edge.Rate // forms begun
	Uploads edge.Rate // photos sent
	Submits edge.Rate // appeals sent, and actions on their pages
	Asks    edge.Rate // suggestions while typing, and look-ups by number
	Letters edge.Rate // letters made and checked
}

// DefaultRates is what the product ships with.
var DefaultRates = Rates{
	Drafts:  edge.Rate{PerMinute: 30, Burst: 60},
	Uploads: edge.Rate{PerMinute: 60, Burst: 60},
	Submits: edge.Rate{PerMinute: 20, Burst: 40},
	Asks:    edge.Rate{PerMinute: 240, Burst: 120},
	Letters: edge.Rate{PerMinute: 30, Burst: 30},
}

type brakes struct{ drafts, uploads, submits, asks, letters edge.Brake }

func newBrakes(r Rates, unlimited bool) brakes {
	if unlimited {
		return brakes{}
	}
	return brakes{
		edge.NewBrake(r.Drafts), edge.NewBrake(r.Uploads), edge.NewBrake(r.Submits), edge.NewBrake(r.Asks), edge.NewBrake(r.Letters),
	}
}
