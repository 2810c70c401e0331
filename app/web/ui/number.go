package ui

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/lang"
)

// Number writes n with its digits in groups of three: «12 345» (with a space
// that doesn't break) and "12,345". Russian leaves four digits together.
func Number(ctx context.Context, n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	sep, least := "\u00a0", 5
	if Lang(ctx) == lang.EN {
		sep, least = ",", 4
	}
	if len(digits) < least {
		return sign + digits
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Decimal writes x with the given number of digits after the mark: «4,7» and
// "4.7". What is no number is a dash.
func Decimal(ctx context.Context, x float64, digits int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "—"
	}
	s := strconv.FormatFloat(x, 'f', digits, 64)
	if Lang(ctx) == lang.RU {
		s = strings.Replace(s, ".", ",", 1)
	}
	return strings.Replace(s, "-", "−", 1)
}

// Percent writes a share of one: 0.123 is «12,3 %» and "12.3%".
func Percent(ctx context.Context, share float64, digits int) string {
	s := Decimal(ctx, share*100, digits)
	switch {
	case s == "—":
		return s
	case Lang(ctx) == lang.EN:
		return s + "%"
	default:
		return s + "\u00a0%"
	}
}

// fingerprintShown is how much of a hash people compare: 128 bits in groups of
// four signs.
const fingerprintShown = 32

// Fingerprint is the beginning of a hash in groups, to be compared by eye.
func Fingerprint(hash string) string {
	hash = hash[:min(len(hash), fingerprintShown)]
	var parts []string
	for ; len(hash) > 4; hash = hash[4:] {
		parts = append(parts, hash[:4])
	}
	return strings.Join(append(parts, hash), " ")
}
