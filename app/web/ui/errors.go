package ui

import (
	"context"
	"errors"
	"maps"

	"github.com/otklik/otklik/app/fault"
)

// FieldError is a wrong input in words.
type FieldError struct {
	Name string // of the field; its id is the same
	Text string
}

// Errors are the wrong inputs of one form, in its order.
type Errors []FieldError

// Of is the sentence for a field, empty when the field is right.
func (e Errors) Of(name string) string {
	for _, f := range e {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// ErrorsOf puts the wrong inputs of err into words; nil when err names none.
func ErrorsOf(ctx context.Context, err error) Errors {
	var e *fault.Error
	if !errors.As(err, &e) {
		return nil
	}
	var out Errors
	for _, f := range e.Fields {
		out = append(out, FieldError{Name: f.Name, Text: TParams(ctx, f.Key, grouped(ctx, f.Params))})
	}
	return out
}

// grouped writes large numbers as the language groups their digits.
func grouped(ctx context.Context, params map[string]any) map[string]any {
	out := maps.Clone(params)
	for name, value := range out {
		switch n := value.(type) {
		case int:
			if n >= largeNumber {
				out[name] = Number(ctx, n)
			}
		case int64:
			if n >= largeNumber {
				out[name] = Number(ctx, int(n))
			}
		}
	}
	return out
}

const largeNumber = 10_000

// Message is the sentence of an error for the person at the screen. An error
// that isn't ours tells nothing of its insides.
func Message(ctx context.Context, err error) string {
	var e *fault.Error
	if errors.As(err, &e) && e.Key != "" {
		return TParams(ctx, e.Key, e.Params)
	}
	return T(ctx, "error."+string(fault.KindOf(err)))
}
