package dashboard

import (
	"net/url"
	"strconv"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/web/ui"
)

// filter is what every page of the dashboard is narrowed by. It stands in the
// address.
type filter struct {
	Period    period
	Territory int64 // a municipality, 0 for the region
	Errors    ui.Errors
	TypedFrom string
	TypedTo   string
}

// readFilter reads an address; err says what in it is wrong.
func (h *Handlers) readFilter(s screen, v url.Values) (f filter, err error) {
	var check fault.Check
	f.Period = readPeriod(v, today(s.now, h.Zone), &check)
	if id, err := strconv.ParseInt(v.Get("territory"), 10, 64); err == nil {
		if t, ok := s.book.Places.Municipality(id); ok {
			f.Territory = t.ID
		}
	}
	f.TypedFrom, f.TypedTo = f.Period.from(), f.Period.to()
	if err = check.Err(); err != nil {
		f.Errors, f.TypedFrom, f.TypedTo = ui.ErrorsOf(s, err), v.Get("from"), v.Get("to")
	}
	return f, err
}

func (f filter) values() url.Values {
	v := url.Values{}
	switch f.Period.Preset {
	case month:
	case "":
		v.Set("from", f.Period.from())
		v.Set("to", f.Period.to())
	default:
		v.Set("period", f.Period.Preset)
	}
	setNumber(v, "territory", f.Territory)
	return v
}

// url is a page under the same filter, with more of name, value pairs.
func (f filter) url(path string, more ...string) string { return address(path, f.values(), more...) }

func address(path string, v url.Values, more ...string) string {
	for i := 0; i+1 < len(more); i += 2 {
		v.Del(more[i])
		if more[i+1] != "" {
			v.Set(more[i], more[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

func setNumber(v url.Values, name string, n int64) {
	if n != 0 {
		v.Set(name, strconv.FormatInt(n, 10))
	}
}

// periods are links to the named periods.
func (f filter) periods(s screen, path string, more ...string) []ui.Tab {
	var out []ui.Tab
	for _, name := range presets {
		to := f
		to.Period = preset(name, f.Period.To)
		text := ui.T(s, "dashboard.period_month")
		if n := presetDays[name]; n != 0 {
			text = ui.Days(s, n)
		}
		out = append(out, ui.Tab{Text: text, URL: to.url(path, more...), Count: -1, Current: f.Period.Preset == name})
	}
	return out
}

// territories are the choices of the place.
func (s screen) territories() []ui.Option {
	var out []ui.Option
	for _, t := range s.book.Places.Municipalities() {
		out = append(out, ui.Option{Value: strconv.FormatInt(t.ID, 10), Label: t.Name.In(ui.Lang(s))})
	}
	return out
}

// report is the filter as the figures are asked for: only what the person may
// count.
func (f filter) report(s screen) report.Filter {
	out := report.Filter{Region: s.scope.Region, Agencies: s.scope.Agencies}
	if f.Territory != 0 {
		out.Territory = s.book.Places.Below(f.Territory)
	}
	return out
}

func chosen(id int64) []string {
	if id == 0 {
		return nil
	}
	return []string{strconv.FormatInt(id, 10)}
}
