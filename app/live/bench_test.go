package live_test

import (
	"runtime"
	"testing"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/live"
)

// BenchmarkHub_fanOut tells one change to 500 screens of 50 agencies: what one
// event costs a web node, and how much each connection holds.
func BenchmarkHub_fanOut(b *testing.B) {
	const screens, agencies = 500, 50
	log := &book{}
	h := newHub(b, log, clock.NewFake(noon))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	conns := make([]*live.Conn, screens)
	for i := range conns {
		c, err := h.Open(b.Context(), live.Viewer{By: officer(int64(i+1), int64(i%agencies+1)), Appeal: int64(i + 1)}, "")
		if err != nil {
			b.Fatal(err)
		}
		conns[i] = c
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err := h.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		log.changes = log.changes[:0]
		log.happen(int64(i%1000+1), i, 0, int64(i%agencies+1), 0)
		if err := h.TellAgain(b.Context()); err != nil {
			b.Fatal(err)
		}
		for _, c := range conns[:screens/10] {
			c.Look()
		}
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/screens, "B/screen")
}
