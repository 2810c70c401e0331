package api_test

import (
	"database/sql"
	"html"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the file is changed behind the product's back

	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/store/storetest"
)

func TestLetter_is_the_same_for_author_and_officer_and_for_nobody_else(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		number, key := w.sent(func(m map[string]any) {
			m["applicant"] = map[string]any{"name": "Ольга Ветрова", "email": "olga@example.org"}
		})
		require.Equal(w, http.StatusNotFound, w.call("GET", "/appeals/"+number+"/answers/1.pdf", nil, secret(key)...).status, "nothing is signed yet")
		w.answered(number)

		letter := w.call("GET", "/appeals/"+number+"/answers/1.pdf", nil, secret(key)...)
		require.Equal(w, http.StatusOK, letter.status, string(letter.body))
		require.True(w, strings.HasPrefix(string(letter.body), "%PDF-"))
		require.Equal(w, "no-store", letter.head.Get("Cache-Control"))
		require.Equal(w, "nosniff", letter.head.Get("X-Content-Type-Options"))
		kind, params, err := mime.ParseMediaType(letter.head.Get("Content-Disposition"))
		require.NoError(w, err)
		require.Equal(w, "attachment", kind)
		require.Equal(w, "Answer "+number+"-1.pdf", params["filename"])

		id, err := w.app.Store.FindID(w.Context(), number)
		require.NoError(w, err)
		read, err := w.app.Store.ListAccess(w.Context(), id)
		require.NoError(w, err)
		require.Empty(w, read, "who reads their own is not logged")
		same := w.call("GET", "/appeals/"+number+"/answers/1.pdf", nil, w.as("coord")...)
		require.Equal(w, letter.body, same.body)
		read, err = w.app.Store.ListAccess(w.Context(), id)
		require.NoError(w, err)
		require.Len(w, read, 1)
		require.Equal(w, "letter", read[0].Purpose)

		for _, n := range []string{"0", "2", "-1", "x", "1.pdf", "01x"} {
			require.Equal(w, http.StatusNotFound, w.call("GET", "/appeals/"+number+"/answers/"+n+".pdf", nil, secret(key)...).status, n)
		}
		require.Equal(w, http.StatusNotFound, w.call("GET", "/appeals/"+number+"/answers/1.pdf", nil, secret("x"+key)...).status)
		require.Equal(w, http.StatusNotFound, w.call("GET", "/appeals/"+number+"/answers/1.pdf", nil, w.as("hall")...).status)
		require.Equal(w, http.StatusUnauthorized, w.call("GET", "/appeals/"+number+"/answers/1.pdf", nil).status)

		page := w.page("/a/" + number + "/" + key)
		require.Contains(w, page, "/a/"+number+"/"+key+"/answers/1.pdf")
		require.Equal(w, string(letter.body), w.page("/a/"+number+"/"+key+"/answers/1.pdf"))
	})
}

// page is a page of the portal.
func (w *world) page(path string) string {
	w.Helper()
	req := httptest.NewRequestWithContext(w.Context(), http.MethodGet, path, nil)
	rec := httptest.NewRecorder()
	w.http.ServeHTTP(rec, req)
	require.Less(w, rec.Code, 500, rec.Body.String())
	return html.UnescapeString(rec.Body.String())
}

func checked(number, code string) string {
	return "/check?" + url.Values{"number": {number}, "code": {code}}.Encode()
}

func TestCheck_says_what_is_ours(t *testing.T) {
	t.Parallel()
	var file string
	w := newWorld(t, storetest.SQLite, func(c *config.Config) { file = strings.TrimPrefix(c.Database, "sqlite:") })
	number, key := w.sent(func(m map[string]any) {
		m["applicant"] = map[string]any{"name": "Ольга Ветрова", "email": "olga@example.org"}
	})
	w.answered(number)
	other, _ := w.sent()
	w.answered(other)
	code := w.codeOf(number, key)

	page := w.page(checked(number, code))
	require.Contains(t, page, "Письмо подлинное")
	require.Contains(t, page, number+"/1")
	require.NotContains(t, page, "Ветрова")
	require.NotContains(t, page, "заасфальтировали", "nor what was written")
	require.Contains(t, w.page(checked(strings.ReplaceAll(number, "-", " "), strings.ToLower(code))), "Письмо подлинное")
	require.Contains(t, w.page(checked(number+"/1", code)), "Письмо подлинное", "as the letter itself is numbered")
	require.Contains(t, w.page(checked(number, code)+"&lang=en"), "The letter is genuine")
	require.Contains(t, w.page("/"), `href="/check"`)

	require.Contains(t, w.page(checked(other, code)), "Такого письма мы не подписывали")
	require.Contains(t, w.page(checked("26-999999-0", code)), "В номере опечатка")
	require.Contains(t, w.page(checked("", "")), "Введите код проверки")
	require.Contains(t, w.page(checked(number, "123")), "В коде 12 букв и цифр")

	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	defer db.Close()
	done, err := db.ExecContext(t.Context(), `UPDATE answers SET body = body || ' Больше не пишите.'`)
	require.NoError(t, err)
	n, err := done.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	require.Contains(t, w.page(checked(number, code)), "Этому письму нельзя верить")
	result, err := w.app.Audit(t.Context(), func() {})
	require.NoError(t, err)
	require.Len(t, result.Findings, 2)
	require.Contains(t, result.Findings[0], "is not as it was signed")
}

var dated = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// codeOf is the code of the first letter, as it stands on it.
func (w *world) codeOf(number, key string) string {
	w.Helper()
	letter := w.call("GET", "/appeals/"+number+"/answers/1.pdf", nil, secret(key)...)
	code := dated.FindString(string(letter.body))
	require.NotEmpty(w, code, "the mark on the letter leads to the page")
	return code
}

func TestLetter_keeps_the_position_of_who_signed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	number, key := w.sent()
	w.answered(number)
	letter := func() string {
		return string(w.call("GET", "/appeals/"+number+"/answers/1.pdf", nil, secret(key)...).body)
	}
	untitled := letter()
	head, err := w.app.Store.FindUserByLogin(t.Context(), "head")
	require.NoError(t, err)
	head.Position = "Начальник управления"
	require.NoError(t, w.app.Store.SaveUser(t.Context(), head))
	require.NoError(t, w.app.Reload(t.Context()))
	require.Equal(t, untitled, letter(), "a letter stays as it was signed")
}
