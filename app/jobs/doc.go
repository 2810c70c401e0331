// Package jobs owns the work that nobody waits for: firing deadlines,
// delivering the outbox, feeding the index, housekeeping.
//
// The database is the truth of all of it. Two runners share the handlers:
// [Local] runs them in the process (the embedded profile), [Queue] hands them
// to asynq and [Worker] takes them from there (production). Redis can be lost
// at any moment: the relay's leases run out and the sweep finds what is due and
// has not fired. Every handler is idempotent, because each may run twice.
package jobs
