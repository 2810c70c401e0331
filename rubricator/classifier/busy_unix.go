//go:build unix

package classifier

import (
	"syscall"
	"time"
)

// Busy is the processor time of this process so far: unlike the clock on the
// wall it doesn't grow while others have the processor.
func Busy() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return time.Since(started)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
