package campaign

import (
	"cmp"
	"context"
	"crypto/rand"
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

// talkDesk is a discussion as its organiser sees it.
type talkDesk struct {
	desk
	texts     []discussion.Version
	counts    *discussion.Counts
	problem   string
	organises bool
	enters    bool
}

// showTalkDesk is the page of a discussion in the console.
func (h *Handlers) showTalkDesk(c echo.Context, status int, view desk, problem string) error {
	ctx, now := h.begin(c)
	by, found := edge.Actor(ctx), view.Campaign
	v := talkDesk{desk: view, problem: problem, organises: participation.MayOrganise(by, found.Agency), enters: discussion.MayEnter(by, found.Agency)}
	v.agency, v.allowed = h.agency(ctx, found.Agency), participation.Allowed(by, found, now)
	var err error
	if found.State == participation.Draft {
		v.preflight = h.Campaigns.Check(found)
	}
	if v.texts, err = h.Talks.Texts(ctx, found); err != nil {
		return err
	}
	if v.counts, err = h.Talks.Store.CountRemarks(ctx, found.ID); err != nil {
		return err
	}
	notes, err := h.Campaigns.Store.ListNotes(ctx, found.ID)
	if err != nil {
		return err
	}
	for _, n := range slices.Backward(notes) {
		v.notes = append(v.notes, ui.TimelineItem{Title: ui.T(ctx, "talk.step."+string(n.Action)), At: n.At, Text: n.Reason})
	}
	page, err := h.Office(c, found.Terms.Title.In(ui.Lang(ctx)))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = officeOf(found.ID), len(v.errs) > 0
	return edge.Render(c, status, talkDeskScreen(page, v))
}

// sumUp sums a discussion up, in place of counting.
func (h *Handlers) sumUp(c echo.Context, found *participation.Campaign) error {
	ctx := edge.Ctx(c)
	_, err := h.Talks.Sum(ctx, edge.Actor(ctx), found.ID)
	if fault.Is(err, fault.Conflict) {
		return h.showTalkDesk(c, http.StatusConflict, desk{Campaign: found}, ui.Message(ctx, err))
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officeOf(found.ID))
}

// The fields of a discussion in the form of its terms.

func (h *Handlers) talkForm(v url.Values, t *participation.Terms) {
	v.Set("body", t.Talk.Body)
	v.Set("moderation", string(t.Talk.Moderation))
	s := t.Talk.Hearing
	if s == nil {
		return
	}
	for name, value := range map[string]string{
		"rule": s.Rule.Code, "notice": s.Notice, "posted": s.Posted, "shown_to": s.ShownTo, "place": s.Place, "protocol": s.Protocol, "conclusion": s.Conclusion,
	} {
		v.Set(name, value)
	}
	var lines []string
	for _, m := range s.Meetings {
		lines = append(lines, m.At.In(h.Zone).Format("2006-01-02 15:04")+" | "+m.Place)
	}
	v.Set("meetings", strings.Join(lines, "\n"))
}

func (h *Handlers) fillTalk(t *participation.Terms, text func(string) string, check *fault.Check) {
	t.Shown, t.Level = participation.WhenAnnounced, participation.Contact
	t.Talk = &participation.Talk{Body: text("body"), Moderation: participation.Moderation(text("moderation"))}
	if text("rule") == "" {
		return
	}
	s := &participation.Steps{
		Notice: text("notice"), Posted: text("posted"), ShownTo: text("shown_to"), Place: text("place"), Protocol: text("protocol"), Conclusion: text("conclusion"),
	}
	s.Rule, _ = participation.FindRule(h.Campaigns.Hearings, text("rule")) // what is unknown pre-flight tells
	n := 0
	for line := range strings.Lines(text("meetings")) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		n++
		when, place, _ := strings.Cut(line, "|")
		at, err := time.ParseInLocation("2006-01-02 15:04", strings.TrimSpace(when), h.Zone)
		if err != nil {
			check.Fail("meetings", "campaign.check.hearing_meeting_line", "n", n)
			continue
		}
		s.Meetings = append(s.Meetings, participation.Meeting{At: at.UTC(), Place: strings.TrimSpace(place)})
	}
	t.Talk.Hearing = s
}

func ruleOptions(ctx context.Context, rules []participation.HearingRule) []ui.Option {
	var out []ui.Option
	for _, r := range rules {
		out = append(out, ui.Option{Value: r.Code, Label: r.Name.In(ui.Lang(ctx))})
	}
	return out
}

// queue is remarks as moderators and organisers see them.
type queue struct {
	*participation.Campaign
	show   string // waiting | open | shown | hidden
	counts *discussion.Counts
	list   []voice
	total  int
	page   int
	enters bool
}

// queues are the views of the list.
var queues = []string{"waiting", "open", "shown", "hidden"}

// Queue lists remarks for moderators and organisers.
func (h *Handlers) Queue(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	texts, err := h.Talks.Texts(ctx, found)
	if err != nil {
		return err
	}
	v := queue{Campaign: found, show: c.QueryParam("show"), page: 1, enters: discussion.MayEnter(edge.Actor(ctx), found.Agency)}
	if v.counts, err = h.Talks.Store.CountRemarks(ctx, found.ID); err != nil {
		return err
	}
	if !slices.Contains(queues, v.show) {
		v.show = "open"
		if v.counts.State[discussion.Waiting] > 0 {
			v.show = "waiting"
		}
	}
	if n, err := strconv.Atoi(c.QueryParam("page")); err == nil && n > 0 {
		v.page = n
	}
	q := discussion.Query{Campaign: found.ID, Flat: true, Order: discussion.Oldest, Limit: onPage, Offset: (v.page - 1) * onPage}
	switch v.show {
	case "waiting":
		q.States = []discussion.State{discussion.Waiting}
	case "hidden":
		q.States = []discussion.State{discussion.Hidden}
	case "shown":
		q.States, q.Order = []discussion.State{discussion.Shown}, discussion.Newest
	default:
		q.Unanswered, q.Order = true, discussion.Supported
	}
	list, total, err := h.Talks.Store.ListRemarks(ctx, q)
	if err != nil {
		return err
	}
	v.total = total
	for _, r := range list {
		one := voice{Remark: r}
		one.where, one.quote, one.gone = whereOf(ctx, texts, &r)
		v.list = append(v.list, one)
	}
	page, err := h.Office(c, ui.T(ctx, "talk.queue_title"))
	if err != nil {
		return err
	}
	page.Path = officeOf(found.ID)
	return edge.Render(c, http.StatusOK, queueScreen(page, v))
}

func (v queue) at(show string, page int) string {
	out := officeOf(v.ID) + "/remarks?show=" + show
	if page > 1 {
		out += "&page=" + strconv.Itoa(page)
	}
	return out
}

func (v queue) tabs(ctx context.Context) []ui.Tab {
	n := map[string]int{
		"waiting": v.counts.State[discussion.Waiting], "open": v.counts.Unanswered, "shown": v.counts.State[discussion.Shown],
		"hidden": v.counts.State[discussion.Hidden],
	}
	var out []ui.Tab
	for _, q := range queues {
		out = append(out, ui.Tab{Text: ui.T(ctx, "talk.queue."+q), URL: v.at(q, 1), Count: n[q], Current: q == v.show})
	}
	return out
}

func (v queue) previous() string {
	if v.page <= 1 {
		return ""
	}
	return v.at(v.show, v.page-1)
}

func (v queue) next() string {
	if v.page*onPage >= v.total {
		return ""
	}
	return v.at(v.show, v.page+1)
}

// handled is one remark as moderators and organisers handle it.
type handled struct {
	*participation.Campaign
	voice
	alike     []discussion.Likeness
	acts      []discussion.Act
	moderates bool
	organises bool
	moving    bool // things may still change
	errs      ui.Errors
	problem   string
	typed     url.Values
}

// Remark is the page of one remark in the console.
func (h *Handlers) Remark(c echo.Context) error { return h.showRemark(c, http.StatusOK, handled{}) }

func (h *Handlers) showRemark(c echo.Context, status int, v handled) error {
	ctx, _ := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "remark")
	if err != nil {
		return err
	}
	r, err := h.Talks.Store.FindRemark(ctx, found.ID, id)
	if err != nil {
		return err
	}
	texts, err := h.Talks.Texts(ctx, found)
	if err != nil {
		return err
	}
	all, err := h.said(c, found, texts, []discussion.Remark{*r})
	if err != nil {
		return err
	}
	by := edge.Actor(ctx)
	v.Campaign, v.voice, v.moving = found, all[0], found.State.Voting()
	v.moderates, v.organises = discussion.MayModerate(by, found.Agency), participation.MayOrganise(by, found.Agency)
	if v.organises && v.moving && r.Answerable() {
		if v.alike, err = h.Talks.ListAlike(ctx, r, 5); err != nil {
			return err
		}
	}
	acts, err := h.Talks.Store.ListActs(ctx, found.ID)
	if err != nil {
		return err
	}
	v.acts = slices.DeleteFunc(acts, func(a discussion.Act) bool { return a.Remark != id && a.Other != id })
	if v.typed == nil {
		v.typed = url.Values{"verdict": {string(r.Verdict)}, "because": {r.Because}}
	}
	page, err := h.Office(c, ui.T(ctx, "talk.remark_n", "n", strconv.FormatInt(id, 10)))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = officeOf(found.ID), len(v.errs) > 0
	return edge.Render(c, status, remarkScreen(page, v))
}

// HandleRemark does what a moderator or an organiser does to a remark.
func (h *Handlers) HandleRemark(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "remark")
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	by := edge.Actor(ctx)
	switch discussion.Action(form.Get("do")) {
	case discussion.Accept:
		err = h.Talks.AcceptRemark(ctx, by, found.ID, id)
	case discussion.Hide:
		err = h.Talks.HideRemark(ctx, by, found.ID, id, discussion.Reason(form.Get("reason")), form.Get("words"))
	case discussion.Restore:
		err = h.Talks.RestoreRemark(ctx, by, found.ID, id, form.Get("words"))
	case discussion.Merge:
		lead, _ := strconv.ParseInt(strings.TrimSpace(cmp.Or(form.Get("other"), form.Get("lead"))), 10, 64) // what is no number is no remark
		err = h.Talks.MergeRemark(ctx, by, found.ID, id, lead)
	case discussion.Unmerge:
		err = h.Talks.UnmergeRemark(ctx, by, found.ID, id)
	case discussion.Answer:
		err = h.Talks.AnswerRemark(ctx, by, found.ID, id, discussion.Verdict(form.Get("verdict")), form.Get("because"))
	default:
		err = fault.New(fault.Conflict, "campaign.not_now")
	}
	v := handled{typed: form, errs: ui.ErrorsOf(ctx, err)}
	switch {
	case v.errs != nil:
		return h.showRemark(c, http.StatusUnprocessableEntity, v)
	case fault.Is(err, fault.Conflict):
		v.problem = ui.Message(ctx, err)
		return h.showRemark(c, http.StatusConflict, v)
	case err != nil:
		return err
	}
	return edge.SeeOther(c, officeOf(found.ID)+"/remarks/"+strconv.FormatInt(id, 10))
}

func verdictOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, v := range discussion.Verdicts {
		out = append(out, ui.Option{Value: string(v), Label: ui.T(ctx, "talk.verdict."+string(v))})
	}
	return out
}

func reasonOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, r := range discussion.Reasons {
		out = append(out, ui.Option{Value: string(r), Label: ui.T(ctx, "talk.reason."+string(r))})
	}
	return out
}

// alikeOptions are remarks to merge with, with how alike they are.
func (v handled) alikeOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, a := range v.alike {
		out = append(out, ui.Option{
			Value: strconv.FormatInt(a.ID, 10), Label: ui.T(ctx, "talk.remark_n", "n", strconv.FormatInt(a.ID, 10)) + ": " + beginning(a.Text, 120),
			Hint: ui.T(ctx, "talk.alike", "share", ui.Percent(ctx, a.Share, 0)),
		})
	}
	return out
}

// beginning is a text up to so many characters.
func beginning(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return strings.TrimSpace(string(runes[:most])) + "…"
}

// entered is a remark that staff enter.
type entered struct {
	*participation.Campaign
	text  *discussion.Version
	typed url.Values
	errs  ui.Errors
	done  string // number of the one entered before
}

// EnterForm is the form of a remark that came on paper or was made at a meeting.
func (h *Handlers) EnterForm(c echo.Context) error {
	return h.showEnter(c, http.StatusOK, entered{typed: url.Values{"once": {rand.Text()}, "source": {string(discussion.Paper)}}, done: c.QueryParam("done")})
}

func (h *Handlers) showEnter(c echo.Context, status int, v entered) error {
	ctx, _ := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	if !discussion.MayEnter(edge.Actor(ctx), found.Agency) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	texts, err := h.Talks.Texts(ctx, found)
	if err != nil {
		return err
	}
	v.Campaign, v.text = found, &texts[len(texts)-1]
	page, err := h.Office(c, ui.T(ctx, "talk.desk_title"))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = officeOf(found.ID), len(v.errs) > 0
	return edge.Render(c, status, enteredScreen(page, v))
}

// EnterRemark takes a remark that staff entered.
func (h *Handlers) EnterRemark(c echo.Context) error {
	ctx, now := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	version, _ := strconv.Atoi(form.Get("v")) // what is no number is no version
	r, err := h.Talks.EnterRemark(ctx, edge.Actor(ctx), discussion.Writing{
		Campaign: found.ID, Once: form.Get("once"), Version: version, Paragraph: form.Get("p"), Name: form.Get("name"), Text: form.Get("text"), Arrived: now,
		Source: discussion.Source(form.Get("source")),
	})
	if errs := ui.ErrorsOf(ctx, err); errs != nil {
		return h.showEnter(c, http.StatusUnprocessableEntity, entered{typed: form, errs: errs})
	}
	if err != nil {
		return err
	}
	return edge.SeeOther(c, officeOf(found.ID)+"/enter?done="+strconv.FormatInt(r.ID, 10))
}

func (v entered) paragraphs(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: ui.T(ctx, "talk.whole")}}
	for _, p := range v.text.Paragraphs {
		out = append(out, ui.Option{Value: p.Anchor, Label: strings.TrimPrefix(p.Anchor, "p") + ". " + beginning(p.Text, 80)})
	}
	return out
}

func sourceOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, s := range discussion.DeskSources {
		out = append(out, ui.Option{Value: string(s), Label: ui.T(ctx, "talk.source."+string(s))})
	}
	return out
}

// revised is a new version of the text that is being written.
type revised struct {
	*participation.Campaign
	base    int
	body    string
	note    string
	changes []discussion.Change // nil before it is looked over
	errs    ui.Errors
	problem string
}

// ReviseForm is the form of a new version.
func (h *Handlers) ReviseForm(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	texts, err := h.Talks.Texts(ctx, found)
	if err != nil {
		return err
	}
	return h.showRevise(c, http.StatusOK, revised{Campaign: found, base: len(texts), body: texts[len(texts)-1].Body})
}

func (h *Handlers) showRevise(c echo.Context, status int, v revised) error {
	ctx := edge.Ctx(c)
	if !participation.MayOrganise(edge.Actor(ctx), v.Agency) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	page, err := h.Office(c, ui.T(ctx, "talk.revise_title"))
	if err != nil {
		return err
	}
	page.Path, page.Invalid = officeOf(v.ID), len(v.errs) > 0
	return edge.Render(c, status, reviseScreen(page, v))
}

// Revise shows what a new version changes, then publishes it.
func (h *Handlers) Revise(c echo.Context) error {
	ctx, _ := h.begin(c)
	found, err := h.mine(c)
	if err != nil {
		return err
	}
	texts, err := h.Talks.Texts(ctx, found)
	if err != nil {
		return err
	}
	v := revised{Campaign: found, body: strings.TrimSpace(strings.ReplaceAll(c.FormValue("body"), "\r\n", "\n")), note: c.FormValue("note")}
	v.base, _ = strconv.Atoi(c.FormValue("base")) // what is no number is no version
	if c.FormValue("do") == "publish" {
		_, err = h.Talks.ReviseText(ctx, edge.Actor(ctx), found.ID, v.base, v.body, v.note)
		if err == nil {
			return edge.SeeOther(c, pathOf(found.ID)+"/compare")
		}
	}
	if v.base >= 1 && v.base <= len(texts) && len(discussion.Parse(v.body)) <= participation.MaxParagraphs {
		v.changes = discussion.Compare(texts[v.base-1].Paragraphs, discussion.Follow(texts[:v.base], v.body))
	}
	status := http.StatusOK
	if v.errs = ui.ErrorsOf(ctx, err); v.errs != nil {
		status = http.StatusUnprocessableEntity
	} else if fault.Is(err, fault.Conflict) {
		v.problem, status = ui.Message(ctx, err), http.StatusConflict
	} else if err != nil {
		return err
	}
	return h.showRevise(c, status, v)
}
