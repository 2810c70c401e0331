package calendar

import (
	"cmp"
	"embed"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // a due date must not depend on what the machine has installed

	"github.com/otklik/otklik/app/fault"
)

//go:embed russia/*.yaml
var russia embed.FS

// Calendar answers which days and hours are worked and counts deadlines by
// them. It is immutable and safe for concurrent use. Make it once and keep it:
// each of its copies is hashed.
type Calendar struct {
	name    string
	zone    *time.Location
	office  Office
	years   []*yearDays // in order; shared between copies, never changed
	version string
}

// Load returns the federal production calendar of Russia: the years that are
// embedded, Moscow time and the standard office hours.
func Load() (*Calendar, error) { return loadRussia() }

var loadRussia = sync.OnceValues(func() (*Calendar, error) {
	files, err := russia.ReadDir("russia")
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "error.internal", err)
	}
	var years []Year
	for _, f := range files {
		data, err := russia.ReadFile("russia/" + f.Name())
		if err != nil {
			return nil, fault.Wrap(fault.Internal, "error.internal", err)
		}
		year, err := ParseYear(data)
		if err != nil {
			return nil, err
		}
		years = append(years, year)
	}
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "error.internal", err)
	}
	return New("ru", zone, StandardOffice, years...)
})

// New makes a calendar of years, each at most once. The name begins its
// version. Wrong hours, days or moves are fault.Invalid.
func New(name string, zone *time.Location, office Office, years ...Year) (*Calendar, error) {
	if err := office.Check(); err != nil {
		return nil, err
	}
	c := &Calendar{name: name, zone: zone, office: office}
	for _, y := range years {
		if c.year(y.Year) != nil {
			return nil, fault.New(fault.Invalid, "calendar.year_twice").With("year", y.Year)
		}
		laid, err := y.lay()
		if err != nil {
			return nil, err
		}
		c.years = append(c.years, laid)
	}
	slices.SortFunc(c.years, func(a, b *yearDays) int { return cmp.Compare(a.year, b.year) })
	c.version = c.hash()
	return c, nil
}

// In returns a copy that counts in another zone. The zone must be one of the
// IANA database, by its name, or [Decode] can't find it again.
func (c *Calendar) In(zone *time.Location) *Calendar {
	copied := *c
	copied.zone = zone
	copied.version = copied.hash()
	return &copied
}

// WithOffice returns a copy with other office hours.
func (c *Calendar) WithOffice(office Office) (*Calendar, error) {
	if err := office.Check(); err != nil {
		return nil, err
	}
	copied := *c
	copied.office = office
	copied.version = copied.hash()
	return &copied, nil
}

// Zone returns the zone in which the calendar counts.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Office returns the office hours.
func (c *Calendar) Office() Office { return c.office }

// YearInfo says what is known of a year.
type YearInfo struct {
	Year        int
	Status      Status
	Source      string
	WorkingDays int
}

// Years lists the years that the calendar has, in order.
func (c *Calendar) Years() []YearInfo {
	out := make([]YearInfo, 0, len(c.years))
	for _, y := range c.years {
		info := YearInfo{Year: y.year, Status: y.status, Source: y.source}
		for _, d := range y.days {
			if d.kind.Working() {
				info.WorkingDays++
			}
		}
		out = append(out, info)
	}
	return out
}

// Draft reports whether the year is there and is not adopted yet: dates in it
// can still change.
func (c *Calendar) Draft(year int) bool {
	y := c.year(year)
	return y != nil && y.status == Draft
}

func (c *Calendar) year(year int) *yearDays {
	for _, y := range c.years {
		if y.year == year {
			return y
		}
	}
	return nil
}

// info finds the day; a year that is not there is fault.Unavailable with the
// key calendar.missing_year and the parameter year.
func (c *Calendar) info(day Day) (dayInfo, error) {
	for i := len(c.years) - 1; i >= 0; i-- {
		if d := c.years[i].at(day); d != nil {
			return *d, nil
		}
	}
	return dayInfo{}, fault.New(fault.Unavailable, "calendar.missing_year").With("year", day.Year())
}

// Kind returns what sort of day it is.
func (c *Calendar) Kind(day Day) (Kind, error) {
	d, err := c.info(day)
	return d.kind, err
}

// IsWorking reports whether people work on the day.
func (c *Calendar) IsWorking(day Day) (bool, error) {
	d, err := c.info(day)
	return d.kind.Working(), err
}

// Hours returns how long the office works on the day, lunch not counted.
func (c *Calendar) Hours(day Day) (time.Duration, error) {
	d, err := c.info(day)
	if err != nil {
		return 0, err
	}
	var minutes TimeOfDay
	for _, s := range c.office.shifts(d) {
		minutes += s.to - s.from
	}
	return time.Duration(minutes) * time.Minute, nil
}

// NextWorking returns the first working day after the day.
func (c *Calendar) NextWorking(day Day) (Day, error) { return c.seek(day+1, 1) }

// PreviousWorking returns the last working day before the day.
func (c *Calendar) PreviousWorking(day Day) (Day, error) { return c.seek(day-1, -1) }

// seek returns the first working day from the day on, itself included, in
// steps of ±1. It ends, because the calendar has an end.
func (c *Calendar) seek(day, step Day) (Day, error) {
	for {
		working, err := c.IsWorking(day)
		if err != nil || working {
			return day, err
		}
		day += step
	}
}

// WorkingDaysBetween counts the working days after a up to and including b,
// negative where b is before a. So b is that many working days after a.
func (c *Calendar) WorkingDaysBetween(a, b Day) (int, error) {
	if b < a {
		n, err := c.WorkingDaysBetween(b, a)
		return -n, err
	}
	n := 0
	for day := a + 1; day <= b; day++ {
		working, err := c.IsWorking(day)
		if err != nil {
			return 0, err
		}
		if working {
			n++
		}
	}
	return n, nil
}

// DayOf returns the day that it is in the calendar's zone at the instant.
func (c *Calendar) DayOf(t time.Time) Day { return NewDay(t.In(c.zone).Date()) }

// At returns the instant, in UTC, of a local time on a day.
func (c *Calendar) At(day Day, at TimeOfDay) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, int(at), 0, 0, c.zone).UTC()
}

// EndOf returns the last second of the day, 23:59:59 local, in UTC: until then
// a duty of that day is done in time.
func (c *Calendar) EndOf(day Day) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 23, 59, 59, 0, c.zone).UTC()
}
