package desk_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// office is the product over the settled demo region, and one who is signed in.
type office struct {
	*testing.T
	app    *app.App
	client http.Client
	url    string
	page   string
	at     *url.URL
	status int
	header http.Header
}

func newOffice(t *testing.T, dialect, login string) *office {
	t.Helper()
	cfg, err := config.Load("", map[string]string{
		"data": t.TempDir(), "database": storetest.URL(t, dialect), "rate_limit": "false", "log.level": "error",
	})
	require.NoError(t, err)
	now := clock.NewFake(time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC))
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	a, err := app.Open(t.Context(), cfg, app.WithClock(now), app.WithLog(log))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	require.NoError(t, demo.Region{
		Store: a.Store, Rubricator: a.Rubricator, Engine: a.EngineAt, Reload: a.Reload, Now: now.Now(), Log: log,
	}.Settle(t.Context()))
	h, err := a.Handler()
	require.NoError(t, err)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	o := &office{T: t, app: a, url: server.URL}
	o.signIn(login)
	return o
}

func (o *office) signIn(login string) {
	o.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(o, err)
	o.client = http.Client{Jar: jar}
	o.post("/sign-in", "login", login, "password", demo.Password)
}

func (o *office) do(r *http.Request) {
	o.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "ru")
	res, err := o.client.Do(r)
	require.NoError(o, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(o, err)
	o.page, o.at, o.status, o.header = string(body), res.Request.URL, res.StatusCode, res.Header
	require.NotRegexp(o, regexp.MustCompile(`[>" ]desk\.[a-z_.]+[<" ]`), o.page, "a key without words")
}

func (o *office) get(path string) {
	o.Helper()
	r, err := http.NewRequestWithContext(o.Context(), http.MethodGet, o.url+path, nil)
	require.NoError(o, err)
	o.do(r)
}

func (o *office) post(path string, pairs ...string) {
	o.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(o.Context(), http.MethodPost, o.url+path, strings.NewReader(v.Encode()))
	require.NoError(o, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	o.do(r)
}

// upload sends the form with files, as the page does.
func (o *office) upload(path string, files map[string][]byte, pairs ...string) {
	o.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	fields := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields[pairs[i]] = pairs[i+1] // the last says it
	}
	for name, value := range fields {
		require.NoError(o, m.WriteField(name, value))
	}
	for name, data := range files {
		w, err := m.CreateFormFile("photos", name)
		require.NoError(o, err)
		_, err = w.Write(data)
		require.NoError(o, err)
	}
	require.NoError(o, m.Close())
	r, err := http.NewRequestWithContext(o.Context(), http.MethodPost, o.url+path, &body)
	require.NoError(o, err)
	r.Header.Set("Content-Type", m.FormDataContentType())
	o.do(r)
}

var letter = []byte("%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n")

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))))
	return b.Bytes()
}

// call is what stands in the form for a whole appeal.
func call(pairs ...string) []string {
	return append([]string{
		"channel", "phone", "phone", "8 900 123-45-67", "name", "Анна Петрова", "consent", "yes", "seen", "yes", "paper", "passport",
		"text", "Во дворе третий день не вывозят мусор, баки переполнены", "address", "ул. Мира, 12А", "territory", "",
	}, pairs...)
}

func TestDesk_takes_a_call_to_its_receipt(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, dialect, "desk")
			o.get("/console/desk")
			require.Equal(t, http.StatusOK, o.status)
			o.post("/console/desk", "channel", "phone", "phone", "8 900 123-45-67")
			form := o.at.Path
			require.Contains(t, o.page, "ещё не обращались")

			// Wrong: everything is said at once, nothing is lost.
			o.upload(form, nil, "channel", "phone", "phone", "12", "text", "мало", "name", "Анна", "address", "где-то", "send", "yes")
			require.Equal(t, http.StatusUnprocessableEntity, o.status)
			for _, s := range []string{"govuk-error-summary", `value="где-то"`, `value="12"`, ">мало<", "Без согласия"} {
				require.Contains(t, o.page, s)
			}

			// Topics come while one types, the chosen one shows its questions.
			o.post(form+"/hints", "text", "Во дворе третий день не вывозят мусор, баки переполнены")
			require.Equal(t, http.StatusOK, o.status)
			code := regexp.MustCompile(`name="choose" value="([^"]+)"`).FindStringSubmatch(o.page)
			require.NotNil(t, code, o.page)
			o.upload(form, nil, call("choose", code[1])...)
			require.Contains(t, o.page, `value="`+code[1]+`" selected`)
			require.Contains(t, o.page, `value="Анна Петрова"`)

			// An address gives places; the chosen one is the pin.
			o.post(form+"/places", "address", "мира 12а белогривск")
			ref := regexp.MustCompile(`name="pick" value="([^"]+)"`).FindStringSubmatch(o.page)
			require.NotNil(t, ref)
			o.upload(form, nil, call("rubric", code[1], "pick", ref[1])...)
			require.Contains(t, o.page, "Место отмечено на карте")
			town := regexp.MustCompile(`<option value="(\d+)" selected[^>]*>городской округ Белогривск`).FindStringSubmatch(o.page)
			require.NotNil(t, town)

			// A letter and a picture.
			o.upload(form, map[string][]byte{"letter.pdf": letter, "photo.png": picture(t)}, call("rubric", code[1], "territory", town[1], "upload", "files")...)
			require.Contains(t, o.page, "Скан 1")
			require.Contains(t, o.page, "Картинка 1")

			d := o.draft(form)
			fields := call("rubric", code[1], "territory", town[1], "send", "yes")
			leaf, ok := o.app.Rubricator.Book().Tree.Find(code[1])
			require.True(t, ok)
			for _, q := range leaf.Questions {
				if len(q.Options) > 0 {
					fields = append(fields, "q-"+q.Code, q.Options[0].Code)
				}
			}
			o.upload(form, nil, fields...)
			require.Equal(t, form+"/done", o.at.Path, summary.FindString(o.page))
			require.Contains(t, o.page, "Скажите заявителю")
			id := o.draft(form).Submitted
			require.NotZero(t, id)
			require.NotNil(t, d.Place.Point)
			found, err := o.app.Store.FindCase(t.Context(), id)
			require.NoError(t, err)
			require.Contains(t, o.page, found.Appeal.Number)
			require.Equal(t, workflow.FromDesk, found.Appeal.Source)
			require.Len(t, found.Photos, 1)
			taken := found.Events[0].Data.Taken
			require.Equal(t, workflow.ByPhone, taken.Channel)
			require.Equal(t, workflow.Passport, taken.Paper)
			require.Len(t, taken.Scans, 1)
			require.Equal(t, d.Taken.Scans, taken.Scans)
			broken, err := o.app.Store.ListJournal(t.Context(), identity.JournalQuery{Limit: 10})
			require.NoError(t, err)
			require.Len(t, broken, 1, "one look, however often the page was saved")

			// A second press leads to the same receipt; the caller is known now.
			o.upload(form, nil, fields...)
			require.Equal(t, form+"/done", o.at.Path)
			o.post("/console/desk", "channel", "letter", "phone", "+7 900 1234567")
			require.Contains(t, o.page, found.Appeal.Number)
			require.Contains(t, o.page, `value="Анна Петрова"`)
		})
	}
}

var summary = regexp.MustCompile(`(?s)govuk-error-summary.*?</ul>`)

func (o *office) draft(form string) *workflow.Draft {
	o.Helper()
	d, err := o.app.Store.FindDraft(o.Context(), path.Base(form))
	require.NoError(o, err)
	return d
}

func TestDesk_is_for_the_desk_alone_and_each_for_themselves(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite, "desk")
	require.Contains(t, o.page, `href="/console/desk"`)
	for _, d := range []*workflow.Draft{{Source: workflow.FromDesk, Officer: 1}, {Source: workflow.FromPortal}} {
		require.NoError(t, o.app.Store.CreateDraft(t.Context(), d))
		o.get("/console/desk/" + d.Token)
		require.Equal(t, http.StatusGone, o.status, "another's form")
	}
	d := &workflow.Draft{Source: workflow.FromDesk, Officer: 1}
	require.NoError(t, o.app.Store.CreateDraft(t.Context(), d))
	for _, login := range []string{"coordinator", "executor", "head", "moderator", "supervisor", "agency-admin", "admin"} {
		o.signIn(login)
		require.NotContains(t, o.page, `href="/console/desk"`, login)
		for _, at := range []string{"/console/desk", "/console/desk/" + d.Token, "/console/desk/" + d.Token + "/done"} {
			o.get(at)
			require.Equal(t, http.StatusForbidden, o.status, login+" "+at)
		}
		for _, at := range []string{"", "/" + d.Token, "/" + d.Token + "/keep", "/" + d.Token + "/hints", "/" + d.Token + "/places"} {
			o.post("/console/desk"+at, "phone", "+79001234567")
			require.Equal(t, http.StatusForbidden, o.status, login+" "+at)
		}
	}
}

func TestDesk_saves_by_itself_and_shows_what_was_not_sent(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite, "desk")
	o.post("/console/desk", "channel", "letter")
	form := o.at.Path
	o.post(form+"/keep", call("seen", "")...)
	require.Contains(t, o.page, "Сохранено в 12:00")
	require.Equal(t, workflow.NoPaper, o.draft(form).Taken.Paper, "a kind without the tick is nothing")
	o.get("/console/desk")
	require.Contains(t, o.page, form)
	require.Contains(t, o.page, "Во дворе третий день")

	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"cut.pdf":    {letter[:20], "повреждён"},
		"locked.pdf": {bytes.Replace(letter, []byte("/Root"), []byte("/Encrypt 2 0 R /Root"), 1), "закрыт паролем"},
		"active.pdf": {bytes.Replace(letter, []byte("/Type"), []byte("/OpenAction <</S /JavaScript>> /Type"), 1), "сценарии"},
		"page.html":  {[]byte("<html><script>alert(1)</script>"), "govuk-error-summary"},
	} {
		o.upload(form, map[string][]byte{name: c.file}, call("upload", "files")...)
		require.Equal(t, http.StatusUnprocessableEntity, o.status, name)
		require.Contains(t, o.page, c.says, name)
		require.Contains(t, o.page, "Во дворе третий день", name)
	}
	o.upload(form, map[string][]byte{"letter.pdf": letter}, call()...)
	d := o.draft(form)
	require.Len(t, d.Taken.Scans, 1)
	o.upload(form, nil, call("drop", d.Taken.Scans[0].SHA256)...)
	require.Empty(t, o.draft(form).Taken.Scans)
}

func TestDesk_a_topic_that_wants_a_photo_is_taken_by_phone_without(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite, "desk")
	leaves := o.app.Rubricator.Book().Tree.Leaves()
	i := slices.IndexFunc(leaves, func(l *rubricator.Rubric) bool {
		return l.Photo == "required" && l.TakesAppeals(o.app.Clock.Now()) == nil && !slices.ContainsFunc(l.Questions, func(q rubricator.Question) bool { return q.Required })
	})
	require.GreaterOrEqual(t, i, 0)
	town := strconv.FormatInt(o.app.Rubricator.Book().Places.Municipalities()[0].ID, 10)
	o.post("/console/desk", "channel", "phone")
	form := o.at.Path
	o.upload(form, nil, call("choose", leaves[i].Code)...)
	require.Contains(t, o.page, "Фото нет: по телефону")
	o.upload(form, nil, call("rubric", leaves[i].Code, "territory", town, "send", "yes")...)
	require.Equal(t, http.StatusUnprocessableEntity, o.status, "nobody said that there is none")
	o.upload(form, nil, call("rubric", leaves[i].Code, "territory", town, "channel", "office", "no_photo", "yes", "send", "yes")...)
	require.Equal(t, http.StatusUnprocessableEntity, o.status, "who is here can show it")
	o.upload(form, nil, call("rubric", leaves[i].Code, "territory", town, "no_photo", "yes", "send", "yes")...)
	require.Equal(t, form+"/done", o.at.Path, summary.FindString(o.page))
	require.Contains(t, o.page, "По этой теме нужно фото")
	found, err := o.app.Store.FindCase(t.Context(), o.draft(form).Submitted)
	require.NoError(t, err)
	require.True(t, found.Events[0].Data.Taken.NoPhoto, "the first event says so")

	a := &found.Appeal
	page := "/a/" + a.Number + "/" + o.app.Engine.Secret(a.ID)
	o.get(page)
	require.Contains(t, o.page, "Покажите, о чём речь")
	o.upload(page+"/photos", map[string][]byte{"pit.png": picture(t)})
	require.Contains(t, o.page, "Вы добавили фото")
	o.get(form + "/done")
	require.NotContains(t, o.page, "По этой теме нужно фото")
}
