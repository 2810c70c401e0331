package workflow

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"time"

	"github.com/otklik/otklik/app/fault"
)

// hashFormat names the form below; a change of it is a new name.
const hashFormat = "otklik-event-1"

// HashEvent computes the hash of an event, which chains it to the one before:
// SHA-256 over these fields in this order, each written as its length in bytes
// (8 bytes, big-endian) and its bytes:
//
//	the name of the form, "otklik-event-1"
//	hash of the event before, hex, empty for the first
//	appeal, number, at, kind of actor, actor, agency, action, from, to, reason,
//	due before, due after
//	data as JSON
//
// Integers are 8 bytes, big-endian two's complement. Instants are microseconds
// since 1970 in UTC as such an integer, the zero time is empty. Seq, the place
// in the log of all appeals, is not covered: the database gives it later.
func HashEvent(e *Event) (string, error) {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return "", fault.Wrap(fault.Internal, "error.internal", err)
	}
	f := fields{sha256.New()}
	f.text(hashFormat)
	f.text(e.PrevHash)
	f.integer(e.Appeal)
	f.integer(int64(e.N))
	f.instant(e.At)
	f.text(string(e.ActorKind))
	f.integer(e.Actor)
	f.integer(e.Agency)
	f.text(string(e.Action))
	f.text(string(e.From))
	f.text(string(e.To))
	f.text(e.Reason)
	f.instant(e.DueBefore)
	f.instant(e.DueAfter)
	f.bytes(data)
	return hex.EncodeToString(f.sum.Sum(nil)), nil
}

// HashAnswer is what the event of a signature keeps of the answer, so that
// nobody can change it later: SHA-256, hex, over text, outcome, promised
// instant, ground and the items of its checklist, written as in [HashEvent].
func HashAnswer(a *Answer) string {
	f := fields{sha256.New()}
	f.text(a.Text)
	f.text(string(a.Outcome))
	f.instant(a.PromisedOn)
	f.text(a.Ground)
	f.items(a.Items)
	return hex.EncodeToString(f.sum.Sum(nil))
}

// HashText is what the first event keeps of the citizen's words: SHA-256, hex.
func HashText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// fields writes length-prefixed fields into a hash, which never fails.
type fields struct{ sum hash.Hash }

func (f fields) bytes(b []byte) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(b)))
	f.sum.Write(size[:])
	f.sum.Write(b)
}

func (f fields) text(s string) { f.bytes([]byte(s)) }

func (f fields) integer(n int64) { f.bytes(binary.BigEndian.AppendUint64(nil, uint64(n))) } //nolint:gosec // two's complement on purpose

func (f fields) instant(t time.Time) {
	if t.IsZero() {
		f.bytes(nil)
		return
	}
	f.integer(t.UnixMicro())
}

// ChainError says at which event a chain breaks and how.
type ChainError struct {
	N    int // number of the first bad event
	What string
}

func (e *ChainError) Error() string { return fmt.Sprintf("event %d: %s", e.N, e.What) }

// Verify checks the events of one appeal, given in the order of their numbers:
// numbered from 1 without a gap, all of the same appeal, each hash right and
// each chained to the one before. It returns a [ChainError] naming the first
// bad event.
func Verify(events []Event) error {
	prev := ""
	for i := range events {
		e := &events[i]
		bad := func(what string) error { return &ChainError{N: i + 1, What: what} }
		switch {
		case e.N != i+1:
			return bad(fmt.Sprintf("is numbered %d", e.N))
		case e.Appeal != events[0].Appeal:
			return bad(fmt.Sprintf("belongs to appeal %d", e.Appeal))
		case e.PrevHash != prev:
			return bad("is not chained to the event before")
		}
		sum, err := HashEvent(e)
		if err != nil {
			return err
		}
		if sum != e.Hash {
			return bad("was changed: its hash differs")
		}
		prev = e.Hash
	}
	return nil
}
