package console_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// browser is somebody at a screen without JavaScript: it follows links and
// sends forms with what stands in them.
type browser struct {
	t      *testing.T
	client *http.Client
	base   string
}

func (r *region) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(r.t, err)
	return &browser{t: r.t, client: &http.Client{Jar: jar}, base: r.url}
}

// as is a browser in which the person has signed in.
func (r *region) as(login string) *browser {
	r.t.Helper()
	b := r.browser()
	page := b.get("/sign-in").form("/sign-in").send("login", login, "password", password)
	require.NotEqual(r.t, "/sign-in", page.path, page.text())
	return b
}

// screen is a page as it came.
type screen struct {
	b      *browser
	status int
	path   string // after redirects, with its query
	body   string
	root   *html.Node
}

func (b *browser) get(path string) *screen {
	b.t.Helper()
	res, err := b.client.Get(b.base + path)
	require.NoError(b.t, err)
	return b.read(res)
}

// post sends fields as a part of a page does.
func (b *browser) post(path string, values ...string) *screen {
	b.t.Helper()
	fields := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		fields.Set(values[i], values[i+1])
	}
	res, err := b.client.PostForm(b.base+path, fields)
	require.NoError(b.t, err)
	return b.read(res)
}

func (b *browser) read(res *http.Response) *screen {
	b.t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	root, err := html.Parse(bytes.NewReader(body))
	require.NoError(b.t, err)
	return &screen{b: b, status: res.StatusCode, path: res.Request.URL.RequestURI(), body: string(body), root: root}
}

// text is what one reads.
func (s *screen) text() string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(s.root)
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// all finds elements of a tag.
func all(root *html.Node, tags ...string) []*html.Node {
	var out []*html.Node
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for _, tag := range tags {
			if n.Type == html.ElementNode && n.Data == tag {
				out = append(out, n)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return out
}

// link is the address of the link that holds the text, "" for none.
func (s *screen) link(text string) string {
	for _, a := range all(s.root, "a") {
		if strings.Contains((&screen{root: a}).text(), text) {
			return attr(a, "href")
		}
	}
	return ""
}

// form is a form whose address (without its query) ends so.
type form struct {
	s      *screen
	node   *html.Node
	fields url.Values
}

func (s *screen) hasForm(action string) bool {
	for _, f := range all(s.root, "form") {
		if strings.HasSuffix(strings.Split(attr(f, "action"), "?")[0], action) {
			return true
		}
	}
	return false
}

func (s *screen) form(action string) *form {
	s.b.t.Helper()
	for _, n := range all(s.root, "form") {
		if !strings.HasSuffix(strings.Split(strings.Split(attr(n, "action"), "#")[0], "?")[0], action) {
			continue
		}
		f := &form{s: s, node: n, fields: url.Values{}}
		for _, in := range all(n, "input", "select", "textarea") {
			f.take(in)
		}
		return f
	}
	require.Fail(s.b.t, "no form", "%s on %s (%d): %s", action, s.path, s.status, s.text())
	return nil
}

func (f *form) take(in *html.Node) {
	name := attr(in, "name")
	switch in.Data {
	case "textarea":
		f.fields.Set(name, strings.TrimPrefix(textOf(in), "\n"))
	case "select":
		options := all(in, "option")
		for i, o := range options {
			if i == 0 || has(o, "selected") {
				f.fields.Set(name, attr(o, "value"))
			}
		}
	default:
		switch kind := attr(in, "type"); {
		case kind == "file" || name == "":
		case (kind == "radio" || kind == "checkbox") && !has(in, "checked"):
		default:
			f.fields.Set(name, attr(in, "value"))
		}
	}
}

func textOf(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}

// option is the value of the option that holds the text.
func (f *form) option(text string) string {
	f.s.b.t.Helper()
	for _, o := range all(f.node, "option") {
		if strings.Contains(textOf(o), text) {
			return attr(o, "value")
		}
	}
	require.Fail(f.s.b.t, "no option", text)
	return ""
}

// send fills fields in by name, value and sends the form.
func (f *form) send(values ...string) *screen {
	f.s.b.t.Helper()
	return f.sendFile("", nil, values...)
}

// sendFile sends a file too.
func (f *form) sendFile(field string, file []byte, values ...string) *screen {
	b := f.s.b
	b.t.Helper()
	for i := 0; i+1 < len(values); i += 2 {
		f.fields.Set(values[i], values[i+1])
	}
	var body bytes.Buffer
	kind := "application/x-www-form-urlencoded"
	if attr(f.node, "enctype") == "multipart/form-data" {
		w := multipart.NewWriter(&body)
		for name, list := range f.fields {
			for _, v := range list {
				require.NoError(b.t, w.WriteField(name, v))
			}
		}
		if field != "" {
			part, err := w.CreateFormFile(field, "a.jpg")
			require.NoError(b.t, err)
			_, err = part.Write(file)
			require.NoError(b.t, err)
		}
		require.NoError(b.t, w.Close())
		kind = w.FormDataContentType()
	} else {
		body.WriteString(f.fields.Encode())
	}
	res, err := b.client.Post(b.base+strings.Split(attr(f.node, "action"), "#")[0], kind, &body)
	require.NoError(b.t, err)
	return b.read(res)
}

// get sends a form of method GET.
func (f *form) get(values ...string) *screen {
	f.s.b.t.Helper()
	for i := 0; i+1 < len(values); i += 2 {
		f.fields.Set(values[i], values[i+1])
	}
	return f.s.b.get(attr(f.node, "action") + "?" + f.fields.Encode())
}
