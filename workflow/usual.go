package workflow

import (
	"context"
	"time"
)

// UsualTime is how long answers on a topic have taken lately.
type UsualTime struct {
	Rubric   string
	Agency   int64 // 0: of all agencies
	Days     int   // median from sending to the first signed answer, begun ones count
	Answered int   // of how many appeals
}

const (
	// UsualWithin is how far back answers are looked at.
	UsualWithin = 90 * 24 * time.Hour
	// UsualFewest is how many answers say what is usual.
	UsualFewest = 10
)

// UsualTimes keeps how long answers usually take.
type UsualTimes interface {
	// CountUsualTimes counts them anew over what was answered since, and returns
	// how many there are.
	CountUsualTimes(ctx context.Context, since time.Time) (int, error)
	// ListUsualTimes lists all.
	ListUsualTimes(ctx context.Context) ([]UsualTime, error)
}
