package report

import "time"

// Rules is the version of what a portion says. What was counted under another
// is counted anew.
const Rules = 3

// Day is a day of the region, in days since 1 January 1970.
type Day int32

// DayOf is the day of an instant in the zone.
func DayOf(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return dayOf(y, m, d)
}

func dayOf(y int, m time.Month, d int) Day {
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400) //nolint:gosec // years are few
}

// date is the day at midnight UTC.
func (d Day) date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String is YYYY-MM-DD.
func (d Day) String() string { return d.date().Format(time.DateOnly) }

// In is the first instant of the day in the zone.
func (d Day) In(zone *time.Location) time.Time {
	y, m, day := d.date().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, zone)
}

// Month is the first day of its month.
func (d Day) Month() Day {
	y, m, _ := d.date().Date()
	return dayOf(y, m, 1)
}

// Week is the Monday of its week.
func (d Day) Week() Day { return d - Day((int(d.date().Weekday())+6)%7) }

func (d Day) nextMonth() Day {
	y, m, _ := d.date().Date()
	return dayOf(y, m+1, 1)
}

// Grain is how long a cell is.
type Grain int

// The grains.
const (
	ByDay   Grain = 1
	ByMonth Grain = 2
)

// Cube says by what its cells are told apart. The numbers are stored.
type Cube int

// The cubes. Those of topics count only what their table shows.
const (
	Whole Cube = iota
	ByAgency
	ByTerritory
	ByAgencyTerritory
	ByPerson // agency and executor
	ByTopic
	ByAgencyTopic
	ByTerritoryTopic
	ByAgencyCategory
	StageByAgency // topic: the stage
	StageByTerritory
	RedirectPairs // topic: «FROM-TO», ids of agencies
	FlagByAgency  // topic: code of the flag
	FlagByTerritory
	Stages
	Standings // topic: the stage
	StandingByAgency
	StandingByTerritory
	Flags
)

// Key names a cell. What a cube doesn't tell apart is zero.
type Key struct {
	Cube                      Cube
	Grain                     Grain
	Day                       Day // the first of a month
	Agency, Territory, Person int64
	Topic                     string
}

// family is what an increment is about.
type family byte

const (
	life family = iota
	stages
	redirects
	flags
	standings
)

// Tray is where the cell is kept, together with those that differ from it by
// their topic alone: a page that lists topics or stages reads all of them.
func (k Key) Tray() Key {
	k.Topic = ""
	return k
}

// Increment is what one appeal adds on one day.
type Increment struct {
	family                    family
	day                       Day
	agency, territory, person int64
	topic, category           string
	due                       Day // of one that awaits its answer, on its first day
	sums                      Sums
}

// light keeps what the table of topics needs. Its histogram is of days, not of
// hours: on which of them those submitted now and not answered yet are due.
func (in *Increment) light() Sums {
	var out Sums
	for _, m := range []Measure{Submitted, Waiting, LateOf} {
		out.N[m] = in.sums.N[m]
	}
	if in.due != 0 {
		out.Hours = Histogram{{Hour: int32(in.due), N: 1}}
	}
	return out
}

type cubeOf struct {
	cube                      Cube
	family                    family
	agency, territory, person bool
	topic, category           bool
	light                     bool
}

var cubes = []cubeOf{
	{cube: Whole, family: life},
	{cube: ByAgency, family: life, agency: true},
	{cube: ByTerritory, family: life, territory: true},
	{cube: ByAgencyTerritory, family: life, agency: true, territory: true},
	{cube: ByPerson, family: life, agency: true, person: true},
	{cube: ByTopic, family: life, topic: true, light: true},
	{cube: ByAgencyTopic, family: life, agency: true, topic: true, light: true},
	{cube: ByTerritoryTopic, family: life, territory: true, topic: true, light: true},
	{cube: ByAgencyCategory, family: life, agency: true, category: true},
	{cube: Stages, family: stages, topic: true},
	{cube: StageByAgency, family: stages, agency: true, topic: true},
	{cube: StageByTerritory, family: stages, territory: true, topic: true},
	{cube: Standings, family: standings, topic: true},
	{cube: StandingByAgency, family: standings, agency: true, topic: true},
	{cube: StandingByTerritory, family: standings, territory: true, topic: true},
	{cube: RedirectPairs, family: redirects, topic: true},
	{cube: Flags, family: flags, topic: true},
	{cube: FlagByAgency, family: flags, agency: true, topic: true},
	{cube: FlagByTerritory, family: flags, territory: true, topic: true},
}

// cubesTogether are all cubes in parts that are made one after the other: those
// with most cells alone, so that a million appeals fit into memory.
func cubesTogether() [][]cubeOf {
	var few []cubeOf
	var out [][]cubeOf
	for _, c := range cubes {
		switch c.cube {
		case ByAgencyTerritory, ByAgencyTopic, ByTerritoryTopic, ByAgencyCategory:
			out = append(out, []cubeOf{c})
		default:
			few = append(few, c)
		}
	}
	return append(out, few)
}

// each gives the cells of some cubes to which the increment adds, and what.
func (in *Increment) each(some []cubeOf, add func(Key, *Sums)) {
	for i := range some {
		c := &some[i]
		if c.family != in.family || c.person && in.person == 0 {
			continue
		}
		sums := &in.sums
		if c.light {
			few := in.light()
			if sums = &few; sums.Zero() {
				continue
			}
		}
		k := Key{Cube: c.cube, Grain: ByMonth, Day: in.day.Month()}
		if c.agency {
			k.Agency = in.agency
		}
		if c.territory {
			k.Territory = in.territory
		}
		if c.person {
			k.Person = in.person
		}
		switch {
		case c.topic:
			k.Topic = in.topic
		case c.category:
			k.Topic = in.category
		}
		add(k, sums)
		k.Grain, k.Day = ByDay, in.day
		add(k, sums)
	}
}

// Span is days [From, To) of one grain.
type Span struct {
	Grain    Grain
	From, To Day
	Bare     bool // without hours
}

// spans covers [from, to) by whole months and the days before and after them.
func spans(from, to Day) []Span {
	first := from
	if first.Month() != first {
		first = first.nextMonth()
	}
	last := to.Month()
	if last <= first {
		return days(from, to)
	}
	out := days(from, first)
	out = append(out, Span{Grain: ByMonth, From: first, To: last})
	return append(out, days(last, to)...)
}

func days(from, to Day) []Span {
	if from >= to {
		return nil
	}
	return []Span{{Grain: ByDay, From: from, To: to}}
}
