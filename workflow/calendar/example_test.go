package calendar_test

import (
	"fmt"
	"time"

	"github.com/otklik/otklik/workflow/calendar"
)

func ExampleCalendar_Due() {
	cal, err := calendar.Load()
	if err != nil {
		panic(err)
	}
	received := time.Date(2026, 4, 30, 9, 15, 0, 0, time.UTC)
	due, err := cal.Due(received, calendar.Working(1), calendar.RollNone)
	if err != nil {
		panic(err)
	}
	fmt.Println(due)
	fmt.Println(due.In(cal.Zone()).Format(time.DateTime))
	// Output:
	// 2026-05-04 20:59:59 +0000 UTC
	// 2026-05-04 23:59:59
}

func ExampleCalendar_With() {
	cal, err := calendar.Load()
	if err != nil {
		panic(err)
	}
	festival := calendar.NewDay(2026, time.June, 24)
	regional, err := cal.With(calendar.Overlay{
		Name: "ru-example", Source: "law of the region on its holidays", Off: []calendar.Day{festival},
	})
	if err != nil {
		panic(err)
	}
	kind, err := regional.Kind(festival)
	fmt.Println(kind, err)
	// Output: regional_off <nil>
}
