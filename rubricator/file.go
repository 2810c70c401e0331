package rubricator

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
)

// rubricKeys are the keys that a node may have in YAML.
var rubricKeys = yamlKeys(reflect.TypeFor[Rubric]())

func yamlKeys(of reflect.Type) []string {
	var keys []string
	for field := range of.Fields() {
		if key, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return keys
}

// UnmarshalYAML reads a node and remembers where it stood. A misspelt key is
// an error rather than a silently lost setting.
func (r *Rubric) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a rubric is a mapping with code and name", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(rubricKeys, key.Value) {
			return fmt.Errorf("line %d: unknown key %q", key.Line, key.Value)
		}
	}
	type plain Rubric
	if err := n.Decode((*plain)(r)); err != nil {
		return err
	}
	r.line = n.Line
	return nil
}

// ParseYAML reads a tree from `rubrics: […]`. Errors are fault.Lines.
func ParseYAML(r io.Reader) (*Tree, error) {
	var file struct {
		Rubrics []*Rubric `yaml:"rubrics"`
	}
	if err := yaml.NewDecoder(r).Decode(&file); err != nil {
		return nil, fault.Lines{{Reason: strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	return NewTree(0, file.Rubrics)
}

// WriteYAML writes the tree so that ParseYAML reads the same back.
func (t *Tree) WriteYAML(w io.Writer) error {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(map[string]any{"rubrics": t.Roots}); err != nil {
		return fmt.Errorf("write rubricator: %w", err)
	}
	return enc.Close()
}

// CSVColumns are the columns of a rubricator as a table. Only code and name_ru
// must be there; words are separated by «|». A row's parent is the row whose
// code is its own without the last dotted part.
var CSVColumns = []string{
	"code", "name_ru", "name_en", "words", "order", "rule_set", "days", "unit", "identity", "classifier", "object",
}

// ParseCSV reads a tree from a table with a header row. Errors are fault.Lines.
func ParseCSV(r io.Reader) (*Tree, error) {
	cr := csv.NewReader(r)
	cr.FieldsPerRecord = -1
	head, err := cr.Read()
	if err != nil {
		return nil, fault.Lines{{Line: 1, Reason: "there is no header row: " + err.Error()}}
	}
	var bad fault.Lines
	for _, h := range head {
		if !slices.Contains(CSVColumns, h) {
			bad.Add(1, h, "unknown column; the columns are %s", strings.Join(CSVColumns, ", "))
		}
	}
	for _, must := range CSVColumns[:2] {
		if !slices.Contains(head, must) {
			bad.Add(1, must, "this column is missing")
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	var roots []*Rubric
	nodes := map[string]*Rubric{}
	for {
		row, err := cr.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			bad.Add(0, "", "%s", err.Error())
			break
		}
		line, _ := cr.FieldPos(0)
		cell := func(column string) string {
			if i := slices.Index(head, column); i >= 0 && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		n := &Rubric{
			Code: cell("code"), Name: lang.Text{RU: cell("name_ru"), EN: cell("name_en")},
			Order: cell("order"), RuleSet: cell("rule_set"), Unit: cell("unit"), Identity: cell("identity"),
			Classifier: cell("classifier"), Object: cell("object"), line: line,
		}
		for w := range strings.SplitSeq(cell("words"), "|") {
			if w = strings.TrimSpace(w); w != "" {
				n.Words = append(n.Words, w)
			}
		}
		if days := cell("days"); days != "" {
			if n.Days, err = strconv.Atoi(days); err != nil {
				bad.Add(line, "days", "%q is not a number", days)
			}
		}
		above, _, nested := cutLast(n.Code, ".")
		switch parent := nodes[above]; {
		case !nested:
			roots = append(roots, n)
		case parent == nil:
			bad.Add(line, "code", "%q: the row of %q must come before it", n.Code, above)
		default:
			parent.Children = append(parent.Children, n)
		}
		nodes[n.Code] = n
	}
	t, err := NewTree(0, roots)
	var more fault.Lines
	if errors.As(err, &more) {
		bad = append(bad, more...)
	}
	return t, bad.Err()
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
