package bench

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// memory is what the process occupies, in MB: as the system tells it, or where
// it doesn't, what Go has taken.
func memory() float64 {
	const mb = 1 << 20
	if raw, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(raw)); len(fields) > 1 {
			if pages, err := strconv.Atoi(fields[1]); err == nil {
				return float64(pages) * float64(os.Getpagesize()) / mb
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / mb
}
