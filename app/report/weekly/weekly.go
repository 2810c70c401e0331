// Package weekly owns the reports of the week that go to named people: of what
// they are, when they are due, and who has been sent which.
package weekly

import (
	"context"
	"slices"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
)

// Report is a report of the week by schedule: of the region, or of an agency or
// a municipality of it.
type Report struct {
	ID        int64
	Agency    int64 // 0: not of one
	Territory int64 // a municipality, 0: not of one
	Weekday   int   // 1 Monday to 7 Sunday, in the region's zone
	Hour      int
	Lang      lang.Lang
	Paused    bool
	CreatedBy int64
	Users     []int64 // to whom it goes
	Version   int     // 0 for a new one
	DueAt     time.Time
}

// MostUsers bounds to how many people one report goes.
const MostUsers = 50

// Check says what is wrong.
func (r Report) Check() error {
	var check fault.Check
	check.That(r.Weekday >= 1 && r.Weekday <= 7, "weekday", "error.unknown_choice")
	check.That(r.Hour >= 0 && r.Hour <= 23, "hour", "error.unknown_choice")
	check.That(slices.Contains([]lang.Lang{lang.RU, lang.EN}, r.Lang), "lang", "error.unknown_choice")
	check.That(len(r.Users) > 0, "user", "weekly.nobody")
	check.That(len(r.Users) <= MostUsers, "user", "weekly.too_many")
	return check.Err()
}

// Next is when the report is due after an instant.
func (r Report) Next(after time.Time, zone *time.Location) time.Time {
	local := after.In(zone)
	for ahead := range 9 {
		at := time.Date(local.Year(), local.Month(), local.Day()+ahead, r.Hour, 0, 0, 0, zone)
		if weekdayOf(at) == r.Weekday && at.After(after) {
			return at.UTC()
		}
	}
	return after.AddDate(0, 0, 7) // a checked report has a day within eight
}

// Last is when the report was due last, up to and with an instant.
func (r Report) Last(now time.Time, zone *time.Location) time.Time {
	return r.Next(now.AddDate(0, 0, -Days), zone)
}

// weekdayOf is 1 for Monday to 7 for Sunday.
func weekdayOf(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// Days of a report.
const Days = 7

// Day is the first of the seven days that a report of an instant is about: those
// before its own.
func Day(at time.Time, zone *time.Location) string {
	return at.In(zone).AddDate(0, 0, -Days).Format(time.DateOnly)
}

// ReadDay reads the first day of a report: seven days that have begun.
func ReadDay(day string, now time.Time, zone *time.Location) (time.Time, bool) {
	first, err := time.ParseInLocation(time.DateOnly, day, zone)
	return first, err == nil && first.Before(now) && first.Year() >= 2000
}

// Issue is a report that was made.
type Issue struct {
	Report int64
	Day    string // first of the seven
	MadeAt time.Time
	Lead   string // the week in a sentence
	Body   []byte // PDF; lists leave it out
}

// Topic of the outbox asks to write to a recipient; its payload is a [Letter].
const Topic = "report.weekly"

// Letter is to whom which report goes.
type Letter struct {
	Report int64  `json:"report"`
	Day    string `json:"day"`
	User   int64  `json:"user"`
}

// Store keeps reports. Find methods answer fault.NotFound.
type Store interface {
	ListWeekly(ctx context.Context) ([]Report, error)
	FindWeekly(ctx context.Context, id int64) (*Report, error)
	// SaveWeekly inserts a new one, or replaces one of the same version; one that
	// was changed meanwhile is fault.Conflict.
	SaveWeekly(ctx context.Context, r *Report) error
	RemoveWeekly(ctx context.Context, id int64) error
	// ClaimWeekly takes those that are due, for the time of the lease.
	ClaimWeekly(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Report, error)
	// IssueWeekly keeps a report that was made, puts a letter to each of its
	// people into the outbox and sets when it is due next, in one transaction.
	// One that was made before changes nothing but the next time, and a report
	// that was changed meanwhile nothing at all: then fresh is false.
	IssueWeekly(ctx context.Context, r Report, i Issue, next time.Time) (fresh bool, err error)
	FindIssue(ctx context.Context, report int64, day string) (*Issue, error)
	// ListIssues lists the latest first.
	ListIssues(ctx context.Context, report int64, limit int) ([]Issue, error)
	// SendWeekly writes to one person, unless such a letter is waiting.
	SendWeekly(ctx context.Context, l Letter, now time.Time) error
}
