package tally

import "strings"

// longestQuoted is over how many lines a quoted cell may go. A quotation mark
// that begins a name and is never closed is part of the name.
const longestQuoted = 200

// row is one line of a file, cut into cells.
type row struct {
	line  int // from 1
	cells []string
}

// rows cuts a text into rows of cells parted by semicolons. Cells may be in
// double quotes, in which a doubled one stands for itself; files of before that
// custom have lone quotation marks in names, which stay as they are.
func rows(text string) []row {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n"), "\n")
	var all []row
	for i := 0; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == "" {
			continue
		}
		cells, used := cells(lines[i:])
		all = append(all, row{line: i + 1, cells: cells})
		i += used - 1
	}
	return all
}

// cells cuts the first of the lines, and those over which a quoted cell goes.
func cells(lines []string) (cells []string, used int) {
	rest, used := lines[0], 1
	for {
		if strings.HasPrefix(strings.TrimLeft(rest, " "), `"`) {
			if cell, tail, more, ok := quoted(strings.TrimLeft(rest, " "), lines[used:]); ok {
				used += more
				cells = append(cells, strings.TrimSpace(cell))
				if tail == "" {
					return cells, used
				}
				rest = tail[1:]
				continue
			}
		}
		cell, tail, more := strings.Cut(rest, ";")
		cells = append(cells, strings.TrimSpace(cell))
		if !more {
			return cells, used
		}
		rest = tail
	}
}

// quoted reads a cell in quotation marks; the tail begins with the semicolon
// after it, if there is one. It is not ok where the marks are part of a name.
func quoted(text string, following []string) (cell, tail string, more int, ok bool) {
	var b strings.Builder
	for at := 1; ; {
		end := strings.IndexByte(text[at:], '"')
		if end < 0 {
			if more == min(len(following), longestQuoted) {
				return "", "", 0, false
			}
			b.WriteString(text[at:] + "\n")
			text, at = following[more], 0
			more++
			continue
		}
		b.WriteString(text[at : at+end])
		at += end + 1
		switch tail := strings.TrimLeft(text[at:], " "); {
		case strings.HasPrefix(text[at:], `"`):
			b.WriteByte('"')
			at++
		case tail == "" || tail[0] == ';':
			return b.String(), tail, more, true
		default:
			return "", "", 0, false
		}
	}
}

// writeCell writes a cell, in quotation marks where it needs them.
func writeCell(cell string) string {
	if strings.ContainsAny(cell, ";\"\n\r") {
		return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
	}
	return cell
}
