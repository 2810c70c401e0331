package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// maxJSON is the largest JSON body, in bytes: the longest text with every
// letter escaped, and room for the rest.
const maxJSON = 128 << 10

// read decodes the JSON body of a request.
func read(c echo.Context, into any) error {
	media, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || media != echo.MIMEApplicationJSON {
		return wrongMedia()
	}
	return decode(http.MaxBytesReader(c.Response(), c.Request().Body, maxJSON), into)
}

// decode reads one JSON value. What it doesn't know is refused: a misspelt
// field would be lost in silence.
func decode(r io.Reader, into any) error {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil && dec.More() {
		err = errors.New("there is more than one value")
	}
	var tooLarge *http.MaxBytesError
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLarge):
		return fault.Wrap(fault.TooLarge, "error.too_large", err)
	case errors.As(err, &wrong) && wrong.Field != "":
		return fieldWrong(wrong.Field, "api.wrong_type", "type", kindOf(wrong.Type.Kind().String()))
	case strings.HasPrefix(err.Error(), unknownField):
		return fieldWrong(strings.Trim(strings.TrimPrefix(err.Error(), unknownField), `"`), "api.unknown_field")
	default:
		return statusError{http.StatusBadRequest, fault.Wrap(fault.Invalid, "api.bad_json", err)}
	}
}

// unknownField begins the decoder's message: it has no type of error for it.
const unknownField = "json: unknown field "

// kindOf is a kind of Go as JSON calls it.
func kindOf(kind string) string {
	switch {
	case strings.HasPrefix(kind, "int"):
		return "integer"
	case strings.HasPrefix(kind, "float"):
		return "number"
	case kind == "bool":
		return "boolean"
	case kind == "slice":
		return "array"
	case kind == "struct" || kind == "map" || kind == "ptr":
		return "object"
	default:
		return kind
	}
}

func fieldWrong(name, key string, params ...any) error {
	var check fault.Check
	check.Fail(name, key, params...)
	return check.Err()
}

func wrongMedia() error {
	return statusError{http.StatusUnsupportedMediaType, fault.New(fault.Invalid, "api.wrong_media")}
}

// statusError is an error whose status says more than its kind.
type statusError struct {
	status int
	error
}

func (e statusError) Unwrap() error { return e.error }

// Problems gives errors the status that they ask for; the frame answers all
// others.
func Problems(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		var e statusError
		if !errors.As(err, &e) || c.Response().Committed {
			return err
		}
		body, err := json.Marshal(edge.ProblemDetails{
			Type: "urn:otklik:problem:" + string(fault.KindOf(e)), Title: ui.Message(edge.Ctx(c), e), Status: e.status,
			Code: keyOf(e), ID: c.Response().Header().Get(echo.HeaderXRequestID),
		})
		if err != nil {
			return err
		}
		return c.Blob(e.status, "application/problem+json", body)
	}
}

func keyOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	return "error." + string(fault.KindOf(err))
}
