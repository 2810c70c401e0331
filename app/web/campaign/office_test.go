package campaign_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web/campaign"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/app/web/widget"
)

// office is the pages of organisers.
type office struct {
	t     *testing.T
	hall  *storetest.Hall
	pages *campaign.Handlers
}

type people struct{}

func (people) User(id int64) (identity.User, bool) {
	return identity.User{ID: id, Name: map[int64]string{5: "Анна Ильина", 6: "Пётр Лесной"}[id]}, true
}

// bodies are a region and a town below it that holds no campaigns.
type bodies struct{ agencies }

func (bodies) AgencyByCode(code string) (identity.Agency, bool) {
	town := identity.Agency{ID: 8, Parent: 7, Code: "town", Name: lang.Text{RU: "Посёлок"}, WidgetOrigins: []string{"https://town.example"}}
	return town, code == "town"
}

func openOffice(t *testing.T) *office {
	t.Helper()
	h := storetest.NewHall(t, storetest.Open(t, storetest.SQLite))
	base, err := url.Parse("http://localhost:8080")
	require.NoError(t, err)
	return &office{t, h, campaign.New(campaign.Config{
		Campaigns: h.Campaigns, Voting: h.Voting, PaperBox: h.Paper, Agencies: bodies{}, People: people{}, Clock: h.Clock, Zone: time.UTC, Base: base,
		Places: func() []participation.Named { return nil },
		Frame:  func(_ echo.Context, title string) ui.Page { return ui.Page{Title: title} },
		Office: func(_ echo.Context, title string) (ui.Page, error) {
			return ui.Page{Title: title, Area: ui.Console}, nil
		},
	})}
}

// ask lets a user work on a campaign and returns the page, or where it leads to.
func (o *office) ask(user int64, handle echo.HandlerFunc, id string, form url.Values) string {
	o.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if form != nil {
		r = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	c := echo.New().NewContext(r, w)
	c.SetParamNames("id")
	c.SetParamValues(id)
	edge.WithUser(c, &identity.User{ID: user, Memberships: []actor.Membership{{Agency: 7, Role: actor.Organiser}}})
	require.NoError(o.t, handle(c))
	if to := w.Header().Get("Location"); to != "" {
		return to
	}
	return w.Body.String()
}

// The journal says who did what, and a row of one person's edits is one line.
func TestOffice_journal(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	c := &participation.Campaign{Agency: 7, Terms: participation.Terms{Kind: participation.Poll, Title: lang.Text{RU: "Автобусы"}}}
	by := func(user int64) actor.Actor {
		return actor.Actor{Kind: actor.Officer, User: user, Memberships: []actor.Membership{{Agency: 7, Role: actor.Organiser}}}
	}
	require.NoError(t, o.hall.Campaigns.Create(t.Context(), by(5), c))
	for _, user := range []int64{5, 5, 5, 6} {
		found, err := o.hall.Store.FindCampaign(t.Context(), c.ID)
		require.NoError(t, err)
		_, err = o.hall.Campaigns.Edit(t.Context(), by(user), c.ID, found.Version, func(*participation.Campaign) error { return nil })
		require.NoError(t, err)
	}
	page := o.ask(5, o.pages.Desk, "2", nil)
	require.Equal(t, 2, strings.Count(page, "Изменено"), "one line for each person")
	require.Contains(t, page, "3 правки подряд")
	require.Contains(t, page, "Анна Ильина")
	require.Contains(t, page, "Пётр Лесной")
	page = o.ask(5, o.pages.Desk, "1", nil)
	require.Contains(t, page, "само, по времени", "the clock opened the other one")
	require.Contains(t, page, participation.HashText(o.hall.Campaign(t).Hash))
}

// A project that nobody names can't win what is left over, unless the organiser
// says so, and then is warned.
func TestOffice_support_is_asked_for(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	form := url.Values{
		"kind": {"budget"}, "agency": {"7"}, "title": {"Дворы"}, "text": {"Куда потратить"}, "budget": {"100"}, "rule": {"equalshares/add1u"},
		"form": {"approval"}, "projects": {"Сквер | Garden | 60 | Липы и лавки\nМост | 50"},
	}
	require.Contains(t, o.ask(5, o.pages.Edit, "", nil), "Условия голосования")
	require.Equal(t, "/console/campaigns/2", o.ask(5, o.pages.Save, "", form))
	found, err := o.hall.Store.FindCampaign(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, 1, found.Terms.Money.Support)
	require.Equal(t, "Липы и лавки", found.Terms.Money.Projects[0].Text.RU)
	require.Equal(t, int64(50), found.Terms.Money.Projects[1].Cost)
	require.NotContains(t, o.ask(5, o.pages.Desk, "2", nil), "за который никто не голосовал")
	page := o.ask(5, o.pages.Edit, "2", nil)
	require.Contains(t, page, "Сквер | Garden | 60 | Липы и лавки", "a description outlives an edit")

	form.Set("support", "0")
	form.Set("version", "1")
	o.ask(5, o.pages.Save, "2", form)
	require.Contains(t, o.ask(5, o.pages.Desk, "2", nil), "за который никто не голосовал")
}

// A town's site shows the region's votes, by number and all that are open.
func TestCard_of_a_body_above(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	e := echo.New()
	var failed error
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		failed = err
		_ = c.NoContent(http.StatusNotFound)
	}
	g := e.Group("/embed/:agency/campaigns", widget.Framed(bodies{}))
	g.GET("", o.pages.Cards)
	g.GET("/:id", o.pages.Card)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	for _, path := range []string{"/embed/town/campaigns/1", "/embed/town/campaigns"} {
		w := get(path)
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), "Перейти к голосованию")
		require.Contains(t, w.Header().Get(echo.HeaderContentSecurityPolicy), "frame-ancestors https://town.example")
	}
	require.Equal(t, http.StatusNotFound, get("/embed/town/campaigns/99").Code)
	var e404 *fault.Error
	require.ErrorAs(t, failed, &e404)
	require.Equal(t, "widget.unknown_campaign", e404.Key)
}
