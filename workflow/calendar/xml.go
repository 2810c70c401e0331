package calendar

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/otklik/otklik/app/fault"
)

// maxXML bounds a file of a year, in bytes; a real one has a few thousand.
const maxXML = 1 << 20

// xmlYear is a year in the exchange format of xmlcalendar.
type xmlYear struct {
	XMLName xml.Name `xml:"calendar"`
	Year    int      `xml:"year,attr"`
	Days    []struct {
		Date    string `xml:"d,attr"` // MM.DD
		Type    int    `xml:"t,attr"`
		Holiday int    `xml:"h,attr"` // which of the named holidays, 0 for none
		From    string `xml:"f,attr"` // MM.DD from which the day off was moved here
	} `xml:"days>day"`
}

// The types of days of xmlcalendar.
const (
	xmlOff       = 1
	xmlShortened = 2 // works, one hour less; of any day of the week
	xmlWorking   = 3 // a Saturday or Sunday that works
)

// ParseXML reads a year in the format of xmlcalendar (root «calendar» with the
// year, «days/day» with d = MM.DD, t = 1 off, 2 shortened, 3 working, f = the
// date from which a day off was moved). The file names no law: source and
// status are the caller's. Errors are fault.Invalid, those of days with the
// field «file».
func ParseXML(r io.Reader, source string, status Status) (Year, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxXML+1))
	if err != nil {
		return Year{}, fmt.Errorf("read calendar: %w", err)
	}
	var in xmlYear
	if err := xml.Unmarshal(raw, &in); err != nil || len(raw) > maxXML || in.Year == 0 || len(in.Days) == 0 {
		return Year{}, fault.Wrap(fault.Invalid, "calendar.bad_xml", err)
	}
	out := Year{Year: in.Year, Status: status, Source: source}
	var check fault.Check
	day := func(i int, field, text string) (Day, bool) {
		t, err := time.Parse("2006.01.02", fmt.Sprintf("%04d.%s", in.Year, text))
		if err != nil {
			check.Fail("file", "calendar.bad_xml_day", "n", i+1, "field", field, "value", text)
		}
		return NewDay(t.Date()), err == nil
	}
	var worked []Day // weekends that work
	for i, d := range in.Days {
		at, ok := day(i, "d", d.Date)
		if !ok {
			continue
		}
		switch {
		case d.Type == xmlOff && d.From != "":
			if from, ok := day(i, "f", d.From); ok {
				out.Moves = append(out.Moves, Move{From: from, To: at})
			}
		case d.Type == xmlOff && (d.Holiday != 0 || !at.weekend()):
			out.Holidays = append(out.Holidays, at)
		case d.Type == xmlOff: // a weekend, as all are
		case d.Type == xmlShortened || d.Type == xmlWorking:
			if d.Type == xmlShortened {
				out.Shortened = append(out.Shortened, at)
			}
			if at.weekend() {
				worked = append(worked, at)
			}
		default:
			check.Fail("file", "calendar.bad_xml_day", "n", i+1, "field", "t", "value", d.Type)
		}
	}
	for _, at := range worked {
		if !slices.ContainsFunc(out.Moves, func(m Move) bool { return m.From == at }) {
			out.Working = append(out.Working, at)
		}
	}
	return out, check.Err()
}
