package calendar

import (
	"time"

	"github.com/otklik/otklik/app/fault"
)

// Due returns when an amount of time from start ends, in UTC. Days end at
// 23:59:59 local; day 1 is the day after start, whatever the hour. Working
// hours end at their exact time and don't roll. An amount of 0 days ends on
// the day of start, rolled. A year that the count needs and that is not there
// is calendar.missing_year.
func (c *Calendar) Due(start time.Time, a Amount, roll Roll) (time.Time, error) {
	if a.Unit == WorkingHours {
		if err := a.Check(); err != nil {
			return time.Time{}, err
		}
		return c.AddWorking(start, time.Duration(a.N)*time.Hour)
	}
	day, err := c.DueDay(c.DayOf(start), a, roll)
	if err != nil {
		return time.Time{}, err
	}
	return c.EndOf(day), nil
}

// DueDay is [Calendar.Due] for days: the due day of an amount of days counted
// from the day of start.
func (c *Calendar) DueDay(start Day, a Amount, roll Roll) (Day, error) {
	if err := checkDays(a, roll); err != nil {
		return 0, err
	}
	if a.Unit == WorkingDays {
		return c.addWorkingDays(start, a.N)
	}
	day := start + Day(a.N)
	rolled, err := c.roll(day, roll)
	if err != nil {
		return 0, err
	}
	if rolled <= start && rolled < day {
		// Rolled back past day 1: there would be no time at all.
		return c.roll(day, RollNext)
	}
	return rolled, nil
}

// Before returns the end of the day that lies an amount of days before the day
// of the anchor: «two working days before the lead's date».
func (c *Calendar) Before(anchor time.Time, a Amount, roll Roll) (time.Time, error) {
	if err := checkDays(a, roll); err != nil {
		return time.Time{}, err
	}
	day := c.DayOf(anchor)
	var err error
	if a.Unit == WorkingDays {
		for range a.N {
			if day, err = c.PreviousWorking(day); err != nil {
				return time.Time{}, err
			}
		}
	} else {
		day -= Day(a.N)
	}
	if day, err = c.roll(day, roll); err != nil {
		return time.Time{}, err
	}
	return c.EndOf(day), nil
}

func checkDays(a Amount, roll Roll) error {
	if err := a.Check(); err != nil {
		return err
	}
	if a.Unit == WorkingHours {
		return fault.New(fault.Invalid, "calendar.bad_amount").With("amount", a.String())
	}
	return roll.Check()
}

func (c *Calendar) roll(day Day, roll Roll) (Day, error) {
	switch roll {
	case RollPrevious:
		return c.seek(day, -1)
	case RollNext:
		return c.seek(day, 1)
	case RollNone:
	}
	return day, nil
}

// addWorkingDays returns the n-th working day after the day; for 0 the day
// itself or the first working day after it.
func (c *Calendar) addWorkingDays(day Day, n int) (Day, error) {
	if n == 0 {
		return c.seek(day, 1)
	}
	var err error
	for range n {
		if day, err = c.NextWorking(day); err != nil {
			return 0, err
		}
	}
	return day, nil
}

// AddWorking returns the instant at which the office has been open for d since
// t, in UTC; t itself for 0.
func (c *Calendar) AddWorking(t time.Time, d time.Duration) (time.Time, error) {
	if d < 0 {
		return time.Time{}, fault.New(fault.Invalid, "calendar.bad_amount").With("amount", d.String())
	}
	if d == 0 {
		return t.UTC(), nil
	}
	for day := c.DayOf(t); ; day++ {
		info, err := c.info(day)
		if err != nil {
			return time.Time{}, err
		}
		for _, s := range c.office.shifts(info) {
			from, to := c.At(day, s.from), c.At(day, s.to)
			if from.Before(t) {
				from = t
			}
			switch open := to.Sub(from); {
			case open <= 0:
			case d <= open:
				return from.Add(d).UTC(), nil
			default:
				d -= open
			}
		}
	}
}

// WorkingTime returns how long the office is open between two instants, 0
// where the second is not later.
func (c *Calendar) WorkingTime(from, to time.Time) (time.Duration, error) {
	var sum time.Duration
	for day := c.DayOf(from); from.Before(to) && day <= c.DayOf(to); day++ {
		info, err := c.info(day)
		if err != nil {
			return 0, err
		}
		for _, s := range c.office.shifts(info) {
			begin, end := c.At(day, s.from), c.At(day, s.to)
			if begin.Before(from) {
				begin = from
			}
			if to.Before(end) {
				end = to
			}
			sum += max(0, end.Sub(begin))
		}
	}
	return sum, nil
}
