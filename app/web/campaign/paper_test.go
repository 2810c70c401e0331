package campaign_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/app/web/campaign"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

func TestPaper_is_printed_handed_out_entered_and_settled(t *testing.T) {
	t.Parallel()
	h := storetest.NewHall(t, storetest.Open(t, storetest.SQLite), storetest.OnPaper)
	base, err := url.Parse("http://localhost:8080")
	require.NoError(t, err)
	pages := campaign.New(campaign.Config{
		Campaigns: h.Campaigns, Voting: h.Voting, PaperBox: h.Paper, Agencies: agencies{}, Clock: h.Clock, Zone: time.UTC, Base: base,
		Places: func() []participation.Named { return nil },
		Office: func(_ echo.Context, title string) (ui.Page, error) {
			return ui.Page{Title: title, Area: ui.Console}, nil
		},
	})
	ask := func(user int64, role actor.Role, handle echo.HandlerFunc, form url.Values, params ...string) (int, string, error) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if form != nil {
			r = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		w := httptest.NewRecorder()
		c := echo.New().NewContext(r, w)
		c.SetParamNames("id", "batch", "mark")
		c.SetParamValues(append([]string{"1"}, append(params, "", "")[:2]...)...)
		edge.WithUser(c, &identity.User{ID: user, Memberships: []actor.Membership{{Agency: 7, Role: role}}})
		err := handle(c)
		body, readErr := io.ReadAll(w.Result().Body)
		require.NoError(t, readErr)
		if to := w.Header().Get("Location"); to != "" {
			return w.Code, to, err
		}
		return w.Code, string(body), err
	}
	must := func(status int, want string) func(int, string, error) string {
		return func(got int, body string, err error) string {
			t.Helper()
			require.NoError(t, err)
			require.Equal(t, status, got, body)
			require.Contains(t, body, want)
			return body
		}
	}
	_, _, err = ask(9, actor.Executor, pages.Paper, nil)
	require.Error(t, err, "others have no business here")
	must(http.StatusUnprocessableEntity, "Печатают от 1")(ask(11, actor.Desk, pages.PrintPaper, url.Values{"sheets": {"0"}}))
	must(http.StatusSeeOther, "/paper")(ask(11, actor.Desk, pages.PrintPaper, url.Values{"sheets": {"2"}}))
	_, pdf, err := ask(11, actor.Desk, pages.PaperSheets, nil, "1")
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix([]byte(pdf), []byte("%PDF")))
	_, codes, err := h.Paper.Codes(t.Context(), h.Organiser, 1, 1)
	require.NoError(t, err)
	must(http.StatusSeeOther, "issued")(ask(11, actor.Desk, pages.IssuePaper, url.Values{"document": {"3604 111111"}}))
	must(http.StatusSeeOther, "issued")(ask(11, actor.Desk, pages.IssuePaper, url.Values{"document": {"3604 222222"}}))

	again := must(http.StatusUnprocessableEntity, "Второй не выдавайте")(ask(11, actor.Desk, pages.IssuePaper, url.Values{"document": {"3604 222222"}}))
	require.Contains(t, again, `value="3604 222222"`)

	must(http.StatusOK, "Код с бюллетеня")(ask(11, actor.Desk, pages.EnterPaper, nil))
	typed := url.Values{"code": {strings.ToLower(codes[0])}, "q1": {"3"}}
	body := must(http.StatusUnprocessableEntity, "номера идут от 1 до 2")(ask(11, actor.Desk, pages.SavePaper, typed))
	require.Contains(t, body, `value="3"`)
	typed.Set("q1", "1")
	must(http.StatusOK, "Второй раз его введёт другой человек")(ask(11, actor.Desk, pages.SavePaper, typed))
	must(http.StatusOK, "голос в ящике")(ask(12, actor.Desk, pages.SavePaper, typed))
	must(http.StatusUnprocessableEntity, "уже введён дважды")(ask(13, actor.Desk, pages.SavePaper, typed))

	other := url.Values{"code": {codes[1]}, "q1": {"1"}}
	must(http.StatusOK, "записано")(ask(11, actor.Desk, pages.SavePaper, other))
	other.Set("q1", "2")
	body = must(http.StatusOK, "прочитано по-разному")(ask(12, actor.Desk, pages.SavePaper, other))
	require.NotContains(t, body, "Прочёл", "nobody is shown what the first read")
	must(http.StatusOK, "Прочёл 2-й оператор")(ask(5, actor.Organiser, pages.Differences, nil))
	mark, ok := h.Paper.Mark(1, codes[1])
	require.True(t, ok)
	settle := url.Values{"q1": {"2"}}
	must(http.StatusUnprocessableEntity, "Напишите, что видно на листе")(ask(5, actor.Organiser, pages.Settle, settle, "", participation.HashText(mark)))
	settle.Set("reason", "крест у «нет»")
	must(http.StatusSeeOther, "/differences")(ask(5, actor.Organiser, pages.Settle, settle, "", participation.HashText(mark)))
	must(http.StatusOK, "Учтено")(ask(11, actor.Desk, pages.Paper, nil))
	c := h.Finish(t)
	require.Equal(t, 2, c.Result.Paper.Counted)
	require.Equal(t, []participation.PickCount{{ID: "yes", N: 1}, {ID: "no", N: 1}}, c.Result.Questions[0].Picks)
	body = must(http.StatusOK, "Вернулось и введено")(ask(5, actor.Organiser, pages.Desk, nil))
	require.Contains(t, body, "учтено бумажных бюллетеней: 2")
	require.Contains(t, body, "Из них разобрано третьим человеком")
}
