// Package live owns what moves on officers' screens while they look: changes of
// appeals as they come out of the event log, new notices, and who has which
// card open.
//
// One [Hub] per process follows the log and fans out to its connections. It
// tells ids and numbers of events alone; what happened is read by whoever is
// told, under their own rights.
package live
