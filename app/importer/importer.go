package importer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
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
	bad  fault.Lines // what of it could not be read
}

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
		// The lines that it names are those of the copy.
		wrong := unreadable(err)
		for k := range wrong {
			wrong[k].Line = n.Line
		}
		i.bad = wrong
	}
	return nil
}

// readYAML decodes a file; what is wrong comes as fault.Lines.
func readYAML(r io.Reader, into any) error {
	dec := yaml.NewDecoder(withoutMark(r))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return fault.Lines{{Reason: "the file is empty"}}
		}
		return unreadable(err)
	}
	return nil
}

// unreadable turns errors of the YAML decoder into lines; it tells them as
// «line 3: …» one after the other.
func unreadable(err error) fault.Lines {
	what := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:\n")
	var bad fault.Lines
	for s := range strings.SplitSeq(what, "\n") {
		line := 0
		if n, _ := fmt.Sscanf(strings.TrimSpace(s), "line %d:", &line); n == 1 {
			_, s, _ = strings.Cut(s, ":")
		}
		s = strings.TrimSpace(s)
		if field, _, ok := strings.Cut(strings.TrimPrefix(s, "field "), " not found in type"); ok {
			bad.Add(line, field, "there is no such key")
			continue
		}
		bad.Add(line, "", "%s", s)
	}
	return bad
}

// withoutMark skips the byte order mark that some programs begin files with.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if head, err := b.Peek(3); err == nil && string(head) == "\ufeff" {
		_, _ = b.Discard(3) // peeked: it is there
	}
	return b
}

// unread lists what could not be read of a list's elements.
func unread[T any](list []item[T]) fault.Lines {
	var bad fault.Lines
	for _, it := range list {
		bad = append(bad, it.bad...)
	}
	return bad
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
