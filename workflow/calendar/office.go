package calendar

import (
	"time"

	"github.com/otklik/otklik/app/fault"
)

// TimeOfDay is a local time in minutes since midnight. Its text form is HH:MM.
type TimeOfDay int

// Clock returns the time of day for an hour and a minute.
func Clock(hour, minute int) TimeOfDay { return TimeOfDay(hour*60 + minute) }

func (t TimeOfDay) String() string {
	return time.Unix(int64(t)*60, 0).UTC().Format("15:04")
}

// MarshalText writes HH:MM.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads HH:MM.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	at, err := time.Parse("15:04", string(text))
	if err != nil {
		return fault.Wrap(fault.Invalid, "calendar.bad_time", err).With("time", string(text))
	}
	*t = Clock(at.Hour(), at.Minute())
	return nil
}

// Office is the hours of an office, local time. They count for working hours
// only: a deadline in days ends with the day.
type Office struct {
	Opens        TimeOfDay `json:"opens" yaml:"opens"`
	Closes       TimeOfDay `json:"closes" yaml:"closes"`
	FridayCloses TimeOfDay `json:"friday_closes" yaml:"friday_closes"`
	LunchStarts  TimeOfDay `json:"lunch_starts" yaml:"lunch_starts"`
	LunchEnds    TimeOfDay `json:"lunch_ends" yaml:"lunch_ends"`
}

// StandardOffice is the seed: 9 to 18, to 16:45 on Friday, lunch 13 to 14.
var StandardOffice = Office{
	Opens: Clock(9, 0), Closes: Clock(18, 0), FridayCloses: Clock(16, 45),
	LunchStarts: Clock(13, 0), LunchEnds: Clock(14, 0),
}

// shortening is how much earlier a shortened day ends: Labour Code, art. 95.
const shortening = TimeOfDay(60)

// Check reports hours that are out of order. Even a shortened day must not end
// before lunch does.
func (o Office) Check() error {
	var check fault.Check
	check.That(o.Opens >= 0 && o.Opens <= o.LunchStarts, "lunch_starts", "calendar.office_order")
	check.That(o.LunchStarts <= o.LunchEnds, "lunch_ends", "calendar.office_order")
	check.That(o.LunchEnds+shortening <= o.Closes && o.Closes <= Clock(24, 0), "closes", "calendar.office_order")
	check.That(o.LunchEnds+shortening <= o.FridayCloses && o.FridayCloses <= Clock(24, 0), "friday_closes", "calendar.office_order")
	return check.Err()
}

// shift is a stretch of work within one day.
type shift struct{ from, to TimeOfDay }

// shifts returns the stretches of work before and after lunch.
func (o Office) shifts(d dayInfo) [2]shift {
	if !d.kind.Working() {
		return [2]shift{}
	}
	closes := o.Closes
	if d.like == time.Friday {
		closes = o.FridayCloses
	}
	if d.kind == Shortened {
		closes -= shortening
	}
	return [2]shift{{o.Opens, o.LunchStarts}, {o.LunchEnds, closes}}
}
