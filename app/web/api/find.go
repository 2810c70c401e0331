package api

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/lookup"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// findParams are those that words may stand beside.
var findParams = []string{search.Box, "limit", "cursor", "lang", waitParam}

// findAppeals pages through what words, phrases and fields find of what the officer may
// see, the best first.
func (h *Handlers) findAppeals(c echo.Context) error {
	ctx, now := edge.Ctx(c), h.Clock.Now()
	by := edge.Actor(ctx)
	var check fault.Check
	for name := range c.QueryParams() {
		check.That(slices.Contains(findParams, name), name, "api.with_q")
	}
	limit, at := usualPage, 0
	if s := c.QueryParam("limit"); s != "" {
		n, err := strconv.Atoi(s)
		check.That(err == nil && n >= 1 && n <= longPage, "limit", "api.range", "min", 1, "max", longPage)
		limit = n
	}
	if s := c.QueryParam("cursor"); s != "" {
		raw, err := base64.RawURLEncoding.DecodeString(s)
		n, wrong := strconv.Atoi(string(raw))
		check.That(err == nil && wrong == nil && n > 0 && n < search.MaxWindow, "cursor", "api.bad_cursor")
		at = n
	}
	wait := waiting(c, &check)
	question, err := h.asked(c, &check)
	if err != nil {
		return err
	}
	if err := check.Err(); err != nil {
		return err
	}
	scope := workflow.ScopeOf(by)
	question.Region, question.Agencies = scope.Region, scope.Agencies
	if err := h.settle(c, wait); err != nil {
		return err
	}
	found, err := h.Index.Search(ctx, question, at, limit)
	if err != nil {
		return err
	}
	ids, order := make([]int64, len(found.Hits)), map[int64]int{}
	for i, hit := range found.Hits {
		ids[i], order[hit.ID] = hit.ID, i
	}
	rows, _, err := h.Reader.ListInbox(ctx, workflow.InboxQuery{Scope: scope, Tab: workflow.TabAll, Now: now, IDs: ids, Limit: len(ids)})
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b workflow.InboxRow) int { return cmp.Compare(order[a.ID], order[b.ID]) })
	out := h.listed(rows)
	out.Total = &found.Total
	if next := at + len(ids); len(ids) > 0 && next < min(found.Total, search.MaxWindow) {
		out.Next = base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, int64(next), 10))
	}
	return c.JSON(http.StatusOK, out)
}

// asked is what the text in q asks for in the reader's own words, without rights.
func (h *Handlers) asked(c echo.Context, check *fault.Check) (search.Query, error) {
	names := lookup.Lookup{By: edge.Actor(edge.Ctx(c)), Lang: edge.Lang(c), Book: h.Topics.Book(), Directory: h.Directory}
	_, question, err := search.Understand(c.QueryParam(search.Box), search.Asker{Names: names, Now: h.Clock.Now(), Zone: h.Zone})
	return question, check.Take(err)
}
