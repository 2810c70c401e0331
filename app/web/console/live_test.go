package console_test

import (
	"bufio"
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
)

// stream is an open stream of changes.
type stream struct {
	t     *testing.T
	lines chan string
	head  http.Header
	code  int
}

func (b *browser) stream(query, lastID string) *stream {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	b.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+"/console/live/stream"+query, http.NoBody)
	require.NoError(b.t, err)
	req.Header.Set("Accept-Encoding", "gzip")
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	res, err := b.client.Do(req)
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = res.Body.Close() })
	s := &stream{t: b.t, lines: make(chan string, 100), head: res.Header, code: res.StatusCode}
	go func() {
		defer close(s.lines)
		for scan := bufio.NewScanner(res.Body); scan.Scan(); {
			s.lines <- scan.Text()
		}
	}()
	return s
}

// until reads to the first line that begins so.
func (s *stream) until(prefix string) string {
	s.t.Helper()
	for line := range s.lines {
		if strings.HasPrefix(line, prefix) {
			return line
		}
	}
	require.Fail(s.t, "the stream ended", prefix)
	return ""
}

// names reads to the message that names the appeal, and tells its place in the
// log. A notice may be heard of before the change that it is about.
func (s *stream) names(appeal int64) (id string) {
	s.t.Helper()
	for line := range s.lines {
		if at, ok := strings.CutPrefix(line, "id: "); ok {
			id = at
		}
		if strings.HasPrefix(line, "data:") && strings.Contains(line, `"appeal":`+strconv.FormatInt(appeal, 10)+",") {
			return id
		}
	}
	require.Fail(s.t, "the stream ended", "appeal %d", appeal)
	return ""
}

func (r *region) note(id int64, by string) {
	r.t.Helper()
	_, err := r.engine.Act(r.t.Context(), r.users[by].Actor(), id, workflow.Command{Action: workflow.AddNote, Text: "Заметка"})
	require.NoError(r.t, err)
}

func TestStream_tells_numbers_to_those_who_may_see(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	s, foreign := r.as("coordinator").stream("", ""), r.as("gardener").stream("", "")
	require.Equal(t, http.StatusOK, s.code)
	require.Equal(t, "text/event-stream", s.head.Get("Content-Type"))
	require.Equal(t, "no", s.head.Get("X-Accel-Buffering"))
	require.Empty(t, s.head.Get("Content-Encoding"), "gzip would hold messages back")
	s.until("retry:")
	r.note(id, "executor")
	data := s.until("data:")
	require.Contains(t, data, `"appeal":`+strconv.FormatInt(id, 10))
	require.NotContains(t, data, "Заметка")
	require.NotContains(t, data, "Ключевская")

	r.handOver(id)
	r.note(id, "supervisor")
	require.Contains(t, foreign.until("data:"), `"appeal":`+strconv.FormatInt(id, 10), "theirs now, and the first that they heard of")
}

func TestStream_goes_on_from_where_it_stopped(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	b := r.as("coordinator")
	s := b.stream("", "")
	s.until("retry:")
	r.note(id, "executor")
	last := s.names(id)
	other := r.started()
	s.names(other)
	b.stream("", last).names(other)
	b.stream("?after="+last, "").names(other)
	require.Contains(t, b.stream("", "0:999999").until("data:"), `"missed":true`)
	require.Contains(t, b.get("/console/live/news?after="+last).body, `"appeal":`+strconv.FormatInt(other, 10), "without a stream one asks")
}

func TestStream_ends_with_the_session(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	b := r.as("coordinator")
	s := b.stream("", "")
	s.until("retry:")
	b.get("/console").form("/sign-out").send()
	s.until("event: over")
	require.Equal(t, http.StatusUnauthorized, b.stream("", "").code)
	require.Equal(t, http.StatusUnauthorized, b.get("/console/live/counts").status)
}

func TestCounts_sift_the_changed_by_the_list(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	one, two, answered := r.assigned(), r.assigned(), r.onSign()
	ids := strconv.FormatInt(one, 10) + "," + strconv.FormatInt(two, 10) + "," + strconv.FormatInt(answered, 10)
	body := r.as("head").get("/console/live/counts?tab=on_sign&ids=" + ids + "&shown=" + strconv.FormatInt(one, 10)).body
	require.Contains(t, body, `"here":[`+strconv.FormatInt(answered, 10)+`]`)
	require.Contains(t, body, `"fresh":"1 новое"`)
	require.NotContains(t, r.as("gardener").get("/console/live/counts?tab=all&ids="+ids).body, `"here"`)
}

func TestMeantime_says_who_is_there_and_what_changed(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	id := r.started()
	seen := r.find(id).Appeal.Events
	path := "/console/live/appeals/" + strconv.FormatInt(id, 10)
	writer := r.as("second")
	s := writer.stream("?appeal="+strconv.FormatInt(id, 10), "")
	s.until("retry:")
	status, _ := writer.script(path + "/writing")
	require.Equal(t, http.StatusNoContent, status)
	r.note(id, "coordinator")
	b := r.as("executor")
	require.Eventually(t, func() bool {
		return strings.Contains(b.get(path).text(), names["second"]+": пишет с 10:00")
	}, 10*time.Second, 100*time.Millisecond)
	page := b.get(path + "?seen=" + strconv.Itoa(seen))
	require.Contains(t, page.text(), "Обращение изменилось: "+names["coordinator"])
	require.NotContains(t, r.as("coordinator").get(path+"?seen="+strconv.Itoa(seen)).text(), "изменилось", "one's own steps are no news")
	require.Equal(t, http.StatusNotFound, r.as("gardener").get(path).status)
}
