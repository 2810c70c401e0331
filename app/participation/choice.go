package participation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
)

// Choice is what a ballot says: answers in the order of the campaign's questions.
// A question that was passed over has none.
type Choice struct {
	Answers []Answer `json:"a"`
	Paper   bool     `json:"paper,omitempty"` // it was on a paper ballot
}

// Answer is what a ballot says to one question, or to the list of projects.
type Answer struct {
	Question string   `json:"q"`
	Picks    []string `json:"p,omitempty"` // ids in the order of the campaign; of a ranking the best first
	Words    string   `json:"w,omitempty"`
	Points   []int64  `json:"n,omitempty"` // of a cumulative ballot: one for each of the picks
}

// Projects is the name of the answer that lists projects.
const Projects = "projects"

// Of finds the answer to a question.
func (c *Choice) Of(question string) Answer {
	for _, a := range c.Answers {
		if a.Question == question {
			return a
		}
	}
	return Answer{Question: question}
}

// Blank reports whether nothing was chosen.
func (c *Choice) Blank() bool { return len(c.Answers) == 0 }

// Encode writes a choice as the one text that stands for it: JSON without
// spaces, of what Tidy returns.
func (c *Choice) Encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil { // strings in structs: it can't fail
		panic(fmt.Sprintf("participation: encode a choice: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Decode reads a choice as Encode wrote it, for the terms it was made for. Any
// other text, and one that the terms don't allow, is an error.
func Decode(t *Terms, text []byte) (*Choice, error) {
	var c Choice
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return nil, fmt.Errorf("the choice is not written as choices are: %w", err)
	}
	tidy, err := Tidy(t, c.Answers)
	if err != nil {
		return nil, fmt.Errorf("the campaign doesn't allow this choice: %w", err)
	}
	if tidy.Paper = c.Paper; c.Paper && t.Paper == nil {
		return nil, errors.New("the campaign knows no paper ballots")
	}
	if !bytes.Equal(tidy.Encode(), text) {
		return nil, fmt.Errorf("the choice is not in its canonical form, which is %s", tidy.Encode())
	}
	return tidy, nil
}

// Tidy checks answers against the terms and puts them into the one form that a
// choice has: in the campaign's order, nothing twice, nothing that wasn't asked.
// What is wrong is fault.Invalid, with the question's id as the field.
func Tidy(t *Terms, answers []Answer) (*Choice, error) {
	var check fault.Check
	c := &Choice{Answers: []Answer{}}
	given := map[string]Answer{}
	for _, a := range answers {
		if _, twice := given[a.Question]; twice {
			check.Fail(a.Question, "ballot.twice")
		}
		given[a.Question] = a
	}
	add := func(a Answer, ok bool) {
		if ok && (len(a.Picks) > 0 || a.Words != "") {
			c.Answers = append(c.Answers, a)
		}
		delete(given, a.Question)
	}
	if t.Money != nil {
		a := given[Projects]
		a.Question = Projects
		add(t.tidyProjects(a, &check))
	}
	for i := range t.Questions {
		q := &t.Questions[i]
		a := given[q.ID]
		a.Question = q.ID
		if q.When != nil && !slices.Contains(c.Of(q.When.Question).Picks, q.When.Option) {
			delete(given, q.ID) // not asked of this voter: what a hidden field sent is no answer
			continue
		}
		add(q.tidy(a, &check))
	}
	for id := range given {
		check.Fail(id, "ballot.unknown")
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	if c.Blank() && !t.Blank {
		check.Fail(t.first(), "ballot.empty")
	}
	return c, check.Err()
}

// first is the field that an empty ballot is told at.
func (t *Terms) first() string {
	if t.Money != nil || len(t.Questions) == 0 {
		return Projects
	}
	return t.Questions[0].ID
}

// Cost adds up what projects cost.
func (t *Terms) Cost(ids []string) int64 {
	var sum int64
	for _, id := range ids {
		if p, ok := t.Project(id); ok {
			sum += p.Cost
		}
	}
	return sum
}

func (q *Question) tidy(a Answer, check *fault.Check) (Answer, bool) {
	fail := func(key string, params ...any) (Answer, bool) {
		check.Fail(q.ID, key, params...)
		return a, false
	}
	if len(a.Points) > 0 {
		return fail("ballot.unknown")
	}
	if q.Ask == Words {
		a.Words = strings.TrimSpace(strings.ReplaceAll(a.Words, "\r\n", "\n"))
		switch {
		case len(a.Picks) > 0 || !utf8.ValidString(a.Words) || strings.ContainsFunc(a.Words, hidden):
			return fail("ballot.unknown")
		case utf8.RuneCountInString(a.Words) > MaxWords:
			return fail("error.too_long", "max", MaxWords)
		case a.Words == "" && q.Required:
			return fail("ballot.required")
		}
		return a, true
	}
	if a.Words != "" {
		return fail("ballot.unknown")
	}
	picks, ok := pick(q.Choosable(), a.Picks)
	if q.Ask == Ranking && ok {
		picks = slices.Clone(a.Picks) // the order is the answer
	}
	a.Picks = picks
	if !ok {
		return fail("ballot.unknown")
	}
	if len(picks) == 0 {
		if q.Required {
			return fail("ballot.required")
		}
		return a, true
	}
	switch q.Ask {
	case YesNo, One, Scale:
		if len(picks) > 1 {
			return fail("ballot.too_many", "max", 1, "n", len(picks))
		}
	case Some:
		if q.Most > 0 && len(picks) > q.Most {
			return fail("ballot.too_many", "max", q.Most, "n", len(picks))
		}
	case Matrix:
		rows := map[string]bool{}
		for _, p := range picks {
			row, _, _ := strings.Cut(p, ":")
			if rows[row] {
				return fail("ballot.row_twice")
			}
			rows[row] = true
		}
		if q.Required && len(rows) < len(q.Rows) {
			return fail("ballot.rows_missing")
		}
	case Ranking:
		if q.Required && len(picks) < len(q.Options) {
			return fail("ballot.rank_all")
		}
	case Words:
	}
	return a, true
}

func hidden(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// pick puts chosen ids into the order of all; false where one is unknown or
// named twice.
func pick(all, chosen []string) ([]string, bool) {
	var out []string
	for _, id := range all {
		if slices.Contains(chosen, id) {
			out = append(out, id)
		}
	}
	return out, len(out) == len(chosen)
}
