package classifier

// Regularised least squares: W minimises Σ w·|y − W·x|² + penalty·|W|². A small
// set is solved exactly through the likeness of its texts; that also says, for
// every text at no further cost, what would have come out had it been left out,
// which is what the head and the calibration learn from.
const (
	penalty = 0.6
	// exactly is how many examples at most are solved exactly: memory and time
	// grow with its square and cube.
	exactly = 4000
)

// fit is a solved set of outputs.
type fit struct {
	mean   []float64   // of each output over the examples
	weight [][]float32 // feature → output
}

// targets are the outputs that examples should have.
type targets struct {
	cols   int
	hot    [][]int32 // example → the outputs that are 1
	weight []float64
}

func (t targets) mean() []float64 {
	m := make([]float64, t.cols)
	total := 0.0
	for i, hot := range t.hot {
		total += t.weight[i]
		for _, c := range hot {
			m[c] += t.weight[i]
		}
	}
	for c := range m {
		m[c] /= max(total, 1)
	}
	return m
}

// solve fits exactly, and says what would have come out for each example, had it
// been left out. k is the likeness of the texts.
func solve(k *matrix, xs []vector, t targets, count int) (fit, *matrix, error) {
	n := len(xs)
	f := fit{mean: t.mean()}
	unseen := newMatrix(n, t.cols)
	a := newMatrix(n, n)
	copy(a.data, k.data)
	for i := range n {
		a.row(i)[i] += penalty / t.weight[i]
	}
	if err := cholesky(a); err != nil {
		return fit{}, nil, err
	}
	inv := invertLower(a) // row j: column j of L⁻¹
	y := newMatrix(n, t.cols)
	for i, hot := range t.hot {
		row := y.row(i)
		for c := range row {
			row[c] = -f.mean[c]
		}
		for _, c := range hot {
			row[c]++
		}
	}
	// z = L⁻¹ y, computed from the back so that it can be done in place.
	z := newMatrix(n, t.cols)
	for j := range n {
		col := inv.row(j)
		yj := y.row(j)
		parallelBlocks(n-j, func(lo, hi int) {
			for i := j + lo; i < j+hi; i++ {
				axpy(col[i], yj, z.row(i))
			}
		})
	}
	alpha := newMatrix(n, t.cols)
	parallel(n, func(j int) {
		col, out := inv.row(j), alpha.row(j)
		diagonal := 0.0
		for i := j; i < n; i++ {
			axpy(col[i], z.row(i), out)
			diagonal += col[i] * col[i]
		}
		left, yj := unseen.row(j), y.row(j)
		for c := range left {
			left[c] = yj[c] + f.mean[c] - out[c]/diagonal
		}
	})
	f.weight = spread(xs, alpha, count)
	return f, unseen, nil
}

// spread turns weights of examples into weights of features.
func spread(xs []vector, alpha *matrix, count int) [][]float32 {
	w := dense(count, alpha.cols)
	parallelColumns(alpha.cols, func(lo, hi int) {
		for i, x := range xs {
			a := alpha.row(i)[lo:hi]
			for _, f := range x.items {
				row := w[f.id][lo:hi]
				for c := range row {
					row[c] += f.weight * float32(a[c])
				}
			}
		}
	})
	return w
}

func dense(rows, cols int) [][]float32 {
	data := make([]float32, rows*cols)
	out := make([][]float32, rows)
	for i := range out {
		out[i] = data[i*cols : (i+1)*cols : (i+1)*cols]
	}
	return out
}

const columnBlock = 64

func parallelColumns(n int, fn func(lo, hi int)) {
	parallel((n+columnBlock-1)/columnBlock, func(b int) { fn(b*columnBlock, min(n, (b+1)*columnBlock)) })
}

const rowBlock = 256

func parallelBlocks(n int, fn func(lo, hi int)) {
	parallel((n+rowBlock-1)/rowBlock, func(b int) { fn(b*rowBlock, min(n, (b+1)*rowBlock)) })
}

// scores applies weights of features to a text.
func (x vector) scores(w [][]float32, out []float32) {
	for _, f := range x.items {
		row := w[f.id]
		for c, v := range row {
			out[c] += f.weight * v
		}
	}
}
