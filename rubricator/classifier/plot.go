package classifier

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// Measures of the reliability diagram, in pixels.
const (
	plotSide   = 400
	plotLeft   = 70
	plotTop    = 60
	plotBottom = 70
	plotRight  = 40
)

var (
	ink    = color.RGBA{0x0b, 0x0c, 0x0c, 0xff}
	rule   = color.RGBA{0xd0, 0xd5, 0xda, 0xff}
	column = color.RGBA{0x1d, 0x70, 0xb8, 0xff}
	ideal  = color.RGBA{0xd4, 0x35, 0x1c, 0xff}
)

// Plot draws how often guesses of each confidence are right, as a PNG: a column
// that reaches the diagonal is a confidence that keeps its word.
func Plot(w io.Writer, r Report) error {
	img := image.NewRGBA(image.Rect(0, 0, plotLeft+plotSide+plotRight, plotTop+plotSide+plotBottom))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	x := func(share float64) int { return plotLeft + int(share*plotSide) }
	y := func(share float64) int { return plotTop + plotSide - int(share*plotSide) }
	text := func(px, py int, s string) {
		d := font.Drawer{Dst: img, Src: image.NewUniform(ink), Face: basicfont.Face7x13, Dot: fixed.P(px, py)}
		d.DrawString(s)
	}
	for i := 0; i <= tenths; i++ {
		at := float64(i) / tenths
		draw.Draw(img, image.Rect(x(0), y(at), x(1)+1, y(at)+1), image.NewUniform(rule), image.Point{}, draw.Src)
		if i%2 == 0 {
			text(plotLeft-34, y(at)+4, fmt.Sprintf("%3d%%", i*tenths))
			text(x(at)-12, plotTop+plotSide+18, fmt.Sprintf("%d%%", i*tenths))
		}
	}
	for i, b := range r.Bins {
		if b.Texts == 0 {
			continue
		}
		from, to := x(float64(i)/tenths)+3, x(float64(i+1)/tenths)-2
		draw.Draw(img, image.Rect(from, y(b.Right), to, y(0)), image.NewUniform(column), image.Point{}, draw.Src)
		text((from+to)/2-7*len(fmt.Sprint(b.Texts))/2, y(b.Right)-4, fmt.Sprint(b.Texts))
	}
	for i := range plotSide {
		for thick := range 2 {
			img.Set(x(0)+i, y(0)-i-thick, ideal)
		}
	}
	draw.Draw(img, image.Rect(x(0)-1, y(1), x(0), y(0)+1), image.NewUniform(ink), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(x(0)-1, y(0), x(1)+1, y(0)+1), image.NewUniform(ink), image.Point{}, draw.Src)
	text(plotLeft, 24, fmt.Sprintf("Right guesses of the topic by confidence, %d texts", r.Test))
	text(plotLeft, 42, fmt.Sprintf("calibration error %.3f; number of texts over each column", r.ECE))
	text(plotLeft+plotSide/2-70, plotTop+plotSide+46, "confidence of the guess")
	return png.Encode(w, img)
}
