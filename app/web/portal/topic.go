package portal

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
)

// choice is one topic on offer, with what a person wants to know before they
// choose it.
type choice struct {
	Rubric *rubricator.Rubric
	Path   string   // «Дороги → Дорожное полотно»
	Words  []string // of the person, that spoke for it
	Who    string   // who answers
	When   string   // «Обычно отвечают за 6 дней, по закону до 14 мая»
	Level  string   // what of oneself one must tell
	Urgent bool     // takes no appeal: it says whom to call
	Closed string   // why it can't be chosen today
}

// offer is what a list of topics shows.
type offer struct {
	Here     *rubricator.Rubric   // the node whose children are listed, nil for the top
	Branches []*rubricator.Rubric // below it
	Leaves   []choice
	Replaced *rubricator.Rubric // a topic that is no longer in use; Leaves took its place
	Query    string
	Found    []choice
	Fitting  []choice // by the text
	Unsure   bool     // ask which of the fitting ones it is
}

// How many topics are put before a person at once.
const (
	fittingTopics = 5
	foundTopics   = 12
	typedTopics   = 4 // while typing
)

// likely drops what is far behind the best. Where the best is but a guess the
// person is to see the others.
func likely(advice rubricator.Advice) []rubricator.Suggestion {
	share := 0.05 // of the best one's probability
	if advice.Unsure {
		share = 0.2
	}
	return slices.DeleteFunc(slices.Clone(advice.Topics), func(s rubricator.Suggestion) bool {
		return !s.Named && s.Share < advice.Topics[0].Share*share
	})
}

// fitsWords lead to the topics that fit: told, or asked where that would be a
// guess.
func fitsWords(ctx context.Context, number int, unsure bool) string {
	switch {
	case unsure:
		return ui.T(ctx, "portal.fits_unsure")
	case number == 1:
		return ui.T(ctx, "portal.fits_one")
	}
	return ui.T(ctx, "portal.fits")
}

// levels say what of oneself a topic asks one to tell.
var levels = map[string]string{
	"anonymous": "portal.level_anonymous", "contact": "portal.level_contact", "verified": "portal.level_verified",
}

func (h *Handlers) choice(ctx context.Context, s site, r *rubricator.Rubric, territory int64, words []string) choice {
	who, agency := h.whoAnswers(ctx, s, r, territory)
	ch := choice{
		Rubric: r, Path: pathAbove(s, r), Words: words, Urgent: !r.Emergency.Empty(),
		Who: who, When: h.when(ctx, s, r, agency), Level: ui.T(ctx, levels[r.Identity]),
	}
	if err := r.TakesAppeals(s.now.In(h.Zone)); err != nil && !ch.Urgent {
		ch.Closed = closedWords(ctx, r, err)
	}
	return ch
}

func closedWords(ctx context.Context, r *rubricator.Rubric, err error) string {
	if r.Season != nil {
		return ui.T(ctx, "portal.out_of_season", "from", seasonDay(ctx, r.Season.From), "to", seasonDay(ctx, r.Season.To))
	}
	return ui.Message(ctx, err)
}

// pathAbove is the way from the category to just above the node.
func pathAbove(s site, r *rubricator.Rubric) string {
	var names []string
	for _, n := range r.Path() {
		if n != r {
			names = append(names, n.Name.In(s.lang))
		}
	}
	return strings.Join(names, " → ")
}

func days(ctx context.Context, r *rubricator.Rubric) string {
	if r.Unit == "working" {
		return ui.Plural(ctx, "portal.within_working", r.Days)
	}
	return ui.Plural(ctx, "portal.within_days", r.Days)
}

// when tells how long the answer usually takes and by when it is due by law; a
// term that begins only with registration is no date yet.
func (h *Handlers) when(ctx context.Context, s site, r *rubricator.Rubric, agency int64) string {
	by := h.lawful(r, s.now)
	usual, known := 0, false
	if h.Usual != nil {
		usual, known = h.Usual.UsualDays(ctx, r.Code, agency)
	}
	switch {
	case known && !by.IsZero():
		return ui.Plural(ctx, "portal.usual", usual, "law", ui.Until(ctx, by))
	case known:
		return ui.Plural(ctx, "portal.usual", usual, "law", lawDays(ctx, r))
	case !by.IsZero():
		return ui.AnswerBy(ctx, by, s.now)
	default:
		return days(ctx, r)
	}
}

// lawDays is the term of the law in days: «за 30 дней».
func lawDays(ctx context.Context, r *rubricator.Rubric) string {
	if r.Unit == "working" {
		return ui.Plural(ctx, "portal.law_working", r.Days)
	}
	return ui.Plural(ctx, "portal.law_days", r.Days)
}

// whoAnswers names the agency; before the place is known it is named only
// where it is the same everywhere.
func (h *Handlers) whoAnswers(ctx context.Context, s site, r *rubricator.Rubric, territory int64) (name string, agency int64) {
	book := h.Topics.Book()
	places := []int64{territory}
	if territory == 0 {
		places = places[:0]
		for _, m := range book.Places.Municipalities() {
			places = append(places, m.ID)
		}
		if len(places) == 0 {
			places = []int64{book.Places.Region().ID}
		}
	}
	for _, place := range places {
		owners, whole := book.Router.Owners(r, place)
		switch {
		case !whole:
			return ui.T(ctx, "portal.who_unknown"), 0
		case len(owners) > 1:
			return ui.T(ctx, "portal.who_by_answers"), 0
		case agency != 0 && agency != owners[0]:
			return ui.T(ctx, "portal.who_by_place"), 0
		}
		agency = owners[0]
	}
	a, ok := h.Agencies.Agency(agency)
	if !ok {
		return ui.T(ctx, "portal.who_unknown"), 0
	}
	return s.name(a), agency
}

// offer gathers what the query of the address asks for.
func (h *Handlers) offer(c echo.Context, s site, text string, territory int64) (offer, error) {
	ctx, book := edge.Ctx(c), h.Topics.Book()
	var o offer
	choices := func(found []rubricator.Suggestion) []choice {
		var out []choice
		for _, f := range found {
			out = append(out, h.choice(ctx, s, f.Rubric, territory, f.Words))
		}
		return out
	}
	if o.Query = intake.Tidy(c.QueryParam("q")); o.Query != "" {
		o.Found = choices(h.Topics.Suggest(o.Query, territory, foundTopics).Topics)
		return o, nil
	}
	if code := c.QueryParam("in"); code != "" {
		node, ok := book.Tree.Find(code)
		if !ok {
			return o, fault.New(fault.NotFound, "rubric.unknown")
		}
		if node.Retired {
			h.replaced(ctx, s, node, territory, &o)
			return o, nil
		}
		o.Here = node
		children := node.Children
		if node.Leaf() {
			children = []*rubricator.Rubric{node}
		}
		for _, r := range rubricator.InUse(children) {
			if r.Leaf() {
				o.Leaves = append(o.Leaves, h.choice(ctx, s, r, territory, nil))
			} else {
				o.Branches = append(o.Branches, r)
			}
		}
		return o, nil
	}
	o.Branches = rubricator.InUse(book.Tree.Roots)
	if text == "" {
		return o, nil
	}
	advice := h.Topics.Suggest(text, territory, fittingTopics)
	o.Fitting, o.Unsure = choices(likely(advice)), advice.Unsure
	return o, nil
}

// replaced offers what took the place of a topic that was retired.
func (h *Handlers) replaced(ctx context.Context, s site, node *rubricator.Rubric, territory int64, o *offer) {
	book := h.Topics.Book()
	o.Replaced, o.Branches = node, rubricator.InUse(book.Tree.Roots)
	for _, r := range book.Tree.Successors(node.Code) {
		o.Leaves = append(o.Leaves, h.choice(ctx, s, r, territory, nil))
	}
}

// TopicList walks and searches the tree before a form is begun.
func (h *Handlers) TopicList(c echo.Context) error {
	if c.QueryParam("q") != "" {
		if err := h.slow.asks.Pass(c); err != nil {
			return err
		}
	}
	s := h.site(c)
	o, err := h.offer(c, s, "", 0)
	if err != nil {
		return err
	}
	p := s.page(edge.Ctx(c), ui.T(edge.Ctx(c), "portal.topic_title"))
	p.Back = s.url("/")
	if o.Here != nil || o.Query != "" {
		p.Back = s.topicsAbove(o)
	}
	return edge.Render(c, http.StatusOK, topicsPage(p, s, o))
}

// topicsAbove is the address of the list one step up.
func (s site) topicsAbove(o offer) string {
	if o.Here != nil && o.Here.Parent() != nil {
		return s.url("/topics", "in", o.Here.Parent().Code)
	}
	return s.url("/topics")
}

// Topic tells about one topic before a form is begun, and begins it.
func (h *Handlers) Topic(c echo.Context) error {
	leaf, ok := h.Topics.Book().Tree.Find(c.Param("code"))
	if !ok {
		return fault.New(fault.NotFound, "rubric.unknown")
	}
	if !leaf.Leaf() || leaf.Retired {
		return edge.SeeOther(c, h.site(c).url("/topics", "in", leaf.Code))
	}
	return h.topic(c, http.StatusOK, leaf, "", nil)
}

func (h *Handlers) topic(c echo.Context, status int, leaf *rubricator.Rubric, text string, errs ui.Errors) error {
	ctx, s := edge.Ctx(c), h.site(c)
	s.path = s.url("/topics/" + leaf.Code)
	p := s.page(ctx, leaf.Name.In(s.lang))
	p.Invalid = len(errs) > 0
	p.Back = s.url("/topics")
	if leaf.Parent() != nil {
		p.Back = s.url("/topics", "in", leaf.Parent().Code)
	}
	return edge.Render(c, status, topicPage(p, s, h.choice(ctx, s, leaf, 0, nil), text, errs))
}

// Suggest answers the island that asks while the text is typed: buttons of the
// form that the text stands in.
func (h *Handlers) Suggest(c echo.Context) error {
	if err := h.slow.asks.Pass(c); err != nil {
		return err
	}
	ctx, s := edge.Ctx(c), h.site(c)
	advice := h.Topics.Suggest(intake.Tidy(c.FormValue("text")), 0, typedTopics)
	var choices []choice
	for _, f := range likely(advice) {
		choices = append(choices, h.choice(ctx, s, f.Rubric, 0, f.Words))
	}
	return edge.Render(c, http.StatusOK, typedList(choices, advice.Unsure))
}

// ChooseTopic offers topics to the draft's text.
func (h *Handlers) ChooseTopic(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	return h.chooseTopic(c, f, http.StatusOK, nil)
}

func (h *Handlers) chooseTopic(c echo.Context, f *form, status int, errs ui.Errors) error {
	o, err := h.offer(c, f.site, f.d.Text, f.d.Place.Territory)
	if err != nil {
		return err
	}
	ctx := edge.Ctx(c)
	if was, ok := f.book.Tree.Find(f.d.Rubric); ok && was.Retired && o.Here == nil && o.Query == "" {
		h.replaced(ctx, f.site, was, f.d.Place.Territory, &o)
	}
	p := f.frame(ctx, stepTopic, ui.T(ctx, "portal.topic_title"), errs)
	switch {
	case o.Here != nil && o.Here.Parent() != nil:
		p.Back = f.at(stepTopic, "in", o.Here.Parent().Code)
	case o.Here != nil || o.Query != "":
		p.Back = f.at(stepTopic)
	}
	return edge.Render(c, status, chooseTopicPage(p, f, o, errs))
}

// SaveTopic keeps the chosen topic. Answers to the former one's questions are
// kept too: where the new one asks the same, they are there.
func (h *Handlers) SaveTopic(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	code := c.FormValue("rubric")
	f.choose(code)
	if f.leaf == nil {
		if to := h.refusal(f, code); to != "" {
			return edge.SeeOther(c, to)
		}
		check := fault.Check{}
		check.Fail("rubric", "error.choose_one")
		errs, _ := wrong(edge.Ctx(c), check.Err())
		return h.chooseTopic(c, f, http.StatusUnprocessableEntity, errs)
	}
	changed := f.d.Rubric != code
	if changed {
		f.d.SameAs = 0 // it was told of the former topic
	}
	f.d.Rubric = code
	then := f.next(stepTopic)
	if f.review && changed {
		// The new topic's own pages come before the review page.
		for _, s := range f.steps() {
			if s == stepHelp || s == stepQuestions {
				then = f.at(s)
				break
			}
		}
	}
	return h.save(c, f, then)
}

// refusal is the page that says why a topic takes no appeal now, "" where the
// code is of no topic.
func (h *Handlers) refusal(f *form, code string) string {
	node, ok := f.book.Tree.Find(code)
	switch {
	case !ok:
		return ""
	case !node.Leaf() || node.Retired:
		return f.at(stepTopic, "in", code)
	default:
		return f.url("/report/"+f.d.Token+"/urgent", "topic", code)
	}
}

// Urgent says whom to call where the topic takes no appeal.
func (h *Handlers) Urgent(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	leaf, ok := f.book.Tree.Find(c.QueryParam("topic"))
	if !ok || leaf.TakesAppeals(f.now.In(h.Zone)) == nil {
		return edge.SeeOther(c, f.at(stepTopic))
	}
	ctx := edge.Ctx(c)
	p := f.frame(ctx, stepTopic, leaf.Name.In(f.lang), nil)
	p.Back = f.at(stepTopic)
	return edge.Render(c, http.StatusOK, urgentPage(p, f, h.choice(ctx, f.site, leaf, 0, nil)))
}

// Help shows what to do first, where the topic knows.
func (h *Handlers) Help(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.leaf == nil || f.leaf.Help.Empty() {
		return edge.SeeOther(c, f.at(stepTopic))
	}
	ctx := edge.Ctx(c)
	then := f.next(stepHelp)
	if f.review && len(f.asked()) > 0 {
		then = f.at(stepQuestions)
	}
	return edge.Render(c, http.StatusOK, helpPage(f.frame(ctx, stepHelp, ui.T(ctx, "portal.help_title"), nil), f, then))
}
