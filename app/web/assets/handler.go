package assets

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// A hashed name never changes its contents; a plain name does with a release.
const (
	immutable = "public, max-age=31536000, immutable"
	hourly    = "public, max-age=3600"
)

// types are told by the name alone, never by the machine's mime tables.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".mjs":   "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".woff2": "font/woff2",
}

// Handler serves the built files under Prefix. It answers GET and HEAD.
func Handler() http.Handler { return built }

// Stable serves one asset under a name that doesn't change, such as the
// widget's loader which other sites have in their pages. Any origin may load
// it; it is asked for again every hour.
func Stable(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		built.serve(w, r, strings.TrimPrefix(Path(name), Prefix), hourly)
	})
}

// ServeHTTP answers with the file that the path names.
func (s *set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, strings.TrimPrefix(r.URL.Path, Prefix), immutable)
}

func (s *set) serve(w http.ResponseWriter, r *http.Request, name, cache string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	kind, known := types[path.Ext(name)]
	if !known || !fs.ValidPath(name) {
		notFound(w)
		return
	}
	data, encoding, packed := s.best(name, r.Header.Get("Accept-Encoding"))
	if data == nil {
		notFound(w)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", cache)
	h.Set("X-Content-Type-Options", "nosniff")
	// The name holds the hash of the contents, so it says what a tag must.
	h.Set("ETag", `"`+name+encoding+`"`)
	if packed {
		h.Add("Vary", "Accept-Encoding")
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
}

// best is the smallest form of a file that the reader takes. packed says that
// other forms exist.
func (s *set) best(name, accept string) (data []byte, encoding string, packed bool) {
	for _, form := range []struct{ encoding, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		body, err := fs.ReadFile(s.files, name+form.ext)
		if err != nil {
			continue
		}
		packed = true
		if data == nil && accepts(accept, form.encoding) {
			data, encoding = body, form.encoding
		}
	}
	if data == nil {
		data, _ = fs.ReadFile(s.files, name) // nil: not found
	}
	return data, encoding, packed
}

// accepts reads an Accept-Encoding header (RFC 9110, 12.5.3); a weight of
// zero refuses.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil || (name != encoding && name != "*") {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		return err != nil || q > 0
	}
	return false
}

func notFound(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
}
