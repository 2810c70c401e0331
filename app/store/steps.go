package store

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/workflow"
)

// loaded is an appeal as FindAppeals read it, to write only what differs.
type loaded struct {
	row    *appealRow
	clocks map[int]string // n → body
}

// findLast notes when each appeal's last event was.
func (t *tx) findLast(ctx context.Context, appeals map[int64]*workflow.Appeal) error {
	d := t.s.dialect
	rows, err := raw(t.db).QueryContext(ctx, d.bind(`SELECT e.appeal_id, e.at FROM appeals a
		JOIN events e ON e.appeal_id = a.id AND e.n = a.event_count WHERE `+d.in("a.id")), d.ids(slices.Sorted(maps.Keys(appeals))))
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var at instant
		if err := rows.Scan(&id, &at); err != nil {
			return translate(err)
		}
		if a := appeals[id]; a != nil {
			a.LastAt = at.time()
		}
	}
	return translate(rows.Err())
}

// FindAppeals implements workflow.Tx.
func (t *tx) FindAppeals(ctx context.Context, ids []int64) ([]*workflow.Appeal, error) {
	d, q := t.s.dialect, raw(t.db)
	rows, err := list(ctx, d, q, appealTable,
		"SELECT "+appealTable.list("")+" FROM appeals WHERE "+d.in("id")+" ORDER BY id"+d.lock, d.ids(ids))
	if err != nil {
		return nil, translate(err)
	}
	clocks, err := list(ctx, d, q, deadlineTable,
		"SELECT "+deadlineTable.list("")+" FROM deadlines WHERE "+d.in("appeal_id")+" ORDER BY appeal_id, n", d.ids(ids))
	if err != nil {
		return nil, translate(err)
	}
	t.loaded = make(map[int64]loaded, len(rows))
	out := make([]*workflow.Appeal, len(rows))
	byID := make(map[int64]*workflow.Appeal, len(rows))
	discussed := map[int64]*workflow.Appeal{}
	for i := range rows {
		a, err := rows[i].appeal()
		if err != nil {
			return nil, err
		}
		out[i], byID[a.ID] = &a, &a
		if rows[i].Opinions > 0 {
			discussed[a.ID] = &a
		}
		t.loaded[a.ID] = loaded{row: &rows[i], clocks: map[int]string{}}
	}
	for i := range clocks {
		a := byID[clocks[i].AppealID]
		if a == nil {
			continue // it came after the appeals were read
		}
		c, err := clocks[i].deadline()
		if err != nil {
			return nil, err
		}
		a.Deadline = append(a.Deadline, c)
		t.loaded[a.ID].clocks[c.N] = clocks[i].Body
	}
	if err := t.findLast(ctx, byID); err != nil {
		return nil, err
	}
	if len(discussed) > 0 {
		if err := t.findOpinions(ctx, discussed); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SaveSteps implements workflow.Tx.
func (t *tx) SaveSteps(ctx context.Context, steps []workflow.Step) error {
	var clocks []*deadlineRow
	var events []*eventRow
	var messages []*outboxRow
	now := t.s.clock.Now()
	changes := map[string][]*appealRow{} // by the columns that differ
	appeals := make([]*workflow.Appeal, len(steps))
	for i, s := range steps {
		appeals[i] = s.Appeal
		was, ok := t.loaded[s.Appeal.ID]
		if !ok {
			return fmt.Errorf("appeal %d was not found by this unit of work", s.Appeal.ID)
		}
		row, err := newAppealRow(s.Appeal)
		if err != nil {
			return err
		}
		row.Photos, row.IdempotencyKey, row.DraftHash = was.row.Photos, was.row.IdempotencyKey, was.row.DraftHash
		row.Version++
		columns := appealTable.differ(was.row, row)
		changes[columns] = append(changes[columns], row)
		rows, err := newDeadlineRows(s.Appeal)
		if err != nil {
			return err
		}
		for _, c := range rows {
			if was.clocks[c.N] != c.Body {
				clocks = append(clocks, c)
			}
		}
		event, err := newEventRow(s.Event)
		if err != nil {
			return err
		}
		events = append(events, event)
		for _, o := range s.Outbox {
			row := newOutboxRow(o, now)
			messages = append(messages, &row)
		}
	}
	for columns, rows := range changes {
		if err := updateAppeals(ctx, t.s.dialect, t.db, strings.Split(columns, ", "), rows); err != nil {
			return err
		}
	}
	if err := insertMany(ctx, t.s.dialect, t.db, deadlineTable, 0, clocks, deadlineUpsert); err != nil {
		return translate(err)
	}
	if err := t.saveOpinions(ctx, appeals...); err != nil {
		return err
	}
	if err := insertMany(ctx, t.s.dialect, t.db, eventTable, 1, events, ""); err != nil {
		return translate(err)
	}
	return translate(insertMany(ctx, t.s.dialect, t.db, outboxTable, 1, messages, ""))
}

// updateAppeals writes the columns of rows whose version is one less.
func updateAppeals(ctx context.Context, d dialect, db *gorm.DB, columns []string, rows []*appealRow) error {
	var sets []string
	for _, c := range columns {
		sets = append(sets, c+" = v."+c)
	}
	names := append([]string{"id"}, columns...)
	query, args := many(d, appealTable, appealTable.places(names), rows)
	done, err := exec(ctx, d, db, "WITH v ("+strings.Join(names, ", ")+") AS ("+query+") UPDATE appeals SET "+
		strings.Join(sets, ", ")+" FROM v WHERE appeals.id = v.id AND appeals.version = v.version - 1", args)
	if err != nil {
		return translate(err)
	}
	if done != int64(len(rows)) {
		return stale()
	}
	return nil
}

// insertMany inserts rows without the first columns, which the database gives.
func insertMany[T any](ctx context.Context, d dialect, db *gorm.DB, t table[T], skip int, rows []*T, then string) error {
	if len(rows) == 0 {
		return nil
	}
	columns := t.columns[skip:]
	query, args := many(d, t, t.places(columns), rows)
	if then != "" {
		query = "SELECT * FROM (" + query + ") AS v WHERE true" // SQLite would read ON as that of a join
	}
	_, err := exec(ctx, d, db, "INSERT INTO "+t.name+" ("+strings.Join(columns, ", ")+") "+query+then, args)
	return err
}

func exec(ctx context.Context, d dialect, db *gorm.DB, query string, args []any) (int64, error) {
	done, err := raw(db).ExecContext(ctx, d.bind(query), args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// many is a query that yields the columns of rows that are given as parameters:
// on PostgreSQL one array for each column, so that the text of the statement
// does not depend on how many rows there are.
func many[T any](d dialect, t table[T], places []int, rows []*T) (query string, args []any) {
	if !d.arrays {
		for _, row := range rows {
			v := reflect.ValueOf(row).Elem()
			for _, at := range places {
				args = append(args, v.FieldByIndex(t.index[at]).Interface())
			}
		}
		return "VALUES " + tuples(len(rows), len(places)), args
	}
	arrays := make([]string, len(places))
	for i, at := range places {
		arrays[i] = "?::" + t.types[at] + "[]"
		args = append(args, t.array(at, rows))
	}
	return "SELECT * FROM unnest(" + strings.Join(arrays, ", ") + ")", args
}

// array is one column of many rows.
func (t table[T]) array(at int, rows []*T) any {
	field := func(row *T) reflect.Value { return reflect.ValueOf(row).Elem().FieldByIndex(t.index[at]) }
	first := field(rows[0])
	if first.Type() != reflect.TypeFor[instant]() {
		out := reflect.MakeSlice(reflect.SliceOf(first.Type()), 0, len(rows))
		for _, row := range rows {
			out = reflect.Append(out, field(row))
		}
		return out.Interface()
	}
	out := make([]*time.Time, len(rows))
	for i, row := range rows {
		if at := field(row).Interface().(instant).time(); !at.IsZero() { //nolint:errcheck // its type was asked
			out[i] = &at
		}
	}
	return out
}

// places are the numbers of columns by name.
func (t table[T]) places(names []string) []int {
	out := make([]int, len(names))
	for i, name := range names {
		out[i] = slices.Index(t.columns, name)
	}
	return out
}

// differ names the columns in which two rows differ.
func (t table[T]) differ(a, b *T) string {
	va, vb := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	var names []string
	for i, index := range t.index {
		x, y := va.FieldByIndex(index).Interface(), vb.FieldByIndex(index).Interface()
		if at, ok := x.(instant); ok && at.time().Equal(y.(instant).time()) { //nolint:errcheck // of one field
			continue
		}
		if !reflect.DeepEqual(x, y) {
			names = append(names, t.columns[i])
		}
	}
	return strings.Join(names, ", ")
}
