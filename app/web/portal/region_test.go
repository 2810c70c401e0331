package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/portal"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

const tree = `
rubrics:
  - code: roads
    name: {ru: Дороги, en: Roads}
    children:
      - code: roads.pothole
        duplicate_radius_m: 50
        name: {ru: Яма на дороге, en: Pothole}
        words: [яма, выбоина, pothole]
        order: fast
        days: 10
        identity: anonymous
        questions:
          - {code: size, type: choice, required: true, name: {ru: Размер, en: Size}, options: [{code: big, name: {ru: Большая, en: Big}}, {code: small, name: {ru: Малая, en: Small}}]}
          - {code: depth, type: number, name: {ru: Глубина, en: Depth}}
          - {code: since, type: date, name: {ru: С какого дня, en: Since}}
      - code: roads.sign
        name: {ru: Нет знака, en: Sign missing}
        words: [знак, sign]
        photo: required
        questions:
          - {code: depth, type: number, name: {ru: На какой высоте, en: How high}}
  - code: gas
    name: {ru: Газ, en: Gas}
    children:
      - {code: gas.smell, name: {ru: Пахнет газом, en: Smell of gas}, words: [пахнет газом, газ], emergency: {ru: "Звоните 104 или 112", en: "Call 104 or 112"}}
      - {code: gas.meter, name: {ru: Счётчик газа, en: Gas meter}, words: [счётчик], photo: "no", help: {ru: Замените батарейку, en: Change the battery}}
  - code: other
    name: {ru: Другое, en: Other}
    children:
      - {code: other.official, name: {ru: Жалоба на чиновника, en: An official}, words: [чиновник], rule_set: fz59, identity: verified, photo: "no"}
      - {code: other.ice, name: {ru: Каток, en: Ice rink}, words: [каток], season: {from: "11-15", to: "03-15"}}
`

// square is a boundary one degree wide and high.
func square(west, south int) string {
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%d,%d],[%d,%d],[%d,%d],[%d,%d],[%d,%d]]]}`,
		west, south, west+1, south, west+1, south+1, west, south+1, west, south)
}

// region is a rubricator's source in memory.
type region struct{ roots []*rubricator.Rubric }

func (r region) LatestVersion(context.Context) (int64, []*rubricator.Rubric, error) {
	return 1, r.roots, nil
}

func (region) ListRules(context.Context) ([]rubricator.Rule, error) {
	return []rubricator.Rule{
		{Rubric: rubricator.Any, Agency: 1}, {Rubric: "roads", Territory: 2, Agency: 2}, {Rubric: "roads", Territory: 3, Agency: 3},
	}, nil
}

func (region) ListTerritories(context.Context) ([]territory.Territory, error) {
	return []territory.Territory{
		{ID: 1, Code: "r", Kind: "region", Name: lang.Text{RU: "Край"}},
		{ID: 2, Parent: 1, Code: "a", Kind: "town", Name: lang.Text{RU: "город Белогривск", EN: "Belogrivsk"}, Short: lang.Text{RU: "Белогривск"}, Boundary: square(40, 50), Col: -1, Row: -1},
		{ID: 3, Parent: 1, Code: "b", Kind: "district", Name: lang.Text{RU: "Белогривский район", EN: "Belogrivsky District"}, Short: lang.Text{RU: "Белогривский"}, Boundary: square(41, 50), Col: -1, Row: -1},
	}, nil
}

// agencies are the bodies of the tests, by id from 1.
type agencies []identity.Agency

func (a agencies) Agencies() []identity.Agency { return a }

func (a agencies) Agency(id int64) (identity.Agency, bool) {
	i := slices.IndexFunc(a, func(x identity.Agency) bool { return x.ID == id })
	if i < 0 {
		return identity.Agency{}, false
	}
	return a[i], true
}

func (a agencies) AgencyByCode(code string) (identity.Agency, bool) {
	i := slices.IndexFunc(a, func(x identity.Agency) bool { return x.Code == code })
	if i < 0 {
		return identity.Agency{}, false
	}
	return a[i], true
}

const host = "https://city.example"

// catalog shows the rubricator to the engine.
type catalog struct {
	topics *rubricator.Rubricator
	clock  clock.Clock
}

func (c catalog) Leaf(_ context.Context, code string, place int64, _ []workflow.Reply) (workflow.Leaf, error) {
	book := c.topics.Book()
	leaf, err := book.FindTopic(code, c.clock.Now())
	if err != nil {
		return workflow.Leaf{}, err
	}
	to, err := book.Router.Route(leaf, place, nil)
	return workflow.Leaf{
		Version: 1, Code: code, Category: leaf.Category().Code, RuleSet: workflow.RuleSet(leaf.RuleSet),
		Order: workflow.Order(leaf.Order), Review: calendar.Days(leaf.Days), Agency: to.Agency, Contact: leaf.Identity != "anonymous",
	}, err
}

// world is a region with its pages.
type world struct {
	*testing.T
	store  *store.Store
	engine *workflow.Engine
	clock  *clock.Fake
	url    string
}

func newWorld(t *testing.T, change ...func(*portal.Config)) *world {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Moscow")
	require.NoError(t, err)
	w := &world{T: t, clock: clock.NewFake(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC))}
	w.store = storetest.OpenAt(t, storetest.SQLite, w.clock)
	parsed, err := rubricator.ParseYAML(strings.NewReader(tree))
	require.NoError(t, err)
	topics := rubricator.New(region{parsed.Roots}, nil)
	require.NoError(t, topics.Reload(t.Context()))
	bodies := agencies{
		{ID: 1, Code: "region", Name: lang.Text{RU: "Правительство края", EN: "Government"}, Phone: "+7 000 000-00-01"},
		{ID: 2, Code: "town-roads", Name: lang.Text{RU: "Дороги города", EN: "Town roads"}, WidgetOrigins: []string{host, "https://city.example/path", "*"}},
		{ID: 3, Code: "district-roads", Name: lang.Text{RU: "Дороги района", EN: "District roads"}},
	}
	for i := range bodies {
		a := bodies[i]
		a.ID = 0
		require.NoError(t, w.store.SaveAgency(t.Context(), &a))
		require.Equal(t, bodies[i].ID, a.ID)
	}
	russia, err := calendar.Load()
	require.NoError(t, err)
	w.engine, err = workflow.NewEngine(workflow.Config{
		Store: w.store, Catalog: catalog{topics, w.clock}, Clock: w.clock, Calendar: russia.In(zone), Secret: []byte("a secret of the tests"),
	})
	require.NoError(t, err)
	photos, err := photo.OpenBucket(t.Context(), "file://"+t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = photos.Close() })

	server := httptest.NewUnstartedServer(nil)
	base := &url.URL{Scheme: "http", Host: server.Listener.Addr().String()}
	cfg := portal.Config{
		Engine: w.engine, Reader: w.store, Drafts: w.store, Topics: topics, Agencies: bodies, Photos: photos,
		Calendar: func() *calendar.Calendar { return russia.In(zone) }, Clock: w.clock, Zone: zone, Base: base,
	}
	for _, c := range change {
		c(&cfg)
	}
	handler, err := web.New(web.Config{
		Base: base, Zone: zone, Clock: w.clock, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Accounts: identity.NewAccounts(w.store, w.clock), Ready: w.store.Ping, Pages: web.Pages{Portal: portal.New(cfg)},
	})
	require.NoError(t, err)
	server.Config.Handler = handler
	server.Start()
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// browser is a plain HTTP client that follows redirects: no scripts.
type browser struct {
	*world
	client http.Client
	page   string // contents of the last page
	at     *url.URL
	status int
	header http.Header
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(w, err)
	return &browser{world: w, client: http.Client{Jar: jar}}
}

func (b *browser) do(r *http.Request) {
	b.Helper()
	if r.Header.Get("Accept-Language") == "" {
		r.Header.Set("Accept-Language", "ru")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.client.Do(r)
	require.NoError(b, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(b, err)
	b.page, b.at, b.status, b.header = string(body), res.Request.URL, res.StatusCode, res.Header
	require.NotContains(b, b.page, "goroutine ")
	require.NotRegexp(b, missingKey, b.page, "a key without words")
}

// missingKey is a catalogue key where its words ought to be.
var missingKey = regexp.MustCompile(`[>" ](portal|photo|error|rubric|workflow|outcome|stage)\.[a-z_]+\w[<" ]`)

func (b *browser) get(path string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.abs(path), nil)
	require.NoError(b, err)
	b.do(r)
}

func (b *browser) abs(path string) string {
	if strings.HasPrefix(path, "http") {
		return path
	}
	return b.url + path
}

// post sends a form to where the page's own form goes, or to a path.
func (b *browser) post(path string, pairs ...string) {
	b.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.abs(path), strings.NewReader(v.Encode()))
	require.NoError(b, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	b.do(r)
}

// here is the address of the page itself, to which its form posts.
func (b *browser) here() string { return b.at.RequestURI() }

// on requires that the browser stands on a page of the form.
func (b *browser) on(step string) {
	b.Helper()
	require.Equal(b, http.StatusOK, b.status, b.page)
	require.True(b, strings.HasSuffix(b.at.Path, "/"+step), "on %s, wanted %s", b.at.Path, step)
}

// invalid requires that the form came back with the sentence, and with what
// was typed.
func (b *browser) invalid(sentence string, typed ...string) {
	b.Helper()
	require.Equal(b, http.StatusUnprocessableEntity, b.status, b.at.Path)
	require.Contains(b, b.page, sentence)
	require.Contains(b, b.page, "govuk-error-summary")
	for _, s := range typed {
		require.Contains(b, b.page, s)
	}
}

func (b *browser) upload(path string, files map[string][]byte) {
	b.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, data := range files {
		part, err := m.CreateFormFile("photos", name)
		require.NoError(b, err)
		_, err = part.Write(data)
		require.NoError(b, err)
	}
	require.NoError(b, m.Close())
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.abs(path), &body)
	require.NoError(b, err)
	r.Header.Set("Content-Type", m.FormDataContentType())
	b.do(r)
}

func picture(t testing.TB, shade uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 60, 40))
	draw.Draw(m, m.Bounds(), image.NewUniform(color.Gray{Y: shade}), image.Point{}, draw.Src)
	m.Set(1, 1, color.Black)
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

// officer acts in the name of an agency.
func officer(agency int64, role actor.Role, user int64) actor.Actor {
	return actor.Actor{Kind: actor.Officer, User: user, Memberships: []actor.Membership{{Agency: agency, Role: role}}}
}

// answer works an appeal to a signed answer.
func (w *world) answer(id int64) {
	w.Helper()
	found, err := w.store.FindCase(w.Context(), id)
	require.NoError(w, err)
	agency := found.Appeal.Agency
	boss, worker, head := officer(agency, actor.Coordinator, 1), officer(agency, actor.Executor, 2), officer(agency, actor.Head, 3)
	for _, s := range []struct {
		by  actor.Actor
		cmd workflow.Command
	}{
		{boss, workflow.Command{Action: workflow.Assign, Executor: 2}},
		{worker, workflow.Command{Action: workflow.Start}},
		{worker, workflow.Command{Action: workflow.SubmitAnswer, Text: "Яму заделали горячим асфальтом.", Outcome: workflow.Solved}},
		{head, workflow.Command{Action: workflow.Sign}},
	} {
		_, err := w.engine.Act(w.Context(), s.by, id, s.cmd)
		require.NoError(w, err, s.cmd.Action)
	}
}
