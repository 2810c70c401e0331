// Package deadline is the clocks of an appeal as pure data: what is owed, by
// when, who is warned on the way, and how every due date can be computed again
// from the appeal's history.
//
// A [Deadline] is a value. Each change returns the changed value and the
// [Entry] that the appeal's event must carry; the change itself is done by the
// same function that [Replay] uses, so what is stored and what is replayed
// can't differ by accident. Instants are UTC with microseconds.
package deadline
