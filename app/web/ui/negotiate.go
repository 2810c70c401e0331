package ui

import (
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/language"

	"github.com/otklik/otklik/app/lang"
)

// LangCookie remembers the language that a person chose. The embedded form
// sets no cookie: there the language travels in the address.
const LangCookie = "lang"

// LangParam is the query parameter that chooses the language.
const LangParam = "lang"

var matcher = language.NewMatcher([]language.Tag{language.Russian, language.English})

// Negotiate finds the language of a request: the query, else the cookie, else
// what the browser prefers, else Russian.
func Negotiate(r *http.Request) lang.Lang {
	if l, ok := known(r.URL.Query().Get(LangParam)); ok {
		return l
	}
	if c, err := r.Cookie(LangCookie); err == nil {
		if l, ok := known(c.Value); ok {
			return l
		}
	}
	if accept := r.Header.Get("Accept-Language"); accept != "" {
		tags, _, err := language.ParseAcceptLanguage(accept)
		if err == nil && len(tags) > 0 {
			if _, i, sure := matcher.Match(tags...); sure != language.No {
				return Langs[i]
			}
		}
	}
	return Langs[0]
}

func known(s string) (lang.Lang, bool) {
	for _, l := range Langs {
		if string(l) == s {
			return l, true
		}
	}
	return "", false
}

// LangURL is the address of the same page in another language.
func LangURL(path string, l lang.Lang) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Opaque != "" || strings.HasPrefix(u.Path, "//") { // «//host» is another site
		u = &url.URL{Path: "/"}
	}
	q := u.Query()
	q.Set(LangParam, string(l))
	u.RawQuery = q.Encode()
	return u.String()
}
