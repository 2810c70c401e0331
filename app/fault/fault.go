// Package fault is the closed list of ways a use case can fail.
//
// Domain and store code return *Error values; the web edge turns a Kind into a
// status and a MessageKey into a sentence in the reader's language. What
// stands in Err is for the log alone and is never shown.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind says what sort of failure it is. The list is closed.
type Kind string

// The kinds, each with the HTTP status that the web edge gives it.
const (
	Invalid     Kind = "invalid"     // 422: the input is wrong; Fields say where
	NotFound    Kind = "not_found"   // 404
	Forbidden   Kind = "forbidden"   // 403
	SignIn      Kind = "sign_in"     // 401: nobody is signed in, or the token is unknown
	Conflict    Kind = "conflict"    // 409: somebody was faster, or the stage doesn't allow it
	Gone        Kind = "gone"        // 410: it was there and has expired
	TooLarge    Kind = "too_large"   // 413
	TooMany     Kind = "too_many"    // 429
	Unavailable Kind = "unavailable" // 503: a part we need is down or not configured
	Internal    Kind = "internal"    // 500: everything unknown
)

// Field is one wrong input: its form or JSON name and the catalogue key of the
// sentence that says what to do, with that sentence's parameters.
type Field struct {
	Name   string
	Key    string
	Params map[string]any
}

// Error is the one error type that crosses package borders.
type Error struct {
	Kind   Kind
	Key    string         // catalogue key of the sentence shown
	Params map[string]any // parameters of that sentence
	Fields []Field        // wrong inputs, in the order of the form
	Err    error          // cause, logged only
}

// New makes an error of a kind with the catalogue key of its sentence.
func New(kind Kind, key string) *Error { return &Error{Kind: kind, Key: key} }

// Wrap makes an error of a kind around a cause.
func Wrap(kind Kind, key string, err error) *Error { return &Error{Kind: kind, Key: key, Err: err} }

// With returns a copy whose sentence has one more parameter.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Params = maps.Clone(e.Params)
	if c.Params == nil {
		c.Params = map[string]any{}
	}
	c.Params[name] = value
	return &c
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Kind))
	b.WriteString(": ")
	b.WriteString(e.Key)
	for _, name := range slices.Sorted(maps.Keys(e.Params)) {
		fmt.Fprintf(&b, " %s=%v", name, e.Params[name])
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Key)
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of err, Internal for an error that is not ours and
// "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// As returns err as ours; an error that is not ours is wrapped as Internal.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Wrap(Internal, "error.internal", err)
}

// Is reports whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Check collects wrong inputs of one form, so that a person sees them all at
// once. The zero value is ready to use.
type Check struct{ fields []Field }

// Fail notes that the field is wrong. The key names the sentence that tells
// what to do; params are name, value pairs.
func (c *Check) Fail(field, key string, params ...any) {
	f := Field{Name: field, Key: key}
	for i := 0; i+1 < len(params); i += 2 {
		if f.Params == nil {
			f.Params = map[string]any{}
		}
		f.Params[fmt.Sprint(params[i])] = params[i+1]
	}
	c.fields = append(c.fields, f)
}

// That notes the failure unless ok.
func (c *Check) That(ok bool, field, key string, params ...any) {
	if !ok {
		c.Fail(field, key, params...)
	}
}

// Take notes the fields that another check found wrong; any other error it
// gives back.
func (c *Check) Take(err error) error {
	if err == nil {
		return nil
	}
	if !Is(err, Invalid) {
		return err
	}
	c.fields = append(c.fields, As(err).Fields...)
	return nil
}

// Err is nil when nothing failed, else an Invalid error with all fields.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "error.invalid", Fields: c.fields}
}

// Renamed gives the fields called name another name, for a page on which they
// are shown elsewhere.
func (c *Check) Renamed(name, to string) *Check {
	for i := range c.fields {
		if c.fields[i].Name == name {
			c.fields[i].Name = to
		}
	}
	return c
}
