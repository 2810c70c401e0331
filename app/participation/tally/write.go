package tally

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Write writes the election in the Pabulib format, with the winners in the
// column «selected»: what Read read, and nothing else, comes back.
func (e *Election) Write(to io.Writer, winners []int) error {
	w := bufio.NewWriter(to)
	line := func(cells ...string) {
		for i, c := range cells {
			if i > 0 {
				w.WriteByte(';') //nolint:errcheck // kept until Flush
			}
			w.WriteString(writeCell(c)) //nolint:errcheck // kept until Flush
		}
		w.WriteByte('\n') //nolint:errcheck // kept until Flush
	}
	line("META")
	line("key", "value")
	for _, f := range e.meta {
		line(f.key, f.value)
	}
	line("PROJECTS")
	head := slices.Clone(e.columns.projects)
	selected := slices.Index(head, "selected")
	if selected < 0 {
		selected = len(head)
		head = append(head, "selected")
	}
	line(head...)
	for p := range e.Projects {
		cells := append(slices.Clone(e.Projects[p].row), make([]string, max(0, len(head)-len(e.Projects[p].row)))...)
		verdict := 0
		if slices.Contains(winners, p) {
			verdict = 1
		}
		cells[selected] = strconv.Itoa(verdict)
		line(cells...)
	}
	line("VOTES")
	line(e.columns.votes...)
	for i := range e.Ballots {
		line(e.Ballots[i].row...)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write election: %w", err)
	}
	return nil
}

// IDs names projects.
func (e *Election) IDs(projects []int) []string {
	ids := make([]string, len(projects))
	for i, p := range projects {
		ids[i] = e.Projects[p].ID
	}
	return ids
}

// List names projects in a sentence.
func (e *Election) List(projects []int) string { return strings.Join(e.IDs(projects), ", ") }
