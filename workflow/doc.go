// Package workflow owns the appeal: its stages, the one table of transitions,
// its events and clocks, and the use cases that change it.
//
// Every change of an appeal goes through [Engine.Submit], [Engine.Act] or
// [Engine.Fire]: each is one transaction that writes the new state, one
// immutable hash-chained event, the deadlines that the step opens or closes and
// the outbox rows that tell people. Nothing else may write these rows.
package workflow
