package dashboard_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/report"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/console"
	"github.com/otklik/otklik/app/web/dashboard"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/bleveindex"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// today is the day on which everybody looks at the dashboard.
var today = time.Date(2026, 6, 17, 9, 0, 0, 0, time.UTC) // a Wednesday

var zone = time.FixedZone("region", 3*3600)

// region is a small region with random lives behind the real frame: three
// municipalities and a settlement, two categories, three agencies.
type region struct {
	t      *testing.T
	store  *store.Store
	clock  *clock.Fake
	engine *workflow.Engine
	index  *brokenIndex
	url    string
	places map[string]int64
	roads  int64 // agencies
	yards  int64
	other  int64
	tokens map[string]string // sessions by login
	pages  *dashboard.Handlers

	agencies []identity.Agency
	users    []identity.User
}

// brokenIndex is an index that stops answering when told.
type brokenIndex struct {
	search.Index
	down bool
}

func (x *brokenIndex) HeatMap(ctx context.Context, q search.HeatQuery) (search.HeatMap, error) {
	if x.down {
		return search.HeatMap{}, fmt.Errorf("the disk is gone")
	}
	return x.Index.HeatMap(ctx, q)
}

func newRegion(t *testing.T, dialect string) *region {
	t.Helper()
	r := &region{t: t, clock: clock.NewFake(today), places: map[string]int64{}, tokens: map[string]string{}}
	r.store = storetest.OpenAt(t, dialect, r.clock)
	r.settle()
	topics := rubricator.New(r.store, nil)
	require.NoError(t, topics.Reload(t.Context()))
	days, err := calendar.Load()
	require.NoError(t, err)
	r.engine, err = workflow.NewEngine(workflow.Config{
		Store: r.store, Catalog: catalog{topics}, Witness: witness{r.store}, Clock: r.clock, Calendar: days.In(zone), Secret: []byte("a secret for the tests"),
	})
	require.NoError(t, err)
	index, err := bleveindex.Open("", bleveindex.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, index.Close()) })
	r.index = &brokenIndex{Index: index}

	base, err := url.Parse("http://otklik.test")
	require.NoError(t, err)
	accounts := identity.NewAccounts(r.store, r.clock)
	desk := console.New(console.Config{
		Accounts: accounts, Cookies: edge.NewCookies(base), Engine: r.engine, Reader: r.store, Templates: r.store,
		Loads: r.store, Rubrics: topics, Directory: r, Index: r.index, Notices: r.store, Duplicates: r.store.Suspicions(), Views: r.store, Planning: r.store, Absences: r.store, Journal: r.store, Calendar: r.engine.Calendar, Clock: r.clock,
	})
	r.pages = dashboard.New(dashboard.Config{
		Reports: r.board(), Index: r.index, Rubrics: topics, Agencies: r, Inbox: r.store, Alert: r.store, Weekly: r.store, Journal: r.store, Clock: r.clock, Zone: zone,
		Frame: desk.Page, Log: slog.New(slog.DiscardHandler),
	})
	handler, err := web.New(web.Config{
		Base: base, Zone: zone, Clock: r.clock, Log: slog.New(slog.DiscardHandler), Accounts: accounts,
		Ready: func(context.Context) error { return nil },
		Pages: web.Pages{Console: desk, Dashboard: r.pages},
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *region) settle() {
	ctx := r.t.Context()
	root := []territory.Territory{{Code: "region", Kind: "region", Name: lang.Text{RU: "Заречный край"}, Col: -1, Row: -1}}
	require.NoError(r.t, r.store.SaveTerritories(ctx, root))
	place := func(code, kind, name string, people int, parent int64, lon float64) territory.Territory {
		return territory.Territory{
			Code: code, Kind: kind, Name: lang.Text{RU: name}, Parent: parent, Population: people, Lat: 51, Lon: lon, Col: -1, Row: -1,
			Boundary: fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%g,50],[%g,50],[%g,52],[%g,52],[%g,50]]]}`,
				lon-.5, lon+.5, lon+.5, lon-.5, lon-.5),
		}
	}
	towns := []territory.Territory{
		place("lipki", "town", "Липки", 50_000, root[0].ID, 36), place("bor", "town", "Бор", 30_000, root[0].ID, 37),
		place("zarechye", "district", "Заречье", 20_000, root[0].ID, 38),
	}
	require.NoError(r.t, r.store.SaveTerritories(ctx, towns))
	village := []territory.Territory{{
		Code: "vyselki", Kind: "settlement", Name: lang.Text{RU: "Выселки"}, Parent: towns[2].ID, Population: 2_000, Col: -1, Row: -1,
	}}
	require.NoError(r.t, r.store.SaveTerritories(ctx, village))
	for _, p := range slices.Concat(root, towns, village) {
		r.places[p.Code] = p.ID
	}
	agencies := []identity.Agency{
		{Code: "roads", Name: lang.Text{RU: "Комитет дорог"}, Capabilities: []string{"appeals"}},
		{Code: "yards", Name: lang.Text{RU: "Управление дворов"}, Capabilities: []string{"appeals"}},
		{Code: "other", Name: lang.Text{RU: "Администрация"}, Capabilities: []string{"appeals"}},
	}
	require.NoError(r.t, r.store.SaveAgencies(ctx, agencies))
	r.agencies = agencies
	r.roads, r.yards, r.other = agencies[0].ID, agencies[1].ID, agencies[2].ID
	leaf := func(code, name, order string, days int) *rubricator.Rubric {
		return &rubricator.Rubric{Code: code, Name: lang.Text{RU: name}, Order: order, Days: days, Identity: "anonymous"}
	}
	_, err := r.store.PublishVersion(ctx, []*rubricator.Rubric{
		{Code: "roads", Name: lang.Text{RU: "Дороги"}, Children: []*rubricator.Rubric{
			leaf("roads.pit", "Яма", "fast", 5), leaf("roads.light", "Фонари", "general", 20),
		}},
		{Code: "yards", Name: lang.Text{RU: "Дворы"}, Children: []*rubricator.Rubric{
			leaf("yards.snow", "Снег", "fast", 3),
			{Code: "yards.green", Name: lang.Text{RU: "Зелень"}, Children: []*rubricator.Rubric{leaf("yards.green.trees", "Деревья", "general", 10)}},
		}},
	}, "for the tests")
	require.NoError(r.t, err)
	require.NoError(r.t, r.store.ReplaceRules(ctx, []rubricator.Rule{
		{Rubric: "roads", Agency: r.roads},
		{Rubric: "yards", Agency: r.yards},
		{Rubric: "yards", Territory: r.places["bor"], Agency: r.other},
	}))
	for login, m := range map[string]actor.Membership{
		"supervisor": {Role: actor.Supervisor}, "head": {Agency: r.roads, Role: actor.Head},
		"executor": {Agency: r.yards, Role: actor.Executor},
	} {
		r.signIn(login, m)
	}
	r.signIn("nobody")
}

// signIn hires a person and opens a session for them.
func (r *region) signIn(login string, roles ...actor.Membership) {
	ctx := r.t.Context()
	u := &identity.User{Login: login, Name: login, Email: login + "@otklik.example", PasswordHash: "-", Memberships: roles}
	require.NoError(r.t, r.store.SaveUser(ctx, u))
	r.users = append(r.users, *u)
	r.open(login, u.ID)
}

// open opens a session for an hour.
func (r *region) open(login string, user int64) {
	now := r.clock.Now()
	token := login + now.Format(time.RFC3339)
	sum := sha256.Sum256([]byte(token))
	r.tokens[login] = token
	require.NoError(r.t, r.store.CreateSession(r.t.Context(), hex.EncodeToString(sum[:]), identity.Session{
		User: user, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour),
	}))
}

// get asks for a page as somebody; "" is nobody.
func (r *region) get(login, path string) (status int, body string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+path, nil)
	require.NoError(r.t, err)
	if login != "" {
		req.AddCookie(&http.Cookie{Name: "otklik", Value: r.tokens[login]})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(r.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	return res.StatusCode, string(raw)
}

// page is a page that is there.
func (r *region) page(login, path string) string {
	r.t.Helper()
	status, body := r.get(login, path)
	require.Equal(r.t, http.StatusOK, status, "%s: %s", path, body)
	return body
}

// The directory of the console and the dashboard.

func (r *region) Agencies() []identity.Agency { return r.agencies }

func (r *region) Agency(id int64) (identity.Agency, bool) {
	for _, a := range r.Agencies() {
		if a.ID == id {
			return a, true
		}
	}
	return identity.Agency{}, false
}

func (r *region) User(id int64) (identity.User, bool) {
	if id != executor {
		return identity.User{}, false
	}
	return identity.User{ID: executor, Name: "Иван Исполнитель", Memberships: officer(r.roads).Memberships}, true
}

func (r *region) Staff(int64) []identity.User { return nil }

func (r *region) Users() []identity.User { return r.users }

// catalog shows the rubricator to the engine.
// witness is the product's, of a region whose topics nobody described.
type witness struct{ *store.Store }

func (w witness) ListTemplates(ctx context.Context, agency int64, rubric string) ([]workflow.AnswerTemplate, error) {
	return w.Store.ListTemplates(ctx, agency, []string{rubric})
}

func (witness) Subject(string) workflow.Subject { return workflow.Subject{} }

type catalog struct{ topics *rubricator.Rubricator }

func (c catalog) Leaf(_ context.Context, code string, at int64, _ []workflow.Reply) (workflow.Leaf, error) {
	book := c.topics.Book()
	topic, err := book.FindTopic(code, today)
	if err != nil {
		return workflow.Leaf{}, err
	}
	to, err := book.Router.Route(topic, at, nil)
	return workflow.Leaf{
		Version: book.Tree.Version, Code: code, Category: topic.Category().Code, RuleSet: workflow.RuleSet(topic.RuleSet),
		Order: workflow.Order(topic.Order), Review: calendar.Amount{N: topic.Days, Unit: calendar.CalendarDays}, Agency: to.Agency,
	}, err
}

// populate lives n random lives within the last 75 days and indexes them.
func (r *region) populate(seed uint64, n int) {
	r.t.Helper()
	dice := rand.New(rand.NewPCG(seed, 1)) // the same lives each time
	for range n {
		l := &life{region: r, dice: dice}
		l.live(today.Add(-time.Duration(1+dice.IntN(75*24)) * time.Hour))
	}
	r.clock.Set(today)
	r.reindex()
}

func (r *region) board() *report.Board { return &report.Board{Store: r.store, Zone: zone} }

func (r *region) keeper() *report.Keeper {
	return &report.Keeper{Ledger: unheld{r.store}, Zone: zone, Now: r.clock.Now, Name: "test"}
}

func (r *region) reindex() {
	for more := true; more; {
		var err error
		more, err = r.keeper().Step(r.t.Context())
		require.NoError(r.t, err)
	}
	indexer := &jobs.Indexer{Log: slog.New(slog.DiscardHandler), Event: r.store, Index: r.index, Lost: func() {}}
	for more := true; more; {
		var err error
		more, err = indexer.Step(r.t.Context())
		require.NoError(r.t, err)
	}
}

// life is one appeal and what becomes of it.
type life struct {
	*region
	dice *rand.Rand
	id   int64
}

const executor = 900

// officer is somebody who may do everything in the agency that has the appeal.
func officer(agency int64) actor.Actor {
	a := actor.Actor{Kind: actor.Officer, User: executor}
	for _, role := range []actor.Role{actor.Moderator, actor.Coordinator, actor.Executor, actor.Head} {
		a.Memberships = append(a.Memberships, actor.Membership{Agency: agency, Role: role})
	}
	return a
}

func (l *life) appeal() *workflow.Appeal {
	c, err := l.store.FindCase(l.t.Context(), l.id)
	require.NoError(l.t, err)
	return &c.Appeal
}

func pick[T any](dice *rand.Rand, from ...T) T { return from[dice.IntN(len(from))] }

var texts = []string{
	"Глубокая яма на дороге у школы, машины объезжают по встречной", "Не горит фонарь возле остановки уже две недели",
	"Двор не чистят от снега, не пройти с коляской", "Сухое дерево наклонилось над детской площадкой",
}

func (l *life) live(at time.Time) {
	l.clock.Set(at)
	topic := l.dice.IntN(4)
	receipt, err := l.engine.Submit(l.t.Context(), workflow.Submission{
		Text: texts[topic], Rubric: []string{"roads.pit", "roads.light", "yards.snow", "yards.green.trees"}[topic],
		Place:  workflow.Place{Territory: l.places[pick(l.dice, "lipki", "lipki", "bor", "zarechye", "vyselki", "region")]},
		Source: workflow.FromPortal,
	})
	require.NoError(l.t, err)
	l.id = receipt.ID
	for range 14 {
		if l.dice.IntN(9) == 0 || !l.wait(time.Duration(2+l.dice.IntN(60))*time.Hour) {
			break
		}
		if !l.step() {
			break
		}
	}
	l.wait(today.Sub(l.clock.Now()))
}

// wait lets time pass and clocks fire; false when today has come.
func (l *life) wait(d time.Duration) bool {
	until := l.clock.Now().Add(d)
	if until.After(today) {
		until = today
	}
	for {
		next := workflow.Due{}
		for _, d := range l.appeal().Deadline {
			if !d.NextAt.IsZero() && !d.NextAt.After(until) && (next.At.IsZero() || d.NextAt.Before(next.At)) {
				next = workflow.Due{Appeal: l.id, N: d.N, Step: d.Step, At: d.NextAt}
			}
		}
		if next.At.IsZero() {
			break
		}
		// Of many overdue days the first four are lived through and the last.
		at := next.At
		if next.Step.OverdueDays() > 4 {
			at = until
		}
		if at.After(l.clock.Now()) {
			l.clock.Set(at)
		}
		fired, err := l.engine.Fire(l.t.Context(), next)
		require.NoError(l.t, err)
		require.True(l.t, fired)
	}
	l.clock.Set(until)
	return until.Before(today)
}

// step does what may be done next; false at the end.
func (l *life) step() bool {
	a := l.appeal()
	by, author := officer(a.Agency), actor.Author(a.ID)
	act := func(by actor.Actor, c workflow.Command) bool {
		_, err := l.engine.Act(l.t.Context(), by, a.ID, c)
		require.NoError(l.t, err)
		return true
	}
	switch a.Stage {
	case workflow.StageModeration:
		if l.dice.IntN(5) == 0 {
			return act(by, workflow.Command{Action: workflow.Reject, Reason: "Это не обращение"})
		}
		return act(by, workflow.Command{Action: workflow.Accept})
	case workflow.StageReceived:
		if a.Hops < 2 && a.Round == 1 && l.dice.IntN(5) == 0 {
			to := pick(l.dice, l.roads, l.yards, l.other)
			if to != a.Agency {
				return act(by, workflow.Command{Action: workflow.Redirect, Agency: to, Reason: "Это их дорога"})
			}
		}
		if l.dice.IntN(14) == 0 && a.Round == 1 {
			return act(author, workflow.Command{Action: workflow.Withdraw})
		}
		return act(by, workflow.Command{Action: workflow.Assign, Executor: executor})
	case workflow.StageAssigned:
		return act(by, workflow.Command{Action: workflow.Start})
	case workflow.StageInWork:
		if !a.Extended && a.Asked == 0 && l.dice.IntN(6) == 0 {
			act(by, workflow.Command{Action: workflow.AskExtension, Days: 5, Reason: "Ждём кран"})
			return act(by, workflow.Command{Action: workflow.ApproveExtension})
		}
		c := workflow.Command{
			Action: workflow.SubmitAnswer, Text: "Работы выполнены полностью, место убрано и проверено.",
			Outcome: pick(l.dice, workflow.Solved, workflow.Solved, workflow.Explained, workflow.NotSupported, workflow.Planned),
		}
		if c.Outcome == workflow.Planned {
			if a.Interims >= workflow.MaxInterims {
				c.Outcome = workflow.Explained
			}
			c.Promised = l.clock.Now().AddDate(0, 0, 3)
		}
		return act(by, c)
	case workflow.StageOnSign:
		return act(by, workflow.Command{Action: workflow.Sign, Reason: "Акт и фото у меня"})
	case workflow.StagePlanned:
		return true
	case workflow.StageAnswered:
		switch n := l.dice.IntN(6); {
		case n == 0 && a.Round == 1:
			return act(author, workflow.Command{
				Action: workflow.ReReview, Text: "Ничего не сделано, яма на месте", NotFixed: true, Rating: l.dice.IntN(3),
			})
		case n < 5:
			return act(author, workflow.Command{Action: workflow.Rate, Rating: 1 + l.dice.IntN(5), Text: "Спасибо за работу"})
		}
		return true
	default:
		return false
	}
}
