package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

// Duplicates keeps pairs of appeals that may be about the same problem.
type Duplicates interface {
	Note(ctx context.Context, found []duplicate.Suspicion, changed []int64, position string) error
	ListOpen(ctx context.Context, in duplicate.Scope, limit int) ([]duplicate.Suspicion, error)
	ListOpenPairs(ctx context.Context, in duplicate.Scope, limit int) ([]duplicate.Pair, error)
	Dismiss(ctx context.Context, pairs []duplicate.Pair, user int64, at time.Time) error
}

const (
	duplicatesURL   = "/console/duplicates"
	duplicatePairs  = 200 // of the latest that a page looks at
	duplicateGroups = 30  // that it shows
	mostGroups      = 99  // that the navigation counts
)

// duplicateList is the page of the queue.
type duplicateList struct {
	Page    ui.Page
	Groups  []duplicateGroup
	More    bool
	Problem string
	Done    string   // what was done just now, in words
	Undo    []string // how to take it back: «leave-12», «pair-3-12»
}

// duplicateGroup is appeals that may be about one problem.
type duplicateGroup struct {
	Lead    duplicateLine
	Members []duplicateLine
	Pairs   []string // as «3-12»
	MayJoin bool     // by this reader
	Why     string   // why it can't be joined, "" where it can
}

type duplicateLine struct {
	candidate
	Version int
	Joined  int
	Source  workflow.Source
	Agency  string // where agencies differ
	Score   int    // per cent, of those beside the lead
	Reasons []duplicateReason
}

type duplicateReason struct {
	Text    string
	Against bool
}

func suspicionScope(by actor.Actor) duplicate.Scope {
	s := workflow.ScopeOf(by)
	return duplicate.Scope{Region: s.Region, Agencies: s.Agencies}
}

// seesDuplicates reports whether the queue is for the person: for those who put
// appeals together, and those who watch them.
func seesDuplicates(by actor.Actor) bool {
	return workflow.MayEver(by, workflow.Gather) || by.Has(actor.Supervisor)
}

// DuplicateQueue shows appeals that may be about the same problem.
func (h *Handlers) DuplicateQueue(c echo.Context) error {
	ctx, _ := h.begin(c)
	view := duplicateList{}
	if n := atoi(c.QueryParam("joined")); n > 0 {
		view.Done = ui.Plural(ctx, "duplicate.joined", n)
	} else if c.QueryParam("dismissed") != "" {
		view.Done = ui.T(ctx, "duplicate.dismissed")
	} else if c.QueryParam("undone") != "" {
		view.Done = ui.T(ctx, "duplicate.undone")
	}
	view.Undo = c.QueryParams()["undo"]
	return h.renderDuplicates(c, http.StatusOK, view)
}

// DecideDuplicates puts appeals of a group together, says that they are not the
// same, or takes either back.
func (h *Handlers) DecideDuplicates(c echo.Context) error {
	ctx, _ := h.begin(c)
	if !seesDuplicates(edge.Actor(ctx)) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	values, err := c.FormParams()
	if err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	var to string
	switch c.FormValue("do") {
	case "join":
		to, err = h.joinDuplicates(c, values["appeals"])
	case "dismiss":
		to, err = h.dismissDuplicates(c, values["appeals"], values["pairs"])
	case "undo":
		to, err = h.undoDuplicates(c, values["undo"])
	default:
		return fault.New(fault.Invalid, "error.invalid")
	}
	switch fault.KindOf(err) {
	case "":
		return edge.SeeOther(c, to)
	case fault.Conflict, fault.Invalid, fault.Forbidden, fault.NotFound:
		return h.renderDuplicates(c, edge.Status(err), duplicateList{Problem: obstacle(ctx, err)})
	default:
		return err
	}
}

func (h *Handlers) joinDuplicates(c echo.Context, chosen []string) (to string, err error) {
	ctx := edge.Ctx(c)
	lead, err := strconv.ParseInt(c.FormValue("lead"), 10, 64)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	ids := idsOf(chosen)
	by := edge.Actor(ctx)
	if _, err := h.visible(ctx, by, lead); err != nil {
		return "", err
	}
	if _, err := h.cfg.Engine.Join(ctx, by, lead, atoi(c.FormValue("version")), ids); err != nil {
		return "", err
	}
	if err := h.cfg.Duplicates.Note(ctx, nil, append(ids, lead), ""); err != nil {
		return "", err
	}
	to = duplicatesURL + "?joined=" + strconv.Itoa(len(ids))
	for _, id := range ids {
		to += "&undo=leave-" + idText(id) + "-" + idText(lead)
	}
	return to, nil
}

// dismissDuplicates parts the chosen appeals from the rest of their group, and
// from each other.
func (h *Handlers) dismissDuplicates(c echo.Context, chosen, texts []string) (to string, err error) {
	ctx := edge.Ctx(c)
	var pairs []duplicate.Pair
	to = duplicatesURL + "?dismissed=1"
	for _, text := range texts {
		p, ok := pairOf(text)
		if !ok || !slices.Contains(chosen, idText(p.Earlier)) && !slices.Contains(chosen, idText(p.Later)) {
			continue
		}
		pairs = append(pairs, p)
		to += "&undo=pair-" + text
	}
	if len(pairs) == 0 {
		return "", fault.New(fault.Invalid, "workflow.join_whom")
	}
	return to, h.dismiss(ctx, pairs, edge.User(ctx).ID)
}

// dismiss notes a decision about pairs of which the person sees both.
func (h *Handlers) dismiss(ctx context.Context, pairs []duplicate.Pair, user int64) error {
	by := edge.Actor(ctx)
	for _, p := range pairs {
		for _, id := range []int64{p.Earlier, p.Later} {
			if _, err := h.visible(ctx, by, id); err != nil {
				return err
			}
		}
	}
	return h.cfg.Duplicates.Dismiss(ctx, pairs, user, h.cfg.Clock.Now())
}

// undoDuplicates takes back what was just decided. What has moved on since is
// left as it is.
func (h *Handlers) undoDuplicates(c echo.Context, texts []string) (to string, err error) {
	ctx := edge.Ctx(c)
	by := edge.Actor(ctx)
	var pairs []duplicate.Pair
	var changed []int64
	for _, text := range texts {
		if rest, ok := strings.CutPrefix(text, "pair-"); ok {
			if p, ok := pairOf(rest); ok {
				pairs = append(pairs, p)
			}
			continue
		}
		joined, lead, _ := strings.Cut(strings.TrimPrefix(text, "leave-"), "-")
		id, err := strconv.ParseInt(joined, 10, 64)
		if err != nil {
			continue
		}
		found, err := h.visible(ctx, by, id)
		if err != nil {
			return "", err
		}
		if idText(found.Appeal.Lead) != lead {
			continue // somebody was faster
		}
		changed = append(changed, id, found.Appeal.Lead)
		if _, err := h.cfg.Engine.Act(ctx, by, id, workflow.Command{Action: workflow.Leave}); err != nil {
			return "", err
		}
	}
	if err := h.dismiss(ctx, pairs, 0); err != nil {
		return "", err
	}
	return duplicatesURL + "?undone=1", h.cfg.Duplicates.Note(ctx, nil, changed, "")
}

func pairOf(text string) (duplicate.Pair, bool) {
	a, b, _ := strings.Cut(text, "-")
	x, err := strconv.ParseInt(a, 10, 64)
	y, wrong := strconv.ParseInt(b, 10, 64)
	return duplicate.PairOf(x, y), err == nil && wrong == nil && x != y
}

func idsOf(texts []string) []int64 {
	var out []int64
	for _, text := range texts {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			out = append(out, id)
		}
	}
	return out
}

func (h *Handlers) renderDuplicates(c echo.Context, status int, view duplicateList) error {
	ctx := edge.Ctx(c)
	by := edge.Actor(ctx)
	if !seesDuplicates(by) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	page, err := h.page(c, ui.T(ctx, "duplicate.title"))
	if err != nil {
		return err
	}
	page.Invalid = status >= http.StatusBadRequest
	view.Page = page
	open, err := h.cfg.Duplicates.ListOpen(ctx, suspicionScope(by), duplicatePairs)
	if err != nil {
		return err
	}
	if view.Groups, err = h.groups(ctx, by, open); err != nil {
		return err
	}
	view.More = len(view.Groups) > duplicateGroups || len(open) == duplicatePairs
	view.Groups = view.Groups[:min(len(view.Groups), duplicateGroups)]
	return edge.Render(c, status, duplicatePage(view))
}

// countDuplicates is how many groups the queue has for the person.
func (h *Handlers) countDuplicates(ctx context.Context, by actor.Actor) (int, error) {
	pairs, err := h.cfg.Duplicates.ListOpenPairs(ctx, suspicionScope(by), duplicatePairs)
	if err != nil {
		return 0, err
	}
	open := make([]duplicate.Suspicion, len(pairs))
	for i, p := range pairs {
		open[i].Pair = p
	}
	return len(components(open)), nil
}

// groups puts pairs together that have an appeal in common. Of a pair the person
// must see both.
func (h *Handlers) groups(ctx context.Context, by actor.Actor, open []duplicate.Suspicion) ([]duplicateGroup, error) {
	var ids []int64
	for _, s := range open {
		ids = append(ids, s.Earlier, s.Later)
	}
	slices.Sort(ids)
	found, err := h.cfg.Reader.FindCases(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	cases := map[int64]*workflow.Case{}
	for i := range found {
		if a := &found[i].Appeal; workflow.CanSee(by, a) && a.Lead == 0 && a.Stage.Working() {
			cases[a.ID] = &found[i]
		}
	}
	open = slices.DeleteFunc(open, func(s duplicate.Suspicion) bool { return cases[s.Earlier] == nil || cases[s.Later] == nil })
	var out []duplicateGroup
	for _, set := range components(open) {
		out = append(out, h.group(ctx, by, set, cases))
	}
	return out, nil
}

// components are the sets of pairs that hang together, in the order of the
// first pair of each.
func components(open []duplicate.Suspicion) [][]duplicate.Suspicion {
	of := map[int64]int64{}
	var root func(int64) int64
	root = func(id int64) int64 {
		if up, ok := of[id]; ok && up != id {
			of[id] = root(up)
			return of[id]
		}
		return id
	}
	for _, s := range open {
		of[root(s.Earlier)] = root(s.Later)
	}
	at := map[int64]int{}
	var out [][]duplicate.Suspicion
	for _, s := range open {
		key := root(s.Earlier)
		i, ok := at[key]
		if !ok {
			i, at[key] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], s)
	}
	return out
}

// group shows pairs that hang together around the appeal that can lead the
// others.
func (h *Handlers) group(ctx context.Context, by actor.Actor, set []duplicate.Suspicion, cases map[int64]*workflow.Case) duplicateGroup {
	var ids []int64
	for _, s := range set {
		ids = append(ids, s.Earlier, s.Later)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.SortStableFunc(ids, func(a, b int64) int { return leading(&cases[b].Appeal) - leading(&cases[a].Appeal) })
	lead := &cases[ids[0]].Appeal
	g := duplicateGroup{Lead: h.duplicateLine(ctx, lead, lead), MayJoin: true}
	if err := workflow.Can(by, lead, workflow.Gather); err != nil {
		g.MayJoin, g.Why = false, ui.Message(ctx, err)
	}
	for _, s := range set {
		g.Pairs = append(g.Pairs, idText(s.Earlier)+"-"+idText(s.Later))
	}
	for _, id := range ids[1:] {
		a := &cases[id].Appeal
		line := h.duplicateLine(ctx, lead, a)
		best := beside(set, lead.ID, id)
		line.Score = int(best.Score * 100)
		for _, r := range best.Why {
			line.Reasons = append(line.Reasons, duplicateReason{reasonWords(ctx, r), r.Points < 0})
		}
		if a.Agency != lead.Agency {
			line.Agency = h.names(ctx).agency(a.Agency)
			g.MayJoin, g.Why = false, ui.T(ctx, "duplicate.other_agency")
		} else if err := workflow.Can(by, a, workflow.Join); err != nil && g.MayJoin {
			g.MayJoin, g.Why = false, a.Number+": "+ui.Message(ctx, err)
		}
		g.Members = append(g.Members, line)
	}
	if !workflow.MayEver(by, workflow.Gather) {
		g.Why = "" // who watches is not told why they can't do what is not theirs
	}
	return g
}

// beside is the pair that tells most of an appeal of a group: that with the lead
// where there is one.
func beside(set []duplicate.Suspicion, lead, id int64) duplicate.Suspicion {
	var best duplicate.Suspicion
	for _, s := range set {
		switch {
		case s.Pair == duplicate.PairOf(lead, id):
			return s
		case (s.Earlier == id || s.Later == id) && s.Score > best.Score:
			best = s
		}
	}
	return best
}

// leading orders appeals by how well each can lead others: who has some already,
// then who is further in work.
func leading(a *workflow.Appeal) int {
	rank := map[workflow.Stage]int{
		workflow.StageReceived: 1, workflow.StageAssigned: 2, workflow.StagePlanned: 3, workflow.StageInWork: 4, workflow.StageOnSign: 5,
	}
	return cmp.Compare(a.Joined, 0)*10 + rank[a.Stage]
}

func (h *Handlers) duplicateLine(ctx context.Context, lead, a *workflow.Appeal) duplicateLine {
	n := h.names(ctx)
	line := duplicateLine{
		candidate: candidate{similar: similar{
			ID: a.ID, Number: a.Number, Topic: n.topic(a.Rubric), Place: n.territory(a.Place.Territory), Ago: ui.Ago(ctx, a.SubmittedAt, ui.Now(ctx)),
			Excerpt: a.Text, Stage: a.Stage, URL: cardURL(a.ID),
		}, Address: a.Place.Address},
		Version: a.Version, Joined: a.Joined, Source: a.Source,
	}
	if a.ID != lead.ID {
		line.URL = cardURL(lead.ID) + "/similar/" + idText(a.ID)
	}
	if !a.DueAt.IsZero() {
		line.DueAt = lastDay(ctx, a.DueAt)
	}
	return line
}

func reasonWords(ctx context.Context, r duplicate.Reason) string {
	key := "duplicate.why." + string(r.Fact)
	switch r.Fact {
	case duplicate.Near, duplicate.Beyond, duplicate.Far:
		return ui.T(ctx, key, "n", ui.Number(ctx, r.Metres))
	case duplicate.Soon, duplicate.Late:
		return ui.Plural(ctx, key, r.Days)
	default:
		return ui.T(ctx, key)
	}
}
