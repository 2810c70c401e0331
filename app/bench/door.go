package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// appealsPath is where appeals are sent.
const appealsPath = "/api/v1/appeals"

// door sends appeals through the HTTP API and remembers those that were taken.
type door struct {
	address string
	forms   *forms

	mu    sync.Mutex
	taken map[string]bool // numbers
}

// closedLoop sends on each connection one appeal after the other.
func (d *door) closedLoop(ctx context.Context, connections int, length time.Duration) (perSecond float64, took spread, err error) {
	times := make([]spread, connections)
	start := time.Now()
	end := start.Add(length)
	err = d.connected(ctx, connections, func(i int, c *client, r *rand.Rand) error {
		for first := true; ctx.Err() == nil && (first || time.Now().Before(end)); first = false {
			form := d.forms.next(r)
			began := time.Now()
			if err := d.send(c, form); err != nil {
				return err
			}
			times[i] = append(times[i], time.Since(began))
		}
		return ctx.Err()
	})
	whole := time.Since(start)
	for _, t := range times {
		took = append(took, t...)
	}
	return float64(len(took)) / whole.Seconds(), took, err
}

// openLoop sends at a steady rate whatever the answers take. Times count from
// when an appeal should have been sent, so that waiting for a free connection
// is not left out.
func (d *door) openLoop(ctx context.Context, connections int, perSecond float64, length time.Duration) (took spread, err error) {
	times := make([]spread, connections)
	total := max(1, int64(perSecond*length.Seconds()))
	var sent atomic.Int64
	start := time.Now()
	err = d.connected(ctx, connections, func(i int, c *client, r *rand.Rand) error {
		for ctx.Err() == nil {
			n := sent.Add(1) - 1
			if n >= total {
				return nil
			}
			form := d.forms.next(r)
			at := start.Add(time.Duration(float64(n) / perSecond * float64(time.Second)))
			time.Sleep(time.Until(at))
			if err := d.send(c, form); err != nil {
				return err
			}
			times[i] = append(times[i], time.Since(at))
		}
		return ctx.Err()
	})
	for _, t := range times {
		took = append(took, t...)
	}
	return took, err
}

// connected runs work on so many keep-alive connections at once.
func (d *door) connected(ctx context.Context, connections int, work func(i int, c *client, r *rand.Rand) error) error {
	return together(connections, func(i int) error {
		c, err := dial(ctx, d.address)
		if err != nil {
			return err
		}
		defer c.close()
		return work(i, c, rand.New(rand.NewPCG(uint64(i), rand.Uint64()))) //nolint:gosec // texts, no secrets
	})
}

// send sends one appeal; anything but «created» is an error.
func (d *door) send(c *client, form string) error {
	status, answer, err := c.post(appealsPath, form)
	if err != nil {
		return err
	}
	if status != http.StatusCreated {
		return fmt.Errorf("POST %s: status %d: %s", appealsPath, status, answer)
	}
	var receipt struct {
		Number string `json:"number"`
	}
	if err := json.Unmarshal(answer, &receipt); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if receipt.Number == "" || d.taken[receipt.Number] {
		return fmt.Errorf("the number %q was given twice", receipt.Number)
	}
	d.taken[receipt.Number] = true
	return nil
}

// check proves that what was answered is there: the appeal, its events and
// deadlines, and all of it in the index once that has caught up.
func (d *door) check(ctx context.Context, p *product) error {
	if err := p.quiet(ctx); err != nil {
		return err
	}
	db, err := openSQL(p.database)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `SELECT a.number, a.event_count,
		(SELECT count(*) FROM events e WHERE e.appeal_id = a.id), (SELECT count(*) FROM deadlines d WHERE d.appeal_id = a.id),
		(SELECT count(*) FROM applicants p WHERE p.appeal_id = a.id) FROM appeals a`)
	if err != nil {
		return err
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		var number string
		var said, events, deadlines, applicants int
		if err := rows.Scan(&number, &said, &events, &deadlines, &applicants); err != nil {
			return err
		}
		if events == 0 || events != said || deadlines == 0 || applicants != 1 {
			return fmt.Errorf("appeal %s has %d of %d events, %d deadlines and %d applicants", number, events, said, deadlines, applicants)
		}
		if d.taken[number] {
			found++
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if found != len(d.taken) {
		return fmt.Errorf("%d appeals were answered and %d are in the database", len(d.taken), found)
	}
	if found == 0 {
		return errors.New("no appeal was taken")
	}
	return nil
}
