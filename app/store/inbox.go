package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
)

// noDue stands in the order by due date where none runs. The column due_sort
// of both schemas has the same.
var noDue = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// tabWalk says how a tab walks the appeals.
type tabWalk struct {
	stages []workflow.Stage // one walk each; nil for any stage
	where  string           // literal, so that partial indexes are seen to fit
	byDue  bool             // by (due, id) ascending, else by (submitted, id) descending
}

var tabWalks = map[workflow.Tab]tabWalk{
	workflow.TabNew:     {stages: []workflow.Stage{workflow.StageModeration, workflow.StageReceived}, where: "lead_id = 0"},
	workflow.TabMine:    {where: "executor_id <> 0 AND stage IN ('assigned', 'in_work', 'on_sign', 'planned') AND lead_id = 0", byDue: true},
	workflow.TabAsked:   {byDue: true},
	workflow.TabDueSoon: {where: "due_at IS NOT NULL", byDue: true},
	workflow.TabOverdue: {where: "due_at IS NOT NULL", byDue: true},
	workflow.TabOnSign:  {where: "stage = 'on_sign'", byDue: true},
	workflow.TabAll:     {},
}

// walkOf says how the appeals of a query are walked.
func walkOf(q workflow.InboxQuery) tabWalk {
	walk := tabWalks[q.Tab]
	if q.ByDue() && !walk.byDue { // few appeals await something: one walk by date, whatever the stage
		walk.byDue, walk.where = true, "due_at IS NOT NULL"
		if len(walk.stages) > 0 {
			walk.where += " AND stage IN (" + literals(walk.stages) + ")"
		}
		walk.stages = nil
	}
	return walk
}

// literals are stages as SQL writes them: a closed list, never typed by anybody.
func literals(stages []workflow.Stage) string {
	names := make([]string, len(stages))
	for i, stage := range stages {
		names[i] = "'" + string(stage) + "'"
	}
	return strings.Join(names, ", ")
}

// clauses are conditions with their parameters.
type clauses struct {
	text []string
	args []any
}

func (c *clauses) add(text string, args ...any) {
	c.text = append(c.text, text)
	c.args = append(c.args, args...)
}

func (c clauses) with(text string, args ...any) clauses {
	return clauses{append(slices.Clone(c.text), text), append(slices.Clone(c.args), args...)}
}

func (c clauses) where() string {
	if len(c.text) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.text, " AND ")
}

// tabConditions are those of the tab itself, but for whose desk it is.
func tabConditions(tab workflow.Tab, where string, now time.Time) clauses {
	var c clauses
	if where != "" {
		c.add(where)
	}
	switch tab {
	case workflow.TabDueSoon:
		c.add("due_sort >= ?", instant(now))
		c.add("due_sort < ?", instant(now.Add(workflow.DueSoon)))
	case workflow.TabOverdue:
		c.add("due_sort < ?", instant(now))
	case workflow.TabNew, workflow.TabMine, workflow.TabOnSign, workflow.TabAll, workflow.TabAsked: // their walks say it all
	}
	return c
}

// desks narrows the conditions to each desk on which the reader's work lies:
// their own, and those of the absent in whose place they work.
func desks(c clauses, scope workflow.Scope) []clauses {
	c.add(tabWalks[workflow.TabMine].where)
	out := []clauses{c.with("executor_id = ?", scope.User)}
	for _, st := range scope.Stands {
		if st.Role == actor.Executor {
			out = append(out, c.with("executor_id = ?", st.For).with("agency_id = ?", st.Agency))
		}
	}
	return out
}

// onDesks is desks as one condition, for counting in no order.
func onDesks(scope workflow.Scope) (text string, args []any) {
	each := make([]string, 0, 1+len(scope.Stands))
	for _, c := range desks(clauses{}, scope) {
		each = append(each, strings.Join(c.text[1:], " AND "))
		args = append(args, c.args...)
	}
	return "(" + strings.Join(each, " OR ") + ")", args
}

// agenciesOf are the agencies that a query walks; all says that it walks the
// region without telling them apart.
func agenciesOf(scope workflow.Scope, agency int64) (ids []int64, all bool) {
	switch {
	case scope.Region && agency == 0:
		return nil, true
	case agency == 0:
		return scope.Agencies, false
	case scope.Region || slices.Contains(scope.Agencies, agency):
		return []int64{agency}, false
	}
	return nil, false
}

// walkedBy are the agencies that a query walks. Whose opinion is asked sees the
// case whatever agency has it.
func walkedBy(q workflow.InboxQuery) (ids []int64, all bool) {
	switch {
	case q.Tab != workflow.TabAsked:
		return agenciesOf(q.Scope, q.Agency)
	case q.Agency != 0:
		return []int64{q.Agency}, false
	}
	return nil, true
}

// stagesOf are the stages that a query walks one by one, nil for any; none
// says that nothing can match.
func stagesOf(q workflow.InboxQuery) (stages []workflow.Stage, none bool) {
	stage, own := q.Stage, tabWalks[q.Tab].stages
	if stage == "" {
		return walkOf(q).stages, false
	}
	if !slices.Contains(workflow.Stages, stage) || own != nil && !slices.Contains(own, stage) {
		return nil, true
	}
	return []workflow.Stage{stage}, false
}

// askedColumns are those of a list, due when the opinion is, and the text.
var askedColumns = func() string {
	out := []string{"a.body"}
	for name := range strings.SplitSeq(inboxColumns, ", ") {
		if strings.HasPrefix(name, "due_") {
			out = append(out, "o.due_at AS "+name)
			continue
		}
		out = append(out, "a."+name)
	}
	return strings.Join(out, ", ")
}()

// from is what a tab walks: the appeals, or those about which the user owes an
// opinion, each due when that is. These are few, and belong to any agency.
func from(tab workflow.Tab, scope workflow.Scope) string {
	if tab != workflow.TabAsked {
		return "appeals"
	}
	who := fmt.Sprintf("o.user_id = %d AND o.agency_id IN (%s)", scope.User, numbers(scope.Agencies))
	for _, s := range scope.Stands {
		if s.Role == actor.Executor {
			who += fmt.Sprintf(" OR o.user_id = %d AND o.agency_id = %d", s.For, s.Agency)
		}
	}
	return `(SELECT ` + askedColumns + ` FROM opinions o
		JOIN appeals a ON a.id = o.appeal_id WHERE o.state = 'asked' AND (` + who + `)) AS asked`
}

// numbers is a list of ids as SQL has it; none is one that nobody has.
func numbers(ids []int64) string {
	out := []string{"-1"}
	for _, id := range ids {
		out = append(out, strconv.FormatInt(id, 10))
	}
	return strings.Join(out, ", ")
}

// filters are the conditions that a person chose.
func (s *Store) filters(q workflow.InboxQuery) clauses {
	walk := walkOf(q)
	where := walk.where
	if q.Tab == workflow.TabMine {
		where = "" // desks says it
	}
	c := tabConditions(q.Tab, where, q.Now)
	aside := ""
	if walk.byDue { // few appeals await something: walk them in order
		aside = s.dialect.aside
	}
	if q.Category != "" {
		c.add(aside+"category = ?", q.Category)
	}
	if q.Rubric != "" {
		c.add(aside+"rubric = ?", q.Rubric)
	}
	if len(q.Rubrics) > 0 {
		c.add(aside+"rubric IN "+tuples(1, len(q.Rubrics)), anys(q.Rubrics)...)
	}
	if q.Territory != 0 {
		c.add(aside+"territory_id = ?", q.Territory)
	}
	if q.Territories != nil {
		c.add(s.dialect.in("territory_id"), s.dialect.ids(q.Territories))
	}
	if q.Level > 0 {
		c.add(fmt.Sprintf("level >= %d", q.Level)) // literal, for the partial index
	}
	if q.Executor != 0 {
		c.add(aside+"executor_id <> 0 AND "+aside+"executor_id = ?", q.Executor)
	}
	if q.Source != "" {
		c.add(aside+"source = ?", string(q.Source))
	}
	if !q.From.IsZero() {
		c.add(aside+"submitted_at >= ?", instant(q.From))
	}
	if !q.To.IsZero() {
		c.add(aside+"submitted_at < ?", instant(q.To))
	}
	if !q.DueFrom.IsZero() {
		c.add("due_sort >= ?", instant(q.DueFrom))
	}
	if !q.DueTo.IsZero() {
		c.add("due_sort < ?", instant(q.DueTo))
	}
	if q.IDs != nil {
		c.add(s.dialect.in("id"), s.dialect.ids(q.IDs))
	}
	return c
}

// keyset returns the condition of the cursors and the order of the walk, which
// is backwards for a page before a cursor.
func keyset(byDue bool, after, before workflow.Cursor) (c clauses, order string) {
	column, down := "submitted_at", !before.Zero()
	if byDue {
		column, down = "due_sort", before.Zero()
	}
	direction, sign := " DESC", "<"
	if down {
		direction, sign = " ASC", ">"
	}
	from := after
	if !before.Zero() {
		from = before
	}
	if !from.Zero() {
		at := from.At
		if at.IsZero() {
			at = noDue
		}
		c.add("("+column+", id) "+sign+" (?, ?)", instant(at), from.ID)
	}
	return c, column + direction + ", id" + direction
}

// walks builds the statement: one limited walk of an index for each agency and
// stage, merged. No walk reads more than a page of matching rows, and what is
// sorted is these rows only.
func (s *Store) walks(q workflow.InboxQuery, columns string, limit int) (query string, args []any, ok bool) {
	agencies, all := walkedBy(q)
	stages, none := stagesOf(q)
	if none || !all && len(agencies) == 0 || limit <= 0 {
		return "", nil, false
	}
	common := s.filters(q)
	keys, order := keyset(q.ByDue(), q.After, q.Before)
	common.text, common.args = append(common.text, keys.text...), append(common.args, keys.args...)

	// One person's appeals, and those that a search found, are few: their
	// agencies need no walks of their own.
	split := q.Tab != workflow.TabMine && q.Tab != workflow.TabAsked && q.Executor == 0 && q.IDs == nil
	if !all && !split {
		common.add(s.dialect.in("agency_id"), s.dialect.ids(agencies))
	}
	each := []clauses{common}
	if q.Tab == workflow.TabMine {
		each = desks(common, q.Scope)
	}
	if !all && split {
		each = nil
		for _, agency := range agencies {
			each = append(each, common.with("agency_id = ?", agency))
		}
	}
	var parts []string
	for _, c := range each {
		for _, c := range perStage(c, stages) {
			parts = append(parts, fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s LIMIT %d", columns, from(q.Tab, q.Scope), c.where(), order, limit))
			args = append(args, c.args...)
		}
	}
	if len(parts) == 1 {
		return parts[0], args, true
	}
	union := "SELECT * FROM (" + strings.Join(parts, ") AS w UNION ALL SELECT * FROM (") + ") AS w"
	return fmt.Sprintf("SELECT * FROM (%s) AS u ORDER BY %s LIMIT %d", union, order, limit), args, true
}

// perStage narrows the conditions to each stage. Stages are literals (they are
// a closed list), so that the partial indexes are seen to fit; SQLite must read
// their very condition for that.
func perStage(c clauses, stages []workflow.Stage) []clauses {
	if stages == nil {
		return []clauses{c}
	}
	out := make([]clauses, len(stages))
	for i, stage := range stages {
		out[i] = c.with("stage = '" + string(stage) + "'")
		if stage != workflow.StageClosed {
			out[i] = out[i].with("stage <> 'closed'")
		}
	}
	return out
}

// inboxColumns are read of each row of a page; excerptLength characters of the
// text.
const (
	inboxColumns = "id, number, stage, round, rule_set, rubric, category, territory_id, agency_id, executor_id, address, " +
		"submitted_at, due_at, level, photos, source, version, lead_number, joined_count, due_sort"
	excerptLength = 160
)

// inboxStatement reads one row more than the page, to tell whether there are
// more.
func (s *Store) inboxStatement(q workflow.InboxQuery) (query string, args []any, ok bool) {
	walks, args, ok := s.walks(q, inboxColumns+fmt.Sprintf(", substr(body, 1, %d) AS excerpt", excerptLength), q.Limit+1)
	if !ok {
		return "", nil, false
	}
	_, order := keyset(q.ByDue(), q.After, q.Before)
	return `SELECT w.id, w.number, w.stage, w.round, w.rule_set, w.rubric, w.category, w.territory_id, w.agency_id,
		w.executor_id, coalesce(u.name, ''), w.excerpt, w.address, w.submitted_at, w.due_at, w.level, w.photos, w.source, w.version,
		w.lead_number, w.joined_count
		FROM (` + walks + `) AS w LEFT JOIN users u ON u.id = w.executor_id ORDER BY ` + qualified(order), args, true
}

// ListInbox implements workflow.Reader.
func (s *Store) ListInbox(ctx context.Context, q workflow.InboxQuery) (page []workflow.InboxRow, more bool, err error) {
	query, args, ok := s.inboxStatement(q)
	if !ok {
		return nil, false, nil
	}
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return nil, false, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r workflow.InboxRow
		var submitted, due instant
		if err := rows.Scan(&r.ID, &r.Number, &r.Stage, &r.Round, &r.RuleSet, &r.Rubric, &r.Category, &r.Territory,
			&r.Agency, &r.Executor, &r.ExecutorName, &r.Excerpt, &r.Address, &submitted, &due, &r.Level, &r.Photos,
			&r.Source, &r.Version, &r.LeadNumber, &r.Joined); err != nil {
			return nil, false, translate(err)
		}
		r.SubmittedAt, r.DueAt = submitted.time(), due.time()
		page = append(page, r)
	}
	if err := rows.Err(); err != nil {
		return nil, false, translate(err)
	}
	if more = len(page) > q.Limit; more {
		page = page[:q.Limit]
	}
	if !q.Before.Zero() {
		slices.Reverse(page)
	}
	return page, more, nil
}

// qualified is the order of a walk seen from outside it.
func qualified(order string) string {
	parts := strings.Split(order, ", ")
	for i := range parts {
		parts[i] = "w." + parts[i]
	}
	return strings.Join(parts, ", ")
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
