package document

import (
	"iter"
	"time"
)

// Sheet is a table with its headings. Rows end with the first error.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    iter.Seq2[[]any, error]
}

// Column heads the cells below it. A cell is a string, an int, a float64, a
// time.Time or nil, and of its column's kind; the zero time and NaN are empty.
type Column struct {
	Head  string
	Kind  Kind
	Width float64 // signs; 0 for what suits the kind
}

// Kind is what a column holds.
type Kind int

// The kinds.
const (
	Words  Kind = iota
	Whole       // int
	Real        // float64, two digits after the mark
	Share       // float64 of one, shown in percent
	Day         // time.Time
	Moment      // time.Time to the minute
)

var widths = map[Kind]float64{Words: 24, Whole: 11, Real: 11, Share: 11, Day: 12, Moment: 17}

func (c Column) width() float64 {
	if c.Width > 0 {
		return c.Width
	}
	return widths[c.Kind]
}

// Rows walks rows that are there already.
func Rows(rows [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// local is a time as the region's clocks show it; ok is false for the zero time.
func local(t time.Time, zone *time.Location) (_ time.Time, ok bool) {
	return t.In(zone), !t.IsZero()
}
