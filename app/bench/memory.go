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

// peakMemory is the most that the process has occupied so far, in MB: as the
// system tells it, or else what Go has taken.
func peakMemory() float64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return memory()
	}
	for line := range strings.Lines(string(raw)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			if kb, err := strconv.Atoi(fields[1]); err == nil {
				return float64(kb) / 1024
			}
		}
	}
	return memory()
}
