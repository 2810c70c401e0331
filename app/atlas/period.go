package atlas

import (
	"fmt"
	"time"
)

// Grain is how long the periods of an installation are.
type Grain string

// The grains. Months and quarters of one installation never lie on each other:
// what is published first stays.
const (
	None    Grain = "off"
	Month   Grain = "month"
	Quarter Grain = "quarter"
)

func (g Grain) months() int {
	if g == Quarter {
		return 3
	}
	return 1
}

// Settle is how long after its end a period is drawn: by then appeals have been
// checked and most are answered.
const Settle = 14 * 24 * time.Hour

// back is how many months before now are drawn.
const back = 24

// Day is a day of the region, in days since 1 January 1970.
type Day int32

func dayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400) //nolint:gosec // years are few
}

// In is the first instant of the day in the zone.
func (d Day) In(zone *time.Location) time.Time {
	y, m, day := time.Unix(int64(d)*86400, 0).UTC().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, zone)
}

// Period is the days [From, To).
type Period struct {
	From Day `json:"from"`
	To   Day `json:"to"`
}

func (p Period) overlaps(q Period) bool { return p.From < q.To && q.From < p.To }

// Key names the period in an address: 2026-10, or 2026-q3.
func (p Period) Key() string {
	from := p.From.In(time.UTC)
	if p.Grain() == Quarter {
		return fmt.Sprintf("%d-q%d", from.Year(), (int(from.Month())+2)/3)
	}
	return from.Format("2006-01")
}

// Grain is how long it is.
func (p Period) Grain() Grain {
	if p.To-p.From > 31 {
		return Quarter
	}
	return Month
}

// Ended lists the periods that are to be drawn by now, the earliest first.
func (g Grain) Ended(now time.Time, zone *time.Location) []Period {
	var out []Period
	now = now.In(zone)
	y, m, _ := now.Date()
	for ahead := -back; ahead <= 0; ahead++ {
		from := time.Date(y, m+time.Month(ahead), 1, 0, 0, 0, 0, zone)
		to := from.AddDate(0, g.months(), 0)
		if (int(from.Month())-1)%g.months() != 0 || to.Add(Settle).After(now) {
			continue
		}
		out = append(out, Period{dayOf(from), dayOf(to)})
	}
	return out
}
