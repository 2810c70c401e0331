package ui

import (
	"context"
	"strconv"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/lang"
)

type zoneKey struct{}

// WithZone says in which zone the region lives.
func WithZone(ctx context.Context, zone *time.Location) context.Context {
	return context.WithValue(ctx, zoneKey{}, zone)
}

// Zone is the region's zone, UTC unless said otherwise.
func Zone(ctx context.Context) *time.Location {
	if zone, ok := ctx.Value(zoneKey{}).(*time.Location); ok && zone != nil {
		return zone
	}
	return time.UTC
}

type nowKey struct{}

// WithNow fixes what the present is while one screen is drawn, so that all
// its words agree (and tests can choose it).
func WithNow(ctx context.Context, now time.Time) context.Context {
	return context.WithValue(ctx, nowKey{}, now)
}

// Now is the present of the screen.
func Now(ctx context.Context) time.Time {
	if now, ok := ctx.Value(nowKey{}).(time.Time); ok {
		return now
	}
	return clock.System{}.Now()
}

var months = map[lang.Lang][12]string{
	lang.RU: {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
	lang.EN: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// Date is «14 мая», with the year when it isn't the present one. The zero
// time is a dash.
func Date(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(Zone(ctx))
	s := strconv.Itoa(t.Day()) + " " + months[Lang(ctx)][t.Month()-1]
	if t.Year() != Now(ctx).In(Zone(ctx)).Year() {
		s += " " + strconv.Itoa(t.Year())
	}
	return s
}

// FullDate is «14 мая 2026».
func FullDate(ctx context.Context, t time.Time) string {
	t = t.In(Zone(ctx))
	return strconv.Itoa(t.Day()) + " " + months[Lang(ctx)][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// DateTime is «14 мая, 15:04».
func DateTime(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return Date(ctx, t) + ", " + Clock(ctx, t)
}

// Clock is «15:04» in the region's zone.
func Clock(ctx context.Context, t time.Time) string { return t.In(Zone(ctx)).Format("15:04") }

// AnswerBy is what a citizen is told about a due date: «Ответят до 14 мая»,
// and once it has passed «Должны были ответить до 14 мая».
func AnswerBy(ctx context.Context, due, now time.Time) string {
	if due.IsZero() {
		return ""
	}
	key := "time.answer_by"
	if now.After(due) {
		key = "time.answer_late"
	}
	return T(ctx, key, "date", Date(ctx, lastMoment(due)))
}

// Until is the last day of a term: «до 14 мая».
func Until(ctx context.Context, due time.Time) string {
	return T(ctx, "time.until", "date", Date(ctx, lastMoment(due)))
}

// DueWords is what an officer is told about a due date: «Осталось 3 дня»,
// «Срок сегодня, до 18:00», «Просрочено на 2 дня». Days are those of the
// region's calendar, not spans of 24 hours.
func DueWords(ctx context.Context, due, now time.Time) string {
	if due.IsZero() {
		return ""
	}
	days := daysBetween(ctx, now, lastMoment(due))
	switch {
	case now.After(due) && days >= 0:
		return T(ctx, "time.overdue_today")
	case days < 0:
		return Plural(ctx, "time.overdue_days", -days)
	case days == 0 && Clock(ctx, lastMoment(due)) == "23:59":
		return T(ctx, "time.due_today")
	case days == 0:
		return T(ctx, "time.due_today_by", "clock", Clock(ctx, due))
	case days == 1:
		return T(ctx, "time.due_tomorrow")
	default:
		return Plural(ctx, "time.left_days", days)
	}
}

// DaysLeft counts the days of the region's calendar until a due date, below
// zero once it has passed.
func DaysLeft(ctx context.Context, due, now time.Time) int {
	return daysBetween(ctx, now, lastMoment(due))
}

// Ago is how long ago something was: «только что», «5 минут назад», «вчера»,
// and the date when it is more than a week old.
func Ago(ctx context.Context, t, now time.Time) string {
	passed := now.Sub(t)
	days := daysBetween(ctx, t, now)
	switch {
	case t.IsZero():
		return "—"
	case passed < time.Minute:
		return T(ctx, "time.just_now")
	case passed < time.Hour:
		return Plural(ctx, "time.minutes_ago", int(passed/time.Minute))
	case days == 0 || passed < 6*time.Hour:
		return Plural(ctx, "time.hours_ago", int(passed/time.Hour))
	case days == 1:
		return T(ctx, "time.yesterday")
	case days <= 7:
		return Plural(ctx, "time.days_ago", days)
	default:
		return Date(ctx, t)
	}
}

// Days is «3 дня», «5 дней».
func Days(ctx context.Context, n int) string { return Plural(ctx, "time.days", n) }

// lastMoment steps back from midnight: a due date kept as 00:00 of the next
// day means the end of the day before it.
func lastMoment(due time.Time) time.Time { return due.Add(-time.Nanosecond) }

// daysBetween counts midnights of the region's zone from a to b.
func daysBetween(ctx context.Context, a, b time.Time) int {
	return dayNumber(b.In(Zone(ctx))) - dayNumber(a.In(Zone(ctx)))
}

func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
