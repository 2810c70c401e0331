// Package calendar counts time as offices count it: working days, working
// hours, moved and shortened days, in the region's zone.
//
// A [Calendar] is immutable and holds everything that a due date depends on:
// the days of each year, the zone and the office hours. Its [Calendar.Version]
// is a hash of exactly that, recorded beside each computed due date, so that
// the date can be computed again from a kept copy ([Calendar.Encode],
// [Decode]). A year that is not there is an error, never a guess.
package calendar
