package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// redisMeter is an empty database of a Redis, and how much memory that takes.
type redisMeter struct {
	client *redis.Client
	url    string
	begun  float64
	peak   float64
}

// databases is how many a Redis has unless it is told otherwise.
const databases = 16

// newRedisMeter takes the database that the address names, or the last that is
// empty. One with something in it is refused: it will be emptied in the end.
func newRedisMeter(ctx context.Context, address string) (*redisMeter, error) {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return nil, errors.New("deadlines on PostgreSQL go through Redis: name one whose database is empty")
	}
	candidates := []string{u.Path}
	if strings.Trim(u.Path, "/") == "" {
		candidates = nil
		for n := databases - 1; n >= 0; n-- {
			candidates = append(candidates, "/"+strconv.Itoa(n))
		}
	}
	for _, path := range candidates {
		u.Path = path
		opt, err := redis.ParseURL(u.String())
		if err != nil {
			return nil, fmt.Errorf("redis: %w", err)
		}
		m := &redisMeter{client: redis.NewClient(opt), url: u.String()}
		keys, err := m.client.DBSize(ctx).Result()
		if err == nil && keys == 0 {
			m.begun, err = m.used(ctx)
			return m, err
		}
		if closed := m.client.Close(); err != nil || closed != nil {
			return nil, errors.Join(fmt.Errorf("redis: %w", err), closed)
		}
	}
	return nil, errors.New("redis: every database holds something; name one that is empty, such as redis://localhost/9")
}

// used is what Redis has allocated, in MB.
func (m *redisMeter) used(ctx context.Context) (float64, error) {
	info, err := m.client.Info(ctx, "memory").Result()
	if err != nil {
		return 0, fmt.Errorf("redis: %w", err)
	}
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "used_memory:"); ok {
			bytes, err := strconv.ParseFloat(value, 64)
			return bytes / (1 << 20), err
		}
	}
	return 0, errors.New("redis: it does not tell its memory")
}

func (m *redisMeter) look(ctx context.Context) error {
	now, err := m.used(ctx)
	m.peak = max(m.peak, now)
	return err
}

// most is the most that was used beyond what was used before.
func (m *redisMeter) most() float64 { return max(0, m.peak-m.begun) }

func (m *redisMeter) close(ctx context.Context) error {
	return errors.Join(m.client.FlushDB(ctx).Err(), m.client.Close())
}
