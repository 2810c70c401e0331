package photo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/draw"

	"github.com/otklik/otklik/workflow/conscience"
)

// scene is a made-up photograph: a sky over a ground with grain of all sizes,
// as in nature, and things that stand in it.
func scene(seed uint64, w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 7))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	horizon := h * (20 + r.IntN(40)) / 100
	sky, ground := shade(r, 150, 240), shade(r, 50, 150)
	layers := grain(r, w, h)
	for y := range h {
		base := ground
		if y < horizon {
			base = sky
		}
		for x := range w {
			g := layers[y*w+x]
			m.SetRGBA(x, y, color.RGBA{level(float64(base.R) + g), level(float64(base.G) + g), level(float64(base.B) + 0.8*g), 255})
		}
	}
	for range 5 + r.IntN(8) {
		x, y := r.IntN(w), horizon/2+r.IntN(h-horizon/2)
		thing := image.Rect(x, y, x+w/20+r.IntN(w/4), y+h/20+r.IntN(h/4)).Intersect(m.Bounds())
		draw.Draw(m, thing, image.NewUniform(shade(r, 20, 230)), image.Point{}, draw.Src)
	}
	return m
}

func shade(r *rand.Rand, from, to int) color.RGBA {
	one := func() uint8 { return uint8(from + r.IntN(to-from)) }
	return color.RGBA{one(), one(), one(), 255}
}

func level(x float64) uint8 { return uint8(min(255, max(0, x))) }

// grain is a sum of noises, each twice as fine and half as strong as the one
// before.
func grain(r *rand.Rand, w, h int) []float64 {
	out := make([]float64, w*h)
	strength := 40.0
	for size := 4; size <= 64; size *= 2 {
		knots := make([]float64, (size+1)*(size+1))
		for i := range knots {
			knots[i] = strength * (2*r.Float64() - 1)
		}
		for y := range h {
			fy := float64(y) / float64(h) * float64(size)
			for x := range w {
				fx := float64(x) / float64(w) * float64(size)
				x0, y0 := int(fx), int(fy)
				tx, ty := fx-float64(x0), fy-float64(y0)
				at := func(x, y int) float64 { return knots[y*(size+1)+x] }
				out[y*w+x] += (at(x0, y0)*(1-tx)+at(x0+1, y0)*tx)*(1-ty) + (at(x0, y0+1)*(1-tx)+at(x0+1, y0+1)*tx)*ty
			}
		}
		strength *= 0.6
	}
	return out
}

// seen is the look that the product would store.
func seen(t testing.TB, m image.Image) Look {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 92}))
	p, err := Clean(t.Context(), &b, Default)
	require.NoError(t, err)
	return p.Look
}

func encoded(t testing.TB, m image.Image, quality int) image.Image {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}))
	out, err := jpeg.Decode(&b)
	require.NoError(t, err)
	return out
}

func scaled(m image.Image, from image.Rectangle, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(out, out.Bounds(), m, from, draw.Src, nil)
	return out
}

func changed(m *image.RGBA, f func(float64) float64) *image.RGBA {
	out := image.NewRGBA(m.Bounds())
	for i := range m.Pix {
		out.Pix[i] = level(f(float64(m.Pix[i])))
		if i%4 == 3 {
			out.Pix[i] = 255
		}
	}
	return out
}

func inside(m image.Image, percent int) image.Rectangle {
	b := m.Bounds()
	return b.Inset(b.Dx() * percent / 200)
}

// variants are what people do to a picture before they show it again.
var variants = []struct {
	name  string
	least float64 // share that must be recognised
	make  func(t testing.TB, m *image.RGBA) image.Image
}{
	{"encoded at quality 40", 0.95, func(t testing.TB, m *image.RGBA) image.Image {
		t.Helper()
		return encoded(t, m, 40)
	}},
	{"a third of the size", 0.95, func(_ testing.TB, m *image.RGBA) image.Image {
		return scaled(m, m.Bounds(), m.Bounds().Dx()/3, m.Bounds().Dy()/3)
	}},
	{"brighter by 30", 0.95, func(_ testing.TB, m *image.RGBA) image.Image {
		return changed(m, func(x float64) float64 { return x + 30 })
	}},
	{"darker by a third", 0.95, func(_ testing.TB, m *image.RGBA) image.Image {
		return changed(m, func(x float64) float64 { return x * 0.66 })
	}},
	{"gamma 1.4", 0.95, func(_ testing.TB, m *image.RGBA) image.Image {
		return changed(m, func(x float64) float64 { return 255 * math.Pow(x/255, 1.4) })
	}},
	{"cropped by 2 %", 0.9, func(_ testing.TB, m *image.RGBA) image.Image {
		return scaled(m, inside(m, 2), m.Bounds().Dx(), m.Bounds().Dy())
	}},
	{"cropped by 5 %", 0, func(_ testing.TB, m *image.RGBA) image.Image {
		return scaled(m, inside(m, 5), m.Bounds().Dx(), m.Bounds().Dy())
	}},
	{"a date printed in the corner", 0.95, func(_ testing.TB, m *image.RGBA) image.Image {
		out := scaled(m, m.Bounds(), m.Bounds().Dx(), m.Bounds().Dy())
		b := out.Bounds()
		for x := b.Dx() * 3 / 4; x < b.Dx()*19/20; x += 6 { // strokes of digits
			draw.Draw(out, image.Rect(x, b.Dy()*9/10, x+2, b.Dy()*19/20), image.NewUniform(color.RGBA{255, 150, 0, 255}), image.Point{}, draw.Src)
		}
		return out
	}},
}

const scenes = 60

func TestLook_of_one_picture_and_of_others_unraced(t *testing.T) {
	t.Parallel()
	pictures := make([]*image.RGBA, scenes)
	looks := make([]Look, scenes)
	for i := range pictures {
		pictures[i] = scene(uint64(i), 240, 180)
		looks[i] = seen(t, pictures[i])
		require.NotZero(t, looks[i])
	}
	for _, v := range variants {
		known, worst, sum := 0, 0, 0
		for i, m := range pictures {
			d := looks[i].Distance(seen(t, v.make(t, m)))
			worst, sum = max(worst, d), sum+d
			if d <= conscience.LikeBits {
				known++
			}
		}
		t.Logf("%-30s recognised %3d of %d, mean distance %.1f, most %d", v.name, known, scenes, float64(sum)/scenes, worst)
		assert.GreaterOrEqual(t, float64(known)/scenes, v.least, v.name)
	}
	nearest, pairs := 64, 0
	for i := range looks {
		for j := range i {
			nearest, pairs = min(nearest, looks[i].Distance(looks[j])), pairs+1
		}
	}
	t.Logf("different pictures: nearest %d bits of %d pairs", nearest, pairs)
	assert.Greater(t, nearest, conscience.LikeBits)

	// The same place photographed again after the work: the camera stood
	// elsewhere and what was broken is whole.
	again, mistaken := 64, 0
	for i, m := range pictures {
		b := m.Bounds()
		r := rand.New(rand.NewPCG(uint64(i), 99))
		dx, dy := b.Dx()*(4+r.IntN(5))/100, b.Dy()*(4+r.IntN(5))/100
		after := scaled(m, image.Rect(b.Min.X+dx, b.Min.Y+dy, b.Max.X-dx/3, b.Max.Y), b.Dx(), b.Dy())
		x, y := r.IntN(b.Dx()*2/3), b.Dy()/3+r.IntN(b.Dy()/3)
		draw.Draw(after, image.Rect(x, y, x+b.Dx()/4, y+b.Dy()/5), image.NewUniform(shade(r, 40, 90)), image.Point{}, draw.Src)
		d := looks[i].Distance(seen(t, after))
		again = min(again, d)
		if d <= conscience.LikeBits {
			mistaken++
		}
	}
	t.Logf("the place photographed again: nearest %d bits, %d of %d taken for the same picture", again, mistaken, scenes)
	assert.LessOrEqual(t, float64(mistaken)/scenes, 0.05)
}

func TestLook_of_nothing_to_see_is_like_nothing(t *testing.T) {
	t.Parallel()
	wall := image.NewRGBA(image.Rect(0, 0, 64, 48))
	draw.Draw(wall, wall.Bounds(), image.NewUniform(color.RGBA{120, 121, 119, 255}), image.Point{}, draw.Src)
	l := seen(t, wall)
	require.Zero(t, l)
}

func BenchmarkLook(b *testing.B) {
	m := scene(1, 400, 300)
	for b.Loop() {
		lookOf(m)
	}
}
