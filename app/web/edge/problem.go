package edge

import (
	"encoding/json"
	"errors"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/ui"
)

// ProblemDetails is an error of the API, RFC 9457. Fields names each wrong
// input.
type ProblemDetails struct {
	Type   string         `json:"type"` // our kind, as a URN
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Code   string         `json:"code"` // stable key of the message
	Fields []ProblemField `json:"fields,omitempty"`
	ID     string         `json:"request_id,omitempty"`
}

// ProblemField is one wrong input of a request.
type ProblemField struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Problem answers with an error as problem+json, in the language of the
// request.
func Problem(c echo.Context, err error) error {
	p := ProblemDetails{
		Type: "urn:otklik:problem:" + string(fault.KindOf(err)), Title: ui.Message(Ctx(c), err), Status: Status(err),
		Code: "error." + string(fault.KindOf(err)), ID: c.Response().Header().Get(echo.HeaderXRequestID),
	}
	var f *fault.Error
	if errors.As(err, &f) {
		p.Code = f.Key
		for _, field := range f.Fields {
			p.Fields = append(p.Fields, ProblemField{
				Name: field.Name, Code: field.Key, Detail: ui.TParams(Ctx(c), field.Key, field.Params),
			})
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(p.Status, "application/problem+json", body)
}
