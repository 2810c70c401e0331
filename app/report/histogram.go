package report

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Bucket is how many answers took so many hours.
type Bucket struct{ Hour, N int32 }

// Histogram counts whole hours, shortest first, with no empty bucket. Times are
// rounded to the nearest hour before anything is computed from them, so that
// means and percentiles of merged histograms are those of the times themselves.
type Histogram []Bucket

// WholeHours rounds a time to hours; one that runs backwards is none.
func WholeHours(d time.Duration) int32 {
	return int32(max(0, min(math.MaxInt32, int64(d.Round(time.Hour)/time.Hour))))
}

// HoursOf is the histogram of times.
func HoursOf(times ...time.Duration) Histogram {
	var h Histogram
	for _, t := range times {
		h.add(WholeHours(t), 1)
	}
	return h
}

func (h *Histogram) add(hour, n int32) {
	at, found := slices.BinarySearchFunc(*h, hour, func(b Bucket, hour int32) int { return cmp.Compare(b.Hour, hour) })
	if !found {
		*h = slices.Insert(*h, at, Bucket{Hour: hour})
	}
	if (*h)[at].N += n; (*h)[at].N == 0 {
		*h = slices.Delete(*h, at, at+1)
	}
}

// Merge adds another as often as times says.
func (h *Histogram) Merge(other Histogram, times int) {
	if len(other) == 0 {
		return
	}
	if len(other) <= 2 {
		for _, b := range other {
			h.add(b.Hour, b.N*int32(times)) //nolint:gosec // 1 or −1
		}
		return
	}
	out := make(Histogram, 0, len(*h)+len(other))
	i, j := 0, 0
	for i < len(*h) || j < len(other) {
		switch {
		case j == len(other) || i < len(*h) && (*h)[i].Hour < other[j].Hour:
			out = append(out, (*h)[i])
			i++
		case i == len(*h) || other[j].Hour < (*h)[i].Hour:
			out = append(out, Bucket{other[j].Hour, other[j].N * int32(times)}) //nolint:gosec // 1 or −1
			j++
		default:
			if n := (*h)[i].N + other[j].N*int32(times); n != 0 { //nolint:gosec // 1 or −1
				out = append(out, Bucket{other[j].Hour, n})
			}
			i, j = i+1, j+1
		}
	}
	*h = out
}

// Len is how many times there are.
func (h Histogram) Len() int {
	n := 0
	for _, b := range h {
		n += int(b.N)
	}
	return n
}

// Mean is the mean in hours, 0 for none.
func (h Histogram) Mean() float64 {
	sum, n := 0.0, 0
	for _, b := range h {
		sum += float64(b.Hour) * float64(b.N)
		n += int(b.N)
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// Percentile is the p-quantile (0–1) in hours by linear interpolation between
// closest ranks (method 7 of Hyndman and Fan, 1996), 0 for none.
func (h Histogram) Percentile(p float64) float64 {
	n := h.Len()
	if n == 0 {
		return 0
	}
	at := p * float64(n-1)
	low := int(math.Floor(at))
	a := h.rank(low)
	return a + (at-float64(low))*(h.rank(min(low+1, n-1))-a)
}

// rank is the i-th shortest time, from 0.
func (h Histogram) rank(i int) float64 {
	for _, b := range h {
		if i -= int(b.N); i < 0 {
			return float64(b.Hour)
		}
	}
	return 0
}
