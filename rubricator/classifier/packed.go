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

// sum adds the rows in use, each with its weight, to the outputs of a block.
func (p *packed) sum(block int, use []weighed, lanes []uint64, out []float32) {
	n := (p.sizes[block] + perWord - 1) / perWord
	lanes = lanes[:4*n]
	clear(lanes)
	top := float32(0)
	for _, u := range use {
		top = max(top, u.weight*p.scales[int(u.id)*blockCount+block])
	}
	if top == 0 {
		return
	}
	unit := top / finest
	total := uint64(0)
	var before []uint64
	var times uint64
	for _, u := range use {
		q := uint64(u.weight*p.scales[int(u.id)*blockCount+block]/unit + 0.5)
		if q == 0 {
			continue
		}
		at := int(u.id)*p.width + p.starts[block]
		row := p.words[at : at+n]
		total += q
		if before == nil {
			before, times = row, q
			continue
		}
		addTwo(before, row, times, q, lanes)
		before = nil
	}
	if before != nil {
		addTwo(before, before, times, 0, lanes)
	}
	base := float32(total*raised) * unit
	for c := range out {
		lane := lanes[4*(c/perWord)+laneOf[c%perWord]]
		out[c] += float32(lane>>shiftOf[c%perWord]&0xFFFFFFFF)*unit - base
	}
}

// Where the sum of each byte of a word ends up.
var (
	laneOf  = [perWord]int{0, 2, 1, 3, 0, 2, 1, 3}
	shiftOf = [perWord]int{0, 0, 0, 0, 32, 32, 32, 32}
)

func addTwo(a, b []uint64, qa, qb uint64, lanes []uint64) {
	b = b[:len(a)]
	for i, wa := range a {
		wb := b[i]
		even := (wa&evenByte)*qa + (wb&evenByte)*qb
		odd := (wa>>8&evenByte)*qa + (wb>>8&evenByte)*qb
		s := lanes[:4]
		s[0] += even & halfWord
		s[1] += even >> 16 & halfWord
		s[2] += odd & halfWord
		s[3] += odd >> 16 & halfWord
		lanes = lanes[4:]
	}
}
