package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
)

// How the hub looks at the database. Each look costs one probe of an index; a
// hub with nobody to tell looks rarely.
const (
	followPause  = 300 * time.Millisecond
	idlePause    = 2 * time.Second
	presentPause = 2 * time.Second
	longestRest  = 15 * time.Second
	followAtOnce = 500 // changes in one reading
	replayMost   = 500 // changes that one who comes back is told one by one
)

// How many connections there may be. Who is refused one sees the pages as they
// are without.
const (
	mostOfUser = 12
	mostOfAll  = 10_000
)

// Config is what a hub is made of.
type Config struct {
	Log       Log
	Notices   Notices
	Presences Presences
	Clock     clock.Clock
	Logger    *slog.Logger
}

// Hub follows the log and tells its connections. Make it with [NewHub] and let
// [Hub.Run] run.
type Hub struct {
	cfg Config

	mu       sync.Mutex
	position string // in the log; everything before it was told
	notice   int64  // highest number of a notice that was told
	conns    map[*Conn]struct{}
	ofUser   map[int64]int
	here     map[seat]*sitting // who has which card open at this node
	shown    map[int64]string  // what was told of a card's company last
	closed   bool

	kick    chan struct{} // the company of a card changed
	arrival chan struct{} // the first connection came
}

// NewHub makes a hub.
func NewHub(cfg Config) *Hub {
	return &Hub{
		cfg: cfg, conns: map[*Conn]struct{}{}, ofUser: map[int64]int{}, here: map[seat]*sitting{}, shown: map[int64]string{},
		kick: make(chan struct{}, 1), arrival: make(chan struct{}, 1),
	}
}

// Start finds the place in the log from which the hub goes on. Run does it too;
// who asks for a position before that calls it first.
func (h *Hub) Start(ctx context.Context) error {
	position, err := h.cfg.Log.End(ctx)
	if err != nil {
		return err
	}
	notice, err := h.cfg.Notices.NewestNotice(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.position, h.notice = position, max(h.notice, notice)
	return nil
}

// Position is the place in the log up to which everything has been told. A page
// notes it before it reads, so that nothing falls between the page and its
// connection.
func (h *Hub) Position() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.position
}

// Run follows the log and keeps presences until ctx ends; then it closes every
// connection.
func (h *Hub) Run(ctx context.Context) {
	defer h.Close()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { h.attend(ctx) })
	h.follow(ctx)
}

// Close ends every connection: their people come back, to another node or to
// this one after its restart.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for c := range h.conns {
		c.end(ErrClosed)
	}
}

// SignOut ends the connections of a session.
func (h *Hub) SignOut(session string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		if c.session == session {
			c.end(ErrSignedOut)
		}
	}
}

// Open makes a connection for somebody who saw everything up to the position.
// fault.TooMany: they have too many already; fault.Unavailable: the hub is full
// or closing.
func (h *Hub) Open(ctx context.Context, v Viewer, after string) (*Conn, error) {
	c := &Conn{
		hub: h, by: v.By, user: v.By.User, appeal: v.Appeal, session: v.Session,
		wake: make(chan struct{}, 1), news: news{appeals: map[int64]Told{}},
	}
	if err := h.enter(c); err != nil {
		return nil, err
	}
	// From here on nothing new is missed; what was before is read from the log,
	// and told twice does no harm.
	if after != "" {
		h.replay(ctx, c, after)
	}
	return c, nil
}

func (h *Hub) enter(c *Conn) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed || len(h.conns) >= mostOfAll:
		return fault.New(fault.Unavailable, "error.unavailable")
	case h.ofUser[c.user] >= mostOfUser:
		return fault.New(fault.TooMany, "error.too_many")
	}
	c.news.position = h.position
	h.conns[c] = struct{}{}
	h.ofUser[c.user]++
	if c.appeal != 0 {
		h.sit(c)
	}
	if len(h.conns) == 1 {
		nudge(h.arrival)
	}
	return nil
}

// leave forgets a connection.
func (h *Hub) leave(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.conns[c]; !ok {
		return
	}
	delete(h.conns, c)
	if h.ofUser[c.user]--; h.ofUser[c.user] <= 0 {
		delete(h.ofUser, c.user)
	}
	if c.appeal != 0 {
		h.rise(c)
	}
}

// replay tells what happened since the position; where that is too much or
// unknown, that something was missed.
func (h *Hub) replay(ctx context.Context, c *Conn, after string) {
	if after == h.Position() {
		return
	}
	changes, _, err := h.cfg.Log.After(ctx, after, replayMost)
	if err != nil || len(changes) == replayMost {
		c.miss()
		return
	}
	for i := range changes {
		c.tell(&changes[i])
	}
}

// follow reads the log and tells the changes.
func (h *Hub) follow(ctx context.Context) {
	rest := followPause
	for ctx.Err() == nil {
		more, err := h.step(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			rest = min(2*rest, longestRest)
			h.cfg.Logger.WarnContext(ctx, "screens are not told what changes, will try again", slog.Duration("in", rest), slog.Any("error", err))
		case more:
			rest = followPause
			continue
		case h.empty():
			rest = idlePause
		default:
			rest = followPause
		}
		select {
		case <-ctx.Done():
			return
		case <-h.arrival:
		case <-time.After(rest):
		}
		rest = max(rest, followPause)
	}
}

func (h *Hub) empty() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns) == 0
}

// step tells one reading of the log.
func (h *Hub) step(ctx context.Context) (more bool, err error) {
	at := h.Position()
	if h.empty() || at == "" {
		if at, err = h.cfg.Log.End(ctx); err != nil {
			return false, err
		}
		h.skipTo(at)
		return false, h.tellNotices(ctx)
	}
	changes, next, err := h.cfg.Log.After(ctx, at, followAtOnce)
	if fault.Is(err, fault.Gone) { // the database was restored from a copy
		h.each(func(c *Conn) { c.miss() })
		return false, h.Start(ctx)
	}
	if err != nil {
		return false, err
	}
	if len(changes) > 0 {
		h.moveTo(next, func(c *Conn) {
			for i := range changes {
				c.tell(&changes[i])
			}
			c.moved(next)
		})
	}
	return len(changes) == followAtOnce, h.tellNotices(ctx)
}

// skipTo passes over what nobody is there to hear. Who came while the log was
// read heard nothing of it: for them the hub goes on from where it was.
func (h *Hub) skipTo(position string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.conns) == 0 || h.position == "" {
		h.position = position
	}
}

// moveTo tells every connection what lies before the position. Nobody sees the
// hub there who can't have heard of it.
func (h *Hub) moveTo(position string, tell func(*Conn)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.position = position
	for c := range h.conns {
		tell(c)
	}
}

// each calls fn with every connection.
func (h *Hub) each(fn func(*Conn)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		fn(c)
	}
}

func (h *Hub) tellNotices(ctx context.Context) error {
	h.mu.Lock()
	last := h.notice
	h.mu.Unlock()
	users, newest, err := h.cfg.Notices.NoticesAfter(ctx, last)
	if err != nil || len(users) == 0 {
		return err
	}
	given := make(map[int64]bool, len(users))
	for _, u := range users {
		given[u] = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notice = newest
	for c := range h.conns {
		if given[c.user] {
			c.note(func(n *news) { n.notices = true })
		}
	}
	return nil
}

func nudge(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// Viewer is who opens a connection.
type Viewer struct {
	By      actor.Actor
	Appeal  int64  // the card that is open, 0 for none
	Session string // of the browser, to end with it
}
