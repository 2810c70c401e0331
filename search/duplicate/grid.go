package duplicate

import "math"

// cell is a square of the map. Squares keep their width in metres by the
// latitude of their row.
func cellAt(lat, lon float64) cell {
	y := math.Floor(lat / cellSize)
	return cell{int32(y), column(y, lon)}
}

func column(y, lon float64) int32 {
	middle := (y + 0.5) * cellSize
	return int32(math.Floor(lon * math.Cos(middle*math.Pi/180) / cellSize))
}

// around lists the squares so many rings away from that of a point. Columns of
// other rows don't stand below each other: each row is counted anew.
func around(lat, lon float64, ring int) []cell {
	row := math.Floor(lat / cellSize)
	var out []cell
	for dy := -ring; dy <= ring; dy++ {
		y := row + float64(dy)
		x := column(y, lon)
		step := int32(max(1, 2*ring)) //nolint:gosec // a few rings
		if dy == -ring || dy == ring {
			step = 1
		}
		for dx := -int32(ring); dx <= int32(ring); dx += step { //nolint:gosec // a few rings
			out = append(out, cell{int32(y), x + dx})
		}
	}
	return out
}
