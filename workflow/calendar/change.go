package calendar

import (
	"cmp"
	"slices"
	"time"

	"github.com/otklik/otklik/app/fault"
)

// Replace returns a copy in which the years stand as given, whether it had
// them or not. Days that only the region has off stay off.
func (c *Calendar) Replace(years ...Year) (*Calendar, error) {
	copied := *c
	copied.years = slices.Clone(c.years)
	for _, y := range years {
		laid, err := y.lay()
		if err != nil {
			return nil, err
		}
		copied.put(laid)
	}
	copied.version = copied.hash()
	return &copied, nil
}

// Filled returns a copy that has the years of other that it lacks: those that
// a newer release of the product brings.
func (c *Calendar) Filled(other *Calendar) *Calendar {
	copied := *c
	copied.years = slices.Clone(c.years)
	for _, y := range other.years {
		if copied.year(y.year) == nil {
			copied.put(y)
		}
	}
	copied.version = copied.hash()
	return &copied
}

// put lays a year in its place.
func (c *Calendar) put(y *yearDays) {
	former := c.year(y.year)
	if former == nil {
		c.years = append(c.years, y)
		slices.SortFunc(c.years, func(a, b *yearDays) int { return cmp.Compare(a.year, b.year) })
		return
	}
	for i, d := range former.days {
		if d.kind == RegionalOff && y.days[i].kind.Working() {
			y.days[i].kind = RegionalOff
		}
	}
	c.years[slices.Index(c.years, former)] = y
}

// DayChange is one day that another calendar counts otherwise. A kind is ""
// where the calendar lacks the year.
type DayChange struct {
	Day  Day  `json:"day"`
	From Kind `json:"from"`
	To   Kind `json:"to"`
}

// Diff lists the days that c and to count differently, in order.
func (c *Calendar) Diff(to *Calendar) []DayChange {
	var out []DayChange
	for _, year := range yearsOf(c, to) {
		a, b := c.year(year), to.year(year)
		for day := NewDay(year, 1, 1); day < NewDay(year+1, 1, 1); day++ {
			change := DayChange{Day: day, From: kindIn(a, day), To: kindIn(b, day)}
			if change.From != change.To {
				out = append(out, change)
			}
		}
	}
	return out
}

func yearsOf(calendars ...*Calendar) []int {
	var out []int
	for _, c := range calendars {
		for _, y := range c.years {
			out = append(out, y.year)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func kindIn(y *yearDays, day Day) Kind {
	if y == nil {
		return ""
	}
	return y.at(day).kind
}

// Set returns a copy in which one day of the region counts otherwise: off,
// worked or shortened. See [Overlay].
func (c *Calendar) Set(day Day, kind Kind, source string) (*Calendar, error) {
	o := Overlay{Name: c.name, Source: source}
	switch kind {
	case RegionalOff:
		o.Off = []Day{day}
	case Workday:
		o.Working = []Day{day}
	case Shortened:
		o.Shortened = []Day{day}
	default:
		return nil, fault.New(fault.Invalid, "calendar.bad_kind").With("kind", string(kind))
	}
	return c.With(o)
}

// Month is one month as a calendar on a wall shows it.
type Month struct {
	Year  int
	Month int
	Weeks [][7]MonthDay // from Monday
}

// MonthDay is a day of a month; the zero value is a gap before the first or
// after the last.
type MonthDay struct {
	Day  Day
	Kind Kind
}

// Month lays out a month; a year that is not there is calendar.missing_year.
func (c *Calendar) Month(year, month int) (Month, error) {
	out := Month{Year: year, Month: month}
	first := NewDay(year, time.Month(month), 1)
	for day := first; day < NewDay(year, time.Month(month)+1, 1); day++ {
		info, err := c.info(day)
		if err != nil {
			return Month{}, err
		}
		column := (int(day.Weekday()) + 6) % 7
		if day == first || column == 0 {
			out.Weeks = append(out.Weeks, [7]MonthDay{})
		}
		out.Weeks[len(out.Weeks)-1][column] = MonthDay{Day: day, Kind: info.kind}
	}
	return out, nil
}
