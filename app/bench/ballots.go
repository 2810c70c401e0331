package bench

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	booklog "github.com/otklik/otklik/app/participation/ledger"
	"github.com/otklik/otklik/app/participation/recount"
	"github.com/otklik/otklik/app/store"
)

// BallotsOptions are what the measurement of the ballot box needs.
type BallotsOptions struct {
	Options
	Ballots int
	Voters  int // that send at once
}

// BallotsResult is how fast ballots are taken.
type BallotsResult struct {
	Database    string  `json:"database"`
	Ballots     int     `json:"ballots"`
	PerSecond   float64 `json:"per_second"`
	PlainPerSec float64 `json:"plain_per_second"`
	Ratio       float64 `json:"ratio"`
	P50         float64 `json:"p50_ms"`
	P99         float64 `json:"p99_ms"`
	LogPerSec   float64 `json:"log_per_second"`  // entries, while nothing else is done
	Burst       int     `json:"burst"`           // ballots that arrived in the last minute
	BurstTaken  int     `json:"burst_taken"`     // of them; all of them, or the measurement fails
	Settled     float64 `json:"settled_seconds"` // from the closing until the last was written
	Counted     int     `json:"counted"`
	CountSecs   float64 `json:"count_seconds"`
	ArchiveSecs float64 `json:"archive_seconds"`
	ArchiveMB   float64 `json:"archive_mb"`
	VerifySecs  float64 `json:"verify_seconds"` // recounting the archive
	MemoryMB    float64 `json:"memory_mb"`      // the most that the process took until then
}

// hall is a vote in a database of its own.
type hall struct {
	store     *store.Store
	clock     *clock.Fake
	campaigns *participation.Campaigns
	voting    *participation.Voting
	sequence  *participation.Sequencing
	id        int64
	closes    time.Time
}

var organiser = actor.Actor{Kind: actor.Officer, User: 1, Memberships: []actor.Membership{{Agency: 1, Role: actor.Organiser}}}

func openHall(ctx context.Context, target string, conns int) (*hall, error) {
	key := sha256.Sum256([]byte("bench"))
	s, err := store.Open(ctx, store.Config{URL: target, Seal: key[:], Conns: conns})
	if err != nil {
		return nil, err
	}
	h := &hall{store: s, clock: clock.NewFake(burstDay)}
	h.campaigns = &participation.Campaigns{
		Store: s, Box: s, Paper: s, Clock: h.clock, Key: booklog.NewKey(key[:]), Host: "bench", Levels: []participation.Level{participation.Contact},
		Holds: func(int64) (string, bool) { return "bench", true },
	}
	h.voting = &participation.Voting{Store: s, Box: s, Log: s, Codes: s, Clock: h.clock, Key: key[:]}
	h.sequence = &participation.Sequencing{Campaigns: h.campaigns, Log: s, Clock: h.clock, Key: booklog.NewKey(key[:]), Logger: slog.New(slog.DiscardHandler)}
	if _, err = s.Migrate(ctx); err == nil {
		err = h.begin(ctx)
	}
	return h, err
}

func (h *hall) begin(ctx context.Context) error {
	c := &participation.Campaign{Agency: 1, Terms: participation.Terms{
		Kind: participation.Vote, Title: lang.Text{RU: "Замер"}, Text: lang.Text{RU: "Замер"}, Opens: burstDay.Add(time.Hour),
		Closes: burstDay.Add(2 * time.Hour), Zone: "UTC", Level: participation.Contact, Shown: participation.WhenCounted, Ties: participation.TieOrder,
		Questions: []participation.Question{{ID: "q1", Ask: participation.YesNo, Name: lang.Text{RU: "Да?"}, Required: true}},
	}}
	if err := h.campaigns.Create(ctx, organiser, c); err != nil {
		return err
	}
	if _, err := h.campaigns.Act(ctx, organiser, c.ID, participation.Publish, ""); err != nil {
		return err
	}
	h.id, h.closes = c.ID, c.Terms.Closes
	h.clock.Set(c.Terms.Opens)
	return nil
}

// person is the n-th voter.
func person(n int) (p [sha256.Size]byte) {
	binary.BigEndian.PutUint64(p[:], uint64(n)) //nolint:gosec // not negative
	return sha256.Sum256(p[:8])
}

func (h *hall) send(ctx context.Context, n int, arrived time.Time) error {
	pass, err := h.voting.Issue(participation.Pass{Campaign: h.id, Person: person(n), Until: h.closes.Add(participation.Grace)})
	if err != nil {
		return err
	}
	_, err = h.voting.Send(ctx, participation.Sending{
		Campaign: h.id, Pass: pass, Secret: rand.Text(), Arrived: arrived,
		Answers: []participation.Answer{{Question: "q1", Picks: []string{[]string{participation.Yes, participation.No}[n%2]}}},
	})
	return err
}

// timedCrowd has so many workers do the work from first up to last, and returns how
// long each took and all did.
func timedCrowd(workers, first, last int, work func(n int) error) (spread, time.Duration, error) {
	var next atomic.Int64
	next.Store(int64(first))
	times := make([]time.Duration, last-first)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	began := time.Now()
	for w := range workers {
		wg.Go(func() {
			for errs[w] == nil {
				n := int(next.Add(1) - 1)
				if n >= last {
					return
				}
				start := time.Now()
				errs[w] = work(n)
				times[n-first] = time.Since(start)
			}
		})
	}
	wg.Wait()
	return times, time.Since(began), errors.Join(errs...)
}

// turns is into how many parts the work is cut, the product's and the plain one
// taking turns.
const turns = 5

// Ballots measures the ballot box beside plain inserts of the same two rows into
// the same tables, and whether the last minute loses any.
func Ballots(ctx context.Context, o BallotsOptions) ([]BallotsResult, error) {
	var out []BallotsResult
	err := o.each(ctx, func(ctx context.Context, s *scratch) error {
		target, err := s.database(ctx)
		if err != nil {
			return err
		}
		h, err := openHall(ctx, target, o.Voters)
		if err != nil {
			return err
		}
		defer h.store.Close()
		r, err := o.ballots(ctx, s.kind, target, h)
		if r != nil {
			out = append(out, *r)
		}
		return err
	})
	return out, err
}

func (o BallotsOptions) ballots(ctx context.Context, kind, target string, h *hall) (*BallotsResult, error) {
	plain, done, err := plainBallots(ctx, kind, target, o.Voters)
	if err != nil {
		return nil, err
	}
	defer done()
	r := &BallotsResult{Database: kind, Ballots: o.Ballots}
	// Some arrive in the last minute: fifty times as many in a minute as before it,
	// if all others come within a day.
	r.Burst = max(1, o.Ballots*50/(24*60+49))
	early := o.Ballots - r.Burst
	working, stop := context.WithCancel(ctx)
	var jobs sync.WaitGroup
	jobs.Go(func() {
		for working.Err() == nil {
			if more, err := h.sequence.Work(working); err != nil || !more {
				select {
				case <-working.Done():
				case <-time.After(500 * time.Millisecond):
				}
			}
		}
	})
	defer jobs.Wait()
	defer stop()
	var all spread
	var ours, theirs time.Duration
	for round := range turns {
		first, last := early*round/turns, early*(round+1)/turns
		o.say("%s: ballots %d to %d", kind, first, last)
		_, took, err := timedCrowd(o.Voters, first, last, func(n int) error { return plain(ctx, n) })
		if err != nil {
			return nil, fmt.Errorf("plain: %w", err)
		}
		theirs += took
		times, took, err := timedCrowd(o.Voters, first, last, func(n int) error { return h.send(ctx, n, h.clock.Now()) })
		if err != nil {
			return nil, err
		}
		ours += took
		all = append(all, times...)
	}
	r.PerSecond, r.PlainPerSec = float64(early)/ours.Seconds(), float64(early)/theirs.Seconds()
	r.Ratio, r.P50, r.P99 = ratio(r.PerSecond, r.PlainPerSec), ms(all.at(50)), ms(all.at(99))
	stop()
	jobs.Wait()
	return r, o.lastMinute(ctx, r, h, early)
}

// lastMinute closes while the burst is on its way, and counts.
func (o BallotsOptions) lastMinute(ctx context.Context, r *BallotsResult, h *hall, early int) error {
	o.say("%s: the last minute", r.Database)
	intime := h.closes.Add(-time.Millisecond)
	h.clock.Set(h.closes) // they arrived before, and none is written yet
	var taken atomic.Int64
	_, took, err := timedCrowd(o.Voters, early, o.Ballots, func(n int) error {
		if err := h.send(ctx, n, intime); err != nil {
			return err
		}
		taken.Add(1)
		return nil
	})
	r.BurstTaken, r.Settled = int(taken.Load()), took.Seconds()
	if err != nil {
		return fmt.Errorf("the last minute: %w", err)
	}
	if err := h.send(ctx, o.Ballots, h.closes); err == nil {
		return errors.New("a ballot that arrived at the closing was taken")
	}
	if took > participation.Grace {
		return fmt.Errorf("the last ballot was written %s after the closing, and only %s are waited for", took, participation.Grace)
	}
	before, err := h.store.FindLog(ctx, h.id)
	if err != nil {
		return err
	}
	h.clock.Advance(participation.Grace)
	began := time.Now()
	for range 3 { // closing, sealing, and what is left
		for more := true; more; {
			if more, err = h.sequence.Work(ctx); err != nil {
				return err
			}
		}
	}
	log, err := h.store.FindLog(ctx, h.id)
	if err != nil {
		return err
	}
	r.LogPerSec = float64(log.Tree.N-before.Tree.N) / time.Since(began).Seconds()
	began = time.Now()
	c, err := h.campaigns.Count(ctx, organiser, h.id, log, "")
	if err != nil {
		return err
	}
	r.Counted, r.CountSecs = c.Result.Ballots, time.Since(began).Seconds()
	if r.Counted != o.Ballots || c.Result.Voters != o.Ballots {
		return fmt.Errorf("%d ballots were sent, %d counted of %d voters", o.Ballots, r.Counted, c.Result.Voters)
	}
	return o.publish(ctx, r, h, c)
}

// publish writes the files of the vote and recounts them.
func (o BallotsOptions) publish(ctx context.Context, r *BallotsResult, h *hall, c *participation.Campaign) error {
	o.say("%s: files and recount", r.Database)
	file, err := os.CreateTemp("", "otklik-bench-*.zip")
	if err != nil {
		return err
	}
	defer func() { _ = errors.Join(file.Close(), os.Remove(file.Name())) }()
	began := time.Now()
	if err := h.voting.Archive(ctx, file, c); err != nil {
		return err
	}
	r.ArchiveSecs = time.Since(began).Seconds()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	r.ArchiveMB = float64(size) / (1 << 20)
	files, err := zip.NewReader(file, size)
	if err != nil {
		return err
	}
	began = time.Now()
	found, err := recount.Verify(files, recount.Options{Key: c.Terms.LogKey})
	if err != nil {
		return err
	}
	r.VerifySecs, r.MemoryMB = time.Since(began).Seconds(), peakMemory()
	if !found.OK() || found.Ballots != o.Ballots {
		return errors.New("the files don't give the result")
	}
	return nil
}

// plainCampaign is whose rows the plain inserts make: no campaign has the id.
const plainCampaign = 1 << 40

// plainBallots returns what inserts the two rows of a ballot and nothing more:
// by one statement on PostgreSQL, in one transaction on SQLite.
func plainBallots(ctx context.Context, kind, target string, conns int) (insert func(context.Context, int) error, done func(), err error) {
	choice := []byte(`{"a":[{"q":"q1","p":["yes"]}]}`)
	nonce := make([]byte, sha256.Size)
	if kind == sqlite {
		db, err := openSQL(target)
		if err != nil {
			return nil, nil, err
		}
		return func(ctx context.Context, n int) error { return plainSQLite(ctx, db, n, choice, nonce) }, func() { _ = db.Close() }, nil
	}
	config, err := pgxpool.ParseConfig(target)
	if err != nil {
		return nil, nil, err
	}
	config.MaxConns = int32(conns) //nolint:gosec // a few
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	return func(ctx context.Context, n int) error {
		p := person(n)
		_, err := pool.Exec(ctx, `WITH v AS (INSERT INTO voters (campaign_id, person, territory_id) VALUES ($1, $2, 0))
			INSERT INTO ballots (campaign_id, commitment, choice, nonce, replaced) VALUES ($1, $2, $3, $4, false)`, int64(plainCampaign), p[:], choice, nonce)
		return err
	}, pool.Close, nil
}

func plainSQLite(ctx context.Context, db *sql.DB, n int, choice, nonce []byte) error {
	p := person(n)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO voters (campaign_id, person, territory_id) VALUES (?, ?, 0)", int64(plainCampaign), p[:])
	if err == nil {
		_, err = tx.ExecContext(ctx, "INSERT INTO ballots (campaign_id, commitment, choice, nonce, replaced) VALUES (?, ?, ?, ?, false)",
			int64(plainCampaign), p[:], choice, nonce)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// BallotsTable draws the results.
func BallotsTable(results []BallotsResult) string {
	t := newTable("database", "ballots", "per second", "plain", "to plain", "p50, ms", "p99, ms", "burst", "taken", "settled, s", "log per second", "counted", "count, s", "files, s", "files, MB", "recount, s", "memory MB")
	for _, r := range results {
		t.row(r.Database, fmt.Sprint(r.Ballots), rate(r.PerSecond), rate(r.PlainPerSec), fmt.Sprintf("%.2f", r.Ratio), millis(r.P50), millis(r.P99),
			fmt.Sprint(r.Burst), fmt.Sprint(r.BurstTaken), fmt.Sprintf("%.2f", r.Settled), rate(r.LogPerSec), fmt.Sprint(r.Counted), fmt.Sprintf("%.2f", r.CountSecs),
			fmt.Sprintf("%.1f", r.ArchiveSecs), fmt.Sprintf("%.0f", r.ArchiveMB), fmt.Sprintf("%.1f", r.VerifySecs), fmt.Sprintf("%.0f", r.MemoryMB))
	}
	return t.String()
}
