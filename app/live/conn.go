package live

import (
	"context"
	"errors"
	"sync"

	"github.com/otklik/otklik/app/actor"
)

// Why a connection ends.
var (
	ErrClosed    = errors.New("live: the hub is closing")
	ErrSignedOut = errors.New("live: signed out")
)

// mostWaiting is how many appeals wait for a slow reader. Beyond that they are
// told that they missed something: memory stays bounded whatever happens.
const mostWaiting = 200

// Told is what one is told of a change.
type Told struct {
	Appeal int64 `json:"appeal"`
	N      int   `json:"n"`              // number of the latest event
	Mine   bool  `json:"mine,omitempty"` // everything new is by the reader
	Left   bool  `json:"left,omitempty"` // it is theirs no longer
}

// News is what has come together since one read last.
type News struct {
	Position string // everything up to there is in
	Changes  []Told
	Missed   bool // more than can be told one by one
	Notices  bool // new notices
	Company  bool // others came to the open card, left it or began to write
}

// Empty reports whether nothing happened.
func (n News) Empty() bool { return len(n.Changes) == 0 && !n.Missed && !n.Notices && !n.Company }

// news is News in the making. Changes of an appeal are one.
type news struct {
	position                 string
	appeals                  map[int64]Told
	missed, notices, company bool
}

// Conn is one open screen. One goroutine reads it.
type Conn struct {
	hub     *Hub
	user    int64
	appeal  int64
	session string
	wake    chan struct{}

	mu   sync.Mutex
	by   actor.Actor
	news news
	over error
}

// Look returns what there is now.
func (c *Conn) Look() News {
	got, _ := c.take()
	return got
}

// Next waits for news. The error is that of ctx, or why the connection ended.
func (c *Conn) Next(ctx context.Context) (News, error) {
	for {
		got, err := c.take()
		if err != nil || !got.Empty() {
			return got, err
		}
		select {
		case <-ctx.Done():
			return News{}, ctx.Err()
		case <-c.wake:
		}
	}
}

func (c *Conn) take() (News, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over != nil {
		return News{}, c.over
	}
	n := &c.news
	out := News{Position: n.position, Missed: n.missed, Notices: n.notices, Company: n.company}
	for _, one := range n.appeals {
		out.Changes = append(out.Changes, one)
	}
	clear(n.appeals)
	n.missed, n.notices, n.company = false, false, false
	return out, nil
}

// Position is how far the connection has come in the log, for a sign of life.
func (c *Conn) Position() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.news.appeals) > 0 || c.news.missed {
		return "" // not told yet
	}
	return c.news.position
}

// Be notes that the reader's rights may have changed.
func (c *Conn) Be(by actor.Actor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if by.User == c.user {
		c.by = by
	}
}

// Close forgets the connection.
func (c *Conn) Close() { c.hub.leave(c) }

func (c *Conn) end(why error) {
	c.mu.Lock()
	c.over = why
	c.mu.Unlock()
	nudge(c.wake)
}

// note changes what waits to be read, and wakes the reader.
func (c *Conn) note(fn func(*news)) {
	c.mu.Lock()
	fn(&c.news)
	c.mu.Unlock()
	nudge(c.wake)
}

func (c *Conn) miss() {
	c.note(func(n *news) {
		clear(n.appeals)
		n.missed = true
	})
}

// moved notes that everything up to the position has been told.
func (c *Conn) moved(position string) {
	c.mu.Lock()
	c.news.position = position
	c.mu.Unlock()
}

// tell adds a change, if it is the reader's to know.
func (c *Conn) tell(ch *Change) {
	c.mu.Lock()
	sight := ch.See(c.by)
	if sight == Hidden {
		c.mu.Unlock()
		return
	}
	told := Told{Appeal: ch.Appeal, N: ch.N, Mine: ch.By != 0 && ch.By == c.user, Left: sight == Left}
	switch before, waits := c.news.appeals[ch.Appeal]; {
	case c.news.missed:
	case waits:
		told.Mine = told.Mine && before.Mine
		told.N = max(told.N, before.N)
		c.news.appeals[ch.Appeal] = told
	case len(c.news.appeals) >= mostWaiting:
		clear(c.news.appeals)
		c.news.missed = true
	default:
		c.news.appeals[ch.Appeal] = told
	}
	c.mu.Unlock()
	nudge(c.wake)
}
