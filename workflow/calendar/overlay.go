package calendar

import (
	"slices"

	"github.com/otklik/otklik/app/fault"
)

// Overlay is what a region has other than the federation: its own days off
// and, where it moved them, the days worked instead.
type Overlay struct {
	Name      string `yaml:"name"`   // begins the version of the calendar, such as «ru-ta»
	Source    string `yaml:"source"` // the regional law
	Off       []Day  `yaml:"off"`
	Working   []Day  `yaml:"working"`
	Shortened []Day  `yaml:"shortened"`
}

// With returns a copy with the region's days laid over the federal ones. A day
// of a year that the calendar lacks is calendar.missing_year.
func (c *Calendar) With(o Overlay) (*Calendar, error) {
	var check fault.Check
	check.That(o.Name != "", "name", "calendar.no_name")
	check.That(o.Source != "", "source", "calendar.no_source")
	if err := check.Err(); err != nil {
		return nil, err
	}
	copied := *c
	copied.name = o.Name
	copied.years = make([]*yearDays, len(c.years))
	for i, y := range c.years {
		fresh := *y
		fresh.days = slices.Clone(y.days)
		copied.years[i] = &fresh
	}
	lay := func(days []Day, kindOf func(Day, dayInfo) (Kind, bool)) error {
		for _, day := range days {
			info, err := copied.info(day)
			if err != nil {
				return err
			}
			kind, ok := kindOf(day, info)
			if !ok {
				return fault.New(fault.Invalid, "calendar.shortened_off").With("day", day.String())
			}
			copied.set(day, kind)
		}
		return nil
	}
	if err := lay(o.Off, func(Day, dayInfo) (Kind, bool) { return RegionalOff, true }); err != nil {
		return nil, err
	}
	if err := lay(o.Working, func(day Day, _ dayInfo) (Kind, bool) {
		if day.weekend() {
			return WorkingWeekend, true
		}
		return Workday, true
	}); err != nil {
		return nil, err
	}
	if err := lay(o.Shortened, func(_ Day, d dayInfo) (Kind, bool) { return Shortened, d.kind.Working() }); err != nil {
		return nil, err
	}
	copied.version = copied.hash()
	return &copied, nil
}

// set changes a day of a copy that is still being made.
func (c *Calendar) set(day Day, kind Kind) {
	for _, y := range c.years {
		if d := y.at(day); d != nil {
			d.kind = kind
		}
	}
}
