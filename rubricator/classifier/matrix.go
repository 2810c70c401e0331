package classifier

import (
	"errors"
	"math"
	"runtime"
	"sync"
)

// matrix is dense, row by row.
type matrix struct {
	rows, cols int
	data       []float64
}

func newMatrix(rows, cols int) *matrix {
	return &matrix{rows: rows, cols: cols, data: make([]float64, rows*cols)}
}

func (m *matrix) row(i int) []float64 { return m.data[i*m.cols : (i+1)*m.cols] }

// parallel calls fn for each number below n. Who computes a number never
// changes what it is.
func parallel(n int, fn func(i int)) {
	workers := runtime.GOMAXPROCS(0)
	if workers < 2 || n < 2 {
		for i := range n {
			fn(i)
		}
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				fn(i)
			}
		})
	}
	wg.Wait()
}

func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func axpy(k float64, x, y []float64) {
	x = x[:len(y)]
	i := 0
	for ; i+4 <= len(y); i += 4 {
		y[i] += k * x[i]
		y[i+1] += k * x[i+1]
		y[i+2] += k * x[i+2]
		y[i+3] += k * x[i+3]
	}
	for ; i < len(y); i++ {
		y[i] += k * x[i]
	}
}

// abreast is how many rows are multiplied with one at a time: it is then fetched
// from far away once and not for each of them.
const abreast = 4

// dots multiplies x with rows first, first+1 … of m, from column lo on.
func dots(x []float64, m *matrix, first, lo int) [abreast]float64 {
	hi := lo + len(x)
	a, b, c, d := m.row(first)[lo:hi], m.row(first + 1)[lo:hi], m.row(first + 2)[lo:hi], m.row(first + 3)[lo:hi]
	var sum [abreast]float64
	var s0, s1, s2, s3, t0, t1, t2, t3 float64
	i := 0
	for ; i+2 <= len(x); i += 2 {
		v, w := x[i], x[i+1]
		s0 += v * a[i]
		s1 += v * b[i]
		s2 += v * c[i]
		s3 += v * d[i]
		t0 += w * a[i+1]
		t1 += w * b[i+1]
		t2 += w * c[i+1]
		t3 += w * d[i+1]
	}
	sum[0], sum[1], sum[2], sum[3] = s0+t0, s1+t1, s2+t2, s3+t3
	if i < len(x) {
		sum[0] += x[i] * a[i]
		sum[1] += x[i] * b[i]
		sum[2] += x[i] * c[i]
		sum[3] += x[i] * d[i]
	}
	return sum
}

// cholesky turns a symmetric positive definite matrix into its lower factor, in
// place; what stands above the diagonal is left as it was.
func cholesky(a *matrix) error {
	n := a.rows
	for first := 0; first < n; first += abreast {
		end := min(first+abreast, n)
		for j := first; j < end; j++ {
			rj := a.row(j)
			for k := first; k < j; k++ {
				rj[k] = (rj[k] - dot(rj[:k], a.row(k)[:k])) / a.row(k)[k]
			}
			d := rj[j] - dot(rj[:j], rj[:j])
			if d <= 0 {
				return errors.New("classifier: the texts' likeness is not positive definite")
			}
			rj[j] = math.Sqrt(d)
		}
		parallelFrom(end, n, func(i int) { // end < n: all of them are abreast
			ri := a.row(i)
			for k, sum := range dots(ri[:first], a, first, 0) {
				rk := a.row(first + k)
				ri[first+k] = (ri[first+k] - sum - dot(ri[first:first+k], rk[first:first+k])) / rk[first+k]
			}
		})
	}
	return nil
}

// parallelFrom splits from..to among the cores where that is worth its cost.
func parallelFrom(from, to int, fn func(i int)) {
	if to-from < 512 {
		for i := from; i < to; i++ {
			fn(i)
		}
		return
	}
	parallel(to-from, func(i int) { fn(from + i) })
}

// invertLower returns the inverse of a lower factor, transposed: row j holds
// column j of the inverse, from its diagonal on.
func invertLower(l *matrix) *matrix {
	n := l.rows
	inv := newMatrix(n, n)
	alone := func(j, i int) {
		c, ri := inv.row(j), l.row(i)
		if i == j {
			c[j] = 1 / ri[j]
		} else {
			c[i] = -dot(ri[j:i], c[j:i]) / ri[i]
		}
	}
	parallel((n+abreast-1)/abreast, func(part int) {
		first := part * abreast
		end := min(first+abreast, n)
		for j := first; j < end; j++ {
			for i := j; i < end; i++ {
				alone(j, i)
			}
		}
		for i := end; i < n; i++ { // the rows have nothing before their diagonals
			for k, sum := range dots(l.row(i)[first:i], inv, first, first) {
				inv.row(first + k)[i] = -sum / l.row(i)[i]
			}
		}
	})
	return inv
}
