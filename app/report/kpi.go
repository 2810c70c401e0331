package report

// Unit is how a figure is shown.
type Unit string

// The units.
const (
	Share  Unit = "share"  // 0–1, shown in percent
	Days   Unit = "days"   // with one decimal
	Number Unit = "number" // with one decimal
)

// Better says which way is good.
type Better string

// The directions.
const (
	Less    Better = "less"
	More    Better = "more"
	Neither Better = "neither"
)

// KPI is one figure. Its Key names the title «kpi.KEY» and the formula in words
// «kpi.KEY_formula» in the catalogue.
type KPI struct {
	Key    string
	Unit   Unit
	Better Better
	Target float64 // 0 where there is none
	Value  float64
	// Known is false where the figure can't be given: nothing to divide by, or
	// too few ratings.
	Known bool
	Basis int // number of appeals it rests on
}

// MinRatings is how many ratings a mean must rest on to be shown.
const MinRatings = 10

// TargetDays is the management target of the time to an answer (source S6 of
// the domain description).
const TargetDays = 8

// KPIs computes every figure of «What a supervisor watches» from counts.
func KPIs(c Counts) []KPI {
	ratio := func(key string, unit Unit, better Better, num, den float64, basis int) KPI {
		k := KPI{Key: key, Unit: unit, Better: better, Basis: basis, Known: den > 0}
		if k.Known {
			k.Value = num / den
		}
		return k
	}
	share := func(key string, better Better, num, den int) KPI {
		return ratio(key, Share, better, float64(num), float64(den), den)
	}
	n := c.Hours.Len()
	days := func(key string, h float64) KPI {
		return KPI{Key: key, Unit: Days, Better: Less, Target: TargetDays, Value: h / 24, Known: n > 0, Basis: n}
	}
	rated := func(k KPI) KPI {
		k.Known = c.Rated >= MinRatings
		return k
	}
	unique := c.Submitted - c.Joined // problems, however many applicants each has
	return []KPI{
		share("overdue", Less, c.ClosedLate+c.OpenPastDue, c.Closed+c.OpenDue),
		days("answer_mean", c.Hours.Mean()),
		days("answer_median", c.Hours.Percentile(0.5)),
		days("answer_p90", c.Hours.Percentile(0.9)),
		rated(ratio("satisfaction", Number, More, float64(c.RatingSum), float64(c.Rated), c.Rated)),
		rated(share("top2", More, c.Top2, c.Rated)),
		share("rating_response", More, c.Rated, c.Answered),
		share("fast_track", Neither, c.FastTrack, c.Accepted),
		share("repeat", Less, c.ReReviewed, c.Answered),
		share("refuted", Less, c.Refuted, c.Solved),
		share("formal", Less, c.Formal, c.Answered),
		ratio("hops", Number, Less, float64(c.HopsSum), float64(c.Submitted), c.Submitted),
		share("two_hops", Less, c.TwoHops, c.Submitted),
		share("first_route", More, c.FirstRight, c.Closed),
		share("extension", Less, c.Extended, c.Closed),
		share("rejection", Less, c.Rejected, c.Submitted),
		ratio("duplicates", Number, Neither, float64(c.Submitted-c.Parts), float64(unique), c.Submitted),
		ratio("per_capita", Number, Neither, float64(unique)*10_000, float64(c.Population), unique),
	}
}
