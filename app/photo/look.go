package photo

import (
	"image"
	"math"
	"math/bits"
	"slices"
)

// Look is a hash of what one sees in a picture: pictures that look the same
// have looks that differ in few bits, also after they were encoded anew, made
// smaller or brighter. The zero value is that of a picture with too little to
// see (a wall, fog): it is like nothing.
//
// It is computed as by Zauner (Implementation and Benchmarking of Perceptual
// Image Hash Functions, 2010): of the 32 × 32 grey picture the 64 lowest
// frequencies of the cosine transform but those of whole rows and columns, each
// above their median or not.
type Look uint64

const (
	lookSide = 32
	lookFreq = 8
	// plain is the least standard deviation of grey, of 255, at which there is
	// something to see.
	plain = 4
)

// Distance is in how many bits two looks differ.
func (l Look) Distance(other Look) int { return bits.OnesCount64(uint64(l ^ other)) }

// lookOf computes the look of a picture.
func lookOf(m *image.RGBA) Look {
	grey := greyOf(m)
	if deviation(grey[:]) < plain {
		return 0
	}
	freq := lowest(grey)
	middle := median(freq)
	var out Look
	for i, f := range freq {
		if f > middle {
			out |= 1 << i
		}
	}
	return out
}

// greyOf is the mean luminance (ITU-R BT.601) of each cell of a 32 × 32 grid.
func greyOf(m *image.RGBA) (grey [lookSide * lookSide]float64) {
	b := m.Bounds()
	var count [lookSide * lookSide]float64
	for y := range b.Dy() {
		for x := range b.Dx() {
			p := m.Pix[m.PixOffset(b.Min.X+x, b.Min.Y+y):]
			cell := y*lookSide/b.Dy()*lookSide + x*lookSide/b.Dx()
			grey[cell] += 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
			count[cell]++
		}
	}
	for i := range grey {
		if count[i] > 0 {
			grey[i] /= count[i]
			continue
		}
		// A picture of fewer than 32 pixels a side: the pixel that covers the cell.
		x, y := i%lookSide*b.Dx()/lookSide, i/lookSide*b.Dy()/lookSide
		p := m.Pix[m.PixOffset(b.Min.X+x, b.Min.Y+y):]
		grey[i] = 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
	}
	return grey
}

func deviation(xs []float64) float64 {
	sum, squares := 0.0, 0.0
	for _, x := range xs {
		sum += x
		squares += x * x
	}
	n := float64(len(xs))
	return math.Sqrt(max(0, squares/n-sum/n*sum/n))
}

// waves are the cosines of the transform (DCT-II).
var waves = func() (w [lookFreq][lookSide]float64) {
	for u := range w {
		for x := range w[u] {
			w[u][x] = math.Cos(math.Pi * float64(u+1) * (2*float64(x) + 1) / (2 * lookSide))
		}
	}
	return w
}()

// lowest are the frequencies 1–8 of both directions.
func lowest(grey [lookSide * lookSide]float64) (out [lookFreq * lookFreq]float64) {
	var rows [lookSide][lookFreq]float64
	for y := range rows {
		for u := range lookFreq {
			for x := range lookSide {
				rows[y][u] += grey[y*lookSide+x] * waves[u][x]
			}
		}
	}
	for v := range lookFreq {
		for u := range lookFreq {
			for y := range rows {
				out[v*lookFreq+u] += rows[y][u] * waves[v][y]
			}
		}
	}
	return out
}

func median(xs [lookFreq * lookFreq]float64) float64 {
	slices.Sort(xs[:]) // a copy
	half := len(xs) / 2
	return (xs[half-1] + xs[half]) / 2
}
