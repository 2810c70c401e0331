//go:build fault

package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func text(key string) string {
	return "Во дворе вторую неделю не горит фонарь, вечером страшно ходить. Обращение " + key + "."
}

func name(key string) string { return "Житель " + key }

func (p place) body(key string) []byte {
	raw, err := json.Marshal(map[string]any{
		"text": text(key), "rubric": p.leaf, "place": map[string]any{"territory": p.at, "address": "ул. Полевая, 1"},
		"applicant": map[string]any{"name": name(key), "email": key + "@example.org"}, "consent": true,
	})
	if err != nil {
		panic(err) // of strings: it can't fail
	}
	return raw
}

// answer is what came back for one appeal.
type answer struct {
	status int
	media  string
	Number string `json:"number"`
	Code   string `json:"code"`
}

// send sends an appeal under its key. An error is of the network.
func (p place) send(ctx context.Context, client *http.Client, address, key string, body io.Reader) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/api/v1/appeals", body)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	out := answer{status: res.StatusCode, media: res.Header.Get("Content-Type")}
	return out, json.Unmarshal(raw, &out)
}

// load is people who send appeals and don't give up: who got no answer, or was
// told to come later, sends the same again.
type load struct {
	place
	address string
	people  int           // at once
	each    int           // appeals of one
	gentle  time.Duration // pause of a person between two appeals

	halt    chan struct{} // closed: nobody begins another one
	mu      sync.Mutex
	acked   map[string]string // key → number
	lost    int               // requests without an answer
	refused map[int]int       // by status
	odd     []string          // answers that nobody should get
}

func newLoad(p place, address string, people, each int) *load {
	return &load{
		place: p, address: address, people: people, each: each, gentle: 25 * time.Millisecond,
		halt: make(chan struct{}), acked: map[string]string{}, refused: map[int]int{},
	}
}

// run sends everything and returns when all of it was acknowledged.
func (l *load) run(ctx context.Context) {
	var wg sync.WaitGroup
	for person := range l.people {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			for n := range l.each {
				select {
				case <-l.halt:
					return
				default:
				}
				key := fmt.Sprintf("key-%d-%d", person, n)
				for !l.one(ctx, client, key) && ctx.Err() == nil {
					time.Sleep(50 * time.Millisecond)
				}
				time.Sleep(l.gentle)
			}
		})
	}
	wg.Wait()
}

func (l *load) one(ctx context.Context, client *http.Client, key string) bool {
	got, err := l.send(ctx, client, l.address, key, bytes.NewReader(l.body(key)))
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil:
		l.lost++
		return false
	case (got.status == http.StatusCreated || got.status == http.StatusOK) && got.Number != "":
		l.acked[key] = got.Number
		return true
	case got.status >= 500 && got.media == "application/problem+json" && got.Code != "":
		l.refused[got.status]++
		return false
	default:
		l.odd = append(l.odd, fmt.Sprintf("%s: %d %s %s", key, got.status, got.media, got.Code))
		return true
	}
}

// sent is how many were acknowledged so far.
func (l *load) sent() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

func (l *load) waitFor(t *testing.T, many int) {
	t.Helper()
	require.Eventually(t, func() bool { return l.sent() >= many }, time.Minute, 2*time.Millisecond, "acknowledged appeals")
}

// again sends every key once more: each must answer with the appeal of then.
func (l *load) again(t *testing.T) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	for key, number := range l.acked {
		got, err := l.send(t.Context(), client, l.address, key, bytes.NewReader(l.body(key)))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, got.status, "%s: %s", key, got.Code)
		require.Equal(t, number, got.Number)
	}
}

// indexed waits until the index of the server holds every appeal.
func (l *load) indexed(t *testing.T) {
	t.Helper()
	var total int
	require.Eventually(t, func() bool {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.address+"/api/v1/heatmap", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+l.token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		defer res.Body.Close()
		var out struct {
			Total int `json:"total"`
		}
		if json.NewDecoder(res.Body).Decode(&out) != nil {
			return false
		}
		total = out.Total
		return total == len(l.acked)
	}, 20*time.Second, 100*time.Millisecond, "the index has all appeals")
	require.Equal(t, len(l.acked), total)
}
