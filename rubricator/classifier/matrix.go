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

// cholesky turns a symmetric positive definite matrix into its lower factor, in
// place; what stands above the diagonal is left as it was.
func cholesky(a *matrix) error {
	n := a.rows
	for j := range n {
		rj := a.row(j)
		d := rj[j] - dot(rj[:j], rj[:j])
		if d <= 0 {
			return errors.New("classifier: the texts' likeness is not positive definite")
		}
		rj[j] = math.Sqrt(d)
		parallelFrom(j+1, n, func(i int) {
			ri := a.row(i)
			ri[j] = (ri[j] - dot(ri[:j], rj[:j])) / rj[j]
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
	parallel(n, func(j int) {
		c := inv.row(j)
		c[j] = 1 / l.row(j)[j]
		for i := j + 1; i < n; i++ {
			ri := l.row(i)
			c[i] = -dot(ri[j:i], c[j:i]) / ri[i]
		}
	})
	return inv
}
