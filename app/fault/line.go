package fault

import (
	"fmt"
	"strings"
)

// Line is one thing wrong in a file that somebody imports.
type Line struct {
	Line   int    // from 1; 0 where the file as a whole is meant
	Field  string // column, key or property, "" for the whole line
	Reason string // what is wrong and what to do, in English
}

func (l Line) String() string {
	var b strings.Builder
	if l.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", l.Line)
	}
	if l.Field != "" {
		b.WriteString(l.Field + ": ")
	}
	b.WriteString(l.Reason)
	return b.String()
}

// Lines collects what is wrong in a file, so that a person sees it all at
// once. The zero value is ready to use.
type Lines []Line

// Add notes one wrong thing.
func (ls *Lines) Add(line int, field, format string, args ...any) {
	*ls = append(*ls, Line{Line: line, Field: field, Reason: fmt.Sprintf(format, args...)})
}

// Err is nil when nothing is wrong.
func (ls Lines) Err() error {
	if len(ls) == 0 {
		return nil
	}
	return ls
}

func (ls Lines) Error() string {
	s := make([]string, len(ls))
	for i, l := range ls {
		s[i] = l.String()
	}
	return strings.Join(s, "\n")
}
