package dashboard_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/report/weekly"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

// person is the id of somebody who may sign in.
func (r *region) person(login string) int64 {
	for _, u := range r.users {
		if u.Login == login {
			return u.ID
		}
	}
	r.t.Fatalf("nobody signs in as %s", login)
	return 0
}

// weeklyForm asks for a report of the region on Mondays at eight.
func (r *region) weeklyForm(change ...string) url.Values {
	form := url.Values{"of": {"region"}, "weekday": {"1"}, "hour": {"8"}, "lang": {"ru"}, "user": {id(r.person("supervisor"))}}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

func testWeeklyIsSetUp(t *testing.T, r *region) {
	t.Helper()
	for login, want := range map[string]int{"nobody": http.StatusForbidden, "executor": http.StatusForbidden, "head": http.StatusOK} {
		status, _ := r.get(login, "/dashboard/weekly/new")
		require.Equal(t, want, status, login)
	}
	roads := "a" + id(r.roads)
	body := r.page("supervisor", "/dashboard/weekly/new?"+r.weeklyForm("of", roads, "hour", "17", "user", id(r.person("head"))).Encode())
	says(t, body, `value="17" selected`, "choosing whose report it is keeps the rest")
	says(t, body, `value="`+id(r.person("head"))+`" checked`)

	status, body := r.send("supervisor", "/dashboard/weekly/new", r.weeklyForm("hour", "25", "user", "0"))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	says(t, body, "Выберите хотя бы одного человека")
	status, body = r.send("supervisor", "/dashboard/weekly/new", r.weeklyForm("user", id(r.person("head"))))
	require.Equal(t, http.StatusUnprocessableEntity, status, "a head may not see the region")
	says(t, body, "Выберите хотя бы одного человека")
	require.Equal(t, http.StatusForbidden, r.post("head", "/dashboard/weekly/new", r.weeklyForm()))

	require.Equal(t, http.StatusSeeOther, r.post("head", "/dashboard/weekly/new", r.weeklyForm("of", roads, "user", id(r.person("head")))))
	list, err := r.store.ListWeekly(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
	made := list[0]
	require.Equal(t, r.roads, made.Agency)
	page := "/dashboard/weekly/" + id(made.ID)
	for login, want := range map[string]string{"head": "по понедельникам в 8:00", "supervisor": "Комитет дорог", "executor": "Отчётов пока нет"} {
		says(t, text(r.page(login, "/dashboard/weekly")), want, login)
	}
	pdf := r.page("head", page+"/2026-06-10.pdf")
	require.True(t, strings.HasPrefix(pdf, "%PDF-"))
	for path, want := range map[string]int{"/2026-06-10.pdf": http.StatusNotFound, "": http.StatusNotFound} {
		status, _ := r.get("executor", page+path)
		require.Equal(t, want, status, "another agency's report")
	}
	for _, bad := range []string{"/x.pdf", "/2027-01-01.pdf", "/2026-06-10"} {
		status, _ := r.get("head", page+bad)
		require.Equal(t, http.StatusNotFound, status, bad)
	}

	old := r.weeklyForm("of", roads, "user", id(r.person("head")), "version", strconv.Itoa(made.Version))
	require.Equal(t, http.StatusSeeOther, r.post("supervisor", page, r.weeklyForm("of", roads, "weekday", "5", "user", id(r.person("head")), "version", strconv.Itoa(made.Version))))
	status, body = r.send("head", page, old)
	require.Equal(t, http.StatusConflict, status, "another tab")
	says(t, body, "отчёт изменил кто-то другой")
	says(t, text(r.page("head", "/dashboard/weekly")), "по пятницам в 8:00")

	require.Equal(t, http.StatusSeeOther, r.post("head", page+"/pause", nil))
	says(t, text(r.page("head", "/dashboard/weekly")), "Приостановлен")
	require.Equal(t, http.StatusSeeOther, r.post("head", page+"/resume", nil))
	keepsQuiet(t, text(r.page("head", "/dashboard/weekly")), "Приостановлен")
	require.Equal(t, http.StatusSeeOther, r.post("head", page+"/send", nil))
	says(t, text(r.page("head", "/dashboard/weekly?sent=1")), "Письмо со ссылкой")
	require.Equal(t, http.StatusNotFound, r.post("executor", page+"/remove", nil))
	require.Equal(t, http.StatusNotFound, r.post("head", page+"/burn", nil))
	require.Equal(t, http.StatusSeeOther, r.post("head", page+"/remove", nil))
	says(t, text(r.page("head", "/dashboard/weekly")), "Отчётов пока нет")
}

// post office: what was sent, and the words of a letter.
type postOffice struct{ sent []notify.Letter }

func (p *postOffice) Send(_ context.Context, l notify.Letter) error {
	p.sent = append(p.sent, l)
	return nil
}

func (*postOffice) WeeklyLetter(_ context.Context, _ weekly.Report, day, lead string) (subject, body string) {
	return day, lead
}

func TestWeekly_comes_at_its_hour_to_who_may_see_it(t *testing.T) {
	t.Parallel()
	r := newRegion(t, storetest.SQLite)
	require.Equal(t, http.StatusSeeOther, r.post("supervisor", "/dashboard/weekly/new", r.weeklyForm()))
	require.Equal(t, http.StatusSeeOther, r.post("supervisor", "/dashboard/weekly/new",
		r.weeklyForm("of", "a"+id(r.roads), "lang", "en", "user", id(r.person("head")))))
	post := &postOffice{}
	job := &jobs.Weekly{Reports: r.store, Maker: r.pages, Clock: r.clock, Zone: zone, Log: slog.New(slog.DiscardHandler)}
	letters := &jobs.WeeklyLetters{Reports: r.store, People: r.store, Letters: r.store, Composer: post, Channel: post, Clock: r.clock, Host: "otklik.test"}
	work := func(at time.Time) []notify.Letter {
		t.Helper()
		r.clock.Set(at)
		r.reindex()
		_, err := job.Step(t.Context())
		require.NoError(t, err)
		rows, err := r.store.ClaimOutbox(t.Context(), r.clock.Now(), time.Minute, 50)
		require.NoError(t, err)
		post.sent = nil
		for _, row := range rows {
			if row.Topic != weekly.Topic {
				continue
			}
			for range 2 { // again after a crash
				require.NoError(t, letters.Deliver(t.Context(), row))
			}
			require.NoError(t, r.store.DoneOutbox(t.Context(), []int64{row.ID}))
		}
		return post.sent
	}
	monday := time.Date(2026, 6, 22, 8, 0, 0, 0, zone)
	require.Empty(t, work(monday.Add(-time.Minute)), "not before its hour")
	sent := work(monday.Add(time.Second))
	require.Len(t, sent, 2)
	require.ElementsMatch(t, []string{"supervisor@otklik.example", "head@otklik.example"}, []string{sent[0].To, sent[1].To})
	for _, l := range sent {
		require.Equal(t, "2026-06-15", l.Subject, "the seven days before")
		require.Contains(t, l.Body, map[string]string{
			"supervisor@otklik.example": "новых обращений не было", "head@otklik.example": "Nothing new came in",
		}[l.To], "a week of nothing says so")
	}
	require.Empty(t, work(monday.Add(time.Minute)), "once")

	_, err := r.engine.Submit(t.Context(), workflow.Submission{
		Text: texts[0], Rubric: "roads.pit", Place: workflow.Place{Territory: r.places["lipki"]}, Source: workflow.FromPortal,
	})
	require.NoError(t, err)
	leaves := r.users[0]
	for _, u := range r.users {
		if u.Login == "head" {
			leaves = u
		}
	}
	leaves.Disabled = true
	require.NoError(t, r.store.SaveUser(t.Context(), &leaves))
	sent = work(monday.AddDate(0, 0, 7).Add(5 * time.Hour)) // the nodes were down at eight
	require.Len(t, sent, 1, "who may not sign in gets none")
	require.Equal(t, "2026-06-22", sent[0].Subject, "of its hour, however late")
	require.Contains(t, sent[0].Body, "поступило 1 обращение")
	r.open("supervisor", r.person("supervisor"))
	list, err := r.store.ListWeekly(t.Context())
	require.NoError(t, err)
	for _, one := range list {
		issue, err := r.store.FindIssue(t.Context(), one.ID, "2026-06-22")
		require.NoError(t, err)
		require.Equal(t, map[bool]lang.Lang{true: lang.RU, false: lang.EN}[one.Agency == 0], one.Lang)
		require.Equal(t, string(issue.Body), r.page("supervisor", "/dashboard/weekly/"+id(one.ID)+"/2026-06-22.pdf"), "as it was sent")
	}
}
