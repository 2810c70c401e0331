package deadline_test

import (
	"fmt"
	"time"

	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

// A review runs unanswered: each step is performed when the clock asks for it.
func Example() {
	cal, err := calendar.Load()
	if err != nil {
		panic(err)
	}
	rule, err := deadline.Seed()[deadline.SetMessage].WithReview(deadline.FastTrack).Rule(deadline.Review)
	if err != nil {
		panic(err)
	}
	registered := time.Date(2026, 2, 10, 7, 0, 0, 0, time.UTC)
	d, _, err := deadline.Start(rule, 1, 7, registered, cal)
	if err != nil {
		panic(err)
	}
	for range 5 {
		now := d.NextAt
		step, next, _, err := d.Fire(now, cal)
		if err != nil {
			panic(err)
		}
		fmt.Println(now.In(cal.Zone()).Format("2 Jan 15:04"), step, d.Escalate(step))
		d = next
	}
	// Output:
	// 15 Feb 16:59 half [executor]
	// 18 Feb 21:11 most [executor coordinator]
	// 19 Feb 09:00 eve [executor coordinator]
	// 20 Feb 23:59 due [coordinator head]
	// 21 Feb 09:00 overdue:1 [coordinator]
}

// The history alone gives every due date again.
func ExampleReplay() {
	cal, err := calendar.Load()
	if err != nil {
		panic(err)
	}
	rule, err := deadline.Seed()[deadline.SetFZ59].Rule(deadline.Review)
	if err != nil {
		panic(err)
	}
	d, opened, err := deadline.Start(rule, 1, 7, time.Date(2026, 2, 10, 7, 0, 0, 0, time.UTC), cal)
	if err != nil {
		panic(err)
	}
	_, extended, err := d.Extend(calendar.Days(30), time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC), cal)
	if err != nil {
		panic(err)
	}
	clocks, err := deadline.Replay([]deadline.Entry{opened, extended},
		func(string) (*calendar.Calendar, error) { return cal, nil })
	fmt.Println(clocks[0].DueAt.In(cal.Zone()).Format(time.DateTime), err)
	// Output: 2026-04-10 23:59:59 <nil>
}
