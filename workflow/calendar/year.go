package calendar

import (
	"bytes"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/app/fault"
)

// Status says how firm the days of a year are.
type Status string

// The statuses of a year.
const (
	Adopted Status = "adopted" // the government's decree is published
	Draft   Status = "draft"   // holidays of the Labour Code and what is announced
)

// Move takes the day off From to the working day To. Where From is a holiday
// it stays off; where it is a mere weekend it becomes a working day.
type Move struct {
	From Day `yaml:"from"`
	To   Day `yaml:"to"`
}

// Year is the production calendar of one year as its file states it. Weekends
// need no mention.
type Year struct {
	Year      int    `yaml:"year"`
	Status    Status `yaml:"status"`
	Source    string `yaml:"source"` // law and decree, or where the draft comes from
	Holidays  []Day  `yaml:"holidays"`
	Moves     []Move `yaml:"moves"`
	Shortened []Day  `yaml:"shortened"`
	// Working are weekends that work with no day off moved from them. They keep
	// the hours of a Friday.
	Working []Day `yaml:"working"`
}

// ParseYear reads the YAML of a year; unknown keys are an error.
func ParseYear(data []byte) (Year, error) {
	var y Year
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&y); err != nil {
		return Year{}, fault.Wrap(fault.Invalid, "calendar.bad_year_file", err)
	}
	return y, nil
}

// dayInfo is one day laid out: its kind and the weekday whose hours it keeps.
type dayInfo struct {
	kind Kind
	like time.Weekday
}

// yearDays is a year laid out day by day from 1 January.
type yearDays struct {
	year   int
	status Status
	source string
	first  Day
	days   []dayInfo
}

// blankYear knows only weekends.
func blankYear(year int, status Status, source string) *yearDays {
	first := NewDay(year, time.January, 1)
	y := &yearDays{year: year, status: status, source: source, first: first}
	y.days = make([]dayInfo, NewDay(year+1, time.January, 1)-first)
	for i := range y.days {
		day := first + Day(i)
		y.days[i] = plainDay(day)
	}
	return y
}

func plainDay(day Day) dayInfo {
	if day.weekend() {
		return dayInfo{kind: Weekend, like: day.Weekday()}
	}
	return dayInfo{kind: Workday, like: day.Weekday()}
}

// at returns the day's place in the year, nil where it is another year's.
func (y *yearDays) at(day Day) *dayInfo {
	if i := int(day - y.first); i >= 0 && i < len(y.days) {
		return &y.days[i]
	}
	return nil
}

// lay puts holidays, then moves, then shortened days on the weeks of the year.
func (y Year) lay() (*yearDays, error) {
	var check fault.Check
	check.That(y.Year >= 1970 && y.Year < 3000, "year", "calendar.bad_year", "year", y.Year)
	check.That(y.Status == Adopted || y.Status == Draft, "status", "calendar.bad_status", "status", string(y.Status))
	check.That(y.Source != "", "source", "calendar.no_source", "year", y.Year)
	if err := check.Err(); err != nil {
		return nil, err
	}
	out := blankYear(y.Year, y.Status, y.Source)
	for _, day := range y.Holidays {
		if d := out.at(day); d != nil {
			d.kind = Holiday
		} else {
			check.Fail("holidays", "calendar.other_year", "day", day.String())
		}
	}
	for _, m := range y.Moves {
		from, to := out.at(m.From), out.at(m.To)
		if from == nil || to == nil || (from.kind != Weekend && from.kind != Holiday) || to.kind != Workday {
			check.Fail("moves", "calendar.bad_move", "from", m.From.String(), "to", m.To.String())
			continue
		}
		if from.kind == Weekend {
			// Hours are those of the day that it is worked for: order of the
			// Ministry of Health and Social Development of 13.08.2009 No. 588n.
			*from = dayInfo{kind: WorkingWeekend, like: m.To.Weekday()}
		}
		to.kind = Moved
	}
	for _, day := range y.Working {
		if d := out.at(day); d != nil && d.kind == Weekend {
			*d = dayInfo{kind: WorkingWeekend, like: time.Friday}
		} else {
			check.Fail("working", "calendar.bad_working", "day", day.String())
		}
	}
	for _, day := range y.Shortened {
		if d := out.at(day); d != nil && d.kind.Working() {
			d.kind = Shortened
		} else {
			check.Fail("shortened", "calendar.shortened_off", "day", day.String())
		}
	}
	return out, check.Err()
}
