package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

type suspicionRow struct {
	EarlierID   int64 `gorm:"primaryKey;autoIncrement:false"`
	LaterID     int64 `gorm:"primaryKey;autoIncrement:false"`
	Score       float64
	Why         string
	FoundAt     instant
	AgencyID    int64
	Live        bool
	DismissedBy int64
	DismissedAt instant
}

func (suspicionRow) TableName() string { return "suspicions" }

type followerRow struct {
	Name     string `gorm:"primaryKey"`
	Position string
}

func (followerRow) TableName() string { return "followers" }

// Suspicions are the pairs of appeals that may be the same; see
// [duplicate.Suspicions].
func (s *Store) Suspicions() duplicate.Suspicions { return suspicions{s} }

type suspicions struct{ *Store }

// followsDuplicates names the progress of the search for duplicates.
const followsDuplicates = "duplicates"

// Progress implements duplicate.Suspicions.
func (s suspicions) Progress(ctx context.Context) (string, error) {
	var row followerRow
	err := s.freshDB.QueryRowContext(ctx, s.dialect.bind("SELECT position FROM followers WHERE name = ?"), followsDuplicates).Scan(&row.Position)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return row.Position, translate(err)
}

// atOnce is how many pairs or ids one statement takes.
const atOnce = 500

// Note implements duplicate.Suspicions.
func (s suspicions) Note(ctx context.Context, found []duplicate.Suspicion, changed []int64, position string) error {
	ids := slices.Clone(changed)
	return s.inTx(ctx, func(db *gorm.DB) error {
		q := raw(db)
		for part := range slices.Chunk(found, atOnce) {
			args := make([]any, 0, 7*len(part))
			for _, f := range part {
				why, err := json.Marshal(f.Why)
				if err != nil {
					return fmt.Errorf("suspicion of %d and %d: %w", f.Earlier, f.Later, err)
				}
				args = append(args, f.Earlier, f.Later, f.Score, string(why), instant(f.FoundAt), 0, false)
				ids = append(ids, f.Later)
			}
			query := "INSERT INTO suspicions (earlier_id, later_id, score, why, found_at, agency_id, live) VALUES " + tuples(len(part), 7) +
				" ON CONFLICT (earlier_id, later_id) DO UPDATE SET score = excluded.score, why = excluded.why"
			if _, err := q.ExecContext(ctx, s.dialect.bind(query), args...); err != nil {
				return err
			}
		}
		slices.Sort(ids)
		for part := range slices.Chunk(slices.Compact(ids), atOnce) {
			if err := s.refresh(ctx, q, part); err != nil {
				return err
			}
		}
		if position == "" {
			return nil
		}
		_, err := q.ExecContext(ctx, s.dialect.bind(`INSERT INTO followers (name, position) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET position = excluded.position`), followsDuplicates, position)
		return err
	})
}

// leadable is the condition of an appeal that can be put together with another:
// the stages and guards of the table of transitions.
const leadable = `%[1]s.lead_id = 0 AND %[1]s.round = 1 AND %[1]s.registered_at IS NOT NULL
	AND %[1]s.stage IN ('received', 'assigned', 'in_work', 'on_sign', 'planned')`

// refresh brings pairs in line with the appeals.
func (s suspicions) refresh(ctx context.Context, q querier, ids []int64) error {
	among := s.dialect.ids(ids)
	_, err := q.ExecContext(ctx, s.dialect.bind(`UPDATE suspicions SET
		agency_id = CASE WHEN a.agency_id = b.agency_id THEN a.agency_id ELSE 0 END,
		live = `+fmt.Sprintf(leadable, "a")+" AND "+fmt.Sprintf(leadable, "b")+`
		FROM appeals a, appeals b WHERE a.id = suspicions.earlier_id AND b.id = suspicions.later_id
		AND (`+s.dialect.in("suspicions.earlier_id")+" OR "+s.dialect.in("suspicions.later_id")+")"), among, among)
	return err
}

// Forget implements duplicate.Suspicions.
func (s suspicions) Forget(ctx context.Context) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		q := raw(db)
		if _, err := q.ExecContext(ctx, "DELETE FROM suspicions WHERE dismissed_by = 0"); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, s.dialect.bind("DELETE FROM followers WHERE name = ?"), followsDuplicates)
		return err
	})
}

// open is the condition of open pairs in a scope; ok is false where there is
// nothing to ask for.
func (s suspicions) open(in duplicate.Scope) (where string, args []any, ok bool) {
	where = "live AND dismissed_by = 0"
	if in.Region {
		return where, nil, true
	}
	return where + " AND " + s.dialect.in("agency_id"), []any{s.dialect.ids(in.Agencies)}, len(in.Agencies) > 0
}

// ListOpen implements duplicate.Suspicions.
func (s suspicions) ListOpen(ctx context.Context, in duplicate.Scope, limit int) ([]duplicate.Suspicion, error) {
	where, args, ok := s.open(in)
	if !ok {
		return nil, nil
	}
	rows, err := s.freshDB.QueryContext(ctx, s.dialect.bind("SELECT earlier_id, later_id, score, why, found_at FROM suspicions WHERE "+where+
		" ORDER BY found_at DESC, earlier_id, later_id LIMIT ?"), append(args, limit)...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []duplicate.Suspicion
	for rows.Next() {
		var row suspicionRow
		if err := rows.Scan(&row.EarlierID, &row.LaterID, &row.Score, &row.Why, &row.FoundAt); err != nil {
			return nil, translate(err)
		}
		one := duplicate.Suspicion{Pair: duplicate.Pair{Earlier: row.EarlierID, Later: row.LaterID}, Score: row.Score, FoundAt: row.FoundAt.time()}
		if err := json.Unmarshal([]byte(row.Why), &one.Why); err != nil {
			return nil, fmt.Errorf("suspicion of %d and %d: %w", row.EarlierID, row.LaterID, err)
		}
		out = append(out, one)
	}
	return out, translate(rows.Err())
}

// ListOpenPairs implements duplicate.Suspicions.
func (s suspicions) ListOpenPairs(ctx context.Context, in duplicate.Scope, limit int) ([]duplicate.Pair, error) {
	where, args, ok := s.open(in)
	if !ok {
		return nil, nil
	}
	rows, err := s.freshDB.QueryContext(ctx, s.dialect.bind("SELECT earlier_id, later_id FROM suspicions WHERE "+where+
		" ORDER BY found_at DESC, earlier_id, later_id LIMIT ?"), append(args, limit)...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []duplicate.Pair
	for rows.Next() {
		var p duplicate.Pair
		if err := rows.Scan(&p.Earlier, &p.Later); err != nil {
			return nil, translate(err)
		}
		out = append(out, p)
	}
	return out, translate(rows.Err())
}

// CountOpen implements duplicate.Suspicions.
func (s suspicions) CountOpen(ctx context.Context, in duplicate.Scope, limit int) (int, error) {
	where, args, ok := s.open(in)
	if !ok {
		return 0, nil
	}
	var n int
	query := "SELECT count(*) FROM (SELECT 1 FROM suspicions WHERE " + where + " LIMIT ?) AS counted"
	err := s.freshDB.QueryRowContext(ctx, s.dialect.bind(query), append(args, limit)...).Scan(&n)
	return n, translate(err)
}

// Dismiss implements duplicate.Suspicions.
func (s suspicions) Dismiss(ctx context.Context, pairs []duplicate.Pair, user int64, at time.Time) error {
	when := instant(at)
	if user == 0 {
		when = instant{}
	}
	return s.inTx(ctx, func(db *gorm.DB) error {
		for _, p := range pairs {
			_, err := raw(db).ExecContext(ctx, s.dialect.bind(
				"UPDATE suspicions SET dismissed_by = ?, dismissed_at = ? WHERE earlier_id = ? AND later_id = ?"), user, when, p.Earlier, p.Later)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// ListTold lists what is compared of appeals that await an answer, in the order
// of their ids: of those given, or (nil) of all after an id. person makes keyed
// hashes of who wrote, nil leaves them out. Nobody reads the applicants: they
// don't leave the store.
func (s *Store) ListTold(ctx context.Context, ids []int64, after int64, limit int, person func(workflow.Applicant) []uint64) ([]workflow.Told, error) {
	where, args := "a.id > ?", []any{after}
	if ids != nil {
		where, args = s.dialect.in("a.id"), []any{s.dialect.ids(ids)}
	}
	rows, err := s.freshDB.QueryContext(ctx, s.dialect.bind(`SELECT a.id, a.number, a.stage, a.rubric, a.category, a.territory_id, a.lat, a.lon, a.address, a.agency_id,
		a.body, a.submitted_at, a.lead_id, a.same_as, p.sealed FROM appeals a JOIN applicants p ON p.appeal_id = a.id
		WHERE `+where+` AND a.round = 1 AND a.stage IN ('moderation', 'clarification', 'received', 'assigned', 'in_work', 'on_sign', 'planned')
		ORDER BY a.id LIMIT ?`), append(args, limit)...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []workflow.Told
	for rows.Next() {
		var r appealRow
		var sealed []byte
		if err := rows.Scan(&r.ID, &r.Number, &r.Stage, &r.Rubric, &r.Category, &r.TerritoryID, &r.Lat, &r.Lon, &r.Address, &r.AgencyID,
			&r.Body, &r.SubmittedAt, &r.LeadID, &r.SameAs, &sealed); err != nil {
			return nil, translate(err)
		}
		r.Replies, r.PastAgencies, r.Items = "[]", "[]", "[]"
		a, err := r.appeal()
		if err != nil {
			return nil, err
		}
		told := workflow.Told{Appeal: a}
		if person == nil {
			out = append(out, told)
			continue
		}
		var who workflow.Applicant
		if err := s.sealer.open(applicantName(a.ID), sealed, &who); err != nil {
			return nil, err
		}
		told.Persons = person(who)
		out = append(out, told)
	}
	return out, translate(rows.Err())
}
