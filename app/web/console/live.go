package console

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/live"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// Times of a stream.
const (
	heartbeat   = 20 * time.Second // keeps proxies from closing it, and looks whether the session lives
	slowest     = 10 * time.Second // who can't take a message in that time is dropped and comes back
	comeBack    = 2 * time.Second  // until a browser comes back, and up to as much again
	lastEventID = "Last-Event-ID"
)

// liveness is what a page needs to hear of what changes; it is taken before the
// page reads anything.
func (h *Handlers) liveness(u *identity.User) *ui.Live {
	if h.cfg.Hub == nil {
		return nil
	}
	out := &ui.Live{After: h.cfg.Hub.Position(), User: u.ID, Login: u.Login}
	if h.cfg.KeepKey != nil {
		out.Key = base64.StdEncoding.EncodeToString(h.cfg.KeepKey(u.ID))
	}
	return out
}

// on notes that the page is about a case.
func on(p *ui.Page, a *workflow.Appeal) {
	if p.Live != nil {
		p.Live.Appeal, p.Live.Seen = a.ID, a.Events
	}
}

// message is what goes down the stream: numbers and ids. Whoever is told reads
// what it means under their own rights.
type message struct {
	Changes []live.Told `json:"changes,omitempty"`
	Missed  bool        `json:"missed,omitempty"`
	Notices bool        `json:"notices,omitempty"`
	Company bool        `json:"company,omitempty"`
	After   string      `json:"after,omitempty"`
}

func messageOf(n live.News) message {
	return message{Changes: n.Changes, Missed: n.Missed, Notices: n.Notices, Company: n.Company}
}

// connect opens the reader's connection to the hub, from where they stopped.
func (h *Handlers) connect(c echo.Context) (*live.Conn, error) {
	ctx := edge.Ctx(c)
	if h.cfg.Hub == nil {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	v := live.Viewer{By: edge.Actor(ctx), Session: h.cfg.Cookies.Session(c)}
	if id, err := strconv.ParseInt(c.QueryParam("appeal"), 10, 64); err == nil && id > 0 {
		found, err := h.cfg.Reader.FindCase(ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err == nil && workflow.CanSee(v.By, &found.Appeal) {
			v.Appeal = id
		}
	}
	after := c.Request().Header.Get(lastEventID)
	if after == "" {
		after = c.QueryParam("after")
	}
	return h.cfg.Hub.Open(ctx, v, after)
}

// Stream tells what changes as it happens, as Server-Sent Events. It ends with
// the session.
func (h *Handlers) Stream(c echo.Context) error {
	conn, err := h.connect(c)
	if err != nil {
		return err
	}
	defer conn.Close()
	out := stream{w: c.Response(), control: http.NewResponseController(c.Response())}
	// The server's limits are for requests that end.
	if err := out.control.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	head := c.Response().Header()
	head.Set(echo.HeaderContentType, "text/event-stream")
	head.Set(echo.HeaderCacheControl, "no-store, no-transform")
	head.Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)
	wait := comeBack + rand.N(comeBack) //nolint:gosec // spreads browsers in time, no secret
	if out.send(fmt.Sprintf("retry: %d\n: welcome\n\n", wait.Milliseconds())) != nil {
		return nil
	}
	return h.tell(c, conn, out)
}

// tell sends news until the browser goes away or the session ends.
func (h *Handlers) tell(c echo.Context, conn *live.Conn, out stream) error {
	ctx := edge.Ctx(c)
	due := time.Now().Add(heartbeat) //nolint:forbidigo // sockets live by the machine's clock
	for {
		waiting, cancel := context.WithDeadline(ctx, due)
		news, err := conn.Next(waiting)
		cancel()
		switch {
		case ctx.Err() != nil, errors.Is(err, live.ErrClosed):
			return nil //nolint:nilerr // the browser went away
		case errors.Is(err, live.ErrSignedOut):
			_ = out.send("event: over\ndata: {}\n\n")
			return nil
		case errors.Is(err, context.DeadlineExceeded):
			due = time.Now().Add(heartbeat) //nolint:forbidigo // as above
			u, err := h.cfg.Accounts.Watch(ctx, h.cfg.Cookies.Session(c))
			if fault.Is(err, fault.SignIn) {
				_ = out.send("event: over\ndata: {}\n\n")
				return nil
			}
			if err == nil { // a database that is away for a moment ends nothing
				conn.Be(u.Actor())
			}
			if out.beat(conn.Position()) != nil {
				return nil //nolint:nilerr // it was the session that was looked at
			}
			continue
		case err != nil:
			return nil //nolint:nilerr // it comes back
		}
		body, err := json.Marshal(messageOf(news))
		if err != nil {
			return err
		}
		if out.send("id: "+news.Position+"\nevent: news\ndata: "+string(body)+"\n\n") != nil {
			return nil //nolint:nilerr // err was looked at above
		}
	}
}

// stream writes to a browser that may be slow.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s stream) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(slowest)); err != nil { //nolint:forbidigo // a socket's limit
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// beat is a sign of life. An id without data moves the place from which the
// browser goes on and is no message.
func (s stream) beat(position string) error {
	if position == "" {
		return s.send(": still here\n\n")
	}
	return s.send("id: " + position + "\n\n")
}

// News answers at once what the stream would have told, for browsers behind a
// proxy that lets no stream through.
func (h *Handlers) News(c echo.Context) error {
	conn, err := h.connect(c)
	if err != nil {
		return err
	}
	defer conn.Close()
	news := conn.Look()
	out := messageOf(news)
	out.After, out.Notices, out.Company = news.Position, true, c.QueryParam("appeal") != ""
	return c.JSON(http.StatusOK, out)
}
