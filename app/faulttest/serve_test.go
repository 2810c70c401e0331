//go:build fault

package faulttest

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// kill -9 of the embedded server, three times while eight people send.
func TestFault_serve_is_killed_while_people_send(t *testing.T) { //nolint:paralleltest // kills what others would use
	p := settle(t, map[string]string{})
	address := freeAddress(t)
	l := newLoad(p, address, 8, 50)
	c := serve(t, address, p.args...)
	done := make(chan struct{})
	go func() {
		l.run(t.Context())
		close(done)
	}()
	for _, many := range []int{60, 160, 260} {
		l.waitFor(t, many)
		c.kill(t)
		c = serve(t, address, p.args...)
	}
	<-done
	require.Empty(t, l.odd)
	require.Empty(t, l.refused)
	require.Len(t, l.acked, 8*50)
	l.again(t)
	l.indexed(t)
	require.Zero(t, c.end(t))
	p.check(t, l.acked)
	require.Contains(t, run(t, append([]string{"reindex"}, p.args...)...), fmt.Sprintf("%d appeals indexed", len(l.acked)))
	t.Logf("%d appeals, killed three times, %d requests got no answer", len(l.acked), l.lost)
}

// SIGTERM: who is being served is served to the end.
func TestFault_serve_is_asked_to_end_while_people_send(t *testing.T) { //nolint:paralleltest // kills what others would use
	p := settle(t, map[string]string{})
	address := freeAddress(t)
	c := serve(t, address, p.args...)

	// One appeal whose second half comes a second after the signal.
	body := p.body("slow")
	read, write := io.Pipe()
	type result struct {
		answer
		err error
	}
	slow := make(chan result, 1)
	go func() {
		got, err := p.send(t.Context(), &http.Client{Transport: &http.Transport{}}, address, "slow", read)
		slow <- result{got, err}
	}()
	_, err := write.Write(body[:len(body)/2])
	require.NoError(t, err)

	l := newLoad(p, address, 8, 1000)
	done := make(chan struct{})
	go func() {
		l.run(t.Context())
		close(done)
	}()
	l.waitFor(t, 50)
	ended := make(chan int, 1)
	go func() { ended <- c.end(t) }()
	time.Sleep(time.Second)
	_, err = write.Write(body[len(body)/2:])
	require.NoError(t, err)
	require.NoError(t, write.Close())
	got := <-slow
	require.NoError(t, got.err)
	require.Equal(t, http.StatusCreated, got.status)
	require.Zero(t, <-ended)

	// The others go on when it is there again.
	c = serve(t, address, p.args...)
	close(l.halt)
	<-done
	require.Empty(t, l.odd)
	require.Empty(t, l.refused)
	l.again(t)
	require.Zero(t, c.end(t))
	l.acked["slow"] = got.Number
	p.check(t, l.acked)
	t.Logf("%d appeals; asked to end, %d requests found nobody", len(l.acked), l.lost)
}
