package territory

import (
	"cmp"
	"math"
	"slices"
)

// layTiles gives every municipality without a place on the tile grid one near
// where it lies. Those nearest to the middle choose first, so that the outline
// of the region survives; the result depends on the territories alone.
func (x *Index) layTiles() {
	taken := map[[2]int]bool{}
	var homeless []int
	box := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	count := 0
	for i, t := range x.all {
		if !t.Municipal() {
			continue
		}
		count++
		if t.Col >= 0 && t.Row >= 0 {
			taken[[2]int{t.Col, t.Row}] = true
			continue
		}
		homeless = append(homeless, i)
		box[0], box[1] = min(box[0], t.Lon), min(box[1], t.Lat)
		box[2], box[3] = max(box[2], t.Lon), max(box[3], t.Lat)
	}
	if len(homeless) == 0 {
		return
	}
	// A degree of longitude is shorter than one of latitude.
	shrink := math.Cos((box[1] + box[3]) / 2 * math.Pi / 180)
	wide, high := (box[2]-box[0])*shrink, box[3]-box[1]
	if wide <= 0 || high <= 0 {
		wide, high = 1, 1
	}
	side := math.Sqrt(wide * high / (float64(count) * 1.15))
	at := func(t Territory) (col, row float64) {
		return (t.Lon - box[0]) * shrink / side, (box[3] - t.Lat) / side
	}
	midCol, midRow := wide/side/2, high/side/2
	far := func(i int) float64 {
		c, r := at(x.all[i])
		return math.Hypot(c-midCol, r-midRow)
	}
	slices.SortStableFunc(homeless, func(a, b int) int {
		return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(x.all[a].Code, x.all[b].Code))
	})
	for _, i := range homeless {
		col, row := at(x.all[i])
		best, bestFar := [2]int{}, math.Inf(1)
		reach := int(math.Sqrt(float64(count))) + 3
		for c := max(0, int(col)-reach); c <= int(col)+reach; c++ {
			for r := max(0, int(row)-reach); r <= int(row)+reach; r++ {
				if d := math.Hypot(float64(c)-col, float64(r)-row); !taken[[2]int{c, r}] && d < bestFar {
					best, bestFar = [2]int{c, r}, d
				}
			}
		}
		taken[best] = true
		x.all[i].Col, x.all[i].Row = best[0], best[1]
	}
}
