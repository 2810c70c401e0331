// Package store keeps everything in PostgreSQL or SQLite. It is the only place
// with gorm and SQL. Row structs stay in here; domain values go in and out, and
// errors leave as fault.Error.
//
// What differs between the databases stands in dialect.go and in the two
// files of the intake, which is the hot path.
package store
