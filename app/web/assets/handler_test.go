package assets

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// small is a build of three files, one of them compressed both ways.
func small(t *testing.T) *set {
	t.Helper()
	return mustOpen(fstest.MapFS{
		"dist/manifest.json":     {Data: []byte(`{"a.css": "a-1.css", "f.woff2": "f-1.woff2", "only.js": "only-1.js"}`)},
		"dist/placeholder.txt":   {Data: []byte("here")},
		"dist/a-1.css":           {Data: []byte("body{color:red}")},
		"dist/a-1.css.gz":        {Data: []byte("gzipped")},
		"dist/a-1.css.br":        {Data: []byte("brotli")},
		"dist/f-1.woff2":         {Data: []byte("font")},
		"dist/only-1.js":         {Data: []byte("let a")},
		"dist/only-1.js.gz":      {Data: []byte("gz")},
		"dist/secret.unknownext": {Data: []byte("no")},
	})
}

func get(s http.Handler, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	return string(data)
}

func TestPath_names_the_hashed_file_or_the_plain_one(t *testing.T) {
	t.Parallel()
	require.Equal(t, "/assets/a-1.css", small(t).path("a.css"))
	require.Equal(t, "/assets/b.css", small(t).path("b.css"))
	bare := mustOpen(fstest.MapFS{"dist/placeholder.txt": {}})
	require.Equal(t, "/assets/a.css", bare.path("a.css"))
	r := get(bare, bare.path("a.css"))
	require.Equal(t, http.StatusNotFound, r.StatusCode, "not built: unstyled, not broken")
	require.Equal(t, "no-store", r.Header.Get("Cache-Control"), "a later build is seen at once")
}

func TestHandler_chooses_the_form_that_the_reader_takes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ accept, encoding, body string }{
		"brotli first":               {"gzip, deflate, br, zstd", "br", "brotli"},
		"gzip where brotli is not":   {"gzip", "gzip", "gzipped"},
		"plain without a header":     {"", "", "body{color:red}"},
		"a weight of zero refuses":   {"br;q=0, gzip;q=0.5", "gzip", "gzipped"},
		"anything is brotli":         {"*", "br", "brotli"},
		"an unknown one is plain":    {"zstd", "", "body{color:red}"},
		"a broken header is plain":   {";;,=", "", "body{color:red}"},
		"a name within a name isn't": {"brotli", "", "body{color:red}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get(small(t), "/assets/a-1.css", "Accept-Encoding", c.accept)
			require.Equal(t, http.StatusOK, r.StatusCode)
			require.Equal(t, c.encoding, r.Header.Get("Content-Encoding"))
			require.Equal(t, c.body, body(t, r))
			require.Equal(t, "Accept-Encoding", r.Header.Get("Vary"))
			require.Equal(t, "text/css; charset=utf-8", r.Header.Get("Content-Type"))
			require.Contains(t, r.Header.Get("Cache-Control"), "immutable")
		})
	}
}

func TestHandler_answers_304_to_the_tag_of_the_same_form(t *testing.T) {
	t.Parallel()
	s := small(t)
	tag := get(s, "/assets/a-1.css", "Accept-Encoding", "br").Header.Get("ETag")
	require.Equal(t, http.StatusNotModified, get(s, "/assets/a-1.css", "Accept-Encoding", "br", "If-None-Match", tag).StatusCode)
	require.Equal(t, http.StatusOK, get(s, "/assets/a-1.css", "Accept-Encoding", "gzip", "If-None-Match", tag).StatusCode)
}

func TestHandler_serves_nothing_else(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/assets/", "/assets/manifest.json", "/assets/placeholder.txt", "/assets/../handler.go", "/assets/a-1.css.gz",
		"/assets//a-1.css", "/assets/secret.unknownext", "/assets/none.js",
	} {
		require.Equal(t, http.StatusNotFound, get(small(t), path).StatusCode, path)
	}
	w := httptest.NewRecorder()
	small(t).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/assets/a-1.css", nil))
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

func TestStable_serves_under_a_plain_name_for_any_origin(t *testing.T) {
	t.Parallel()
	r := get(Stable("widget.js"), "/widget.js")
	require.Equal(t, "cross-origin", r.Header.Get("Cross-Origin-Resource-Policy"))
	if _, ok := built.manifest["widget.js"]; ok {
		require.Equal(t, http.StatusOK, r.StatusCode)
		require.NotContains(t, r.Header.Get("Cache-Control"), "immutable")
	} else {
		require.Equal(t, http.StatusNotFound, r.StatusCode)
	}
}
