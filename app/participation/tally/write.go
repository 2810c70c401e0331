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
	e.complete()
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
	votes, scores := e.Votes(), e.Scores()
	for p := range e.Projects {
		row := e.projectRow(p, votes, scores)
		cells := append(slices.Clone(row), make([]string, max(0, len(head)-len(row)))...)
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
		line(e.ballotRow(i)...)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write election: %w", err)
	}
	return nil
}

// Meta sets the section META of an election that was not read from a file.
func (e *Election) Meta(lines ...[2]string) {
	e.meta = nil
	for _, l := range lines {
		e.meta = append(e.meta, field{strings.ToLower(l[0]), l[1]})
	}
}

// complete gives an election that was not read from a file its columns.
func (e *Election) complete() {
	if e.columns.projects != nil {
		return
	}
	e.columns = columns{projects: []string{"project_id", "cost", "votes", "name", "selected"}, votes: []string{"voter_id", "vote"}}
	if e.scored() {
		e.columns.projects = []string{"project_id", "cost", "votes", "score", "name", "selected"}
		e.columns.votes = append(e.columns.votes, "points")
	}
}

// scored reports whether ballots give more than one point to a project.
func (e *Election) scored() bool { return e.Kind != Approval && e.Kind != ChooseOne }

func (e *Election) projectRow(p int, votes []int, scores []int64) []string {
	one := &e.Projects[p]
	switch {
	case one.row != nil:
		return one.row
	case e.scored():
		return []string{one.ID, e.Money(one.Cost), strconv.Itoa(votes[p]), e.Score(scores[p]), one.Name}
	default:
		return []string{one.ID, e.Money(one.Cost), strconv.Itoa(votes[p]), one.Name}
	}
}

func (e *Election) ballotRow(i int) []string {
	b := &e.Ballots[i]
	if b.row != nil {
		return b.row
	}
	var ids, points strings.Builder
	for at, p := range b.Choices {
		if at > 0 {
			ids.WriteByte(',')
			points.WriteByte(',')
		}
		ids.WriteString(e.Projects[p].ID)
		points.WriteString(e.Score(b.Points[at]))
	}
	if e.scored() {
		return []string{strconv.Itoa(i + 1), ids.String(), points.String()}
	}
	return []string{strconv.Itoa(i + 1), ids.String()}
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
