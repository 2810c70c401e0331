package calendar

// Kind says what sort of day it is.
type Kind string

// The kinds of days. People work on the first three.
const (
	Workday        Kind = "workday"         // an ordinary working day
	Shortened      Kind = "shortened"       // works one hour less: the eve of a holiday
	WorkingWeekend Kind = "working_weekend" // a Saturday or Sunday that works
	Weekend        Kind = "weekend"         // an ordinary Saturday or Sunday
	Holiday        Kind = "holiday"         // a public holiday by law
	Moved          Kind = "moved"           // off because a day off was moved here
	RegionalOff    Kind = "regional_off"    // off in the region only
)

// Kinds lists every kind of day.
var Kinds = []Kind{Workday, Shortened, WorkingWeekend, Weekend, Holiday, Moved, RegionalOff}

// Working reports whether people work on such a day.
func (k Kind) Working() bool { return k == Workday || k == Shortened || k == WorkingWeekend }
