package classifier

import (
	"bufio"
	"bytes"
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
// agency, and place where it has one, in any order and among others; separated by
// commas or semicolons. Lines without a topic teach and measure nothing: they are
// left out and counted. The name is for errors.
func ReadExamples(r io.Reader, name string) (examples []Example, left int, err error) {
	in, err := reader(r)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, 0, fmt.Errorf("%s is empty: a first line with the columns %s is needed", name, strings.Join(columns, ", "))
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	at := map[string]int{}
	for i, h := range head {
		at[strings.ToLower(strings.TrimSpace(h))] = i
	}
	var lacking []string
	for _, c := range columns {
		if _, ok := at[c]; !ok {
			lacking = append(lacking, c)
		}
	}
	if len(lacking) > 0 {
		return nil, 0, fmt.Errorf("%s has no column %s (it has: %s)", name, strings.Join(lacking, ", "), strings.Join(head, ", "))
	}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", name, err)
		}
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
		if e.Topic == "" {
			left++
			continue
		}
		examples = append(examples, e)
	}
	if len(examples) == 0 {
		return nil, left, fmt.Errorf("%s has no example: no line below the names of the columns has a topic", name)
	}
	return slices.Clip(examples), left, nil
}

// headLength is more than the bytes of any line of columns.
const headLength = 4096

// reader reads a table as spreadsheets write it: behind a byte order mark, with
// semicolons where the comma is for numbers, with single quotation marks.
func reader(r io.Reader) (*csv.Reader, error) {
	b := bufio.NewReaderSize(r, headLength)
	head, err := b.Peek(headLength)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		_, _ = b.Discard(len("\ufeff")) // what was peeked at is there
	}
	head, _, _ = bytes.Cut(head, []byte("\n"))
	in := csv.NewReader(b)
	in.FieldsPerRecord = -1
	in.LazyQuotes = true
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		in.Comma = ';'
	}
	return in, nil
}
