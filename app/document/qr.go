package document

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// QR is a mark that a telephone reads: a square of dark and light fields.
type QR struct{ code *qr.Code }

// NewQR makes the mark of a text, which a quarter of dirt doesn't hide.
func NewQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return QR{}, fmt.Errorf("QR: %w", err)
	}
	return QR{code}, nil
}

// Size is how many fields a side has.
func (q QR) Size() int { return q.code.Size }

// Dark reports whether the field is dark.
func (q QR) Dark(x, y int) bool { return q.code.Black(x, y) }

// Path draws the dark fields as a path of SVG, each field a unit wide.
func (q QR) Path() string {
	var b strings.Builder
	for y := range q.Size() {
		for x := 0; x < q.Size(); {
			run := q.run(x, y)
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x, y, run, run)
			}
			x += max(run, 1)
		}
	}
	return b.String()
}

// run is how many dark fields follow one another from here.
func (q QR) run(x, y int) int {
	n := 0
	for x+n < q.Size() && q.Dark(x+n, y) {
		n++
	}
	return n
}
