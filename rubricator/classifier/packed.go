package classifier

import "math"

// packed keeps rows of weights in one byte each, with a scale for every block of
// a row.
type packed struct {
	width  int
	edges  [blockCount + 1]int
	bytes  []int8
	scales []float32
}

func newPacked(rows [][]float32, edges [blockCount + 1]int) packed {
	p := packed{width: edges[blockCount], edges: edges}
	p.bytes = make([]int8, len(rows)*p.width)
	p.scales = make([]float32, len(rows)*blockCount)
	parallel(len(rows), func(i int) {
		for b := range blockCount {
			top := float32(0)
			for _, v := range rows[i][edges[b]:edges[b+1]] {
				top = max(top, v, -v)
			}
			if top == 0 {
				continue
			}
			p.scales[i*blockCount+b] = top / math.MaxInt8
			for c := edges[b]; c < edges[b+1]; c++ {
				p.bytes[i*p.width+c] = int8(math.Round(float64(rows[i][c] / top * math.MaxInt8)))
			}
		}
	})
	return p
}

// add adds k times row i to sums.
func (p *packed) add(i int32, k float32, sums []float32) {
	row := p.bytes[int(i)*p.width : (int(i)+1)*p.width]
	scales := p.scales[int(i)*blockCount : (int(i)+1)*blockCount]
	for b, scale := range scales {
		lo, hi := p.edges[b], p.edges[b+1]
		addBytes(row[lo:hi], k*scale, sums[lo:hi])
	}
}

func addBytes(row []int8, k float32, sums []float32) {
	sums = sums[:len(row)]
	for len(row) >= 8 {
		r, s := row[:8], sums[:8]
		s[0] += k * float32(r[0])
		s[1] += k * float32(r[1])
		s[2] += k * float32(r[2])
		s[3] += k * float32(r[3])
		s[4] += k * float32(r[4])
		s[5] += k * float32(r[5])
		s[6] += k * float32(r[6])
		s[7] += k * float32(r[7])
		row, sums = row[8:], sums[8:]
	}
	for i, v := range row {
		sums[i] += k * float32(v)
	}
}

// at is one weight.
func (p *packed) at(i int32, c int) float32 {
	b := 0
	for c >= p.edges[b+1] {
		b++
	}
	return float32(p.bytes[int(i)*p.width+c]) * p.scales[int(i)*blockCount+b]
}
