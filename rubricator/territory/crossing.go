package territory

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// crossing tells where a ring crosses itself, as that of no area does. The
// sides are swept from west to east, so that a ring of thousands of points is
// checked in no time.
func crossing(ring orb.Ring) error {
	n := len(ring) - 1
	order := make([]int, n) // of sides, each by the point that it begins with
	for i := range order {
		order[i] = i
	}
	west := func(i int) float64 { return min(ring[i][0], ring[i+1][0]) }
	east := func(i int) float64 { return max(ring[i][0], ring[i+1][0]) }
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(west(a), west(b)) })
	for k, a := range order {
		for _, b := range order[k+1:] {
			if west(b) > east(a) {
				break
			}
			i, j := min(a, b), max(a, b)
			if j == i+1 || i == 0 && j == n-1 {
				continue // they share a corner
			}
			if meet(ring[i], ring[i+1], ring[j], ring[j+1]) {
				return fmt.Errorf("a ring crosses itself near %.5f, %.5f (longitude, latitude)", ring[j][0], ring[j][1])
			}
		}
	}
	return nil
}

// meet reports whether two sides properly cross.
func meet(a, b, c, d orb.Point) bool {
	turn := func(p, q, r orb.Point) float64 { return (q[0]-p[0])*(r[1]-p[1]) - (q[1]-p[1])*(r[0]-p[0]) }
	return turn(a, b, c)*turn(a, b, d) < 0 && turn(c, d, a)*turn(c, d, b) < 0
}
