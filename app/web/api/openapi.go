package api

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/labstack/echo/v4"
	"go.yaml.in/yaml/v3"
)

//go:embed openapi.yaml
var description []byte

// Document is the description of the API, OpenAPI 3.1 in JSON.
var Document = sync.OnceValues(func() ([]byte, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(description, &doc); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	return json.Marshal(doc)
})

// OpenAPI describes the API.
func (h *Handlers) OpenAPI(c echo.Context) error {
	doc, err := Document()
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderAccessControlAllowOrigin, "*") // for viewers of such documents
	return kept(c, "", json.RawMessage(doc))
}
