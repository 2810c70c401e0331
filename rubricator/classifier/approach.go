package classifier

// Above the number that is solved exactly, least squares are approached by
// conjugate gradients. The pieces of a stem follow from the stem, so a text costs
// a row of weights for each of its stems, and the pieces are paid once a step and
// not once a text.
const (
	mostSteps = 40
	// near is to what share of its length the gradient must shrink.
	near = 0.05
)

// system is the least squares of the examples of a training.
type system struct {
	f    *features
	xs   []reading
	t    targets
	mean []float32
	// diagonal is how much each feature moves its own gradient.
	diagonal []float32
}

// approach comes near to the solution, from the one of a part of the examples
// where there is one.
func (t *training) approach(from *fit) fit {
	s := &system{f: t.f, xs: t.texts, t: t.targets()}
	f := fit{mean: s.t.mean()}
	for _, v := range f.mean {
		s.mean = append(s.mean, float32(v))
	}
	s.diagonal = make([]float32, t.count)
	for i := range s.diagonal {
		s.diagonal[i] = penalty
	}
	scratch := make([]float32, len(t.f.gramIDF))
	for i, r := range s.xs {
		for _, w := range t.f.vector(r, scratch).items {
			s.diagonal[w.id] += float32(s.t.weight[i]) * w.weight * w.weight
		}
	}
	f.weight = dense(t.count, s.t.cols)
	// Columns don't touch each other: blocks of them are solved side by side.
	parallelColumns(s.t.cols, func(lo, hi int) {
		c := s.block(lo, hi)
		if from != nil {
			c.start(from.weight)
		}
		c.solve()
		for id, row := range f.weight {
			copy(row[lo:hi], c.row(c.w, id))
		}
	})
	return f
}

// block is some columns of the system: features by columns, row by row.
type block struct {
	*system
	lo, hi, wide int
	w            []float32 // the solution so far
	left         []float32 // how far from it: what is left of the gradient
	way          []float32 // where to go
	moves        []float32 // by how much that moves the gradient
	stems        []float32 // of whole stems, on the way there
	back         []float32 // and back
}

func (s *system) block(lo, hi int) *block {
	n, wide := len(s.diagonal), hi-lo
	make32 := func(rows int) []float32 { return make([]float32, rows*wide) }
	stems := len(s.f.stemIDF)
	return &block{
		system: s, lo: lo, hi: hi, wide: wide, w: make32(n), left: make32(n), way: make32(n), moves: make32(n),
		stems: make32(stems), back: make32(stems),
	}
}

func (b *block) row(x []float32, id int) []float32 { return x[id*b.wide : (id+1)*b.wide] }

func (b *block) start(w [][]float32) {
	for id, row := range w {
		copy(b.row(b.w, id), row[b.lo:b.hi])
	}
}

// through sends weights to the scores of every text, calls fn with them, and
// sends what fn makes of them back to the features: the sum goes to out.
func (b *block) through(w, out []float32, fn func(i int, scores []float32)) {
	k, first := b.f.softly(), len(b.f.stemIDF)
	for id, pieces := range b.f.pieceOf {
		whole := b.row(b.stems, id)
		for c, v := range b.row(w, id) {
			whole[c] = wordShare * v
		}
		for _, g := range pieces {
			addTimes(k*g.weight, b.row(w, first+int(g.id)), whole)
		}
	}
	clear(b.back)
	clear(out)
	scores := make([]float32, b.wide)
	for i, x := range b.xs {
		clear(scores)
		for _, u := range x.stems {
			addTimes(u.weight, b.row(b.stems, int(u.id)), scores)
		}
		for _, g := range x.grams {
			addTimes(k*g.weight, b.row(w, first+int(g.id)), scores)
		}
		fn(i, scores)
		for _, u := range x.stems {
			addTimes(u.weight, scores, b.row(b.back, int(u.id)))
		}
		for _, g := range x.grams {
			addTimes(k*g.weight, scores, b.row(out, first+int(g.id)))
		}
	}
	for id, pieces := range b.f.pieceOf {
		whole, own := b.row(b.back, id), b.row(out, id)
		for c, v := range whole {
			own[c] = wordShare * v
		}
		for _, g := range pieces {
			addTimes(k*g.weight, whole, b.row(out, first+int(g.id)))
		}
	}
}

// solve goes down by conjugate gradients, each column for itself.
func (b *block) solve() {
	b.through(b.w, b.left, func(i int, scores []float32) {
		weight := float32(b.t.weight[i])
		for c := range scores {
			scores[c] = weight * (-b.mean[b.lo+c] - scores[c])
		}
		for _, hot := range b.t.hot[i] {
			if c := int(hot) - b.lo; c >= 0 && c < b.wide {
				scores[c] += weight
			}
		}
	})
	for at, v := range b.w {
		b.left[at] -= penalty * v
	}
	var begin []float64
	rest := b.turn(nil)
	for step := range mostSteps {
		if step == 0 {
			begin = rest
		}
		still := true
		for c, v := range rest {
			still = still && v <= near*near*begin[c]
		}
		if still {
			return
		}
		b.through(b.way, b.moves, func(i int, scores []float32) {
			weight := float32(b.t.weight[i])
			for c := range scores {
				scores[c] *= weight
			}
		})
		uphill := make([]float64, b.wide)
		for at := 0; at < len(b.way); at += b.wide {
			for c := range b.wide {
				v := b.way[at+c]
				b.moves[at+c] += penalty * v
				uphill[c] += float64(v) * float64(b.moves[at+c])
			}
		}
		size := make([]float32, b.wide)
		for c, v := range uphill {
			if v > 0 {
				size[c] = float32(rest[c] / v)
			}
		}
		for at := 0; at < len(b.way); at += b.wide {
			for c, k := range size {
				b.w[at+c] += k * b.way[at+c]
				b.left[at+c] -= k * b.moves[at+c]
			}
		}
		rest = b.turn(rest)
	}
}

// turn sets the way to where the gradient leads, bent by where it led before, and
// returns how much is left of each column.
func (b *block) turn(before []float64) []float64 {
	rest := make([]float64, b.wide)
	for id, d := range b.diagonal {
		for c, v := range b.row(b.left, id) {
			rest[c] += float64(v) * float64(v/d)
		}
	}
	bend := make([]float32, b.wide)
	for c := range before {
		if before[c] > 0 {
			bend[c] = float32(rest[c] / before[c])
		}
	}
	for id, d := range b.diagonal {
		way := b.row(b.way, id)
		for c, v := range b.row(b.left, id) {
			way[c] = v/d + bend[c]*way[c]
		}
	}
	return rest
}

// addTimes adds k·x to y.
func addTimes(k float32, x, y []float32) {
	for len(x) >= 8 && len(y) >= 8 {
		a, b := (*[8]float32)(x), (*[8]float32)(y)
		b[0] += k * a[0]
		b[1] += k * a[1]
		b[2] += k * a[2]
		b[3] += k * a[3]
		b[4] += k * a[4]
		b[5] += k * a[5]
		b[6] += k * a[6]
		b[7] += k * a[7]
		x, y = x[8:], y[8:]
	}
	for i := range y {
		y[i] += k * x[i]
	}
}
