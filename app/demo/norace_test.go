//go:build !race

package demo_test

// every: one of so many appeals is seeded.
const every = 1
