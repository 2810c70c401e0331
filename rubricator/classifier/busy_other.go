//go:build !unix

package classifier

import "time"

// busy is the clock on the wall where the system doesn't tell a process's own
// time.
func busy() time.Duration { return time.Since(started) }
