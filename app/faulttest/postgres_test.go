//go:build fault

package faulttest

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// PostgreSQL is killed and comes again, twice, under a server that stays and a
// worker that stays.
func TestFault_postgres_is_restarted_while_people_send(t *testing.T) { //nolint:paralleltest // kills what others would use
	p := settle(t, map[string]string{"database": postgres(t), "redis": redis(t, 11)})
	address := freeAddress(t)
	c := serve(t, address, p.args...)
	w := start(t, append([]string{"worker"}, p.args...)...)
	l := newLoad(p, address, 8, 100)
	done := make(chan struct{})
	go func() {
		l.run(t.Context())
		close(done)
	}()
	p.lettered(t)
	for _, many := range []int{80, 350} {
		l.waitFor(t, many)
		restart(t, "postgres")
	}
	<-done
	require.Empty(t, l.odd)
	require.Len(t, l.acked, 8*100)
	for status := range l.refused {
		require.Contains(t, []int{http.StatusServiceUnavailable}, status)
	}
	l.again(t)
	l.indexed(t)
	require.Zero(t, c.end(t))
	require.Zero(t, w.end(t))
	p.check(t, l.acked)
	t.Logf("%d appeals, restarted twice, refused %v, %d requests got no answer", len(l.acked), l.refused, l.lost)
}
