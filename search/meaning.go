package search

import (
	"cmp"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/fault"
)

// Names knows what somebody who asks means by the names of things.
type Names interface {
	// Named returns the values (see [Is]) that the person means by a name: a
	// code, or words of a name, perhaps misspelt. What they may not ask for is
	// fault.Forbidden, what is not there fault.NotFound; the parameter «nearest»
	// of that error is a name they may have meant, where there is one.
	Named(field Field, name string) ([]string, error)
}

// Asker is who asks: what they mean by names, and when and where they ask.
type Asker struct {
	Names Names // nil: only words and phrases
	Now   time.Time
	Zone  *time.Location // of days

	box string // as it was typed, to speak of fields by the same names
}

// spelt is a field by the name that was typed.
func (by Asker) spelt(f Field) string {
	for _, s := range Fields {
		if s.Field != f {
			continue
		}
		for _, name := range s.Others {
			if strings.Contains(by.box, name+":") {
				return name
			}
		}
	}
	return string(f)
}

// Query is the question that the asker means, without rights: the caller adds
// those. Everything that is wrong is fault.Invalid at [Box].
func (a Ask) Query(by Asker) (Query, error) {
	m := meaning{by: by}
	var q Query
	var words []string
	for _, group := range a {
		if len(group) == 1 && !group[0].Not && group[0].Field == "" && !group[0].Phrase {
			words = append(words, group[0].Text)
			continue
		}
		var choices AnyOf
		for _, t := range group {
			if c, ok := m.condition(t); ok {
				choices = append(choices, c)
			}
		}
		q.Where = append(q.Where, choices)
	}
	q.Text = strings.Join(words, " ")
	return q, m.check.Err()
}

// meaning collects what is wrong on the way.
type meaning struct {
	by    Asker
	check fault.Check
}

func (m *meaning) condition(t Term) (Condition, bool) {
	c := Condition{Not: t.Not}
	if t.Field != "" && m.by.Names == nil {
		m.check.Fail(Box, "search.field_forbidden", "field", m.by.spelt(t.Field))
		return c, false
	}
	var ok bool
	switch t.Field {
	case "":
		c.Word, ok = t.Text, true
		if t.Phrase {
			c.Word, c.Phrase = "", t.Text
		}
	case ByDue, BySubmitted, From, To:
		c.Span, ok = m.time(t)
	case ByRating:
		c.Span, ok = rating(t.Text)
	case ByNear:
		c.Near, ok = near(t.Text)
	case ByNumber:
		c.Is, ok = Is{ByNumber, []string{t.Text}}, true
	case ByAgency, ByRubric, ByStage, ByPlace, BySource, ByExecutor, ByOutcome:
		return m.named(t)
	}
	if !ok {
		m.check.Fail(Box, "search.value_wrong",
			"term", m.by.spelt(t.Field)+":"+t.Text, "example", m.by.spelt(t.Field)+":"+t.Field.example())
	}
	return c, ok
}

func (m *meaning) named(t Term) (Condition, bool) {
	values, err := m.by.Names.Named(t.Field, t.Text)
	if err == nil {
		return Condition{Not: t.Not, Is: Is{t.Field, values}}, true
	}
	nearest := fault.As(err).Params["nearest"]
	term := strings.Replace(t.String(), string(t.Field)+":", m.by.spelt(t.Field)+":", 1)
	switch {
	case fault.Is(err, fault.Forbidden):
		m.check.Fail(Box, "search.value_forbidden", "term", term)
	case nearest != nil:
		m.check.Fail(Box, "search.value_meant", "term", term, "nearest", nearest)
	default:
		m.check.Fail(Box, "search.value_unknown", "term", term)
	}
	return Condition{}, false
}

// amount is a length of time, as «2d» or «12ч».
var amount = regexp.MustCompile(`^(\d{1,4})([a-zа-я]+)$`)

var units = map[string]time.Duration{
	"h": time.Hour, "ч": time.Hour,
	"d": 24 * time.Hour, "д": 24 * time.Hour, "дн": 24 * time.Hour,
	"w": 7 * 24 * time.Hour, "н": 7 * 24 * time.Hour, "нед": 7 * 24 * time.Hour,
}

// moment is a day or a point in time that a value names.
type moment struct{ from, to int64 } // [from, to); the same for a point

// moment reads a day («2026-11-01», «01.11.2026», «today») or a length of time
// from now: ahead for what is due, back for what was.
func (m *meaning) moment(text string, ahead bool) (moment, bool) {
	text = plain(text)
	if parts := amount.FindStringSubmatch(text); parts != nil {
		n, err := strconv.Atoi(parts[1])
		unit, known := units[parts[2]]
		if err != nil || !known {
			return moment{}, false
		}
		length := time.Duration(n) * unit
		if !ahead {
			length = -length
		}
		at := m.by.Now.Add(length).UnixMicro()
		return moment{at, at}, true
	}
	day, ok := m.day(text)
	if !ok {
		return moment{}, false
	}
	return moment{day.UnixMicro(), day.AddDate(0, 0, 1).UnixMicro()}, true
}

func (m *meaning) day(text string) (time.Time, bool) {
	now := m.by.Now.In(m.by.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, m.by.Zone)
	switch text {
	case "today", "сегодня":
		return today, true
	case "tomorrow", "завтра":
		return today.AddDate(0, 0, 1), true
	case "yesterday", "вчера":
		return today.AddDate(0, 0, -1), true
	}
	for _, layout := range []string{time.DateOnly, "02.01.2006"} {
		if t, err := time.ParseInLocation(layout, text, m.by.Zone); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}

// time reads «overdue», «<2d», «>=2026-11-01», «today», «a..b». A length of time
// is how much is left until what is due, and how long ago it was submitted.
func (m *meaning) time(t Term) (Span, bool) {
	field, text := t.Field, plain(t.Text)
	switch t.Field {
	case From:
		field, text = BySubmitted, ">="+text
	case To:
		field, text = BySubmitted, "<="+text
	default:
	}
	ahead := field == ByDue
	if ahead && (text == "overdue" || text == "просрочено") {
		return Span{field, spanFirst, m.by.Now.UnixMicro()}, true
	}
	first, last, isRange := strings.Cut(text, "..")
	if isRange {
		a, ok := m.moment(first, ahead)
		b, ok2 := m.moment(last, ahead)
		if a.from > b.to {
			a, b = b, a
		}
		return Span{field, a.from, b.to}, ok && ok2
	}
	sign, value := comparison(text)
	at, ok := m.moment(value, ahead)
	if !ahead && at.from == at.to { // a longer time ago is earlier
		sign = turned[sign]
	}
	from, to, whole := compared(sign, at.from, at.to)
	return Span{field, from, to}, ok && (whole || at.from != at.to)
}

// comparison takes the sign off a value.
func comparison(text string) (sign, value string) {
	for _, sign := range []string{"<=", ">=", "<", ">", "≤", "≥"} {
		if rest, ok := strings.CutPrefix(text, sign); ok {
			return strings.NewReplacer("≤", "<=", "≥", ">=").Replace(sign), strings.TrimSpace(rest)
		}
	}
	return "", text
}

var turned = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "": ""}

// compared is what stands to [from, to) as the sign says; whole reports whether
// there was a sign.
func compared(sign string, from, to int64) (low, high int64, whole bool) {
	switch sign {
	case "<":
		return spanFirst, from, true
	case "<=":
		return spanFirst, to, true
	case ">":
		return to, spanLast, true
	case ">=":
		return from, spanLast, true
	default:
		return from, to, false
	}
}

// rating reads «4», «<3» or «2..4».
func rating(text string) (Span, bool) {
	stars := func(s string) (int64, bool) {
		n, err := strconv.ParseInt(s, 10, 8)
		return n, err == nil && n >= 1 && n <= 5
	}
	if first, last, isRange := strings.Cut(text, ".."); isRange {
		a, ok := stars(first)
		b, ok2 := stars(last)
		return Span{ByRating, min(a, b), max(a, b) + 1}, ok && ok2
	}
	sign, value := comparison(text)
	n, ok := stars(value)
	from, to, _ := compared(sign, n, n+1)
	return Span{ByRating, from, to}, ok
}

// Limits of a circle, in metres.
const (
	usualRadius = 500
	maxRadius   = 50_000
)

var circle = regexp.MustCompile(`^(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?:~(\d{1,5}(?:\.\d+)?)(m|м|km|км)?)?$`)

// near reads «51.73,36.19~500m».
func near(text string) (Near, bool) {
	parts := circle.FindStringSubmatch(plain(text))
	if parts == nil {
		return Near{}, false
	}
	number := func(s string) float64 {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return math.Inf(1)
		}
		return n
	}
	n := Near{number(parts[1]), number(parts[2]), usualRadius}
	if parts[3] != "" {
		n.Metres = number(parts[3])
	}
	if parts[4] == "km" || parts[4] == "км" {
		n.Metres *= 1000
	}
	return n, math.Abs(n.Lat) <= 90 && math.Abs(n.Lon) <= 180 && n.Metres > 0 && n.Metres <= maxRadius
}

// Understand reads a search box and what it means, and tells everything that is
// wrong at once. What was asked is returned also when something of it is wrong.
func Understand(box string, by Asker) (Ask, Query, error) {
	ask, err := Read(box)
	by.box = plain(box)
	q, wrong := ask.Query(by)
	var check fault.Check
	if err := cmp.Or(check.Take(err), check.Take(wrong)); err != nil {
		return ask, q, err
	}
	return ask, q, check.Err()
}
