package jobs

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// batch is deadlines that one task fires: due in the same second, earliest
// first, at most so many as one unit of work changes.
type batch []workflow.Due

// crowd is how many make it worth that a worker waits for them, so that they
// are not a second late.
const crowd = 16

// firstBatch cuts the first batch off deadlines in the order of their time.
func firstBatch(dues []workflow.Due) batch {
	second := dues[0].At.Unix()
	n := 1
	for n < len(dues) && n < workflow.FireAtOnce && dues[n].At.Unix() == second {
		n++
	}
	return dues[:n]
}

// start is when the task is to begin, a whole second because asynq knows no
// others: a few when the last of them is due, many at the beginning of their
// second.
func (b batch) start() time.Time {
	if len(b) >= crowd {
		return b[0].At.Truncate(time.Second)
	}
	return b[len(b)-1].At.Add(time.Second - 1).Truncate(time.Second)
}

// id is the same for the same deadlines, so that those fed twice are there
// once. Tasks of one second are worked in the order of their ids: earliest
// first.
func (b batch) id() string {
	sum := sha256.Sum256(b.payload())
	return fmt.Sprintf("deadlines:%016d:%x", b[0].At.UnixMicro(), sum[:8])
}

// task is a deadline in the payload, [appeal, n, step, microseconds since 1970]:
// a million of them fit into 50 MB.
type task [4]any

func (b batch) payload() []byte {
	out := make([]task, len(b))
	for i, due := range b {
		out[i] = task{due.Appeal, due.N, due.Step, due.At.UnixMicro()}
	}
	data, err := json.Marshal(out)
	if err != nil {
		panic(err) // of numbers and words: it can't fail
	}
	return data
}

// readBatch reads a payload.
func readBatch(data []byte) (batch, error) {
	var rows [][4]json.RawMessage
	if err := json.Unmarshal(data, &rows); err != nil {
		return nil, fmt.Errorf("batch of deadlines: %w", err)
	}
	out := make(batch, len(rows))
	for i, row := range rows {
		var micro int64
		var step string
		for k, into := range []any{&out[i].Appeal, &out[i].N, &step, &micro} {
			if err := json.Unmarshal(row[k], into); err != nil {
				return nil, fmt.Errorf("batch of deadlines: %w", err)
			}
		}
		out[i].Step, out[i].At = deadline.Step(step), time.UnixMicro(micro).UTC()
	}
	return out, nil
}
