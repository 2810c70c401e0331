package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/importer"
	"github.com/otklik/otklik/app/store/storetest"
)

const places = `
territories:
  - {code: land, kind: region, name: {ru: Край, en: Land}}
  - {code: pole, parent: land, kind: district, name: {ru: Польский район}}
`

const boundaries = `{"type": "FeatureCollection", "features": [
{"properties": {"name": "Белогривск", "code": "town", "kind": "town"},
 "geometry": {"type": "Polygon", "coordinates": [[[36,51],[37,51],[37,52],[36,52],[36,51]]]}}
]}`

const topics = `
rubrics:
  - code: roads
    name: {ru: Дороги, en: Roads}
    children:
      - code: roads.pothole
        name: {ru: Яма на дороге, en: Pothole}
        order: fast
        identity: anonymous
        words: [выбоина]
        duplicate_radius_m: 50
        questions:
          - {code: size, type: choice, required: true, name: {ru: "Насколько большая?"}, options: [{code: big, name: {ru: Большая}}, {code: small, name: {ru: Малая}}]}
          - {code: since, type: date, name: {ru: "С какого дня?"}}
      - {code: roads.light, name: {ru: Не горит фонарь}}
      - {code: roads.gas, name: {ru: Пахнет газом}, emergency: {ru: Звоните 112}}
      - {code: roads.sign, name: {ru: Упал знак}, identity: anonymous, photo: required}
      - {code: roads.formal, name: {ru: Жалоба на ремонт}, rule_set: fz59}
`

const bodies = `
agencies:
  - {code: crew, name: {ru: Дорожная служба}, phone: "+7 (000) 000-00-00", territory: town}
  - {code: hall, name: {ru: Администрация}}
routes:
  - {rubric: "*", territory: "*", agency: hall}
  - {rubric: roads.pothole, territory: town, agency: crew}
users:
  - {login: coord, name: К, roles: [{agency: crew, role: coordinator}]}
  - {login: exec, name: И, roles: [{agency: crew, role: executor}]}
  - {login: head, name: Р, roles: [{agency: crew, role: head}]}
  - {login: hall, name: А, roles: [{agency: hall, role: coordinator}]}
  - {login: desk, name: О, roles: [{agency: hall, role: desk}]}
  - {login: boss, name: Ц, roles: [{role: supervisor}]}
`

// world is the whole product over a small region, with tokens of its people.
type world struct {
	*testing.T
	app    *app.App
	clock  *clock.Fake
	http   http.Handler
	tokens map[string]string
}

func newWorld(t *testing.T, dialect string, change ...func(*config.Config)) *world {
	t.Helper()
	cfg, err := config.Load("", map[string]string{
		"data": t.TempDir(), "database": storetest.URL(t, dialect), "rate_limit": "false",
		"base_url": "https://otklik.example.org", "log.level": "error",
	})
	require.NoError(t, err)
	for _, c := range change {
		c(&cfg)
	}
	now := clock.NewFake(time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC))
	a, err := app.Open(t.Context(), cfg, app.WithClock(now), app.WithLog(slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	ctx := t.Context()
	for _, file := range [][2]string{{"places.yaml", places}, {"boundaries.geojson", boundaries}} {
		_, err = importer.Territories(ctx, a.Store, file[0], strings.NewReader(file[1]), false)
		require.NoError(t, err)
	}
	_, err = importer.Rubricator(ctx, a.Store, "topics.yaml", strings.NewReader(topics), false)
	require.NoError(t, err)
	_, err = importer.Agencies(ctx, a.Store, "bodies.yaml", strings.NewReader(bodies), "", false)
	require.NoError(t, err)
	require.NoError(t, a.Reload(ctx))
	h, err := a.Handler()
	require.NoError(t, err)
	w := &world{T: t, app: a, clock: now, http: h, tokens: map[string]string{}}
	for _, login := range []string{"coord", "exec", "head", "hall", "desk", "boss"} {
		u, err := a.Store.FindUserByLogin(ctx, login)
		require.NoError(t, err)
		w.tokens[login], err = a.Accounts.IssueToken(ctx, u.ID, "test", time.Hour*24*60)
		require.NoError(t, err)
	}
	return w
}

// onBoth runs the test on every database that is here.
func onBoth(t *testing.T, run func(w *world)) {
	t.Helper()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			run(newWorld(t, dialect))
		})
	}
}

// index runs the server's background until the index has read the log.
func (w *world) index() {
	w.Helper()
	ctx, stop := context.WithCancel(w.Context())
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	require.NoError(w, err)
	done := make(chan error)
	go func() { done <- w.app.Serve(ctx, l) }()
	defer func() {
		stop()
		require.NoError(w, <-done)
	}()
	n, err := w.app.Store.CountAppeals(ctx)
	require.NoError(w, err)
	require.Eventually(w, func() bool {
		got := w.call("GET", "/heatmap", nil, w.as("boss")...)
		return got.status == http.StatusOK && got.field(w.T, "total") == float64(n)
	}, 20*time.Second, 20*time.Millisecond)
}

// answer is what came back.
type answer struct {
	status int
	head   http.Header
	body   []byte
}

// json is the body as a tree.
func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	require.NoError(t, json.Unmarshal(a.body, &out), string(a.body))
	return out
}

// field is a value inside the body.
func (a answer) field(t *testing.T, path ...string) any {
	t.Helper()
	var at any = a.json(t)
	for _, name := range path {
		m, ok := at.(map[string]any)
		require.True(t, ok, "%v in %s", path, a.body)
		at = m[name]
	}
	return at
}

// wrong maps the wrong fields to their codes.
func (a answer) wrong(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	fields, _ := a.field(t, "fields").([]any)
	for _, f := range fields {
		m := must[map[string]any](t, f)
		require.NotEmpty(t, m["detail"])
		out[must[string](t, m["name"])] = must[string](t, m["code"])
	}
	return out
}

// text is a string inside the body.
func (a answer) text(t *testing.T, path ...string) string {
	t.Helper()
	return must[string](t, a.field(t, path...))
}

// must is a value of the type that it ought to have.
func must[T any](t *testing.T, v any) T {
	t.Helper()
	out, ok := v.(T)
	require.True(t, ok, "%T %v", v, v)
	return out
}

// call sends a request whose body is JSON unless it is raw; every answer is
// held against the document.
func (w *world) call(method, path string, body any, head ...string) answer {
	w.Helper()
	var r io.Reader
	var sent []byte
	switch b := body.(type) {
	case nil:
	case string:
		sent = []byte(b)
	default:
		var err error
		sent, err = json.Marshal(b)
		require.NoError(w, err)
	}
	if sent != nil {
		r = bytes.NewReader(sent)
	}
	req := httptest.NewRequestWithContext(w.Context(), method, "/api/v1"+path, r)
	if sent != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept-Language", "en")
	for i := 0; i < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	rec := httptest.NewRecorder()
	w.http.ServeHTTP(rec, req)
	got := answer{status: rec.Code, head: rec.Result().Header, body: rec.Body.Bytes()}
	w.hold(req, sent, got)
	return got
}

// as carries somebody's token.
func (w *world) as(login string) []string {
	return []string{"Authorization", "Bearer " + w.tokens[login]}
}

func secret(s string) []string { return []string{"X-Appeal-Secret", s} }

// appeal is a good one; change says what is to be different.
func appeal(change ...func(m map[string]any)) map[string]any {
	m := map[string]any{
		"text": "Большая яма перед школой, машины объезжают по тротуару", "rubric": "roads.pothole",
		"replies": map[string]any{"size": "big", "since": "2026-11-01"},
		"place":   map[string]any{"lat": 51.5, "lon": 36.5, "address": "ул. Садовая, 4"},
		"consent": true,
	}
	for _, c := range change {
		c(m)
	}
	return m
}

// sent sends an appeal and returns its number and secret.
func (w *world) sent(change ...func(m map[string]any)) (number, secret string) {
	w.Helper()
	got := w.call("POST", "/appeals", appeal(change...))
	require.Equal(w, http.StatusCreated, got.status, string(got.body))
	return got.text(w.T, "number"), got.text(w.T, "secret")
}

func (w *world) act(number string, who []string, action map[string]any) answer {
	w.Helper()
	return w.call("POST", "/appeals/"+number+"/actions", action, who...)
}

// answered takes an appeal to a signed answer.
func (w *world) answered(number string) {
	w.Helper()
	for _, step := range []struct {
		who    string
		action map[string]any
		stage  string
	}{
		{"coord", map[string]any{"action": "assign", "executor": "exec"}, "assigned"},
		{"exec", map[string]any{"action": "start"}, "in_work"},
		{"exec", map[string]any{"action": "submit_answer", "outcome": "solved", "text": "Яму засыпали и заасфальтировали 4 марта."}, "on_sign"},
		{"head", map[string]any{"action": "sign", "reason": "Видел на месте"}, "answered"},
	} {
		got := w.act(number, w.as(step.who), step.action)
		require.Equal(w, http.StatusOK, got.status, string(got.body))
		require.Equal(w, step.stage, got.field(w.T, "stage"))
	}
}
