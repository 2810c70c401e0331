package calendar

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/fault"
)

// Unit is what an amount of time counts.
type Unit string

// The units.
const (
	CalendarDays Unit = "calendar_days"
	WorkingDays  Unit = "working_days"
	WorkingHours Unit = "working_hours" // hours in which the office is open
)

// Units lists every unit.
var Units = []Unit{CalendarDays, WorkingDays, WorkingHours}

// Roll says where a due day goes that is not a working day.
type Roll string

// The rolls. Practice differs: Rosnedra's instruction ends agencies' duties on
// the day before, the Civil Code (art. 193) ends terms on the day after.
const (
	RollNone     Roll = "none"
	RollPrevious Roll = "previous" // the last working day before, but never before day 1
	RollNext     Roll = "next"     // the first working day after
)

// Rolls lists every roll.
var Rolls = []Roll{RollNone, RollPrevious, RollNext}

// maxAmount keeps a slip of the keyboard from counting through centuries.
const maxAmount = 10000

// Amount is so many units of time. Its text form is «30 calendar_days».
type Amount struct {
	N    int  `json:"n" yaml:"n"`
	Unit Unit `json:"unit" yaml:"unit"`
}

// Days is an amount of calendar days.
func Days(n int) Amount { return Amount{N: n, Unit: CalendarDays} }

// Working is an amount of working days.
func Working(n int) Amount { return Amount{N: n, Unit: WorkingDays} }

// Hours is an amount of working hours.
func Hours(n int) Amount { return Amount{N: n, Unit: WorkingHours} }

// IsZero reports whether the amount says nothing at all.
func (a Amount) IsZero() bool { return a == Amount{} }

// Check reports a unit that isn't one or a number that can't be.
func (a Amount) Check() error {
	switch a.Unit {
	case CalendarDays, WorkingDays, WorkingHours:
		if a.N >= 0 && a.N <= maxAmount {
			return nil
		}
	}
	return fault.New(fault.Invalid, "calendar.bad_amount").With("amount", a.String())
}

func (a Amount) String() string { return fmt.Sprintf("%d %s", a.N, a.Unit) }

// ParseAmount reads the text form.
func ParseAmount(s string) (Amount, error) {
	number, unit, _ := strings.Cut(s, " ")
	n, err := strconv.Atoi(number)
	a := Amount{N: n, Unit: Unit(unit)}
	if err != nil {
		return Amount{}, fault.Wrap(fault.Invalid, "calendar.bad_amount", err).With("amount", s)
	}
	if err := a.Check(); err != nil {
		return Amount{}, err
	}
	return a, nil
}

// Check reports a roll that isn't one.
func (r Roll) Check() error {
	switch r {
	case RollNone, RollPrevious, RollNext:
		return nil
	}
	return fault.New(fault.Invalid, "calendar.bad_roll").With("roll", string(r))
}
