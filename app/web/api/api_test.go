package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/importer"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

func set(name string, value any) func(map[string]any) {
	return func(m map[string]any) { m[name] = value }
}

func TestSubmit_gives_a_receipt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		got := w.call("POST", "/appeals", appeal())
		require.Equal(w, http.StatusCreated, got.status, string(got.body))
		number := got.text(w.T, "number")
		require.Equal(w, "https://otklik.example.org/api/v1/appeals/"+number, got.head.Get("Location"))
		require.Equal(w, "https://otklik.example.org/a/"+number+"/"+got.text(w.T, "secret"), got.field(w.T, "link"))
		require.Equal(w, "crew", got.field(w.T, "agency", "code"))
		require.Equal(w, "received", got.field(w.T, "stage"), "a fast-track leaf skips moderation")
		require.NotEmpty(w, got.field(w.T, "due"))
		require.Equal(w, "no-store", got.head.Get("Cache-Control"))
		require.Empty(w, got.head.Get("Set-Cookie"))

		shown := w.call("GET", "/appeals/"+number, nil, secret(got.text(w.T, "secret"))...)
		require.Equal(w, "town", shown.field(w.T, "place", "territory", "code"), "the point lies in it")
		require.Contains(w, string(shown.body), "01.11.2026")
	})
}

func TestSubmit_tells_everything_that_is_wrong_at_once(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	place := func(m map[string]any) func(map[string]any) { return set("place", m) }
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   map[string]string
	}{
		"nothing": {func(m map[string]any) { clear(m) }, map[string]string{
			"text": "workflow.text_required", "rubric": "workflow.rubric_required", "place.territory": "error.place_required", "consent": "error.consent",
		}},
		"a short text, no consent":   {func(m map[string]any) { m["text"], m["consent"] = "Яма", false }, map[string]string{"text": "error.too_short", "consent": "error.consent"}},
		"a long text":                {set("text", strings.Repeat("ж", 4001)), map[string]string{"text": "error.too_long"}},
		"an unknown topic":           {set("rubric", "sea"), map[string]string{"rubric": "rubric.unknown"}},
		"a category":                 {set("rubric", "roads"), map[string]string{"rubric": "rubric.not_a_leaf"}},
		"an emergency":               {set("rubric", "roads.gas"), map[string]string{"rubric": "rubric.emergency"}},
		"no reply to a question":     {func(m map[string]any) { delete(m, "replies") }, map[string]string{"replies.size": "error.required"}},
		"wrong replies":              {set("replies", map[string]any{"size": "huge", "since": "вчера", "colour": "red"}), map[string]string{"replies.size": "error.unknown_choice", "replies.since": "error.not_a_date", "replies.colour": "api.unknown_field"}},
		"no photo where one must be": {func(m map[string]any) { m["rubric"] = "roads.sign"; delete(m, "replies") }, map[string]string{"photos": "error.photo_required"}},
		"no contacts where they must be": {func(m map[string]any) { m["rubric"] = "roads.light"; delete(m, "replies") }, map[string]string{
			"applicant.name": "workflow.name_required", "applicant.email": "workflow.contact_required",
		}},
		"wrong contacts": {set("applicant", map[string]any{"email": "x", "phone": "1", "lang": "de"}), map[string]string{
			"applicant.email": "error.bad_email", "applicant.phone": "error.bad_phone", "applicant.lang": "error.unknown_choice",
		}},
		"a point outside the region":    {place(map[string]any{"lat": 10, "lon": 10}), map[string]string{"place.lat": "error.outside_region"}},
		"a point off the earth":         {place(map[string]any{"lat": 100, "lon": 10}), map[string]string{"place.lat": "workflow.bad_point"}},
		"half a point":                  {place(map[string]any{"lat": 51.5}), map[string]string{"place.lat": "workflow.bad_point"}},
		"a point in another district":   {place(map[string]any{"lat": 51.5, "lon": 36.5, "territory": "pole"}), map[string]string{"place.territory": "portal.place_mismatch"}},
		"an unknown district":           {place(map[string]any{"territory": "moon"}), map[string]string{"place.territory": "error.unknown_choice"}},
		"an address that names no town": {place(map[string]any{"address": "ул. Мира, 3"}), map[string]string{"place.territory": "portal.place_unclear"}},
		"a number for the text":         {set("text", 5), map[string]string{"text": "api.wrong_type"}},
		"a word for the latitude":       {place(map[string]any{"lat": "x", "lon": 36}), map[string]string{"place.lat": "api.wrong_type"}},
		"a field that isn't there":      {set("colour", "red"), map[string]string{"colour": "api.unknown_field"}},
	} {
		got := w.call("POST", "/appeals", appeal(c.change))
		require.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", name, got.body)
		require.Equal(t, c.want, got.wrong(t), name)
	}
	n, err := w.app.Store.CountAppeals(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestSubmit_refuses_what_it_cannot_read(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	require.Equal(t, 400, w.call("POST", "/appeals", "{").status)
	require.Equal(t, 400, w.call("POST", "/appeals", "").status)
	require.Equal(t, 400, w.call("POST", "/appeals", "[]").status)
	require.Equal(t, 400, w.call("POST", "/appeals", `{"text":"a"} {}`).status)
	require.Equal(t, 413, w.call("POST", "/appeals", `{"text":"`+strings.Repeat("я", 70_000)+`"}`).status)
	require.Equal(t, 415, w.call("POST", "/appeals", "text=x", "Content-Type", "application/x-www-form-urlencoded").status)
	require.Equal(t, 415, w.call("POST", "/suggest", "{}", "Content-Type", "text/plain").status)
	require.Equal(t, 401, w.call("POST", "/appeals", appeal(), "Authorization", "Bearer otk_wrong").status)
	require.Equal(t, 401, w.call("POST", "/appeals", appeal(), "Authorization", "Basic eDp5").status)
	require.Equal(t, 404, w.call("GET", "/nothing", nil).status)
	require.Equal(t, 422, w.call("POST", "/appeals", appeal(), "Idempotency-Key", strings.Repeat("k", 256)).status)
	require.Equal(t, 422, w.call("POST", "/appeals", appeal(), "Idempotency-Key", "два слова").status)
}

func TestSubmit_by_a_desk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	got := w.call("POST", "/appeals", appeal(), w.as("desk")...)
	require.Equal(t, 201, got.status)
	rows := w.call("GET", "/appeals?source=desk", nil, w.as("boss")...)
	require.Contains(t, string(rows.body), got.field(t, "number"))
	require.Equal(t, 403, w.call("POST", "/appeals", appeal(), w.as("coord")...).status, "others have no desk")
}

func TestSubmit_the_same_key_takes_an_appeal_once(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		key := []string{"Idempotency-Key", "1"}
		named := set("applicant", map[string]any{"name": "Анна", "phone": "8 900 123-45-67"})
		first := w.call("POST", "/appeals", appeal(named), key...)
		require.Equal(w, http.StatusCreated, first.status)
		again := w.call("POST", "/appeals", appeal(named), key...)
		require.Equal(w, http.StatusOK, again.status, string(again.body))
		require.JSONEq(w, string(first.body), string(again.body))
		same := w.call("POST", "/appeals", appeal(set("applicant", map[string]any{"name": "Анна", "phone": "+79001234567"})), key...)
		require.Equal(w, http.StatusOK, same.status, "the same number, written otherwise")

		for name, change := range map[string]func(map[string]any){
			"text": set("text", "Другая яма, у магазина"), "topic": func(m map[string]any) { m["rubric"] = "roads.light"; delete(m, "replies") },
			"reply": set("replies", map[string]any{"size": "small"}), "place": set("place", map[string]any{"lat": 51.6, "lon": 36.5}),
			"name": set("applicant", map[string]any{"name": "Яна", "phone": "8 900 123-45-67"}),
		} {
			got := w.call("POST", "/appeals", appeal(named, change), key...)
			require.Equal(w, http.StatusConflict, got.status, "another %s: %s", name, got.body)
			require.Equal(w, "api.key_used", got.field(w.T, "code"))
		}

		other := w.call("POST", "/appeals", appeal(set("applicant", map[string]any{"name": "Яна", "phone": "8 900 765-43-21"})), key...)
		require.Equal(w, http.StatusCreated, other.status, "a stranger may have the same key")
		desk := w.call("POST", "/appeals", appeal(named), append(w.as("desk"), key...)...)
		require.Equal(w, http.StatusCreated, desk.status, "a desk has its own keys")
		n, err := w.app.Store.CountAppeals(w.Context())
		require.NoError(w, err)
		require.Equal(w, 3, n)
	})
}

func TestSubmit_with_pictures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	var picture bytes.Buffer
	require.NoError(t, jpeg.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil))
	form := func(files ...[]byte) (body string, contentType string) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		require.NoError(t, m.WriteField("appeal", `{"text":"Упал дорожный знак у школы","rubric":"roads.sign","place":{"territory":"pole"},"consent":true}`))
		for i, f := range files {
			part, err := m.CreateFormFile("photos", fmt.Sprintf("%d.jpg", i))
			require.NoError(t, err)
			_, err = part.Write(f)
			require.NoError(t, err)
		}
		require.NoError(t, m.Close())
		return b.String(), m.FormDataContentType()
	}
	body, media := form(picture.Bytes(), picture.Bytes())
	got := w.call("POST", "/appeals", body, "Content-Type", media, "Idempotency-Key", "p")
	require.Equal(t, 201, got.status, string(got.body))
	shown := w.call("GET", "/appeals/"+got.text(t, "number"), nil, secret(got.text(t, "secret"))...)
	require.EqualValues(t, 1, shown.field(t, "photos"), "one picture sent twice is one")
	body, media = form(picture.Bytes())
	require.Equal(t, 200, w.call("POST", "/appeals", body, "Content-Type", media, "Idempotency-Key", "p").status)

	body, media = form([]byte("<svg/>"))
	got = w.call("POST", "/appeals", body, "Content-Type", media)
	require.Equal(t, 422, got.status, string(got.body))
	require.Contains(t, got.wrong(t), "photos")
	body, media = form(bytes.Split(bytes.Repeat([]byte("x,"), 11), []byte(","))...)
	require.Equal(t, map[string]string{"photos": "error.too_many_photos"}, w.call("POST", "/appeals", body, "Content-Type", media).wrong(t))
	body, media = form(picture.Bytes())
	require.Equal(t, 400, w.call("POST", "/appeals", body[:len(body)-100], "Content-Type", media).status, "not all of it came")
}

func TestSubmit_slows_an_address_down(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite, func(c *config.Config) { c.RateLimit = true })
	var last answer
	for range 60 {
		if last = w.call("POST", "/appeals", appeal()); last.status != 201 {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, last.status)
	require.NotEmpty(t, last.head.Get("Retry-After"))
	require.Equal(t, 201, w.call("POST", "/appeals", appeal(), w.as("desk")...).status, "a desk isn't slowed")
}

func TestAppeal_shows_each_what_is_theirs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		number, code := w.sent(set("applicant", map[string]any{"name": "Анна Секретова", "phone": "8 900 123-45-67"}))
		w.answered(number)
		require.Equal(w, 200, w.act(number, w.as("coord"), map[string]any{"action": "note", "text": "Проверить весной"}).status)
		path := "/appeals/" + number

		author := w.call("GET", path, nil, secret(code)...)
		require.Equal(w, 200, author.status)
		require.Nil(w, author.field(w.T, "internal"))
		require.NotContains(w, string(author.body), "Проверить весной")
		require.NotContains(w, string(author.body), "submit_answer")
		require.Contains(w, string(author.body), "Яму засыпали")
		require.Equal(w, []any{"rate", "re_review"}, author.field(w.T, "allowed"))
		require.Equal(w, 200, w.call("GET", "/appeals/"+strings.ReplaceAll(number, "-", ""), nil, secret(code)...).status)

		officer := w.call("GET", path, nil, w.as("coord")...)
		require.Equal(w, "exec", officer.field(w.T, "internal", "executor", "login"))
		require.Contains(w, string(officer.body), "Проверить весной")
		for _, body := range [][]byte{author.body, officer.body} {
			require.NotContains(w, string(body), "Секретова")
			require.NotContains(w, string(body), "900")
		}

		require.Equal(w, 200, w.call("GET", path, nil, w.as("boss")...).status)
		require.Equal(w, 404, w.call("GET", path, nil, w.as("hall")...).status, "another agency's")
		require.Equal(w, 404, w.call("GET", path, nil, secret("wrong")...).status)
		require.Equal(w, 404, w.call("GET", "/appeals/26-999999-9", nil, secret(code)...).status)
		bare := w.call("GET", path, nil)
		require.Equal(w, 401, bare.status)
		require.Equal(w, "Bearer", bare.head.Get("WWW-Authenticate"))
		require.Equal(w, 401, w.call("GET", path+"?secret="+code, nil).status, "secrets stand in no address")
		require.Equal(w, 404, w.call("GET", path, nil, append(w.as("boss"), secret("wrong")...)...).status)
	})
}

func TestApplicant_is_shown_for_a_purpose_and_logged(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		number, code := w.sent(set("applicant", map[string]any{"name": "Анна", "phone": "8 900 123-45-67", "lang": "ru"}))
		path := "/appeals/" + number + "/applicant"
		require.Equal(w, map[string]string{"purpose": "api.purpose_required"}, w.call("GET", path, nil, w.as("coord")...).wrong(w.T))
		require.Equal(w, 403, w.call("GET", path+"?purpose=read", nil, secret(code)...).status)
		require.Equal(w, 404, w.call("GET", path+"?purpose=read", nil, w.as("hall")...).status)
		require.Equal(w, 401, w.call("GET", path+"?purpose=read", nil).status)
		got := w.call("GET", path+"?purpose=call+back", nil, w.as("coord")...)
		require.JSONEq(w, `{"name":"Анна","email":"","phone":"+79001234567","lang":"ru"}`, string(got.body))
		id, err := w.app.Store.FindID(w.Context(), number)
		require.NoError(w, err)
		log, err := w.app.Store.ListAccess(w.Context(), id)
		require.NoError(w, err)
		require.Len(w, log, 1)
		require.Equal(w, "call back", log[0].Purpose)
	})
}

func TestAct_the_way_of_an_appeal(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		number, code := w.sent()
		w.answered(number)
		low := w.act(number, secret(code), map[string]any{"action": "re_review", "rating": 2, "not_fixed": true, "text": "Снова яма"})
		require.Equal(w, 200, low.status, string(low.body))
		require.Equal(w, "received", low.field(w.T, "stage"))
		require.EqualValues(w, 2, low.field(w.T, "round"))
		require.Equal(w, []any{"withdraw"}, low.field(w.T, "allowed"))
		w.answered(number)
		rated := w.act(number, secret(code), map[string]any{"action": "rate", "rating": 5})
		require.Equal(w, "closed", rated.field(w.T, "stage"))
		require.EqualValues(w, 5, rated.field(w.T, "rating"))

		moved, _ := w.sent()
		gone := w.act(moved, w.as("coord"), map[string]any{"action": "redirect", "agency": "hall", "reason": "Дорога не наша"})
		require.Equal(w, 200, gone.status, string(gone.body))
		require.Equal(w, "hall", gone.field(w.T, "agency"))
		require.Empty(w, gone.field(w.T, "allowed"), "it left for another agency")
		require.Equal(w, 404, w.call("GET", "/appeals/"+moved, nil, w.as("coord")...).status)
	})
}

func TestAct_refuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	number, code := w.sent()
	for name, c := range map[string]struct {
		who    []string
		action map[string]any
		status int
		wrong  map[string]string
	}{
		"nobody":                     {nil, map[string]any{"action": "assign"}, 401, nil},
		"another agency":             {w.as("hall"), map[string]any{"action": "assign"}, 404, nil},
		"a step of another":          {w.as("exec"), map[string]any{"action": "assign", "executor": "exec"}, 403, nil},
		"a step of another stage":    {w.as("head"), map[string]any{"action": "sign"}, 409, nil},
		"a stale version":            {w.as("coord"), map[string]any{"action": "assign", "executor": "exec", "version": 99}, 409, nil},
		"no action":                  {w.as("coord"), map[string]any{}, 422, map[string]string{"action": "error.required"}},
		"an unknown action":          {w.as("coord"), map[string]any{"action": "dance"}, 422, map[string]string{}},
		"an action of jobs":          {w.as("coord"), map[string]any{"action": "warn"}, 422, map[string]string{}},
		"nobody assigned":            {w.as("coord"), map[string]any{"action": "assign"}, 422, map[string]string{"executor": "workflow.executor_required"}},
		"an unknown executor":        {w.as("coord"), map[string]any{"action": "assign", "executor": "nobody"}, 422, map[string]string{"executor": "workflow.not_an_executor"}},
		"one who is no executor":     {w.as("coord"), map[string]any{"action": "assign", "executor": "head"}, 422, map[string]string{"executor": "workflow.not_an_executor"}},
		"an unknown agency":          {w.as("coord"), map[string]any{"action": "redirect", "agency": "moon", "reason": "Не наше"}, 422, map[string]string{"agency": "workflow.unknown_agency"}},
		"a wrong date":               {w.as("coord"), map[string]any{"action": "assign", "promised": "завтра"}, 422, map[string]string{"promised": "api.not_a_date"}},
		"a wrong type":               {w.as("coord"), map[string]any{"action": "assign", "days": "x"}, 422, map[string]string{"days": "api.wrong_type"}},
		"a rating before the answer": {secret(code), map[string]any{"action": "rate", "rating": 5}, 409, nil},
	} {
		got := w.act(number, c.who, c.action)
		require.Equal(t, c.status, got.status, "%s: %s", name, got.body)
		if c.wrong != nil {
			require.Equal(t, c.wrong, got.wrong(t), name)
		}
	}
}

func TestList_pages_through_what_one_may_see(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		var sent []string
		for range 5 {
			w.clock.Advance(1e9)
			number, _ := w.sent()
			sent = append([]string{number}, sent...)
		}
		elsewhere, _ := w.sent(set("place", map[string]any{"territory": "pole"}))
		numbers := func(got answer) []string {
			require.Equal(w, 200, got.status, string(got.body))
			var out []string
			for _, r := range must[[]any](w.T, got.field(w.T, "appeals")) {
				out = append(out, must[string](w.T, must[map[string]any](w.T, r)["number"]))
			}
			return out
		}
		var all []string
		for cursor := ""; ; {
			got := w.call("GET", "/appeals?limit=2&cursor="+cursor, nil, w.as("coord")...)
			all = append(all, numbers(got)...)
			next, more := got.field(w.T, "next").(string)
			if !more {
				break
			}
			cursor = next
		}
		require.Equal(w, sent, all)
		require.Equal(w, []string{elsewhere}, numbers(w.call("GET", "/appeals?territory=pole&tab=new&stage=received&rubric=roads.pothole&agency=hall", nil, w.as("boss")...)))
		require.Len(w, numbers(w.call("GET", "/appeals?from=2026-11-18&to=2026-11-18&category=roads&source=api", nil, w.as("boss")...)), 6)
		require.Empty(w, numbers(w.call("GET", "/appeals?from=2026-11-19", nil, w.as("boss")...)))
		require.Equal(w, 422, w.call("GET", "/appeals?q=agancy:hall", nil, w.as("boss")...).status)
		require.Equal(w, 422, w.call("GET", "/appeals?q=rubric:roads&stage=new", nil, w.as("boss")...).status)
		require.Equal(w, 200, w.call("GET", "/appeals?q=rubric:roads&limit=2", nil, w.as("boss")...).status)
		require.Empty(w, numbers(w.call("GET", "/appeals?executor=exec", nil, w.as("boss")...)))

		require.Equal(w, 401, w.call("GET", "/appeals", nil).status)
		bad := w.call("GET", "/appeals?tab=x&stage=y&territory=z&agency=a&executor=b&limit=0&cursor=!&from=1&colour=red", nil, w.as("boss")...)
		require.Equal(w, map[string]string{
			"tab": "error.unknown_choice", "stage": "error.unknown_choice", "territory": "error.unknown_choice", "agency": "error.unknown_choice",
			"executor": "error.unknown_choice", "limit": "api.range", "cursor": "api.bad_cursor", "from": "api.not_a_date", "colour": "api.unknown_field",
		}, bad.wrong(w.T))
	})
}

func TestRegion_is_told_once(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	for path, want := range map[string]string{
		"/rubrics": `"Звоните 112"`, "/territories": `"Польский район"`, "/agencies": `"+7 (000) 000-00-00"`, "/openapi.json": `"3.1.0"`,
	} {
		got := w.call("GET", path, nil)
		require.Equal(t, 200, got.status)
		require.Contains(t, string(got.body), want)
		tag := got.head.Get("ETag")
		require.Equal(t, 304, w.call("GET", path, nil, "If-None-Match", `"x", `+tag).status, path)
		require.Equal(t, 200, w.call("GET", path, nil, "If-None-Match", `"x"`).status, path)
		if path == "/rubrics" {
			require.Equal(t, `W/"v1"`, tag)
		}
	}
}

func TestSuggest_names_topics_and_who_answers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	first := func(got answer) map[string]any {
		require.Equal(t, 200, got.status, string(got.body))
		return must[map[string]any](t, must[[]any](t, got.field(t, "topics"))[0])
	}
	got := w.call("POST", "/suggest", map[string]any{"text": "у дома выбоина", "lat": 51.5, "lon": 36.5})
	require.Equal(t, "town", got.field(t, "territory", "code"))
	require.Equal(t, "roads.pothole", first(got)["code"])
	require.Equal(t, "crew", must[map[string]any](t, first(got)["agency"])["code"])
	require.Equal(t, []any{"выбоина"}, first(got)["words"])
	got = w.call("POST", "/suggest", map[string]any{"text": "у дома выбоина", "territory": "pole"})
	require.Equal(t, "hall", must[map[string]any](t, first(got)["agency"])["code"])
	require.Nil(t, first(w.call("POST", "/suggest", map[string]any{"text": "выбоина"}))["agency"], "it depends on the place")
	_, err := importer.Addresses(t.Context(), w.app.Store, "a.csv", strings.NewReader("territory,type,street,house,lat,lon\ntown,ул.,Мира,5,51.5,36.5\n"), false, func(int) {})
	require.NoError(t, err)
	require.NoError(t, w.app.Reload(t.Context()))
	got = w.call("POST", "/suggest", map[string]any{"text": "выбоина на улице Мира, 5"})
	place := must[map[string]any](t, must[[]any](t, got.field(t, "places"))[0])
	require.Equal(t, "ул. Мира, 5", place["address"])
	require.Equal(t, "улице Мира, 5", place["quote"])
	require.Equal(t, "house", place["pin"])
	require.InDelta(t, 36.5, place["lon"], 1e-9)
	gas := first(w.call("POST", "/suggest", map[string]any{"text": "пахнет газом", "limit": 1}))
	require.Equal(t, "Звоните 112", must[map[string]any](t, gas["emergency"])["ru"])
	require.Nil(t, gas["agency"])

	for name, c := range map[string]struct {
		in   map[string]any
		want map[string]string
	}{
		"no words":         {map[string]any{"text": "  "}, map[string]string{"text": "error.required"}},
		"too many words":   {map[string]any{"text": strings.Repeat("яма ", 1001)}, map[string]string{"text": "error.too_long"}},
		"outside":          {map[string]any{"text": "яма", "lat": 1, "lon": 1}, map[string]string{"lat": "error.outside_region"}},
		"unknown district": {map[string]any{"text": "яма", "territory": "moon"}, map[string]string{"territory": "error.unknown_choice"}},
		"too many topics":  {map[string]any{"text": "яма", "limit": 21}, map[string]string{"limit": "api.range"}},
		"unknown field":    {map[string]any{"text": "яма", "q": 1}, map[string]string{"q": "api.unknown_field"}},
	} {
		require.Equal(t, c.want, w.call("POST", "/suggest", c.in).wrong(t), name)
	}
}

func TestHeatMap_counts_what_one_may_see(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	for range 4 {
		w.sent()
	}
	w.sent(set("text", "Тут колея, а не дорога"))
	w.sent(set("place", map[string]any{"territory": "pole"}))
	w.index()
	total := func(path string, who ...string) any {
		got := w.call("GET", "/heatmap"+path, nil, who...)
		require.Equal(t, 200, got.status, string(got.body))
		return got.field(t, "total")
	}
	require.EqualValues(t, 6, total("", w.as("boss")...))
	require.EqualValues(t, 5, total("?by=leaf", w.as("coord")...), "of the agency alone")
	require.EqualValues(t, 1, total("?q=колея", w.as("boss")...))
	require.EqualValues(t, 5, total("?q=-колея", w.as("boss")...))
	require.EqualValues(t, 1, total("?q=place:pole+rubric:roads", w.as("boss")...))
	require.EqualValues(t, 6, total("?q=place:town+%7C+-колея", w.as("boss")...))
	require.Equal(t, map[string]string{"q": "search.field_meant", "by": "error.unknown_choice"},
		w.call("GET", "/heatmap?q=agancy:hall&by=sea", nil, w.as("boss")...).wrong(t))
	require.Equal(t, map[string]string{"q": "search.value_unknown"}, w.call("GET", "/heatmap?q=place:xyzzyqwerty", nil, w.as("boss")...).wrong(t))
	require.EqualValues(t, 1, total("?territory=pole&rubric=roads.pothole", w.as("boss")...))
	require.EqualValues(t, 6, total("?wait=10", w.as("boss")...))
	require.Equal(t, map[string]string{"wait": "api.range"}, w.call("GET", "/heatmap?wait=11", nil, w.as("boss")...).wrong(t))
	require.Equal(t, 401, w.call("GET", "/heatmap?wait=1", nil).status)
	require.Equal(t, 200, w.call("GET", "/appeals?q=яма&wait=5", nil, w.as("boss")...).status)
	require.EqualValues(t, 6, total("?from=2026-11-18&to=2026-11-18", w.as("boss")...))
	require.EqualValues(t, 0, total("?from=2026-11-19", w.as("boss")...))

	open := w.call("GET", "/heatmap", nil)
	require.EqualValues(t, 0, open.field(t, "total"), "nothing is published yet")
	require.Equal(t, true, open.field(t, "public"))
	for i, n := range []int{5, 4} {
		from := atlas.Day(20697 + 31*i) // all of September, and October from its second day
		require.NoError(t, w.app.Store.PutMap(t.Context(), atlas.Map{Period: atlas.Period{From: from, To: from + 30}, At: w.app.Clock.Now(), Whole: atlas.Node{
			Count: n + 3, Parts: []atlas.Node{{Key: "town", Count: n + 3, Rest: 3, Parts: []atlas.Node{{Key: "roads", Count: n}}}},
		}}))
	}
	open = w.call("GET", "/heatmap", nil)
	require.EqualValues(t, 9, open.field(t, "total"), "what is published, and nothing of today")
	require.NotContains(t, string(open.body), "overdue")
	require.EqualValues(t, 4, total("?from=2026-10-01"))
	require.EqualValues(t, 5, total("?to=2026-09-30"))
	require.EqualValues(t, 0, total("?from=2026-11-01&to=2026-11-30"))
	for _, narrow := range []string{"?q=колея", "?by=leaf", "?rubric=roads", "?territory=pole"} {
		require.Equal(t, 401, w.call("GET", "/heatmap"+narrow, nil).status, narrow)
	}
	require.Equal(t, map[string]string{"from": "api.whole_months"}, w.call("GET", "/heatmap?from=2026-11-18", nil).wrong(t))
	require.Equal(t, map[string]string{"to": "api.whole_months"}, w.call("GET", "/heatmap?to=2026-11-18", nil).wrong(t))
	require.Equal(t, map[string]string{"to": "api.ends_before"}, w.call("GET", "/heatmap?from=2026-11-18&to=2026-11-01", nil, w.as("boss")...).wrong(t))
	require.Equal(t, map[string]string{"rubric": "error.unknown_choice", "by": "error.unknown_choice"},
		w.call("GET", "/heatmap?rubric=sea&by=sea", nil, w.as("boss")...).wrong(t))
	w.sent()
	require.Equal(t, 503, w.call("GET", "/appeals?q=яма&wait=1", nil, w.as("boss")...).status, "nobody feeds this index")
}

func TestSubmit_the_door_checks_as_much_as_the_form(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite)
	formal := appeal(set("rubric", "roads.formal"), set("applicant", map[string]any{"name": "Анна", "email": "anna@example.org"}))
	delete(formal, "replies")
	got := w.call("POST", "/appeals", formal)
	require.Equal(t, 201, got.status, string(got.body))
	require.Nil(t, got.field(t, "due"), "a formal appeal is due once it is registered")
	require.Equal(t, string(workflow.StageModeration), got.field(t, "stage"))
}
