package console_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/live"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/admin"
	"github.com/otklik/otklik/app/web/console"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/bleveindex"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// region is a small region at work: two agencies, their people, a database and
// an index of their own, behind the real frame.
type region struct {
	t      *testing.T
	store  *store.Store
	clock  *clock.Fake
	engine *workflow.Engine
	index  *bleveindex.Index
	photos *photo.Bucket
	hub    *live.Hub
	url    string
	roads  int64 // agencies
	parks  int64
	users  map[string]*identity.User
	places []territory.Territory
	days   *calendar.Calendar

	catchUp func(context.Context) error // the index does, where it is behind
}

// bulking holds actions with many cases for 20 seconds.
func (r *region) bulking() *workflow.Bulking {
	return &workflow.Bulking{Engine: r.engine, Bulks: r.store, Clock: r.clock, Window: 20 * time.Second}
}

const password = "a password for tests"

var tuesday = time.Date(2026, 3, 17, 7, 0, 0, 0, time.UTC) // 10:00 in the region

func newRegion(t *testing.T) *region {
	t.Helper()
	r := &region{t: t, clock: clock.NewFake(tuesday), users: map[string]*identity.User{}}
	r.store = storetest.OpenAt(t, storetest.SQLite, r.clock)
	r.settle()
	zone := time.FixedZone("region", 3*3600)
	topics := rubricator.New(r.store, nil)
	require.NoError(t, topics.Reload(t.Context()))
	days, err := calendar.Load()
	require.NoError(t, err)
	r.engine, err = workflow.NewEngine(workflow.Config{
		Store: r.store, Catalog: catalog{topics}, Witness: witness{r.store, topics}, Clock: r.clock, Calendar: days.In(zone), Secret: []byte("a secret for the tests"),
	})
	require.NoError(t, err)
	r.days = days.In(zone)
	r.index, err = bleveindex.Open("", bleveindex.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.index.Close()) })
	r.photos, err = photo.OpenBucket(t.Context(), "file://"+t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.photos.Close()) })

	base, err := url.Parse("http://otklik.test")
	require.NoError(t, err)
	accounts := identity.NewAccounts(r.store, r.clock)
	r.hub = live.NewHub(live.Config{
		Log: log{r.store}, Notices: r.store, Presences: r.store, Clock: r.clock, Logger: slog.New(slog.DiscardHandler),
	})
	r.follow()
	handler, err := web.New(web.Config{
		Base: base, Zone: zone, Clock: r.clock, Log: slog.New(slog.DiscardHandler), Accounts: accounts,
		Ready: func(context.Context) error { return nil },
		Pages: web.Pages{Console: console.New(console.Config{
			Accounts: accounts, Cookies: edge.NewCookies(base), Engine: r.engine, Reader: r.store, Templates: r.store,
			Loads: r.store, Rubrics: topics, Directory: r, Index: r.index, Settle: r.settled, Phones: r.store, Subscriptions: r.store, Users: r.store, Base: base, Notices: r.store, Alerts: r.store, Photos: r.photos, Clock: r.clock, Hub: r.hub,
			Bulking: r.bulking(), Duplicates: r.store.Suspicions(), Views: r.store, Planning: r.store, Absences: r.store, Journal: r.store, Calendar: r.engine.Calendar,
			Settings: admin.Sections,
			Demo:     []console.DemoUser{{Login: "coordinator", Password: password, Name: "Алина Верескова", Role: actor.Coordinator}},
		})},
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *region) settled(ctx context.Context) error {
	if r.catchUp == nil {
		return nil
	}
	return r.catchUp(ctx)
}

// log is the event log as screens hear of it.
type log struct{ *store.Store }

func (l log) End(ctx context.Context) (string, error) { return l.LogEnd(ctx) }

func (l log) After(ctx context.Context, position string, limit int) ([]live.Change, string, error) {
	events, next, err := l.EventsAfter(ctx, position, limit)
	if err != nil {
		return nil, "", err
	}
	var out []live.Change
	for _, e := range events {
		found, err := l.FindCase(ctx, e.Appeal)
		if err != nil {
			return nil, "", err
		}
		out = append(out, live.Change{Appeal: e.Appeal, N: e.N, By: e.Actor, See: func(by actor.Actor) live.Sight {
			if workflow.CanSee(by, &found.Appeal) {
				return live.Seen
			}
			return live.Hidden
		}})
	}
	return out, next, nil
}

// follow lets the hub run as long as the test.
func (r *region) follow() {
	require.NoError(r.t, r.hub.Start(r.t.Context()))
	ctx, stop := context.WithCancel(context.WithoutCancel(r.t.Context()))
	done := make(chan struct{})
	go func() { r.hub.Run(ctx); close(done) }()
	r.t.Cleanup(func() { stop(); <-done })
}

// settle founds the region: places, topics, agencies, people, templates.
func (r *region) settle() {
	ctx := r.t.Context()
	r.places = []territory.Territory{{Code: "region", Kind: "region", Name: lang.Text{RU: "Заречный край", EN: "Zarechny Krai"}}}
	require.NoError(r.t, r.store.SaveTerritories(ctx, r.places))
	towns := []territory.Territory{
		{Code: "lipki", Kind: "district", Name: lang.Text{RU: "Липкинский район", EN: "Lipki"}, Parent: r.places[0].ID, Lat: 51.7, Lon: 36.2, Col: -1, Row: -1},
		{Code: "bor", Kind: "town", Name: lang.Text{RU: "Сосновый Бор", EN: "Sosnovy Bor"}, Parent: r.places[0].ID, Lat: 51.9, Lon: 36.5, Col: -1, Row: -1},
	}
	require.NoError(r.t, r.store.SaveTerritories(ctx, towns))
	r.places = append(r.places, towns...)
	agencies := []identity.Agency{
		{Code: "roads", Name: lang.Text{RU: "Комитет дорожного хозяйства", EN: "Roads committee"}, Short: lang.Text{RU: "Дорожный комитет", EN: "Roads"}, Capabilities: []string{"appeals"}},
		{Code: "parks", Name: lang.Text{RU: "Управление парков и скверов", EN: "Parks office"}, Short: lang.Text{RU: "Парки", EN: "Parks"}, Capabilities: []string{"appeals"}},
	}
	require.NoError(r.t, r.store.SaveAgencies(ctx, agencies))
	r.roads, r.parks = agencies[0].ID, agencies[1].ID
	_, err := r.store.PublishVersion(ctx, []*rubricator.Rubric{
		{Code: "roads", Name: lang.Text{RU: "Дороги", EN: "Roads"}, Children: []*rubricator.Rubric{
			{Code: "roads.pit", Name: lang.Text{RU: "Яма на дороге", EN: "Pothole"}, Order: "fast", Days: 10, PhotoRequired: true},
			{Code: "roads.plan", Name: lang.Text{RU: "Ремонт улицы", EN: "Street repair"}},
		}},
	}, "for the tests")
	require.NoError(r.t, err)
	require.NoError(r.t, r.store.ReplaceRules(ctx, []rubricator.Rule{
		{Rubric: rubricator.Any, Agency: r.roads}, {Rubric: "roads.pit", Agency: r.roads},
	}))
	require.NoError(r.t, r.store.SaveTemplates(ctx, []workflow.AnswerTemplate{{
		Code: "repaired", Name: lang.Text{RU: "Отремонтировано"}, Outcome: workflow.Solved,
		Body: "Здравствуйте, {applicant}! По обращению {number} от {date} работы по адресу {address} выполнены {day}.",
	}}))
	for login, m := range map[string]actor.Membership{
		"moderator": {Agency: r.roads, Role: actor.Moderator}, "coordinator": {Agency: r.roads, Role: actor.Coordinator},
		"executor": {Agency: r.roads, Role: actor.Executor}, "second": {Agency: r.roads, Role: actor.Executor},
		"head": {Agency: r.roads, Role: actor.Head}, "clerk": {Agency: r.roads, Role: actor.AgencyAdmin}, "gardener": {Agency: r.parks, Role: actor.Coordinator}, "arborist": {Agency: r.parks, Role: actor.Executor},
		"supervisor": {Role: actor.Supervisor}, "admin": {Role: actor.SystemAdmin},
	} {
		u := &identity.User{
			Login: login, Name: names[login], PasswordHash: passwordHash(), Memberships: []actor.Membership{m},
		}
		require.NoError(r.t, r.store.SaveUser(ctx, u))
		r.users[login] = u
	}
}

// passwordHash is made once: it is slow on purpose.
var passwordHash = sync.OnceValue(func() string { return identity.HashPassword(password) })

var names = map[string]string{
	"moderator": "Модестова Ирина", "coordinator": "Верескова Алина", "executor": "Подгорин Глеб", "second": "Ракитова Дина",
	"head": "Заозерин Егор", "clerk": "Тихонов Пётр", "gardener": "Полынин Захар", "arborist": "Садовников Олег", "supervisor": "Колоскова Жанна", "admin": "Берёзкина Инна",
}

// The region is its own directory.

func (r *region) Agency(id int64) (identity.Agency, bool) {
	all := r.Agencies()
	i := slices.IndexFunc(all, func(a identity.Agency) bool { return a.ID == id })
	if i < 0 {
		return identity.Agency{}, false
	}
	return all[i], true
}

func (r *region) Agencies() []identity.Agency {
	all, err := r.store.ListAgencies(context.Background())
	if err != nil {
		panic(err)
	}
	return all
}

func (r *region) User(id int64) (identity.User, bool) {
	u, err := r.store.FindUser(context.Background(), id)
	if err != nil {
		return identity.User{}, false
	}
	return *u, true
}

func (r *region) Staff(agency int64) []identity.User {
	users, err := r.store.ListUsers(context.Background(), agency)
	if err != nil {
		panic(err)
	}
	return users
}

// witness is that of the product.
type witness struct {
	*store.Store
	topics *rubricator.Rubricator
}

func (w witness) ListTemplates(ctx context.Context, agency int64, rubric string) ([]workflow.AnswerTemplate, error) {
	return w.Store.ListTemplates(ctx, agency, w.topics.Book().Tree.Branch(rubric))
}

func (w witness) Subject(code string) workflow.Subject {
	leaf, _ := w.topics.Book().Tree.Find(code)
	return workflow.Subject{Words: []string{leaf.Name.RU}, AsksPhoto: leaf.PhotoRequired}
}

type catalog struct{ topics *rubricator.Rubricator }

func (c catalog) Leaf(_ context.Context, code string, at int64, replies []workflow.Reply) (workflow.Leaf, error) {
	book := c.topics.Book()
	leaf, err := book.FindTopic(code, tuesday)
	if err != nil {
		return workflow.Leaf{}, err
	}
	to, err := book.Router.Explain(leaf, at, workflow.AnswersOf(replies))
	var lost []workflow.LostRule
	for _, l := range to.Lost {
		lost = append(lost, workflow.LostRule{Rule: l.Rule.Ref(book.Places).String(), Agency: l.Rule.Agency, Why: string(l.Why)})
	}
	return workflow.Leaf{
		Version: 1, Code: leaf.Code, Category: leaf.Category().Code, RuleSet: workflow.RuleSet(leaf.RuleSet),
		Order: workflow.Order(leaf.Order), Review: calendar.Amount{N: leaf.Days, Unit: calendar.CalendarDays},
		Agency: to.Agency, Rule: to.Rule.Ref(book.Places).String(), Lost: lost,
	}, err
}

// submit sends a citizen's appeal and indexes it.
func (r *region) submit(rubric, text string) int64 {
	r.t.Helper()
	got, err := r.engine.Submit(r.t.Context(), workflow.Submission{
		Text: text, Rubric: rubric, Source: workflow.FromPortal,
		Place:     workflow.Place{Territory: r.places[1].ID, Address: "ул. Полевая, 12", Point: &workflow.Point{Lat: 51.7, Lon: 36.2}},
		Applicant: workflow.Applicant{Name: "Мария Ключевская", Email: "maria@example.org", Phone: "+70001234567", Lang: "ru"},
		Replies:   []workflow.Reply{{Question: "size", Asked: "Насколько большая яма?", Value: "large", Shown: "Больше метра"}},
	})
	require.NoError(r.t, err)
	r.reindex(got.ID)
	return got.ID
}

func (r *region) reindex(ids ...int64) {
	r.t.Helper()
	cases, err := r.store.FindCases(r.t.Context(), ids)
	require.NoError(r.t, err)
	var docs []search.Doc
	for _, c := range cases {
		a := c.Appeal
		docs = append(docs, search.Doc{
			ID: a.ID, Number: a.Number, Text: a.Text, Rubric: a.Rubric, Category: a.Category, Territory: a.Place.Territory,
			Agency: a.Agency, Executor: a.Executor, Stage: string(a.Stage), Final: a.Stage.Final(), Source: string(a.Source),
			SubmittedAt: a.SubmittedAt, DueAt: a.DueAt,
		})
	}
	require.NoError(r.t, r.index.Apply(r.t.Context(), docs, nil, fmt.Sprint(ids)))
}

func (r *region) find(id int64) *workflow.Case {
	r.t.Helper()
	c, err := r.store.FindCase(r.t.Context(), id)
	require.NoError(r.t, err)
	return c
}

// act takes a step behind the pages' back.
func (r *region) act(login string, id int64, cmd workflow.Command) {
	r.t.Helper()
	_, err := r.engine.Act(r.t.Context(), r.users[login].Actor(), id, cmd)
	require.NoError(r.t, err)
	r.reindex(id)
}

// assigned is a case in the hands of the executor.
func (r *region) assigned() int64 {
	id := r.submit("roads.pit", pit)
	r.act("coordinator", id, workflow.Command{Action: workflow.Assign, Executor: r.users["executor"].ID})
	return id
}

// started is a case that the executor works on.
func (r *region) started() int64 {
	id := r.assigned()
	r.act("executor", id, workflow.Command{Action: workflow.Start})
	return id
}

// onSign is a case whose answer awaits the head.
func (r *region) onSign() int64 {
	id := r.started()
	r.act("executor", id, workflow.Command{Action: workflow.SubmitAnswer, Text: answer, Outcome: workflow.Solved})
	return id
}

const (
	pit    = "На Полевой напротив дома 12 третью неделю яма на всю полосу. Вчера сосед пробил колесо, объехать нельзя."
	answer = "Здравствуйте! Яму на Полевой у дома 12 засыпали и заасфальтировали 16 марта, гарантия на участок два года."
)

func snapshot(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range 64 * 48 {
		img.Set(i%64, i/64, color.RGBA{R: uint8(i % 251), G: 120, B: 90, A: 255})
	}
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

func (r *region) calendars(string) (*calendar.Calendar, error) { return r.days, nil }
