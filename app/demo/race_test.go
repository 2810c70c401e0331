//go:build race

package demo_test

// every: one of so many appeals is seeded: the race detector makes a
// database written in Go slow.
const every = 5
