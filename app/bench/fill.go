package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// copiesAtOnce is how many appeals one statement makes.
const copiesAtOnce = 2000

// openShare is the share of appeals that somebody still works on. They are
// younger than the others.
const (
	openShare   = 0.06
	openWithin  = 12 * 24 * time.Hour
	otherWithin = 365 * 24 * time.Hour
)

// firstCopy is the id of the first copy: far from those of submitted appeals.
const firstCopy = 1_000_000

// copyOf says how an appeal is copied.
type copyOf struct {
	ID        int64  `json:"id"`
	Number    string `json:"number"`
	Template  int64  `json:"template"` // id of a submitted appeal
	Shift     int64  `json:"shift"`    // microseconds, ≤ 0
	Territory int64  `json:"territory"`
	Agency    int64  `json:"agency"`
	Executor  int64  `json:"executor"`
	Rubric    string `json:"rubric"`
	Category  string `json:"category"`
	Address   string `json:"address"`
	Body      string `json:"body"`
}

// crowd makes copies of appeals that went through the engine.
type crowd struct {
	kind      string
	random    *rand.Rand
	open      []int64
	other     []int64
	submitted map[int64]time.Time
	topics    []*rubricator.Rubric
	places    []int64
	agencies  []int64
	executors map[int64][]int64
	share     float64 // of open appeals
}

func newCrowd(ctx context.Context, kind string, p *product) (*crowd, error) {
	c := &crowd{
		kind: kind, random: rand.New(rand.NewPCG(7, 11)), //nolint:gosec // the same rows in every run
		submitted: map[int64]time.Time{}, executors: map[int64][]int64{}, share: openShare,
	}
	ids, err := p.app.Store.ListAppealIDs(ctx, 0, 100_000)
	if err != nil {
		return nil, err
	}
	cases, err := p.app.Store.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range cases {
		a := &cases[i].Appeal
		c.submitted[a.ID] = a.SubmittedAt
		switch a.Stage {
		case workflow.StageModeration, workflow.StageReceived, workflow.StageAssigned, workflow.StageInWork, workflow.StageOnSign,
			workflow.StagePlanned, workflow.StageClarification:
			c.open = append(c.open, a.ID)
		default:
			c.other = append(c.other, a.ID)
		}
	}
	book := p.app.Rubricator.Book()
	c.topics = book.Tree.Leaves()
	for _, t := range book.Places.Municipalities() {
		c.places = append(c.places, t.ID)
	}
	users, err := p.app.Store.ListUsers(ctx, 0)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		for _, agency := range u.Actor().Agencies() {
			if u.Actor().Holds(actor.Executor, agency) {
				c.executors[agency] = append(c.executors[agency], u.ID)
			}
		}
	}
	for agency := range c.executors {
		c.agencies = append(c.agencies, agency)
	}
	slices.Sort(c.agencies)
	if len(c.open) == 0 || len(c.other) == 0 || len(c.agencies) == 0 {
		return nil, fmt.Errorf("the region has %d open and %d other appeals and %d agencies with executors", len(c.open), len(c.other), len(c.agencies))
	}
	return c, nil
}

func (c *crowd) next(id int64) copyOf {
	r := c.random
	from, within := c.other, otherWithin
	if r.Float64() < c.share {
		from, within = c.open, openWithin
	}
	topic := c.topics[r.IntN(len(c.topics))]
	out := copyOf{
		ID: id, Template: from[r.IntN(len(from))], Shift: -r.Int64N(within.Microseconds()),
		Territory: c.places[r.IntN(len(c.places))], Agency: c.agencies[r.IntN(len(c.agencies))],
		Rubric: topic.Code, Category: topic.Category().Code, Address: address(r), Body: text(r),
	}
	if r.IntN(5) == 0 { // one agency has a fifth of everything more
		out.Agency = c.agencies[0]
	}
	executors := c.executors[out.Agency]
	out.Executor = executors[r.IntN(len(executors))]
	out.Number = workflow.Number(id, c.submitted[out.Template].Add(time.Duration(out.Shift)*time.Microsecond))
	return out
}

// fill makes so many copies, with their applicants, events, deadlines and
// answers, and the statistics that a living database has.
func (c *crowd) fill(ctx context.Context, target string, rows int, progress func(done int)) error {
	db, err := openSQL(target)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if c.kind == postgres {
		// A log of what can be lost only costs time; reading is the same without.
		// Tables that refer to another go first.
		if _, err := conn.ExecContext(ctx, unlogged); err != nil {
			return err
		}
		// Rows that are copied whole need no check of their references; where one
		// may not leave it out it only takes longer.
		_, _ = conn.ExecContext(ctx, "SET session_replication_role = replica")
		if _, err := conn.ExecContext(ctx, "SET synchronous_commit = off; SET maintenance_work_mem = '512MB'"); err != nil {
			return err
		}
	} else if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = off; PRAGMA synchronous = off"); err != nil {
		return err
	}
	indexes, err := dropIndexes(ctx, c.kind, conn)
	if err != nil {
		return err
	}
	if err := c.copies(ctx, conn, rows, progress); err != nil {
		return err
	}
	for _, index := range indexes {
		if _, err := conn.ExecContext(ctx, index); err != nil {
			return err
		}
	}
	statistics := "ANALYZE"
	if c.kind == postgres {
		statistics = "VACUUM ANALYZE"
	}
	_, err = conn.ExecContext(ctx, statistics)
	return err
}

// unlogged takes the appeals, and before them every table that refers to them,
// out of the log.
const unlogged = `DO $$ DECLARE t regclass; BEGIN
	FOR t IN WITH RECURSIVE refers AS (SELECT 'appeals'::regclass::oid AS id, 0 AS depth
			UNION SELECT c.conrelid, depth + 1 FROM pg_constraint c JOIN refers ON c.confrelid = refers.id
			WHERE c.contype = 'f' AND c.conrelid <> c.confrelid AND depth < 9)
		SELECT id FROM refers GROUP BY id ORDER BY max(depth) DESC LOOP
		EXECUTE 'ALTER TABLE ' || t || ' SET UNLOGGED';
	END LOOP;
END $$`

// dropIndexes drops the indexes that hold no rule, which are quicker made at
// the end, and returns the statements that make them.
func dropIndexes(ctx context.Context, kind string, conn *sql.Conn) (definitions []string, err error) {
	query := "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND sql NOT LIKE '%UNIQUE%'"
	if kind == postgres {
		query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE '%UNIQUE%' AND indexname NOT IN (SELECT conname FROM pg_constraint)"
	}
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name, definition string
		if err := rows.Scan(&name, &definition); err != nil {
			return nil, err
		}
		names, definitions = append(names, name), append(definitions, definition)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	_ = rows.Close() // the one connection is needed
	for _, name := range names {
		if _, err := conn.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return nil, err
		}
	}
	return definitions, nil
}

func (c *crowd) copies(ctx context.Context, conn *sql.Conn, rows int, progress func(done int)) error {
	if _, err := conn.ExecContext(ctx, `CREATE TEMP TABLE copies (id bigint PRIMARY KEY, number text, template bigint,
		shift bigint, territory bigint, agency bigint, executor bigint, rubric text, category text, address text, body text)`); err != nil {
		return err
	}
	var inserts []string
	for _, t := range copiedTables {
		// The templates stand apart: looking for them among the copies takes longer
		// the more there are.
		//nolint:gosec // names of our own tables
		apart := fmt.Sprintf("CREATE TEMP TABLE of_%s AS SELECT * FROM %s; CREATE INDEX of_%s_key ON of_%s (%s); ANALYZE of_%s",
			t.name, t.name, t.name, t.name, t.key, t.name)
		if _, err := conn.ExecContext(ctx, apart); err != nil {
			return err
		}
		insert, err := c.insert(ctx, conn, t)
		if err != nil {
			return err
		}
		inserts = append(inserts, insert)
	}
	for done := 0; done < rows; {
		batch := make([]copyOf, min(copiesAtOnce, rows-done))
		for i := range batch {
			batch[i] = c.next(int64(firstCopy + done + i))
		}
		if err := c.put(ctx, conn, batch, inserts); err != nil {
			return err
		}
		done += len(batch)
		progress(done)
	}
	return nil
}

func (c *crowd) put(ctx context.Context, conn *sql.Conn, batch []copyOf, inserts []string) error {
	raw, err := json.Marshal(batch)
	if err != nil {
		return err
	}
	load := `INSERT INTO copies SELECT * FROM jsonb_to_recordset($1::jsonb) AS c(id bigint, number text, template bigint,
		shift bigint, territory bigint, agency bigint, executor bigint, rubric text, category text, address text, body text)`
	if c.kind == sqlite {
		var fields []string
		for _, name := range []string{"id", "number", "template", "shift", "territory", "agency", "executor", "rubric", "category", "address", "body"} {
			fields = append(fields, "value ->> '"+name+"'")
		}
		load = "INSERT INTO copies SELECT " + strings.Join(fields, ", ") + " FROM json_each($1)"
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it was committed
	if _, err := tx.ExecContext(ctx, "DELETE FROM copies"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, load, string(raw)); err != nil {
		return err
	}
	for _, insert := range inserts {
		if _, err := tx.ExecContext(ctx, insert); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// copiedTables are the tables that hold something of an appeal. The outbox is
// empty after a while, and so it stays.
var copiedTables = []copiedTable{
	{name: "appeals", key: "id", order: "id"},
	{name: "applicants", key: "appeal_id", order: "appeal_id"},
	{name: "events", key: "appeal_id", order: "n"},
	{name: "deadlines", key: "appeal_id", order: "n"},
	{name: "answers", key: "appeal_id", order: "id", skip: "id"},
}

type copiedTable struct{ name, key, order, skip string }

// columnsOf are the columns of a copied row that are not as in its template.
var columnsOf = map[string]string{
	"number": "c.number", "territory_id": "c.territory", "rubric": "c.rubric", "category": "c.category", "address": "c.address",
	"executor_id": "CASE WHEN t.executor_id = 0 THEN 0 ELSE c.executor END", "idempotency_key": "NULL", "draft_hash": "NULL",
}

// insert is the statement that copies a table's rows.
func (c *crowd) insert(ctx context.Context, conn *sql.Conn, t copiedTable) (string, error) {
	query := "SELECT name, type FROM pragma_table_info($1)"
	if c.kind == postgres {
		query = `SELECT column_name, data_type FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`
	}
	rows, err := conn.QueryContext(ctx, query, t.name)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var names, values []string
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return "", err
		}
		if name == t.skip || slices.Contains(given[t.name], name) {
			continue
		}
		names, values = append(names, name), append(values, c.value(t, name, kind))
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM copies c JOIN of_%s t ON t.%s = c.template ORDER BY c.id, t.%s",
		t.name, strings.Join(names, ", "), strings.Join(values, ", "), t.name, t.key, t.order), rows.Err()
}

func (c *crowd) value(t copiedTable, column, kind string) string {
	special, ok := columnsOf[column]
	switch {
	case column == t.key:
		return "c.id"
	case ok && t.name == "appeals":
		return special
	case column == "body" && t.name == "appeals":
		return "c.body"
	case column == "agency_id":
		return "c.agency"
	case strings.HasPrefix(kind, "timestamp") && c.kind == postgres:
		return "t." + column + " + c.shift * interval '1 microsecond'"
	case strings.HasPrefix(kind, "timestamp"):
		return "t." + column + " + c.shift"
	default:
		return "t." + column
	}
}
