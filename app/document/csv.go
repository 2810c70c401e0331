package document

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/lang"
)

// WriteCSV writes a table as Excel of the language opens it by a double click:
// UTF-8 with its mark, lines ended by CRLF; Russian has semicolons between cells
// and a comma in numbers. Days are YYYY-MM-DD, which every language reads.
//
// A cell of words can't become a formula: where it begins like one, an
// apostrophe stands before it.
func WriteCSV(w io.Writer, l lang.Lang, zone *time.Location, s Sheet) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if l == lang.RU {
		out.Comma = ';'
	}
	line := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		line[i] = defused(c.Head)
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for row, err := range s.Rows {
		if err != nil {
			return err
		}
		for i, c := range s.Columns {
			line[i] = c.text(row[i], l, zone)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// text is a cell in words.
func (c Column) text(v any, l lang.Lang, zone *time.Location) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return defused(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return ""
		}
		digits := 2
		if c.Kind == Share {
			digits = 4
		}
		s := strconv.FormatFloat(v, 'f', digits, 64)
		if l == lang.RU {
			s = strings.Replace(s, ".", ",", 1)
		}
		return s
	case time.Time:
		t, ok := local(v, zone)
		switch {
		case !ok:
			return ""
		case c.Kind == Day:
			return t.Format(time.DateOnly)
		default:
			return t.Format("2006-01-02 15:04")
		}
	default:
		return defused(fmt.Sprint(v))
	}
}

// defused keeps words from being taken for a formula (OWASP, CSV injection).
// Some programs look behind spaces too.
func defused(s string) string {
	if s = strings.ReplaceAll(s, "\x00", ""); s == "" {
		return s
	}
	if strings.ContainsRune("\t\r\n", rune(s[0])) {
		return "'" + s
	}
	seen := strings.TrimLeft(s, " \u00a0\t\r\n\ufeff")
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(seen, sign) {
			return "'" + s
		}
	}
	return s
}
