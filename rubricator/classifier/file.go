package classifier

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Columns of a file of examples.
var columns = []string{"text", "topic", "category", "agency"}

// ReadExamples reads a CSV file with the columns text, topic, category and
// agency, and place where it has one. The name is for errors.
func ReadExamples(r io.Reader, name string) ([]Example, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is empty: a first line with the columns %s is needed", name, strings.Join(columns, ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	at := map[string]int{}
	for i, h := range head {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = i
	}
	var lacking []string
	for _, c := range columns {
		if _, ok := at[c]; !ok {
			lacking = append(lacking, c)
		}
	}
	if len(lacking) > 0 {
		return nil, fmt.Errorf("%s has no column %s (it has: %s)", name, strings.Join(lacking, ", "), strings.Join(head, ", "))
	}
	var out []Example
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		line, _ := in.FieldPos(0)
		field := func(c string) string {
			if i, ok := at[c]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		e := Example{
			Text: field("text"), Topic: field("topic"), Category: field("category"), Agency: field("agency"),
			Place: field("place"), Source: Accepted,
		}
		if e.Text == "" || e.Topic == "" {
			return nil, fmt.Errorf("%s, line %d: text and topic must not be empty", name, line)
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no example, only the names of columns", name)
	}
	return slices.Clip(out), nil
}
