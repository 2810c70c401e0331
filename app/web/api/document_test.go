package api_test

import (
	"encoding/json"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web/api"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

var described = sync.OnceValues(func() (*openapi3.T, error) {
	raw, err := api.Document()
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(raw)
})

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := described()
	require.NoError(t, err)
	return doc
}

func TestDocument_is_valid_OpenAPI_3_1(t *testing.T) {
	t.Parallel()
	doc := document(t)
	require.Equal(t, "3.1.0", doc.OpenAPI)
	require.NoError(t, doc.Validate(t.Context()))
}

var parameter = regexp.MustCompile(`:(\w+)`)

func TestDocument_has_every_route_and_no_other(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	routed := map[string]bool{}
	for _, r := range must[*echo.Echo](t, w.http).Routes() {
		if path, ours := strings.CutPrefix(r.Path, "/api/v1"); ours && r.Method != echo.RouteNotFound {
			routed[r.Method+" "+parameter.ReplaceAllString(path, "{$1}")] = true
		}
	}
	written := map[string]bool{}
	for path, item := range document(t).Paths.Map() {
		for method := range item.Operations() {
			written[method+" "+path] = true
		}
	}
	require.Equal(t, routed, written)
	require.NotEmpty(t, written)
}

func TestDocument_lists_the_values_that_the_domain_has(t *testing.T) {
	t.Parallel()
	schemas := document(t).Components.Schemas
	require.ElementsMatch(t, texts(workflow.Stages), schemas["Stage"].Value.Enum)
	require.ElementsMatch(t, texts(workflow.Outcomes), schemas["Outcome"].Value.Enum)
	var all, commands []any
	add := func(list *[]any, action workflow.Action) {
		if !contains(*list, string(action)) {
			*list = append(*list, string(action))
		}
	}
	nobody := []workflow.Party{workflow.Door, workflow.Job, workflow.Other}
	for _, tr := range workflow.Transitions() {
		add(&all, tr.Action)
		if workflow.ByCommand(tr.Action) && slices.ContainsFunc(tr.Who, func(p workflow.Party) bool { return !slices.Contains(nobody, p) }) {
			add(&commands, tr.Action)
		}
	}
	require.ElementsMatch(t, all, schemas["EventAction"].Value.Enum)
	require.ElementsMatch(t, commands, schemas["Action"].Value.Enum)
	require.NotEmpty(t, rubricator.QText)
}

func texts[T ~string](list []T) []any {
	var out []any
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

func contains(list []any, v any) bool {
	for _, one := range list {
		if one == v {
			return true
		}
	}
	return false
}

// seen are the answers that tests had, as «GET /rubrics 200».
var seen sync.Map

// hold checks a request that was taken, and any answer, against the document:
// types, what must be there, and nothing undeclared.
func (w *world) hold(req *http.Request, sent []byte, got answer) {
	w.Helper()
	op, path := w.operation(req)
	if op == nil {
		require.Equal(w, http.StatusNotFound, got.status, "%s %s is not in the document", req.Method, req.URL)
		return
	}
	seen.Store(req.Method+" "+path+" "+strconv.Itoa(got.status), true)
	answers := op.Responses.Status(got.status)
	require.NotNil(w, answers, "%s %s: %d is not in the document: %s", req.Method, path, got.status, got.body)
	if len(answers.Value.Content) == 0 {
		require.Empty(w, got.body)
	} else {
		media, _, err := mime.ParseMediaType(got.head.Get("Content-Type"))
		require.NoError(w, err)
		content := answers.Value.Content[media]
		require.NotNil(w, content, "%s %s %d: %s is not in the document", req.Method, path, got.status, media)
		if strings.HasSuffix(media, "json") {
			w.fits(content.Schema, got.body, "answer of "+req.Method+" "+path)
		}
	}
	for name := range answers.Value.Headers {
		require.NotEmpty(w, got.head.Get(name), "%s %s: header %s", req.Method, path, name)
	}
	if got.status < http.StatusMultipleChoices && len(sent) > 0 && strings.HasPrefix(req.Header.Get("Content-Type"), "application/json") {
		w.fits(op.RequestBody.Value.Content["application/json"].Schema, sent, "request of "+req.Method+" "+path)
	}
}

func (w *world) fits(schema *openapi3.SchemaRef, body []byte, what string) {
	w.Helper()
	var value any
	require.NoError(w, json.Unmarshal(body, &value), string(body))
	require.NoError(w, schema.Value.VisitJSON(value, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()), "%s: %s", what, body)
}

func (w *world) operation(req *http.Request) (*openapi3.Operation, string) {
	doc := document(w.T)
	path := strings.TrimPrefix(req.URL.Path, "/api/v1")
	if item := doc.Paths.Value(path); item != nil {
		return item.GetOperation(req.Method), path
	}
	for pattern, item := range doc.Paths.Map() {
		form := "^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(pattern), `[^/]+`) + "$"
		if regexp.MustCompile(form).MatchString(path) {
			return item.GetOperation(req.Method), pattern
		}
	}
	return nil, path
}

// TestMain looks at the end whether every good answer of the document was had:
// a schema that nothing was held against proves nothing.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && !partial() {
		code = unheld()
	}
	exit(code)
}
