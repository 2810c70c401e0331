package calendar_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// year2026 is the year of the government's decree in the exchange format.
const year2026 = `<?xml version="1.0" encoding="UTF-8"?>
<calendar year="2026" lang="ru" date="2025.09.24">
  <holidays><holiday id="1" title="Новогодние каникулы"/><holiday id="2" title="Рождество"/></holidays>
  <days>
    <day d="01.01" t="1" h="1"/><day d="01.02" t="1" h="1"/><day d="01.03" t="1" h="1"/><day d="01.04" t="1" h="1"/>
    <day d="01.05" t="1" h="1"/><day d="01.06" t="1" h="1"/><day d="01.07" t="1" h="2"/><day d="01.08" t="1" h="1"/>
    <day d="01.09" t="1" f="01.03"/><day d="02.23" t="1" h="3"/><day d="03.08" t="1" h="4"/><day d="03.09" t="1" f="03.08"/>
    <day d="04.30" t="2"/><day d="05.01" t="1" h="5"/><day d="05.08" t="2"/><day d="05.09" t="1" h="6"/>
    <day d="05.11" t="1" f="05.09"/><day d="06.11" t="2"/><day d="06.12" t="1" h="7"/><day d="11.03" t="2"/>
    <day d="11.04" t="1" h="8"/><day d="12.31" t="1" f="01.04"/>
  </days>
</calendar>`

func TestParseXML_gives_the_year_that_is_known(t *testing.T) {
	t.Parallel()
	year, err := calendar.ParseXML(strings.NewReader(year2026), "decree", calendar.Adopted)
	require.NoError(t, err)
	cal := load(t)
	same, err := cal.Replace(year)
	require.NoError(t, err)
	require.Empty(t, cal.Diff(same))
	require.Equal(t, cal.Version(), same.Version(), "the same days are the same version")
}

func TestParseXML_knows_weekends_that_work(t *testing.T) {
	t.Parallel()
	// A shortened Saturday worked for a Tuesday, and a Sunday worked for nothing.
	year, err := calendar.ParseXML(strings.NewReader(`<calendar year="2030"><days>
		<day d="11.02" t="2"/><day d="04.30" t="1" f="11.02"/><day d="06.30" t="3"/></days></calendar>`), "decree", calendar.Draft)
	require.NoError(t, err)
	cal, err := load(t).Replace(year)
	require.NoError(t, err)
	for at, want := range map[string]calendar.Kind{
		"2030-11-02": calendar.Shortened, "2030-04-30": calendar.Moved, "2030-06-30": calendar.WorkingWeekend, "2030-07-06": calendar.Weekend,
	} {
		kind, err := cal.Kind(day(t, at))
		require.NoError(t, err)
		require.Equal(t, want, kind, at)
	}
	require.True(t, cal.Draft(2030))
}

func TestParseXML_says_what_is_wrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, key, field string }{
		"no XML":           {"day;type", "calendar.bad_xml", ""},
		"another document": {"<html/>", "calendar.bad_xml", ""},
		"no year":          {`<calendar><days><day d="01.01" t="1"/></days></calendar>`, "calendar.bad_xml", ""},
		"no days":          {`<calendar year="2030"><days/></calendar>`, "calendar.bad_xml", ""},
		"an unknown type":  {`<calendar year="2030"><days><day d="01.01" t="7"/></days></calendar>`, "error.invalid", "file"},
		"a wrong date":     {`<calendar year="2030"><days><day d="31.12" t="1"/></days></calendar>`, "error.invalid", "file"},
		"29 February":      {`<calendar year="2030"><days><day d="02.29" t="1"/></days></calendar>`, "error.invalid", "file"},
	} {
		_, err := calendar.ParseXML(strings.NewReader(c.file), "decree", calendar.Adopted)
		var e *fault.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, c.key, e.Key, name)
		if c.field != "" {
			require.Equal(t, c.field, e.Fields[0].Name, name)
		}
	}
}

func TestCalendar_Replace_keeps_what_only_the_region_has_off(t *testing.T) {
	t.Parallel()
	cal, err := load(t).Set(day(t, "2026-04-21"), calendar.RegionalOff, "regional law")
	require.NoError(t, err)
	year, err := calendar.ParseXML(strings.NewReader(strings.Replace(year2026, `<day d="12.31" t="1" f="01.04"/>`, "", 1)), "decree", calendar.Adopted)
	require.NoError(t, err)
	next, err := cal.Replace(year)
	require.NoError(t, err)
	require.Equal(t, []calendar.DayChange{{Day: day(t, "2026-12-31"), From: calendar.Moved, To: calendar.Workday}}, cal.Diff(next))

	missing := load(t).Filled(next)
	require.Equal(t, load(t).Version(), missing.Version(), "a year that is there stays")
	newer, err := next.Replace(calendar.Year{Year: 2031, Status: calendar.Draft, Source: "Labour Code"})
	require.NoError(t, err)
	filled := next.Filled(newer)
	require.Len(t, filled.Years(), len(next.Years())+1)
	require.Len(t, next.Diff(filled), 365, "every day of the new year")
}

func TestCalendar_Month_begins_on_Monday(t *testing.T) {
	t.Parallel()
	month, err := load(t).Month(2026, 3)
	require.NoError(t, err)
	require.Len(t, month.Weeks, 6)
	require.Zero(t, month.Weeks[0][0], "1 March 2026 is a Sunday")
	require.Equal(t, calendar.MonthDay{Day: day(t, "2026-03-01"), Kind: calendar.Weekend}, month.Weeks[0][6])
	require.Equal(t, calendar.Moved, month.Weeks[2][0].Kind, "9 March")
	_, err = load(t).Month(2040, 1)
	require.True(t, fault.Is(err, fault.Unavailable))
}

func FuzzParseXML(f *testing.F) {
	f.Add(year2026)
	f.Add(`<calendar year="2030"><days><day d="11.02" t="2" f="02.30"/></days></calendar>`)
	f.Fuzz(func(t *testing.T, s string) {
		year, err := calendar.ParseXML(strings.NewReader(s), "decree", calendar.Adopted)
		if err != nil {
			return
		}
		if cal, err := load(t).Replace(year); err == nil {
			_ = cal.Encode()
		}
	})
}
