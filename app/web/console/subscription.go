package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// feedEntries is how many of the newest matches a feed holds.
const feedEntries = 50

// feedSecret is how many bytes the secret of a feed's address has.
const feedSecret = 24

var rhythmKeys = map[workflow.Rhythm]string{
	workflow.NoMail: "view.rhythm.none", workflow.AtOnce: "view.rhythm.at_once", workflow.Daily: "view.rhythm.daily",
}

// Users finds the owners of feeds.
type Users interface {
	FindUser(ctx context.Context, id int64) (*identity.User, error)
}

// Matching implements jobs.Finder: what of the view the person may see now, the
// newest first.
func (h *Handlers) Matching(ctx context.Context, u *identity.User, v workflow.View, limit int) ([]workflow.InboxRow, error) {
	ctx = ui.WithNow(edge.As(ctx, u), h.cfg.Clock.Now())
	q := readView(v)
	query, err := h.query(ctx, q)
	if err != nil {
		return nil, err
	}
	if q.Words == "" {
		query.Limit = limit
		rows, _, err := h.cfg.Reader.ListInbox(ctx, query)
		return rows, err
	}
	_, question, err := h.question(ctx, q, query)
	if err != nil {
		return nil, err
	}
	question.Newest = true
	_, rows, _, err := h.foundRows(ctx, question, query, 0, limit)
	return rows, err
}

// countWords counts what a view with words finds.
func (h *Handlers) countWords(ctx context.Context, q queue, query workflow.InboxQuery) (int, error) {
	_, question, err := h.question(ctx, q, query)
	if err != nil {
		return 0, err
	}
	found, err := h.cfg.Index.Search(ctx, question, 0, 0)
	return found.Total, err
}

// subscribe changes how the person hears of a view's news. A new feed's address
// is returned; it can't be read again.
func (h *Handlers) subscribe(c echo.Context, v viewLink, do string) (feed string, err error) {
	ctx := edge.Ctx(c)
	s := v.Subscription
	s.User, s.View = edge.Actor(ctx).User, v.ID
	switch do {
	case "subscribe":
		s.Rhythm = workflow.Rhythm(c.FormValue("rhythm"))
	case "feed_off":
		s.Feed = nil
	case "feed_on":
		secret := make([]byte, feedSecret)
		_, _ = rand.Read(secret) // never fails
		hash := sha256.Sum256(secret)
		s.Feed = hash[:]
		feed = h.cfg.Base.JoinPath("feeds", base64.RawURLEncoding.EncodeToString(secret)).String()
	}
	if err := s.Check(); err != nil {
		return "", err
	}
	return feed, h.cfg.Subscriptions.SaveSubscription(ctx, s, h.cfg.Clock.Now())
}

// subscriptions are the person's, by view.
func (h *Handlers) subscriptions(ctx context.Context) (map[int64]workflow.Subscription, error) {
	list, err := h.cfg.Subscriptions.ListSubscriptions(ctx, edge.Actor(ctx).User)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]workflow.Subscription, len(list))
	for _, s := range list {
		out[s.View] = s
	}
	return out, nil
}

// atomFeed is RFC 4287, as much as a list of cases needs.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
}

// Feed answers the newest matches of a saved search under the present rights of
// who made the address. It holds numbers, topics, places and stages: no words of
// people.
func (h *Handlers) Feed(c echo.Context) error {
	ctx, now := h.begin(c)
	secret, err := base64.RawURLEncoding.DecodeString(c.Param("secret"))
	if err != nil || len(secret) != feedSecret {
		return fault.New(fault.NotFound, "error.not_found")
	}
	hash := sha256.Sum256(secret)
	s, err := h.cfg.Subscriptions.FindFeed(ctx, hash[:])
	if err != nil {
		return err
	}
	u, err := h.cfg.Users.FindUser(ctx, s.User)
	if err != nil {
		return err
	}
	v, err := h.cfg.Views.FindView(ctx, s.View)
	if err != nil {
		return err
	}
	if u.Disabled || !v.SeenBy(u.Actor()) {
		return fault.New(fault.NotFound, "error.not_found")
	}
	rows, err := h.Matching(ctx, u, *v, feedEntries)
	if err != nil && !fault.Is(err, fault.Invalid) { // what the search names is gone: the feed is empty
		return err
	}
	slices.SortStableFunc(rows, func(a, b workflow.InboxRow) int { return b.SubmittedAt.Compare(a.SubmittedAt) })
	n := h.names(ctx)
	feed := atomFeed{
		Title: v.Name, ID: "urn:otklik:" + h.cfg.Base.Hostname() + ":view:" + strconv.FormatInt(v.ID, 10), Updated: now.UTC().Format(time.RFC3339),
		Author: h.cfg.Base.Hostname(),
	}
	if len(rows) > 0 {
		feed.Updated = rows[0].SubmittedAt.UTC().Format(time.RFC3339)
	}
	for _, r := range rows {
		link := h.cfg.Base.JoinPath("console", "appeals", strconv.FormatInt(r.ID, 10)).String()
		feed.Entries = append(feed.Entries, atomEntry{
			Title: r.Number + " · " + n.topic(r.Rubric), ID: link, Updated: r.SubmittedAt.UTC().Format(time.RFC3339), Link: atomLink{link},
			Summary: ui.T(ctx, "stage."+string(r.Stage)) + " · " + n.territory(r.Territory),
		})
	}
	body, err := xml.Marshal(feed)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "private, max-age=60")
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	return c.Blob(http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
}
