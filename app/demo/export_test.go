package demo

import (
	"context"
	"io"
)

// SeedEvery is Seed with every n-th appeal of the file, the first at each stage
// and the last.
func SeedEvery(ctx context.Context, r Region, n int) error {
	lives, err := readLives()
	if err != nil {
		return err
	}
	var some []life
	stages := map[string]bool{}
	for i, l := range lives {
		if i%n == 0 || !stages[l.Stage] || i == len(lives)-1 {
			some = append(some, l)
		}
		stages[l.Stage] = true
	}
	return seed(ctx, r, io.Discard, some)
}
