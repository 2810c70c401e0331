package calendar

import (
	"time"

	"github.com/otklik/otklik/app/fault"
)

// Day is a civil date without time or zone: the number of days since
// 1970-01-01. Add and subtract it as a number. Its text form is YYYY-MM-DD.
type Day int

const secondsOfDay = 24 * 60 * 60

// NewDay returns the day of a Gregorian date; values outside their range are
// normalised as in [time.Date].
func NewDay(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsOfDay)
}

// ParseDay reads YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fault.Wrap(fault.Invalid, "calendar.bad_day", err).With("day", s)
	}
	return NewDay(t.Date()), nil
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsOfDay, 0).UTC() }

// Date returns the parts of the date.
func (d Day) Date() (year int, month time.Month, day int) { return d.utc().Date() }

// Year returns the year of the date.
func (d Day) Year() int { return d.utc().Year() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

func (d Day) weekend() bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText writes YYYY-MM-DD.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Day) UnmarshalText(text []byte) error {
	day, err := ParseDay(string(text))
	if err != nil {
		return err
	}
	*d = day
	return nil
}
