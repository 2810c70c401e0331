package live

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"
)

// seat is one officer at one card.
type seat struct{ appeal, user int64 }

// sitting is what this node knows of a seat. The table is behind it by at most
// one look of [Hub.attend].
type sitting struct {
	screens int       // connections with the card open
	left    time.Time // when the last of them went, zero while there are some
	since   time.Time // of looking, or of writing
	wrote   time.Time // last sign of writing, zero where there is none
	saved   time.Time // zero where the table must be told
	writing bool      // as it was saved
}

// sit notes that the card is open; h.mu is held.
func (h *Hub) sit(c *Conn) {
	at := seat{c.appeal, c.user}
	s := h.here[at]
	if s == nil {
		s = &sitting{since: h.cfg.Clock.Now()}
		h.here[at] = s
	}
	s.screens++
	s.left = time.Time{}
	nudge(h.kick)
}

// rise notes that it is open once less; h.mu is held.
func (h *Hub) rise(c *Conn) {
	if s := h.here[seat{c.appeal, c.user}]; s != nil {
		if s.screens--; s.screens <= 0 {
			s.left = h.cfg.Clock.Now()
		}
	}
}

// Writing notes that somebody types on a card. Where their stream is open at
// another node (or nowhere), they are here until they stop.
func (h *Hub) Writing(appeal, user int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.cfg.Clock.Now()
	at := seat{appeal, user}
	s := h.here[at]
	if s == nil {
		s = &sitting{since: now, left: now}
		h.here[at] = s
	}
	if s.wrote.IsZero() {
		s.since, s.saved = now, time.Time{}
		nudge(h.kick)
	}
	s.wrote = now
}

// Company lists who else has the card open, at any node.
func (h *Hub) Company(ctx context.Context, appeal, user int64) ([]Presence, error) {
	all, err := h.cfg.Presences.ListPresences(ctx, []int64{appeal}, h.cfg.Clock.Now().Add(-PresenceLife))
	return slices.DeleteFunc(all, func(p Presence) bool { return p.User == user }), err
}

// attend keeps the table of presences and tells when a card's company changes.
func (h *Hub) attend(ctx context.Context) {
	tick := time.NewTicker(presentPause)
	defer tick.Stop()
	purge := time.NewTicker(10 * time.Minute)
	defer purge.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			h.farewell(context.WithoutCancel(ctx))
			return
		case <-purge.C:
			err = h.cfg.Presences.PurgePresences(ctx, h.cfg.Clock.Now().Add(-2*PresenceLife))
		case <-h.kick:
			err = h.attendOnce(ctx)
		case <-tick.C:
			err = h.attendOnce(ctx)
		}
		if err != nil && ctx.Err() == nil {
			h.cfg.Logger.WarnContext(ctx, "presences can't be kept", slog.Any("error", err))
		}
	}
}

// farewell takes this node's people off their cards; they come back at another.
func (h *Hub) farewell(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	h.mu.Lock()
	seats := slices.Collect(maps.Keys(h.here))
	h.mu.Unlock()
	for _, s := range seats {
		if h.cfg.Presences.DeletePresence(ctx, s.appeal, s.user) != nil {
			return // they expire by themselves
		}
	}
}

func (h *Hub) attendOnce(ctx context.Context) error {
	save, gone := h.dues()
	for _, p := range save {
		if err := h.cfg.Presences.SavePresence(ctx, p); err != nil {
			h.forget(p)
			return err
		}
	}
	for _, s := range gone {
		if err := h.cfg.Presences.DeletePresence(ctx, s.appeal, s.user); err != nil {
			return err
		}
	}
	return h.tellCompany(ctx)
}

// dues are the rows to write and to remove now.
func (h *Hub) dues() (save []Presence, gone []seat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.cfg.Clock.Now()
	for at, s := range h.here {
		writing := !s.wrote.IsZero() && now.Sub(s.wrote) < WritingLife
		if !writing && !s.wrote.IsZero() {
			s.since, s.wrote = now, time.Time{}
		}
		if !writing && s.screens <= 0 && now.Sub(s.left) > presenceGrace {
			delete(h.here, at)
			gone = append(gone, at)
			continue
		}
		if writing == s.writing && !s.saved.IsZero() && now.Sub(s.saved) < presenceAgain {
			continue
		}
		s.writing, s.saved = writing, now
		save = append(save, Presence{Appeal: at.appeal, User: at.user, Writing: writing, Since: s.since, SeenAt: now})
	}
	return save, gone
}

// forget lets a row that couldn't be written be due again.
func (h *Hub) forget(p Presence) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.here[seat{p.Appeal, p.User}]; s != nil {
		s.saved = time.Time{}
	}
}

// tellCompany tells the screens of each card whose company has changed, at this
// node or at another.
func (h *Hub) tellCompany(ctx context.Context) error {
	open := h.openCards()
	if len(open) == 0 {
		return nil
	}
	list, err := h.cfg.Presences.ListPresences(ctx, open, h.cfg.Clock.Now().Add(-PresenceLife))
	if err != nil {
		return err
	}
	now := make(map[int64]string, len(open))
	for _, p := range list {
		now[p.Appeal] += fmt.Sprintf("%d %t %d;", p.User, p.Writing, p.Since.Unix())
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		if c.appeal != 0 && slices.Contains(open, c.appeal) && others(h.shown[c.appeal], c.user) != others(now[c.appeal], c.user) {
			c.note(func(n *news) { n.company = true })
		}
	}
	h.shown = now
	return nil
}

// others is a card's company without one of them.
func others(company string, user int64) string {
	var out strings.Builder
	for one := range strings.SplitSeq(company, ";") {
		if !strings.HasPrefix(one, fmt.Sprintf("%d ", user)) {
			out.WriteString(one)
		}
	}
	return out.String()
}

func (h *Hub) openCards() []int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := map[int64]bool{}
	for c := range h.conns {
		if c.appeal != 0 {
			seen[c.appeal] = true
		}
	}
	return slices.Collect(maps.Keys(seen))
}
