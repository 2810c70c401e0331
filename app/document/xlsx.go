package document

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// WriteXLSX writes tables as a workbook, row by row: what doesn't fit into a
// few megabytes waits in temporary files. Headings stay in sight, days are days
// and numbers numbers. Words are never formulas: they are written as words.
func WriteXLSX(w io.Writer, zone *time.Location, sheets ...Sheet) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	looks, err := newLooks(f)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for i, s := range sheets {
		name := sheetName(s.Name, used)
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err == nil {
			err = writeSheet(f, name, looks, zone, s)
		}
		if err != nil {
			return fmt.Errorf("sheet %q: %w", name, err)
		}
	}
	return f.Write(w)
}

// looks are the styles of cells by kind.
type looks struct {
	head int
	kind map[Kind]int
}

func newLooks(f *excelize.File) (looks, error) {
	l := looks{kind: map[Kind]int{}}
	var err error
	l.head, err = f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E6EEF0"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"},
	})
	for kind, format := range map[Kind]string{Real: "0.00", Share: "0.0%", Day: "dd.mm.yyyy", Moment: "dd.mm.yyyy hh:mm"} {
		if err == nil {
			l.kind[kind], err = f.NewStyle(&excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top"}})
		}
	}
	for _, kind := range []Kind{Words, Whole} {
		if err == nil {
			l.kind[kind], err = f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: kind == Words}})
		}
	}
	return l, err
}

func writeSheet(f *excelize.File, name string, l looks, zone *time.Location, s Sheet) error {
	out, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, c := range s.Columns {
		if err := out.SetColWidth(i+1, i+1, c.width()); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	cells := make([]any, len(s.Columns))
	for i, c := range s.Columns {
		cells[i] = excelize.Cell{StyleID: l.head, Value: c.Head}
	}
	if err := out.SetRow("A1", cells); err != nil {
		return err
	}
	n := 1
	for row, err := range s.Rows {
		if err != nil {
			return err
		}
		n++
		for i, c := range s.Columns {
			cells[i] = excelize.Cell{StyleID: l.kind[c.Kind], Value: value(row[i], zone)}
		}
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		if err := out.SetRow(at, cells); err != nil {
			return err
		}
	}
	return out.Flush()
}

// value is a cell as the workbook keeps it.
func value(v any, zone *time.Location) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case time.Time:
		t, ok := local(v, zone)
		if !ok {
			return nil
		}
		// Workbooks know no zones: what they show is the region's clock.
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
	case string:
		return fits(v)
	}
	return v
}

// mostInCell is how many signs a cell holds.
const mostInCell = 32767

func fits(s string) string {
	s = strings.ToValidUTF8(s, "")
	if utf8.RuneCountInString(s) <= mostInCell {
		return s
	}
	return string([]rune(s)[:mostInCell])
}

// sheetName is a name that Excel takes: 31 signs without some, each once.
func sheetName(name string, used map[string]bool) string {
	const most = 31
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return ' '
		}
		return r
	}, name)
	signs := []rune(strings.TrimSpace(name))
	if len(signs) == 0 {
		signs = []rune("1")
	}
	name = string(signs[:min(len(signs), most)])
	for n := 2; used[strings.ToLower(name)]; n++ {
		tail := fmt.Sprintf(" %d", n)
		name = string(signs[:min(len(signs), most-len(tail))]) + tail
	}
	used[strings.ToLower(name)] = true
	return name
}
