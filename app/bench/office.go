package bench

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/workflow"
)

// office is a region at work: pages that people open, and the same by plain
// SQL.
type office struct {
	kind    string
	product *product
	client  *client
	plain   *asker
	cookies map[string]string // by login
	pages   []page
	now     time.Time
}

// page is something that people open.
type page struct {
	name  string
	who   string   // login
	paths []string // opened by turns
	plain []string // statements that read the same rows
	args  [][]any  // of plain, by turns
	turn  int
	asked int
}

// Who opens pages: one sees the region, one an agency, one has a desk.
const (
	regional = "supervisor"
	agency   = "coordinator"
	desk     = "executor"
)

// caseQuery is the name of opening a card.
const caseQuery = "case"

func newOffice(ctx context.Context, s *scratch, p *product, c *crowd, rows int) (*office, error) {
	f := &office{kind: s.kind, product: p, cookies: map[string]string{}, now: p.app.Clock.Now()}
	var err error
	for _, login := range []string{regional, agency, desk} {
		if f.cookies[login], err = signIn(ctx, p.address, login, demo.Password); err != nil {
			return nil, err
		}
	}
	if f.client, err = dial(ctx, p.address); err != nil {
		return nil, err
	}
	if f.plain, err = newAsker(ctx, p.database); err != nil {
		return nil, err
	}
	if err := f.lists(ctx, c); err != nil {
		return nil, err
	}
	if err := f.deeper(ctx); err != nil {
		return nil, err
	}
	f.cards(c, rows)
	return f, nil
}

func (f *office) close() error {
	f.client.close()
	return errors.Join(f.plain.close(), f.product.close())
}

// rowColumns are what a row of a list shows.
const rowColumns = `SELECT id, number, stage, rubric, territory_id, agency_id, executor_id, substr(body, 1, 160), address,
	submitted_at, due_at, level FROM appeals WHERE `

// A page has 30 rows; the product reads one more, and so does plain SQL.
const (
	latest  = " ORDER BY submitted_at DESC, id DESC LIMIT 31"
	nearest = " ORDER BY due_sort, id LIMIT 31"
)

// tabWhere is what a tab means.
func (f *office) tabWhere(tab workflow.Tab, user int64) (where, order string, args []any) {
	switch tab {
	case workflow.TabNew:
		return "stage IN ('moderation', 'received')", latest, nil
	case workflow.TabMine:
		return "executor_id = $1 AND stage IN ('assigned', 'in_work', 'on_sign', 'planned')", nearest, []any{user}
	case workflow.TabDueSoon:
		return "due_at >= $1 AND due_at < $2", nearest, []any{f.at(f.now), f.at(f.now.Add(workflow.DueSoon))}
	case workflow.TabOverdue:
		return "due_at < $1", nearest, []any{f.at(f.now)}
	case workflow.TabOnSign:
		return "stage = 'on_sign'", nearest, nil
	default:
		return "id > 0", latest, nil
	}
}

// at is an instant as the database keeps it.
func (f *office) at(t time.Time) any {
	if f.kind == sqlite {
		return t.UnixMicro()
	}
	return t
}

// condition is a filter, for the address and for SQL.
type condition struct {
	name   string
	values url.Values
	where  []string // with %d for the number of the parameter
	args   []any
}

func (f *office) conditions(c *crowd) map[string]condition {
	category, place := c.topics[len(c.topics)/2].Category().Code, c.places[len(c.places)/2]
	from, to := f.now.AddDate(0, -6, 0).Truncate(24*time.Hour), f.now.AddDate(0, -5, 0).Truncate(24*time.Hour)
	byCategory := condition{"category", url.Values{"category": {category}}, []string{"category = $%d"}, []any{category}}
	byPlace := condition{"territory", url.Values{"territory": {fmt.Sprint(place)}}, []string{"territory_id = $%d"}, []any{place}}
	return map[string]condition{
		"":          {},
		"category":  byCategory,
		"territory": byPlace,
		"both": {
			"category and territory",
			url.Values{"category": {category}, "territory": {fmt.Sprint(place)}},
			append(append([]string(nil), byCategory.where...), byPlace.where...), append(append([]any(nil), byCategory.args...), byPlace.args...),
		},
		"stage": {"stage", url.Values{"stage": {"in_work"}}, []string{"stage = $%d"}, []any{"in_work"}},
		"dates": {
			"dates",
			url.Values{"from": {from.Format(time.DateOnly)}, "to": {to.Format(time.DateOnly)}},
			[]string{"submitted_at >= $%d", "submitted_at < $%d"},
			[]any{f.at(from), f.at(to)},
		},
	}
}

// lists are the first pages: of each tab, and with filters.
func (f *office) lists(ctx context.Context, c *crowd) error {
	chosen := f.conditions(c)
	for _, who := range []string{regional, agency} {
		user, err := f.product.app.Store.FindUserByLogin(ctx, who)
		if err != nil {
			return err
		}
		var scope []any
		if who == agency {
			scope = []any{user.Actor().Agencies()[0]}
		}
		for _, tab := range workflow.Tabs {
			if tab != workflow.TabMine && tab != workflow.TabAsked { // one person's
				f.list(who, user.ID, tab, chosen[""], scope)
			}
		}
		for _, name := range []string{"category", "territory", "both", "stage", "dates"} {
			f.list(who, user.ID, workflow.TabAll, chosen[name], scope)
		}
		f.list(who, user.ID, workflow.TabNew, chosen["territory"], scope)
		f.list(who, user.ID, workflow.TabOverdue, chosen["category"], scope)
	}
	user, err := f.product.app.Store.FindUserByLogin(ctx, desk)
	if err != nil {
		return err
	}
	f.list(desk, user.ID, workflow.TabMine, chosen[""], nil)
	return nil
}

var scopeNames = map[string]string{regional: "region", agency: "agency", desk: "desk"}

func (f *office) list(who string, user int64, tab workflow.Tab, chosen condition, scope []any) {
	where, order, args := f.tabWhere(tab, user)
	for i, text := range chosen.where {
		args = append(args, chosen.args[i])
		where += " AND " + fmt.Sprintf(text, len(args))
	}
	for _, id := range scope {
		args = append(args, id)
		where += fmt.Sprintf(" AND agency_id = $%d", len(args))
	}
	values := url.Values{"tab": {string(tab)}}
	for name, v := range chosen.values {
		values[name] = v
	}
	name := scopeNames[who] + ": " + strings.ReplaceAll(string(tab), "_", " ")
	if chosen.name != "" {
		name += ", by " + chosen.name
	}
	f.pages = append(f.pages, page{
		name: name, who: who, paths: []string{"/console?" + values.Encode()}, plain: []string{rowColumns + where + order}, args: [][]any{args},
	})
}

// deeper are pages in the middle of everything, by the place where the page
// before them ended.
func (f *office) deeper(ctx context.Context) error {
	for _, who := range []string{regional, agency} {
		user, err := f.product.app.Store.FindUserByLogin(ctx, who)
		if err != nil {
			return err
		}
		p := page{name: scopeNames[who] + ": all, next pages", who: who}
		where := "(submitted_at, id) < ($1, $2)"
		if who == agency {
			where += fmt.Sprintf(" AND agency_id = %d", user.Actor().Agencies()[0])
		}
		p.plain = []string{rowColumns + where + latest}
		for n := range 20 { // half a year back, day by day
			at := f.now.AddDate(0, -6, -n)
			place := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", at.UnixMicro(), 1))
			p.paths = append(p.paths, "/console?tab=all&after="+place)
			p.args = append(p.args, []any{f.at(at), int64(1)})
		}
		f.pages = append(f.pages, p)
	}
	return nil
}

// cards are cases anywhere in the table, opened from a list.
func (f *office) cards(c *crowd, rows int) {
	p := page{name: caseQuery, who: regional, plain: []string{
		"SELECT * FROM appeals WHERE id = $1", "SELECT * FROM deadlines WHERE appeal_id = $1 ORDER BY n",
		"SELECT * FROM events WHERE appeal_id = $1 ORDER BY n", "SELECT * FROM answers WHERE appeal_id = $1 ORDER BY id",
		"SELECT * FROM photos WHERE appeal_id = $1 ORDER BY id",
	}}
	for range 500 {
		id := int64(firstCopy + c.random.IntN(rows))
		p.paths = append(p.paths, fmt.Sprintf("/console/appeals/%d?tab=all", id))
		p.args = append(p.args, []any{id})
	}
	f.pages = append(f.pages, p)
}

// asker reads rows as a program would that has only a driver.
type asker struct {
	pool *pgxpool.Pool // PostgreSQL
	db   *sql.DB       // SQLite
}

func newAsker(ctx context.Context, target string) (*asker, error) {
	if _, ok := sqlitePath(target); ok {
		db, err := openSQL(target)
		return &asker{db: db}, err
	}
	pool, err := pgxpool.New(ctx, target)
	return &asker{pool: pool}, err
}

func (a *asker) close() error {
	if a.pool != nil {
		a.pool.Close()
		return nil
	}
	return a.db.Close()
}

// read runs a statement and reads every value of every row.
func (a *asker) read(ctx context.Context, query string, args []any) error {
	if a.pool != nil {
		rows, err := a.pool.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if _, err := rows.Values(); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	rows, err := a.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range into {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}
