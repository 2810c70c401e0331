package workflow

import (
	"fmt"
	"strings"
	"time"
)

// Number is what people call an appeal: the two-digit year of its submission,
// its id and a check digit, as in «26-000123-0». The check digit (Damm's
// algorithm: every single wrong digit and every swap of neighbours is seen)
// lets a desk catch a slip over the phone.
func Number(id int64, submitted time.Time) string {
	body := fmt.Sprintf("%02d%06d", submitted.UTC().Year()%100, id)
	return fmt.Sprintf("%s-%s-%d", body[:2], body[2:], damm(body))
}

// ParseNumber finds the number in what a person typed: spaces, other dashes
// and missing dashes are forgiven. ok is false where the check digit is wrong.
func ParseNumber(s string) (number string, ok bool) {
	var digits strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == '-' || r == ' ' || r == '‑' || r == '–' || r == '—' || r == '№' || r == '\u00a0':
		default:
			return "", false
		}
	}
	d := digits.String()
	if len(d) < 9 || len(d) > 22 || damm(d) != 0 {
		return "", false
	}
	return d[:2] + "-" + d[2:len(d)-1] + "-" + d[len(d)-1:], true
}

// dammTable is the totally anti-symmetric quasigroup of order 10 from H. Michael
// Damm's thesis (Marburg, 2004).
var dammTable = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

func damm(digits string) byte {
	var interim byte
	for _, r := range digits {
		interim = dammTable[interim][r-'0']
	}
	return interim
}
