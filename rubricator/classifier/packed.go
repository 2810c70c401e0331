package classifier

import "math"

// packed keeps rows of weights in one byte each, with a scale for every block of
// a row. Rows are summed eight weights at a time inside of 64-bit words: all are
// raised by 128, so that nothing borrows from its neighbour, and what that adds
// is taken off in the end.
type packed struct {
	width  int // words of a row
	starts [blockCount]int
	sizes  [blockCount]int // outputs
	words  []uint64
	scales []float32
}

const (
	perWord = 8
	raised  = 128
	// finest is the largest whole number that a row's weight in a text becomes:
	// two products with a byte stay below 2¹⁶.
	finest   = 127
	evenByte = 0x00FF00FF00FF00FF
	halfWord = 0x0000FFFF0000FFFF
)

func newPacked(rows [][]float32, edges [blockCount + 1]int) packed {
	p := emptyPacked(len(rows), edges)
	parallel(len(rows), func(i int) {
		row := p.words[i*p.width : (i+1)*p.width]
		for b := range blockCount {
			from := rows[i][edges[b]:edges[b+1]]
			top := float32(0)
			for _, v := range from {
				top = max(top, v, -v)
			}
			p.scales[i*blockCount+b] = top / math.MaxInt8
			for c, v := range from {
				q := 0.0
				if top > 0 {
					q = math.Round(float64(v / top * math.MaxInt8))
				}
				row[p.starts[b]+c/perWord] |= uint64(raised+int(q)) << (8 * (c % perWord))
			}
		}
	})
	return p
}

func emptyPacked(rows int, edges [blockCount + 1]int) packed {
	var p packed
	for b := range blockCount {
		p.starts[b], p.sizes[b] = p.width, edges[b+1]-edges[b]
		p.width += (p.sizes[b] + perWord - 1) / perWord
	}
	p.words = make([]uint64, rows*p.width)
	p.scales = make([]float32, rows*blockCount)
	return p
}

// at is one weight.
func (p *packed) at(row int32, block, c int) float32 {
	w := p.words[int(row)*p.width+p.starts[block]+c/perWord]
	return float32(int(w>>(8*(c%perWord))&0xFF)-raised) * p.scales[int(row)*blockCount+block]
}

// times is a row with the whole number that it is multiplied by.
type times struct {
	at int // of the row's first word
	q  uint64
}

// sum adds the rows in use, each with its weight, to the outputs of a block. It
// goes down a column of all rows at a time: the sums stay in registers, and rows
// that are far away in memory are fetched side by side.
func (p *packed) sum(block int, use []weighed, scratch []times, out []float32) []times {
	top := float32(0)
	for _, u := range use {
		top = max(top, u.weight*p.scales[int(u.id)*blockCount+block])
	}
	if top == 0 {
		return scratch
	}
	rows := scratch[:0]
	total := uint64(0)
	for _, u := range use {
		q := uint64(u.weight*p.scales[int(u.id)*blockCount+block]*(finest/top) + 0.5)
		if q > 0 {
			rows = append(rows, times{int(u.id)*p.width + p.starts[block], q})
			total += q
		}
	}
	if len(rows)%2 == 1 {
		rows = append(rows, times{rows[0].at, 0})
	}
	unit := top / finest
	base := float32(total*raised) * unit
	for c := 0; c < len(out); c += perWord {
		lanes := sumColumn(p.words, rows)
		for i := range rows {
			rows[i].at++
		}
		var sums [perWord]uint32
		for k, lane := range lanes {
			first := firstOf[k]
			sums[first], sums[first+perWord/2] = uint32(lane), uint32(lane>>32)
		}
		for k, v := range sums[:min(perWord, len(out)-c)] {
			out[c+k] += float32(v)*unit - base
		}
	}
	return rows
}

// firstOf is which byte of a word the lower half of each lane adds up; the upper
// half is that of the byte four further.
var firstOf = [4]int{0, 2, 1, 3}

// sumColumn multiplies and adds one word of every row, two rows at a time.
func sumColumn(words []uint64, rows []times) (lanes [4]uint64) {
	var l0, l1, l2, l3 uint64
	for ; len(rows) >= 2; rows = rows[2:] {
		a, b := &rows[0], &rows[1]
		wa, wb := words[a.at], words[b.at]
		even := (wa&evenByte)*a.q + (wb&evenByte)*b.q
		odd := (wa>>8&evenByte)*a.q + (wb>>8&evenByte)*b.q
		l0 += even & halfWord
		l1 += even >> 16 & halfWord
		l2 += odd & halfWord
		l3 += odd >> 16 & halfWord
	}
	return [4]uint64{l0, l1, l2, l3}
}
