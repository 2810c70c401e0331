package campaign

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// onPage is how many remarks one page lists.
const onPage = 30

// talk is a discussion as its page shows it.
type talk struct {
	*participation.Campaign
	agency  string
	open    bool
	now     time.Time
	texts   []discussion.Version
	version *discussion.Version // that is shown
	counts  *discussion.Counts
	list    []voice
	total   int
	page    int    // from 1
	only    string // anchor of the only paragraph whose remarks are listed
	one     bool   // whether it is only that, or all for only ""
	order   discussion.Order
	sent    *discussion.Remark // that has just come
}

// voice is a remark with all that hangs on it.
type voice struct {
	discussion.Remark
	where     string // what it is about, in words
	quote     string // of the paragraph as it was written to
	gone      bool   // the paragraph is not in the latest version
	replies   []discussion.Remark
	merged    []discussion.Remark
	supported bool // by who looks
	own       bool
	answers   bool // the answer may be read
}

func remarkOf(id int64) string { return "r" + strconv.FormatInt(id, 10) }

// findTalk loads a discussion of the path that everybody may see.
func (h *Handlers) findTalk(c echo.Context) (*participation.Campaign, []discussion.Version, error) {
	found, err := h.find(c)
	if err != nil {
		return nil, nil, err
	}
	texts, err := h.Talks.Texts(edge.Ctx(c), found)
	return found, texts, err
}

// showTalk is the page of a discussion: the text, its remarks, and what comes of
// them.
func (h *Handlers) showTalk(c echo.Context, found *participation.Campaign) error {
	ctx, now := h.begin(c)
	texts, err := h.Talks.Texts(ctx, found)
	if err != nil {
		return err
	}
	v := talk{
		Campaign: found, agency: h.agency(ctx, found.Agency), open: found.Accepts(now), now: now, texts: texts, version: &texts[len(texts)-1], page: 1,
		order: discussion.Order(c.QueryParam("sort")),
	}
	if n, err := strconv.Atoi(c.QueryParam("v")); err == nil && n >= 1 && n <= len(texts) {
		v.version = &texts[n-1]
	}
	if n, err := strconv.Atoi(c.QueryParam("page")); err == nil && n > 0 {
		v.page = n
	}
	if !slices.Contains(discussion.Orders, v.order) {
		v.order = discussion.Supported
	}
	q := discussion.Query{
		Campaign: found.ID, States: []discussion.State{discussion.Shown, discussion.Hidden}, Order: v.order, Limit: onPage, Offset: (v.page - 1) * onPage,
	}
	if c.QueryParams().Has("p") {
		v.one, v.only = true, c.QueryParam("p")
		q.Paragraph = &v.only
	}
	if v.counts, err = h.Talks.Store.CountRemarks(ctx, found.ID); err != nil {
		return err
	}
	list, total, err := h.Talks.Store.ListRemarks(ctx, q)
	if err != nil {
		return err
	}
	v.total = total
	if v.list, err = h.said(c, found, texts, list); err != nil {
		return err
	}
	if id, err := strconv.ParseInt(c.QueryParam("sent"), 10, 64); err == nil {
		if sent, err := h.Talks.Store.FindRemark(ctx, found.ID, id); err == nil && h.isMine(c, sent) {
			v.sent = sent
		}
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	page := h.Frame(c, found.Terms.Title.In(ui.Lang(ctx)))
	return edge.Render(c, http.StatusOK, talkScreen(page, v))
}

// said loads what hangs on remarks.
func (h *Handlers) said(c echo.Context, found *participation.Campaign, texts []discussion.Version, list []discussion.Remark) ([]voice, error) {
	ctx := edge.Ctx(c)
	under, err := h.under(ctx, found.ID, list)
	if err != nil {
		return nil, err
	}
	var supported []int64
	me, known := h.me(c, found.ID)
	if known {
		if supported, err = h.Talks.Store.ListSupported(ctx, found.ID, me); err != nil {
			return nil, err
		}
	}
	out := make([]voice, len(list))
	for i, r := range list {
		one := voice{Remark: r, supported: slices.Contains(supported, r.ID), own: known && r.Person != nil && *r.Person == me, answers: found.State == participation.Announced}
		one.where, one.quote, one.gone = whereOf(ctx, texts, &r)
		for _, u := range under {
			switch {
			case u.Lead == r.ID:
				one.merged = append(one.merged, u)
			case u.ReplyTo == r.ID, slices.ContainsFunc(under, func(m discussion.Remark) bool { return m.ID == u.ReplyTo && m.Lead == r.ID }):
				one.replies = append(one.replies, u)
			}
		}
		out[i] = one
	}
	return out, nil
}

// under lists replies and merged remarks of those listed, and replies to the
// merged ones; none that waits.
func (h *Handlers) under(ctx context.Context, campaign int64, list []discussion.Remark) ([]discussion.Remark, error) {
	var ids, merged []int64
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	out, err := h.Talks.Store.ListUnder(ctx, campaign, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range out {
		if r.Lead != 0 {
			merged = append(merged, r.ID)
		}
	}
	more, err := h.Talks.Store.ListUnder(ctx, campaign, merged)
	out = slices.DeleteFunc(append(out, more...), func(r discussion.Remark) bool { return r.State == discussion.Waiting })
	return out, err
}

// whereOf says what a remark is about: a paragraph by its number in the latest
// version, or in the version that had it.
func whereOf(ctx context.Context, texts []discussion.Version, r *discussion.Remark) (where, quote string, gone bool) {
	if r.Paragraph == "" {
		return ui.T(ctx, "talk.whole"), "", false
	}
	if r.Version >= 1 && r.Version <= len(texts) {
		if p, ok := texts[r.Version-1].Find(r.Paragraph); ok {
			quote = p.Text
		}
	}
	n := strings.TrimPrefix(r.Paragraph, "p")
	if _, ok := texts[len(texts)-1].Find(r.Paragraph); !ok {
		return ui.T(ctx, "talk.paragraph_gone", "n", n, "version", r.Version), quote, true
	}
	if r.Version != len(texts) {
		return ui.T(ctx, "talk.paragraph_of", "n", n, "version", r.Version), quote, false
	}
	return ui.T(ctx, "talk.paragraph", "n", n), quote, false
}

// passCookie holds the pass of who takes part: writing many remarks must not take
// as many letters. It is sent to this discussion alone.
const passCookie = "otklik_talk" //nolint:gosec // a name

func (h *Handlers) keepPass(c echo.Context, campaign int64, pass string) {
	c.SetCookie(&http.Cookie{ //nolint:gosec // Secure wherever the address allows it
		Name: passCookie, Value: pass, Path: pathOf(campaign), MaxAge: int(participation.PassLife.Seconds()), HttpOnly: true,
		Secure: h.Base.Scheme == "https", SameSite: http.SameSiteLaxMode,
	})
}

// pass is the pass that the browser has, "" for none that holds.
func (h *Handlers) pass(c echo.Context, campaign int64) string {
	cookie, err := c.Cookie(passCookie)
	if err != nil {
		return ""
	}
	if _, err := h.Talks.Admit(campaign, cookie.Value); err != nil {
		return ""
	}
	return cookie.Value
}

func (h *Handlers) me(c echo.Context, campaign int64) (discussion.Person, bool) {
	me, err := h.Talks.Admit(campaign, h.pass(c, campaign))
	return me, err == nil
}

func (h *Handlers) isMine(c echo.Context, r *discussion.Remark) bool {
	me, known := h.me(c, r.Campaign)
	return known && r.Person != nil && *r.Person == me
}

// compared is two versions of a text side by side.
type compared struct {
	*participation.Campaign
	texts    []discussion.Version
	from, to int
	changes  []discussion.Change
}

// Compare shows what changed between two versions.
func (h *Handlers) Compare(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, texts, err := h.findTalk(c)
	if err != nil {
		return err
	}
	v := compared{Campaign: found, texts: texts, from: max(1, len(texts)-1), to: len(texts)}
	for name, n := range map[string]*int{"from": &v.from, "to": &v.to} {
		if asked, err := strconv.Atoi(c.QueryParam(name)); err == nil && asked >= 1 && asked <= len(texts) {
			*n = asked
		}
	}
	v.changes = discussion.Compare(texts[v.from-1].Paragraphs, texts[v.to-1].Paragraphs)
	return edge.Render(c, http.StatusOK, compareScreen(h.Frame(c, ui.T(ctx, "talk.compare_title")), v))
}

// Moderation shows the journal of moderation.
func (h *Handlers) Moderation(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, _, err := h.findTalk(c)
	if err != nil {
		return err
	}
	acts, err := h.Talks.Store.ListActs(ctx, found.ID)
	if err != nil {
		return err
	}
	slices.Reverse(acts)
	return edge.Render(c, http.StatusOK, journalScreen(h.Frame(c, ui.T(ctx, "talk.journal_title")), found, acts))
}

// actWords say what was done.
func actWords(ctx context.Context, a discussion.Act) string {
	n, other := strconv.FormatInt(a.Remark, 10), strconv.FormatInt(a.Other, 10)
	return ui.T(ctx, "talk.did."+string(a.Action), "n", n, "other", other)
}

// why is the reason of an act in words, "" where it has none.
func why(ctx context.Context, a discussion.Act) string {
	if a.Action == discussion.Hide {
		return ui.T(ctx, "talk.reason."+a.Reason) + ". " + a.Words
	}
	return a.Words
}

// listed is an address of the list of remarks.
func (v talk) listed(order discussion.Order, page int, only *string) string {
	q := url.Values{}
	if v.version.N != len(v.texts) {
		q.Set("v", strconv.Itoa(v.version.N))
	}
	if order != discussion.Supported {
		q.Set("sort", string(order))
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if only != nil {
		q.Set("p", *only)
	}
	out := pathOf(v.ID)
	if len(q) > 0 {
		out += "?" + q.Encode()
	}
	return out + "#remarks"
}

// filter is the paragraph that the list is limited to, nil for none.
func (v talk) filter() *string {
	if !v.one {
		return nil
	}
	return &v.only
}

func (v talk) previous() string {
	if v.page <= 1 {
		return ""
	}
	return v.listed(v.order, v.page-1, v.filter())
}

func (v talk) next() string {
	if v.page*onPage >= v.total {
		return ""
	}
	return v.listed(v.order, v.page+1, v.filter())
}

func (v talk) writeTo(paragraph string) string {
	return pathOf(v.ID) + "/remark?" + url.Values{"v": {strconv.Itoa(v.version.N)}, "p": {paragraph}}.Encode()
}

// Support adds support to a remark or takes it back. Who is not known yet is asked
// for their e-mail first.
func (h *Handlers) Support(c echo.Context) error {
	arrived := h.Clock.Now()
	if err := h.ballots.Pass(c); err != nil {
		return err
	}
	h.begin(c)
	found, _, err := h.findTalk(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "remark")
	if err != nil {
		return err
	}
	pass := h.pass(c, found.ID)
	if pass == "" {
		return edge.SeeOther(c, pathOf(found.ID)+"/enter?support="+strconv.FormatInt(id, 10))
	}
	if err := h.Talks.Support(edge.Ctx(c), found.ID, id, pass, c.FormValue("do") != "withdraw", arrived); err != nil {
		return err
	}
	return edge.SeeOther(c, strings.TrimSuffix(pathOf(found.ID)+"?"+backTo(c.FormValue("back")), "?")+"#"+remarkOf(id))
}

// backTo keeps of a query what the list knows.
func backTo(query string) string {
	given, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	out := url.Values{}
	for _, name := range []string{"v", "sort", "page", "p"} {
		if given.Has(name) {
			out.Set(name, given.Get(name))
		}
	}
	return out.Encode()
}

// entering is the way in of who supports a remark.
type entering struct {
	introduced
	support string
	code    string // id of the code that was sent
}

// EnterTalk asks who wants to support.
func (h *Handlers) EnterTalk(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, _, err := h.findTalk(c)
	if err != nil {
		return err
	}
	v := entering{introduced: introduced{Campaign: found}, support: c.QueryParam("support")}
	return edge.Render(c, http.StatusOK, enterScreen(h.Frame(c, ui.T(ctx, "talk.enter_title")), v))
}

// Entered sends a code, or takes the one that came and adds the support.
func (h *Handlers) Entered(c echo.Context) error {
	arrived := h.Clock.Now()
	if err := h.codes.Pass(c); err != nil {
		return err
	}
	ctx, _ := h.begin(c)
	found, _, err := h.findTalk(c)
	if err != nil {
		return err
	}
	v := entering{introduced: introduced{Campaign: found, typed: introduction(c)}, support: c.FormValue("support"), code: c.FormValue("code_id")}
	page := h.Frame(c, ui.T(ctx, "talk.enter_title"))
	show := func(err error) error {
		if v.errs = ui.ErrorsOf(ctx, err); v.errs == nil && err != nil {
			return err
		}
		status := http.StatusOK
		if page.Invalid = v.errs != nil; page.Invalid {
			status = http.StatusUnprocessableEntity
		}
		return edge.Render(c, status, enterScreen(page, v)) //nolint:contextcheck // a component gets its context when it is drawn
	}
	if v.code == "" {
		v.code, err = h.Talks.Introduce(ctx, found.ID, v.typed)
		return show(err)
	}
	pass, err := h.Talks.Recognise(ctx, found.ID, v.code, c.FormValue("code"))
	if err != nil {
		return show(err)
	}
	h.keepPass(c, found.ID, pass)
	id, err := strconv.ParseInt(v.support, 10, 64)
	if err != nil {
		return edge.SeeOther(c, pathOf(found.ID))
	}
	if err := h.Talks.Support(ctx, found.ID, id, pass, true, arrived); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return edge.SeeOther(c, pathOf(found.ID)+"#"+remarkOf(id))
}

// introduction reads what somebody says of themselves.
func introduction(c echo.Context) participation.Introduction {
	territory, _ := strconv.ParseInt(c.FormValue("territory"), 10, 64) // what is no number is no territory
	return participation.Introduction{
		Email: strings.TrimSpace(c.FormValue("email")), Territory: territory, OldEnough: c.FormValue("age") == "yes", Resident: c.FormValue("resident") == "yes",
		Lang: edge.Lang(c),
	}
}

func versionOptions(ctx context.Context, texts []discussion.Version) []ui.Option {
	var out []ui.Option
	for _, t := range texts {
		out = append(out, ui.Option{Value: strconv.Itoa(t.N), Label: ui.T(ctx, "talk.version_of", "n", t.N, "day", ui.FullDate(ctx, t.At))})
	}
	return out
}
