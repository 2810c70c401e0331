// Package bench measures the product beside plain SQL doing the same, in one
// run: absolute figures drift between machines and hours, ratios much less.
// Every measurement makes a database of its own and removes it afterwards.
package bench

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// Options are what both measurements need.
type Options struct {
	// Postgres is the URL of a server on which databases may be made, "" for none.
	Postgres string
	SQLite   bool
	// Progress is told what is being done, for a person who waits.
	Progress io.Writer
}

func (o Options) say(format string, args ...any) {
	if o.Progress != nil {
		fmt.Fprintf(o.Progress, format+"\n", args...)
	}
}

// each runs a measurement on every database asked for.
func (o Options) each(ctx context.Context, run func(context.Context, *scratch) error) error {
	var kinds []string
	if o.Postgres != "" {
		kinds = append(kinds, postgres)
	}
	if o.SQLite {
		kinds = append(kinds, sqlite)
	}
	for _, kind := range kinds {
		s := &scratch{kind: kind, server: o.Postgres}
		err := run(ctx, s)
		if dropped := s.drop(context.WithoutCancel(ctx)); err == nil {
			err = dropped
		}
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

// spread is a set of measured times.
type spread []time.Duration

// at is the time that so many per cent of the set don't exceed.
func (s spread) at(percent int) time.Duration {
	if len(s) == 0 {
		return 0
	}
	slices.Sort(s)
	return s[min(len(s)-1, len(s)*percent/100)]
}

// median is the middle of the values, which it sorts.
func median[T cmp.Ordered](values []T) T {
	var none T
	if len(values) == 0 {
		return none
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// ratio is a to b, 0 where there is no b.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
