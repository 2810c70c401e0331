//go:build !unix

package classifier

import "time"

// Busy is the clock on the wall where the system doesn't tell a process's own
// time.
func Busy() time.Duration { return time.Since(started) }
