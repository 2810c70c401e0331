package ui

import (
	"context"
	"errors"

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
		out = append(out, FieldError{Name: f.Name, Text: TParams(ctx, f.Key, f.Params)})
	}
	return out
}

// Message is the sentence of an error for the person at the screen. An error
// that isn't ours tells nothing of its insides.
func Message(ctx context.Context, err error) string {
	var e *fault.Error
	if errors.As(err, &e) && e.Key != "" {
		return TParams(ctx, e.Key, e.Params)
	}
	return T(ctx, "error."+string(fault.KindOf(err)))
}
