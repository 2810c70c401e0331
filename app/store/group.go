package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/otklik/otklik/app/fault"
)

// groupSize is the most writes that share one commit.
const groupSize = 64

// group writes what comes at the same time in one transaction of SQLite's one
// writer: they share the flush to disk, which is what a write costs.
type group[In, Out any] struct {
	begin func(context.Context) (*sql.Tx, error)
	// write puts the outcome of each into its job; an error undoes all of them.
	write func(context.Context, *sql.Tx, []*job[In, Out]) error

	mu      sync.Mutex
	waiting []*job[In, Out]
	running bool
	closed  bool
	idle    sync.WaitGroup
}

// job is one write of a group.
type job[In, Out any] struct {
	in   In
	out  Out
	err  error
	done chan struct{}
}

// add writes one and returns when it is on disk. Where ctx ends sooner the
// caller doesn't know whether it is.
func (g *group[In, Out]) add(ctx context.Context, in In) (none Out, err error) {
	j := &job[In, Out]{in: in, done: make(chan struct{})}
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return none, fault.Wrap(fault.Unavailable, "error.unavailable", errors.New("the store is closed"))
	}
	g.waiting = append(g.waiting, j)
	if !g.running {
		g.running = true
		g.idle.Add(1)
		go g.run()
	}
	g.mu.Unlock()
	select {
	case <-j.done:
		return j.out, j.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// stop waits until nothing is left to write.
func (g *group[In, Out]) stop() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.idle.Wait()
}

// run writes groups until nobody waits.
func (g *group[In, Out]) run() {
	defer g.idle.Done()
	for g.next() {
	}
}

// next writes those that wait now. It takes them once it has the writer: who
// comes while another transaction runs joins the next group.
func (g *group[In, Out]) next() bool {
	ctx := context.Background() // the group belongs to none of its callers
	tx, err := g.begin(ctx)
	jobs := g.take()
	if err == nil {
		if err = g.write(ctx, tx, jobs); err == nil {
			err = tx.Commit()
		} else {
			err = errors.Join(err, tx.Rollback())
		}
	}
	for _, j := range jobs {
		if err != nil {
			var none Out
			j.out, j.err = none, err
		}
		close(j.done)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = len(g.waiting) > 0
	return g.running
}

func (g *group[In, Out]) take() []*job[In, Out] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), groupSize)
	jobs := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return jobs
}
