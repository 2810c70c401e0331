package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// position is a place in the log of all appeals: the transaction that wrote an
// event («0» on SQLite) and the event's number. Its text form is «xid:seq».
type position struct {
	xid string
	seq int64
}

func parsePosition(s string) (position, error) {
	if s == "" {
		return position{xid: "0"}, nil
	}
	xid, seq, _ := strings.Cut(s, ":")
	n, err := strconv.ParseInt(seq, 10, 64)
	if _, bad := strconv.ParseUint(xid, 10, 64); err != nil || bad != nil {
		return position{}, positionUnknown(s)
	}
	return position{xid, n}, nil
}

func (p position) String() string { return fmt.Sprintf("%s:%d", p.xid, p.seq) }

// positionUnknown says that the log is not the one in which the position was
// taken: the database was restored. What was built from the log must be built
// anew.
func positionUnknown(s string) error {
	return fault.New(fault.Gone, "log.position_unknown").With("position", s)
}

func (s *Store) tailStatement() string {
	return s.dialect.bind(fmt.Sprintf(s.dialect.tail, eventTable.list("")))
}

// EventsAfter implements workflow.Reader. Numbers of events are given before
// the commit: a transaction that commits late may hold lower ones. So the log
// is walked by (transaction, number) and only below the oldest transaction that
// still runs.
func (s *Store) EventsAfter(ctx context.Context, after string, limit int) (events []workflow.Event, next string, err error) {
	at, err := parsePosition(after)
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		var known int
		if err := s.readDB.QueryRowContext(ctx, s.dialect.bind(s.dialect.tailAt), at.xid, at.seq).Scan(&known); err != nil {
			return nil, "", translate(err)
		}
		if known == 0 {
			return nil, "", positionUnknown(after)
		}
	}
	rows, err := s.readDB.QueryContext(ctx, s.tailStatement(), at.xid, at.seq, limit)
	if err != nil {
		return nil, "", translate(err)
	}
	defer rows.Close()
	next = after
	for rows.Next() {
		var row eventRow
		if err := rows.Scan(append(eventTable.into(&row), &at.xid)...); err != nil {
			return nil, "", translate(err)
		}
		e, err := row.event()
		if err != nil {
			return nil, "", err
		}
		at.seq = e.Seq
		next = at.String()
		events = append(events, e)
	}
	return events, next, translate(rows.Err())
}

// LogEnd returns the position behind the last event that [Store.EventsAfter]
// would return; "" where there is none.
func (s *Store) LogEnd(ctx context.Context) (string, error) {
	var at position
	err := s.readDB.QueryRowContext(ctx, s.dialect.tailEnd).Scan(&at.xid, &at.seq)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", translate(err)
	}
	return at.String(), nil
}

// PositionReached reports whether a place in the log is at or behind another.
func PositionReached(at, end string) bool {
	a, err := parsePosition(at)
	if err != nil {
		return false
	}
	b, err := parsePosition(end)
	if err != nil {
		return false
	}
	if len(a.xid) != len(b.xid) { // decimals without leading zeros
		return len(a.xid) > len(b.xid)
	}
	if a.xid != b.xid {
		return a.xid > b.xid
	}
	return a.seq >= b.seq
}
