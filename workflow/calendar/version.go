package calendar

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/otklik/otklik/app/fault"
)

// encoded is the stable written form of a calendar: what a due date depends on
// and nothing else, so that a corrected source text leaves the version alone.
type encoded struct {
	Name   string        `json:"name"`
	Zone   string        `json:"zone"`
	Office Office        `json:"office"`
	Years  []encodedYear `json:"years"`
}

type encodedYear struct {
	Year   int    `json:"year"`
	Status Status `json:"status"`
	// Days holds those that are not a plain workday or weekend.
	Days map[Day]encodedDay `json:"days"`
}

type encodedDay struct {
	Kind Kind `json:"kind"`
	// Like is the weekday whose hours the day keeps (0 is Sunday), where it is
	// not its own.
	Like *time.Weekday `json:"like,omitempty"`
}

// Version names the content: the calendar's name and the beginning of a hash
// of its days, zone and hours, such as «ru-1f2e3d4c5b6a». Record it beside
// each due date.
func (c *Calendar) Version() string { return c.version }

func (c *Calendar) hash() string {
	sum := sha256.Sum256(c.Encode())
	return c.name + "-" + hex.EncodeToString(sum[:6])
}

// Encode writes the calendar as JSON, the same bytes for the same version.
// Keep it under the version for as long as due dates name it.
func (c *Calendar) Encode() []byte {
	e := encoded{Name: c.name, Zone: c.zone.String(), Office: c.office}
	for _, y := range c.years {
		out := encodedYear{Year: y.year, Status: y.status, Days: map[Day]encodedDay{}}
		for i, d := range y.days {
			day := y.first + Day(i)
			if d == plainDay(day) {
				continue
			}
			row := encodedDay{Kind: d.kind}
			if like := d.like; like != day.Weekday() {
				row.Like = &like
			}
			out.Days[day] = row
		}
		e.Years = append(e.Years, out)
	}
	data, err := json.Marshal(e)
	if err != nil { // strings, numbers and maps of them: it can't be
		panic(fmt.Sprintf("calendar: encode: %v", err))
	}
	return data
}

// Decode reads what [Calendar.Encode] wrote. The sources of the years are not
// kept.
func Decode(data []byte) (*Calendar, error) {
	bad := func(err error) error { return fault.Wrap(fault.Invalid, "calendar.bad_encoding", err) }
	var e encoded
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return nil, bad(err)
	}
	if err := e.Office.Check(); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(e.Zone)
	if err != nil || e.Zone == "" || e.Zone == "Local" {
		return nil, bad(fmt.Errorf("zone %q: %w", e.Zone, err))
	}
	c := &Calendar{name: e.Name, zone: zone, office: e.Office}
	for _, y := range e.Years {
		if c.year(y.Year) != nil || y.Year < 1970 || y.Year >= 3000 {
			return nil, bad(fmt.Errorf("year %d", y.Year))
		}
		laid := blankYear(y.Year, y.Status, "")
		for day, row := range y.Days {
			d := laid.at(day)
			if d == nil {
				return nil, bad(fmt.Errorf("%v is not in %d", day, y.Year))
			}
			d.kind = row.Kind
			if row.Like != nil {
				d.like = *row.Like
			}
		}
		c.years = append(c.years, laid)
	}
	c.version = c.hash()
	return c, nil
}
