package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/store"
)

// Result is what an import did, or would do.
type Result struct {
	What    string // «territories», «agencies», …
	Added   int
	Changed int
}

func (r Result) String() string {
	return fmt.Sprintf("%s: %d added, %d there before and now as in the file", r.What, r.Added, r.Changed)
}

// errDry takes a dry run back.
var errDry = errors.New("dry run")

// inTx runs an import in one transaction, which a dry run takes back.
func inTx(ctx context.Context, s *store.Store, dry bool, fn func(*store.Import) error) error {
	err := s.Import(ctx, func(tx *store.Import) error {
		if err := fn(tx); err != nil {
			return err
		}
		if dry {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) {
		return nil
	}
	return err
}

// counted splits the codes of a file into those that are new and the others.
func counted(what string, there map[string]bool, codes []string) Result {
	r := Result{What: what}
	for _, c := range codes {
		if there[c] {
			r.Changed++
		} else {
			r.Added++
		}
	}
	return r
}

// item is one element of a list in YAML, with the line where it stands. Unknown
// keys are errors: a misspelt one would be lost in silence.
type item[T any] struct {
	line int
	v    T
}

var yamlLine = regexp.MustCompile(`line \d+: `)

// UnmarshalYAML implements yaml.Unmarshaler.
func (i *item[T]) UnmarshalYAML(n *yaml.Node) error {
	i.line = n.Line
	raw, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&i.v); err != nil {
		what := strings.TrimPrefix(yamlLine.ReplaceAllString(err.Error(), ""), "yaml: ")
		return fmt.Errorf("line %d: %s", n.Line, strings.TrimSpace(strings.TrimPrefix(what, "unmarshal errors:\n")))
	}
	return nil
}

// readYAML decodes a file; what is wrong comes as fault.Lines.
func readYAML(r io.Reader, into any) error {
	if err := yaml.NewDecoder(r).Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return fault.Lines{{Reason: "the file is empty"}}
		}
		return fault.Lines{{Reason: strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	return nil
}

// form is how a file is written, by its name.
func form(name string) string {
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".geojson", ".json":
		return "geojson"
	case ".yml", ".yaml":
		return "yaml"
	default:
		return strings.TrimPrefix(ext, ".")
	}
}

func wrongForm(name string, forms ...string) error {
	return fault.Lines{{Reason: fmt.Sprintf("%s: the name must end in .%s", name, strings.Join(forms, " or ."))}}
}
