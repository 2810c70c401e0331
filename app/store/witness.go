package store

import (
	"context"
	"math/bits"
	"strings"

	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/conscience"
)

// markRow is one mark of a signed answer, for the agency that signed it.
type markRow struct {
	AgencyID int64 `gorm:"primaryKey;autoIncrement:false"`
	Mark     int64 `gorm:"primaryKey;autoIncrement:false"`
	AnswerID int64 `gorm:"primaryKey;autoIncrement:false"`
}

func (markRow) TableName() string { return "answer_marks" }

// mark makes a signed answer findable by those that will read like it.
func (t *tx) mark(ctx context.Context, a *workflow.Answer) error {
	marks := conscience.Marks(a.Text)
	if a.SharedFrom != 0 || len(marks) == 0 { // one answer to many is no repetition
		return nil
	}
	var agency int64
	q := raw(t.db)
	err := q.QueryRowContext(ctx, t.s.dialect.bind("SELECT agency_id FROM appeals WHERE id = ?"), a.Appeal).Scan(&agency)
	if err != nil {
		return translate(err)
	}
	rows := make([]markRow, len(marks))
	for i, m := range marks {
		rows[i] = markRow{agency, m, a.ID}
	}
	return translate(t.db.WithContext(ctx).Create(&rows).Error)
}

// Of each mark only the newest answers are looked at: a phrase that stands in
// every letter of a busy agency costs no more than a rare one.
const markDepth = 64

// ListNearAnswers implements workflow.Witness.
func (s *Store) ListNearAnswers(ctx context.Context, agency int64, marks []int64, limit int) ([]workflow.PastAnswer, error) {
	if len(marks) == 0 {
		return nil, nil
	}
	query, args := s.nearStatement(agency, marks, limit)
	rows, err := s.readDB.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []workflow.PastAnswer
	for rows.Next() {
		var a workflow.PastAnswer
		if err := rows.Scan(&a.ID, &a.Appeal, &a.Number, &a.Text); err != nil {
			return nil, translate(err)
		}
		out = append(out, a)
	}
	return out, translate(rows.Err())
}

func (s *Store) nearStatement(agency int64, marks []int64, limit int) (query string, args []any) {
	parts := make([]string, len(marks))
	for i, m := range marks {
		parts[i] = "SELECT answer_id FROM (SELECT answer_id FROM answer_marks WHERE agency_id = ? AND mark = ? ORDER BY answer_id DESC LIMIT ?) AS one"
		args = append(args, agency, m, markDepth)
	}
	query = `SELECT n.id, a.id, a.number, n.body FROM (SELECT answer_id, count(*) AS shared FROM (` + strings.Join(parts, " UNION ALL ") +
		`) AS hit GROUP BY answer_id) AS near
		JOIN answers n ON n.id = near.answer_id JOIN appeals a ON a.id = n.appeal_id
		WHERE a.agency_id = ? ORDER BY near.shared DESC, n.id DESC LIMIT ?`
	return s.dialect.bind(query), append(args, agency, limit)
}

// bands are the expressions of the indexes on the quarters of a look.
var bands = [4]string{"(look & 65535)", "((look >> 16) & 65535)", "((look >> 32) & 65535)", "((look >> 48) & 65535)"}

// quarters are, for a quarter of a look, the values that differ from it in at
// most one bit.
func quarters(look uint64, band int) []int64 {
	const width = 16
	value := int64(look >> (width * band) & (1<<width - 1))
	out := make([]int64, 1, width+1)
	out[0] = value
	for bit := range width {
		out = append(out, value^(1<<bit))
	}
	return out
}

// bandDepth bounds what a quarter that many looks share can cost.
const bandDepth = 5000

// ListTwins implements workflow.Witness.
func (s *Store) ListTwins(ctx context.Context, photos []workflow.Photo, most int) (map[int64][]workflow.PhotoTwin, error) {
	out := map[int64][]workflow.PhotoTwin{}
	for _, p := range photos {
		twins, err := s.twins(ctx, p, most)
		if err != nil {
			return nil, err
		}
		if len(twins) > 0 {
			out[p.ID] = twins
		}
	}
	return out, nil
}

func (s *Store) twins(ctx context.Context, p workflow.Photo, most int) ([]workflow.PhotoTwin, error) {
	query, args := s.twinStatement(p)
	rows, err := s.readDB.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []workflow.PhotoTwin
	for rows.Next() {
		var row photoRow
		var t workflow.PhotoTwin
		if err := rows.Scan(append(photoTable.into(&row), &t.Number, &t.Agency)...); err != nil {
			return nil, translate(err)
		}
		t.Photo, t.Appeal = row.photo(), row.AppealID
		same := t.SHA256 == p.SHA256 || p.Sent != "" && t.Sent == p.Sent
		alike := p.Look != 0 && t.Look != 0 && bits.OnesCount64(p.Look^t.Look) <= most
		if same || alike {
			out = append(out, t)
		}
	}
	return out, translate(rows.Err())
}

// twinStatement selects what may be like a picture: its equals, and every one
// that shares a quarter of its look, give or take a bit.
func (s *Store) twinStatement(p workflow.Photo) (query string, args []any) {
	parts := []string{"SELECT id FROM photos WHERE sha256 = ?"}
	args = []any{p.SHA256}
	if p.Sent != "" {
		parts = append(parts, "SELECT id FROM photos WHERE sent_sha256 <> '' AND sent_sha256 = ?")
		args = append(args, p.Sent)
	}
	if p.Look != 0 {
		for i, band := range bands {
			parts = append(parts, "SELECT id FROM (SELECT id FROM photos WHERE look <> 0 AND "+s.dialect.in(band)+" LIMIT ?) AS band"+string(rune('0'+i)))
			args = append(args, s.dialect.ids(quarters(p.Look, i)), bandDepth)
		}
	}
	query = "SELECT " + photoTable.list("p.") + ", a.number, a.agency_id FROM photos p JOIN appeals a ON a.id = p.appeal_id" +
		" WHERE p.id IN (" + strings.Join(parts, " UNION ") + ") AND p.id < ? AND (p.answer_id = 0 OR p.answer_id <> ?) ORDER BY p.id"
	return s.dialect.bind(query), append(args, p.ID, p.Answer)
}
