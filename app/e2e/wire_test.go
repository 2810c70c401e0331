package e2e_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// wire leads to the product and can be cut, as a connection on the road is.
type wire struct {
	base   string
	target string

	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

// wireTo lays a wire that goes with the test.
func wireTo(t *testing.T, p *product) *wire {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at, err := url.Parse(p.base)
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	w := &wire{base: "http://localhost:" + port, target: net.JoinHostPort("127.0.0.1", at.Port())}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { w.carry(from) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		w.cuts()
		wg.Wait()
	})
	return w
}

func (w *wire) carry(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", w.target)
	if err != nil || !w.take(from, to) {
		return
	}
	defer to.Close()
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			done <- struct{}{}
		}()
	}
	<-done
}

func (w *wire) take(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.cut {
		w.conns = append(w.conns, conns...)
	}
	return !w.cut
}

// cuts ends all connections, and those to come.
func (w *wire) cuts() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// mends lets connections through again.
func (w *wire) mends() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
}
