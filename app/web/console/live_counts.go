package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// counts are the numbers of a page, and which of the named appeals its list
// would show now.
type counts struct {
	User    int64            `json:"user"`
	Notices count            `json:"notices"`
	Tabs    map[string]count `json:"tabs,omitempty"`
	Here    []int64          `json:"here,omitempty"`
	Fresh   string           `json:"fresh,omitempty"` // «12 новых», in words
}

type count struct {
	Text string `json:"text"`
	N    int    `json:"n"`
}

// mostAsked is how many appeals one may ask for at once.
const mostAsked = 200

// Counts answers how many are in each tab and which of the changed ones belong
// to the list.
func (h *Handlers) Counts(c echo.Context) error {
	ctx, now := h.begin(c)
	u := edge.User(ctx)
	unseen, err := h.cfg.Notices.CountUnseen(ctx, u.ID)
	if err != nil {
		return err
	}
	out := counts{User: u.ID, Notices: count{cappedText(ctx, unseen), unseen}}
	q := readQueue(c.QueryParams())
	if q.Tab == "" {
		return c.JSON(http.StatusOK, out)
	}
	tabs, err := h.cfg.Reader.CountTabs(ctx, workflow.ScopeOf(edge.Actor(ctx)), now)
	if err != nil {
		return err
	}
	out.Tabs = map[string]count{}
	for _, tab := range workflow.Tabs {
		out.Tabs[string(tab)] = count{cappedText(ctx, tabs[tab]), tabs[tab]}
	}
	if err := h.here(c, q, &out); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

// here sifts the asked ids by the list's tab and filters.
func (h *Handlers) here(c echo.Context, q queue, out *counts) error {
	ctx := edge.Ctx(c)
	ids, shown := readIDs(c.QueryParam("ids")), readIDs(c.QueryParam("shown"))
	if len(ids) == 0 || q.Words != "" {
		return nil
	}
	query, err := h.query(ctx, q)
	if err != nil {
		return err
	}
	query.IDs, query.Limit = ids, len(ids)
	rows, _, err := h.cfg.Reader.ListInbox(ctx, query)
	if err != nil {
		return err
	}
	fresh := 0
	for _, r := range rows {
		out.Here = append(out.Here, r.ID)
		if !slices.Contains(shown, r.ID) {
			fresh++
		}
	}
	if fresh > 0 {
		out.Fresh = ui.Plural(ctx, "live.fresh", fresh)
	}
	return nil
}

func readIDs(list string) []int64 {
	var ids []int64
	for one := range strings.SplitSeq(list, ",") {
		if id, err := strconv.ParseInt(one, 10, 64); err == nil && len(ids) < mostAsked {
			ids = append(ids, id)
		}
	}
	return ids
}

// cappedText is a count as tabs show it.
func cappedText(ctx context.Context, n int) string {
	if n >= capped {
		return ui.Number(ctx, capped) + "+"
	}
	return ui.Number(ctx, n)
}
