package tally

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
)

// mostBytes is how long a file may be.
const mostBytes = 1 << 30

// Read reads an election in the Pabulib format (https://pabulib.org/format).
// What makes counting impossible is an error of type fault.Lines; what is odd
// and was passed over is in warnings.
func Read(from io.Reader) (e *Election, warnings fault.Lines, err error) {
	text, err := io.ReadAll(io.LimitReader(from, mostBytes+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("read election: %w", err)
	case len(text) > mostBytes:
		return nil, nil, fault.Lines{{Reason: "the file is longer than 1 GiB"}}
	case !utf8.Valid(text):
		return nil, nil, fault.Lines{{Reason: "the file is not in UTF-8: save it in this encoding"}}
	}
	r := &reader{e: &Election{}}
	r.sections(rows(string(text)))
	if len(r.bad) == 0 {
		r.readMeta()
	}
	if len(r.bad) == 0 {
		r.readProjects()
		r.readVotes()
	}
	if len(r.bad) == 0 {
		r.reconcile()
	}
	return r.e, r.odd, r.bad.Err()
}

// reader reads one file.
type reader struct {
	e     *Election
	heads map[string]head
	table map[string][]row
	bad   fault.Lines
	odd   fault.Lines
	index map[string]int32
	max   int64 // max_length
}

// head is the names of the columns of a section.
type head struct {
	line  int
	names []string
}

func (h head) column(names ...string) int {
	for _, n := range names {
		if i := slices.Index(h.names, n); i >= 0 {
			return i
		}
	}
	return -1
}

func (r row) cell(column int) string {
	if column < 0 || column >= len(r.cells) {
		return ""
	}
	return r.cells[column]
}

const (
	metaSection     = "meta"
	projectsSection = "projects"
	votesSection    = "votes"
)

// sections parts the rows by the words META, PROJECTS and VOTES, each followed
// by the names of its columns.
func (r *reader) sections(all []row) {
	r.heads, r.table = map[string]head{}, map[string][]row{}
	now, titled := "", false
	for _, line := range all {
		word := strings.ToLower(line.cells[0])
		lone := strings.TrimSpace(strings.Join(line.cells[1:], "")) == ""
		switch {
		case lone && (word == metaSection || word == projectsSection || word == votesSection):
			if _, twice := r.heads[word]; twice {
				r.bad.Add(line.line, "", "the section %s begins a second time", strings.ToUpper(word))
			}
			now, titled = word, false
			r.heads[word] = head{line: line.line}
		case now == "":
			r.bad.Add(line.line, "", "the file begins with the word META on a line of its own")
			return
		case !titled:
			titled = true
			h := head{line: line.line}
			for _, c := range line.cells {
				h.names = append(h.names, strings.ToLower(c))
			}
			r.heads[now] = h
			if now == metaSection && h.column("key") != 0 { // a file without the line key;value
				r.table[now] = append(r.table[now], line)
			}
		default:
			r.table[now] = append(r.table[now], line)
		}
	}
	for _, s := range []string{metaSection, projectsSection, votesSection} {
		if _, ok := r.heads[s]; !ok {
			r.bad.Add(0, "", "there is no section %s", strings.ToUpper(s))
		}
	}
}

// readMeta reads what the election as a whole says.
func (r *reader) readMeta() {
	meta := map[string]row{}
	for _, line := range r.table[metaSection] {
		if before, after, ok := strings.Cut(line.cells[0], ":"); ok && len(line.cells) == 1 {
			r.odd.Add(line.line, before, "a colon is read as the semicolon that parts name and value")
			line.cells = []string{strings.TrimSpace(before), strings.TrimSpace(after)}
		}
		key := strings.ToLower(line.cells[0])
		if _, twice := meta[key]; twice {
			r.odd.Add(line.line, key, "it is said a second time; the first one counts")
			continue
		}
		meta[key] = line
		r.e.meta = append(r.e.meta, field{line.cells[0], line.cell(1)})
	}
	e := r.e
	e.Rule, e.Unit = meta["rule"].cell(1), meta["unit"].cell(1)
	switch e.Kind = Kind(strings.ToLower(meta["vote_type"].cell(1))); e.Kind {
	case Approval, ChooseOne, Ordinal, Cumulative, Scoring:
	default:
		r.bad.Add(meta["vote_type"].line, "vote_type", "%q is none of approval, choose-1, ordinal, cumulative, scoring", e.Kind)
	}
	const threshold, unlisted = "min_project_score_threshold", "default_score"
	e.Decimals = r.digits(projectsSection, "cost", meta["budget"].cell(1))
	e.PointDecimals = r.digits(votesSection, "points", meta[threshold].cell(1), meta[unlisted].cell(1))
	e.Budget = r.number(meta["budget"], "budget", meta["budget"].cell(1), e.Decimals)
	if e.Budget < 0 {
		r.bad.Add(meta["budget"].line, "budget", "it is below zero")
	}
	if line, ok := meta[threshold]; ok && line.cell(1) != "" {
		e.Threshold = r.number(line, threshold, line.cell(1), e.PointDecimals)
	}
	if line, ok := meta[unlisted]; ok && line.cell(1) != "" && e.Kind == Scoring {
		e.unlisted = r.number(line, unlisted, line.cell(1), e.PointDecimals)
	}
	if line, ok := meta["max_length"]; ok {
		r.max, _ = strconv.ParseInt(line.cell(1), 10, 32)
	}
	for key, section := range map[string]string{"num_projects": projectsSection, "num_votes": votesSection} {
		if line, ok := meta[key]; ok && line.cell(1) != strconv.Itoa(len(r.table[section])) {
			r.odd.Add(line.line, key, "it says %s, and the section %s has %d rows", line.cell(1), strings.ToUpper(section), len(r.table[section]))
		}
	}
}

// most digits after the point that are read.
const mostDigits = 6

// digits is how many digits after the point the numbers of a column need.
func (r *reader) digits(section, column string, others ...string) int {
	most := 0
	look := func(s string) {
		_, after, _ := strings.Cut(strings.ReplaceAll(s, ",", "."), ".")
		most = max(most, len(strings.TrimRight(after, "0")))
	}
	for _, one := range others {
		look(one)
	}
	at := r.heads[section].column(column)
	for _, line := range r.table[section] {
		cell := line.cell(at)
		if section != votesSection {
			look(cell)
			continue
		}
		for one := range strings.SplitSeq(cell, ",") {
			look(one)
		}
	}
	return min(most, mostDigits)
}

// largest is the greatest number that is read, before the point.
const largest = 1e13

// number reads a decimal as units of 10^-digits. A comma may stand for the
// point, and spaces part thousands.
func (r *reader) number(line row, name, text string, digits int) int64 {
	clean := strings.Map(func(c rune) rune {
		switch c {
		case ' ', '\u00a0', '\u202f':
			return -1
		case ',':
			return '.'
		}
		return c
	}, text)
	v, err := parseDecimal(clean, digits)
	if err != nil {
		r.bad.Add(line.line, name, "%q is not a number: %s", text, err)
	}
	return v
}

func parseDecimal(text string, digits int) (int64, error) {
	before, after, _ := strings.Cut(text, ".")
	after = strings.TrimRight(after, "0")
	if len(after) > digits {
		return 0, fmt.Errorf("it has more than %d digits after the point", digits)
	}
	whole, err := strconv.ParseInt(before+after+strings.Repeat("0", digits-len(after)), 10, 64)
	if err != nil || before == "" || before == "-" {
		return 0, fmt.Errorf("write digits, like 12500 or 99.50")
	}
	if math.Abs(float64(whole)) > largest*float64(pow10(digits)) || math.Abs(float64(whole)) > math.MaxInt64/4 {
		return 0, fmt.Errorf("it is above %.0e", largest)
	}
	return whole, nil
}

// readProjects reads what can be funded.
func (r *reader) readProjects() {
	h := r.heads[projectsSection]
	id, cost := h.column("project_id"), h.column("cost")
	name, selected := h.column("name"), h.column("selected")
	result := h.column("score", "votes")
	if r.e.Kind == Approval || r.e.Kind == ChooseOne {
		result = h.column("votes", "score")
	}
	for _, must := range []string{"project_id", "cost"} {
		if h.column(must) < 0 {
			r.bad.Add(h.line, must, "PROJECTS has no such column")
		}
	}
	r.e.columns.projects = h.names
	r.index = map[string]int32{}
	for _, line := range r.table[projectsSection] {
		p := Project{ID: line.cell(id), Name: line.cell(name), row: line.cells}
		if _, twice := r.index[p.ID]; twice || p.ID == "" {
			r.bad.Add(line.line, "project_id", "every project needs an id of its own, and %q is empty or used before", p.ID)
			continue
		}
		p.Cost = r.number(line, "cost", line.cell(cost), r.e.Decimals)
		if p.Cost < 0 {
			r.bad.Add(line.line, "cost", "it is below zero")
		}
		p.Verdict = r.verdict(line, line.cell(selected))
		r.e.verdicts = r.e.verdicts || line.cell(selected) != ""
		if v, err := parseDecimal(line.cell(result), mostDigits); err == nil {
			v /= pow10(mostDigits - r.e.PointDecimals)
			p.Declared = &v
		}
		r.index[p.ID] = int32(len(r.e.Projects)) //nolint:gosec // a place in a list
		r.e.Projects = append(r.e.Projects, p)
	}
	if len(r.e.Projects) == 0 {
		r.bad.Add(h.line, "", "there are no projects")
	}
}

func (r *reader) verdict(line row, cell string) int {
	switch strings.ToLower(cell) {
	case "", "0", "0.0", "false":
		return 0
	case "true", "1.0":
		return 1
	}
	v, err := strconv.Atoi(cell)
	if err != nil {
		r.odd.Add(line.line, "selected", "%q is not a number; it is read as not selected", cell)
	}
	return v
}
