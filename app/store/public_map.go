package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"math"
	"strings"
	"time"

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/workflow"
)

var (
	_ atlas.Source = (*Store)(nil)
	_ atlas.Shelf  = (*Store)(nil)
)

type publicMapRow struct {
	FromDay     int `gorm:"primaryKey;autoIncrement:false"`
	ToDay       int
	PublishedAt instant
	Body        string
}

func (publicMapRow) TableName() string { return "public_maps" }

// ListPeriods implements atlas.Shelf.
func (s *Store) ListPeriods(ctx context.Context) ([]atlas.Period, error) {
	var rows []publicMapRow
	if err := s.fresh.WithContext(ctx).Select("from_day, to_day").Order("from_day DESC").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]atlas.Period, len(rows))
	for i, r := range rows {
		out[i] = atlas.Period{From: atlas.Day(r.FromDay), To: atlas.Day(r.ToDay)} //nolint:gosec // as they were written
	}
	return out, nil
}

// PutMap implements atlas.Shelf.
func (s *Store) PutMap(ctx context.Context, m atlas.Map) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("public map: %w", err)
	}
	// Two nodes that draw one period at once: PostgreSQL's constraint on ranges
	// lets one in, and SQLite has one writer.
	_, err = s.writeDB.ExecContext(ctx, s.dialect.bind(`INSERT INTO public_maps (from_day, to_day, published_at, body)
		SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM public_maps WHERE from_day < ? AND to_day > ?) ON CONFLICT DO NOTHING`),
		int(m.From), int(m.To), instant(m.At), string(body), int(m.To), int(m.From))
	return translate(err)
}

// FindMap implements atlas.Shelf.
func (s *Store) FindMap(ctx context.Context, from atlas.Day) (atlas.Map, error) {
	var row publicMapRow
	var m atlas.Map
	if err := s.fresh.WithContext(ctx).Take(&row, "from_day = ?", int(from)).Error; err != nil {
		return m, translate(err)
	}
	if err := json.Unmarshal([]byte(row.Body), &m); err != nil {
		return m, fmt.Errorf("public map of day %d: %w", from, err)
	}
	return m, nil
}

// FirstAppeal implements atlas.Source.
func (s *Store) FirstAppeal(ctx context.Context) (time.Time, error) {
	var at instant
	err := s.readDB.QueryRowContext(ctx, "SELECT min(submitted_at) FROM appeals").Scan(&at)
	return at.time(), translate(err)
}

// mapped are the appeals that were taken to be worked on: what is published
// counts no others.
const mapped = "a.stage NOT IN ('draft', 'new', 'moderation', 'clarification', 'rejected', 'withdrawn')"

// EachMapFact implements atlas.Source. Applicants are opened to count how many there
// are: nothing of them is given on, or kept, but signs of this run alone.
func (s *Store) EachMapFact(ctx context.Context, from, to time.Time, fn func(int64, atlas.Fact) error) error {
	rows, err := s.readDB.QueryContext(ctx, s.dialect.bind(`SELECT a.id, a.territory_id, a.category, a.rubric, a.submitted_at, a.first_signed_at,
			a.outcome, a.refuted, a.lead_id, p.sealed
		FROM appeals a JOIN applicants p ON p.appeal_id = a.id WHERE a.submitted_at >= ? AND a.submitted_at < ? AND `+mapped), instant(from), instant(to))
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	seed := maphash.MakeSeed()
	var sealed sql.RawBytes
	for rows.Next() {
		var id, territory, lead int64
		var f atlas.Fact
		var sent, signed instant
		var outcome string
		var refuted bool
		if err := rows.Scan(&id, &territory, &f.Category, &f.Topic, &sent, &signed, &outcome, &refuted, &lead, &sealed); err != nil {
			return translate(err)
		}
		var who workflow.Applicant
		if err := s.sealer.open(applicantName(id), sealed, &who); err != nil {
			return err
		}
		f.Signs = signsOf(seed, who)
		f.Joined = lead != 0
		if f.Answered = !signed.time().IsZero(); f.Answered {
			f.Solved = outcome == string(workflow.Solved) && !refuted
			f.Days = int(math.Ceil(signed.time().Sub(sent.time()).Hours() / 24))
		}
		if err := fn(territory, f); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}

// signsOf are of the last ten digits of the phone, however it is written, of the
// e-mail and of the name.
func signsOf(seed maphash.Seed, who workflow.Applicant) (out [3]atlas.Sign) {
	phone := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, who.Phone)
	if len(phone) > 10 {
		phone = phone[len(phone)-10:]
	}
	name := strings.ReplaceAll(strings.ToLower(strings.Join(strings.Fields(who.Name), " ")), "ё", "е")
	for i, text := range []string{phone, strings.ToLower(strings.TrimSpace(who.Email)), name} {
		if text != "" {
			out[i] = atlas.Sign(maphash.String(seed, text) | 1)
		}
	}
	return out
}
