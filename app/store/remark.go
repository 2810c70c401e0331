package store

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
)

type remarkRow struct {
	ID         int64 `gorm:"primaryKey"`
	CampaignID int64
	Version    int
	Paragraph  string
	ReplyTo    int64
	LeadID     int64
	Person     []byte
	Once       string
	Source     string
	EnteredBy  int64
	Name       string
	Body       string
	At         instant
	State      string
	HideReason string
	HideWords  string
	Supports   int
	Verdict    string
	Because    string
	AnsweredBy int64
	ToldAt     instant
}

func (remarkRow) TableName() string { return "remarks" }

type remarkSupportRow struct {
	RemarkID   int64  `gorm:"primaryKey;autoIncrement:false"`
	Person     []byte `gorm:"primaryKey"`
	CampaignID int64
}

func (remarkSupportRow) TableName() string { return "remark_supports" }

var _ discussion.Store = (*Store)(nil)

func newRemarkRow(r *discussion.Remark) *remarkRow {
	row := &remarkRow{
		ID: r.ID, CampaignID: r.Campaign, Version: r.Version, Paragraph: r.Paragraph, ReplyTo: r.ReplyTo, LeadID: r.Lead, Once: r.Once,
		Source: string(r.Source), EnteredBy: r.EnteredBy, Name: r.Name, Body: r.Text, At: instant(r.At), State: string(r.State),
		HideReason: string(r.Reason), HideWords: r.Words, Supports: r.Supports, Verdict: string(r.Verdict), Because: r.Because, AnsweredBy: r.AnswerBy,
	}
	if r.Person != nil {
		row.Person = r.Person[:]
	}
	return row
}

func (r *remarkRow) remark() discussion.Remark {
	out := discussion.Remark{
		ID: r.ID, Campaign: r.CampaignID, Version: r.Version, Paragraph: r.Paragraph, ReplyTo: r.ReplyTo, Lead: r.LeadID, Once: r.Once,
		Source: discussion.Source(r.Source), EnteredBy: r.EnteredBy, Name: r.Name, Text: r.Body, At: r.At.time(), State: discussion.State(r.State),
		Reason: discussion.Reason(r.HideReason), Words: r.HideWords, Supports: r.Supports, Verdict: discussion.Verdict(r.Verdict), Because: r.Because,
		AnswerBy: r.AnsweredBy,
	}
	if r.Person != nil {
		out.Person = new(discussion.Person)
		copy(out.Person[:], r.Person)
	}
	return out
}

func findRemarks(db *gorm.DB) ([]discussion.Remark, error) {
	var rows []remarkRow
	if err := db.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]discussion.Remark, len(rows))
	for i := range rows {
		out[i] = rows[i].remark()
	}
	return out, nil
}

// FindRemark implements discussion.Store.
func (s *Store) FindRemark(ctx context.Context, campaign, id int64) (*discussion.Remark, error) {
	var row remarkRow
	if err := s.fresh.WithContext(ctx).Take(&row, "id = ? AND campaign_id = ?", id, campaign).Error; err != nil {
		return nil, translate(err)
	}
	r := row.remark()
	return &r, nil
}

// ListRemarks implements discussion.Store.
func (s *Store) ListRemarks(ctx context.Context, q discussion.Query) ([]discussion.Remark, int, error) {
	where := func(db *gorm.DB) *gorm.DB {
		db = db.Where("campaign_id = ?", q.Campaign)
		if !q.Flat || q.Unanswered {
			db = db.Where("reply_to = 0 AND lead_id = 0")
		}
		if q.Paragraph != nil {
			db = db.Where("paragraph = ?", *q.Paragraph)
		}
		if q.States != nil {
			db = db.Where("state IN ?", q.States)
		}
		if q.Unanswered {
			db = db.Where("verdict = '' AND state = 'shown'")
		}
		return db
	}
	var all int64
	if err := where(s.fresh.WithContext(ctx).Model(&remarkRow{})).Count(&all).Error; err != nil {
		return nil, 0, translate(err)
	}
	order := map[discussion.Order]string{
		discussion.Newest: "id DESC", discussion.Oldest: "id", discussion.Supported: "supports DESC, id",
	}[q.Order]
	db := where(s.fresh.WithContext(ctx)).Order(order)
	if q.Limit > 0 {
		db = db.Limit(q.Limit).Offset(q.Offset)
	}
	list, err := findRemarks(db)
	return list, int(all), err
}

// ListUnder implements discussion.Store.
func (s *Store) ListUnder(ctx context.Context, campaign int64, ids []int64) ([]discussion.Remark, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return findRemarks(s.fresh.WithContext(ctx).Where("campaign_id = ? AND (reply_to IN ? OR lead_id IN ?)", campaign, ids, ids).Order("id"))
}

// CountRemarks implements discussion.Store.
func (s *Store) CountRemarks(ctx context.Context, campaign int64) (*discussion.Counts, error) {
	var rows []struct {
		State     string
		Paragraph string
		Root      bool
		Lead      bool
		Answered  bool
		N         int
	}
	err := s.fresh.WithContext(ctx).Raw(`SELECT state, paragraph, reply_to = 0 AS root, reply_to = 0 AND lead_id = 0 AS lead, verdict <> '' AS answered,
		count(*) AS n FROM remarks WHERE campaign_id = ? GROUP BY 1, 2, 3, 4, 5`, campaign).Scan(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	out := &discussion.Counts{State: map[discussion.State]int{}, Paragraph: map[string]int{}}
	for _, r := range rows {
		state := discussion.State(r.State)
		out.State[state] += r.N
		if state != discussion.Shown {
			continue
		}
		if r.Root {
			out.Paragraph[r.Paragraph] += r.N
		}
		if r.Lead && r.Answered {
			out.Answered += r.N
		} else if r.Lead {
			out.Unanswered += r.N
		}
	}
	err = s.fresh.WithContext(ctx).Raw(`SELECT count(*) FROM (SELECT person FROM remarks WHERE campaign_id = ? AND person IS NOT NULL
		UNION SELECT person FROM remark_supports WHERE campaign_id = ?) people`, campaign, campaign).Scan(&out.People).Error
	return out, translate(err)
}

// ListSupported implements discussion.Store.
func (s *Store) ListSupported(ctx context.Context, campaign int64, person discussion.Person) ([]int64, error) {
	var ids []int64
	err := s.fresh.WithContext(ctx).Model(&remarkSupportRow{}).Where("campaign_id = ? AND person = ?", campaign, person[:]).
		Order("remark_id").Pluck("remark_id", &ids).Error
	return ids, translate(err)
}

// TellAnswers implements discussion.Store.
func (s *Store) TellAnswers(ctx context.Context, campaign int64, now time.Time) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		var rows []struct {
			ID      int64
			LeadID  int64
			Verdict string
		}
		query := `SELECT r.id, r.lead_id, coalesce(l.verdict, r.verdict) AS verdict FROM remarks r LEFT JOIN remarks l ON l.id = r.lead_id
			WHERE r.campaign_id = ? AND r.person IS NOT NULL AND r.reply_to = 0 AND r.state = 'shown' AND r.told_at IS NULL ORDER BY r.id`
		if s.dialect.lock != "" {
			query += " FOR UPDATE OF r"
		}
		if err := db.Raw(query, campaign).Scan(&rows).Error; err != nil {
			return err
		}
		t := talkTx{s: s, db: db, campaign: campaign}
		for _, r := range rows {
			letter := discussion.Letter{Campaign: campaign, Remark: r.ID, About: discussion.Answer, Other: r.LeadID, Reason: r.Verdict}
			if err := t.Tell(letter, now); err != nil {
				return err
			}
			if err := db.Model(&remarkRow{}).Where("id = ?", r.ID).Update("told_at", instant(now)).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// talkTx is one unit of work on a discussion.
type talkTx struct {
	s        *Store
	db       *gorm.DB
	campaign int64
}

var _ discussion.Tx = (*talkTx)(nil)

// FindRemark implements discussion.Tx.
func (t *talkTx) FindRemark(id int64) (*discussion.Remark, error) {
	db := t.db
	if t.s.dialect.lock != "" {
		db = db.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	var row remarkRow
	if err := db.Take(&row, "id = ? AND campaign_id = ?", id, t.campaign).Error; err != nil {
		return nil, translate(err)
	}
	r := row.remark()
	return &r, nil
}

// FindSent implements discussion.Tx.
func (t *talkTx) FindSent(once string) (*discussion.Remark, error) {
	found, err := findRemarks(t.db.Where("campaign_id = ? AND once = ?", t.campaign, once))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// ListMerged implements discussion.Tx.
func (t *talkTx) ListMerged(lead int64) ([]discussion.Remark, error) {
	return findRemarks(t.db.Where("campaign_id = ? AND lead_id = ?", t.campaign, lead).Order("id"))
}

// SaveRemark implements discussion.Tx. Supports are counted and the letter is
// noted by others.
func (t *talkTx) SaveRemark(r *discussion.Remark) error {
	row := newRemarkRow(r)
	if r.ID == 0 {
		if err := t.db.Create(row).Error; err != nil {
			return translate(err)
		}
		r.ID = row.ID
		return nil
	}
	return translate(t.db.Model(row).Select("lead_id", "state", "hide_reason", "hide_words", "verdict", "because", "answered_by").Updates(row).Error)
}

// CountSince implements discussion.Tx.
func (t *talkTx) CountSince(person discussion.Person, since time.Time) (int, error) {
	var n int64
	err := t.db.Model(&remarkRow{}).Where("campaign_id = ? AND person = ? AND at > ?", t.campaign, person[:], instant(since)).Count(&n).Error
	return int(n), translate(err)
}

// Support implements discussion.Tx.
func (t *talkTx) Support(remark int64, person discussion.Person, on bool) error {
	row := remarkSupportRow{RemarkID: remark, Person: person[:], CampaignID: t.campaign}
	if on {
		return translate(t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error)
	}
	return translate(t.db.Where("remark_id = ? AND person = ?", remark, person[:]).Delete(&remarkSupportRow{}).Error)
}

// CountSupports implements discussion.Tx. The statement begins when the remark is
// held, so it sees what was committed before.
func (t *talkTx) CountSupports(lead int64) error {
	return translate(t.db.Exec(`UPDATE remarks SET supports = (SELECT count(*) FROM (
			SELECT s.person FROM remark_supports s JOIN remarks r ON r.id = s.remark_id WHERE r.id = ? OR r.lead_id = ?
			UNION SELECT r.person FROM remarks r WHERE r.lead_id = ? AND r.person IS NOT NULL
		) people WHERE remarks.person IS NULL OR people.person <> remarks.person) WHERE id = ? AND campaign_id = ?`,
		lead, lead, lead, lead, t.campaign).Error)
}

// Tell implements discussion.Tx.
func (t *talkTx) Tell(l discussion.Letter, at time.Time) error {
	payload, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return translate(t.db.Create(&outboxRow{Topic: discussion.TopicLetter, Payload: string(payload), ReadyAt: instant(at)}).Error)
}

// Hold implements discussion.Store.
func (s *Store) Hold(ctx context.Context, campaign int64, fn func(*participation.Campaign, discussion.Tx) error) error {
	return s.talk(ctx, campaign, "UPDATE", fn)
}

// Join implements discussion.Store.
func (s *Store) Join(ctx context.Context, campaign int64, fn func(*participation.Campaign, discussion.Tx) error) error {
	return s.talk(ctx, campaign, "SHARE", fn)
}

func (s *Store) talk(ctx context.Context, campaign int64, lock string, fn func(*participation.Campaign, discussion.Tx) error) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		query := db
		if s.dialect.lock != "" {
			query = db.Clauses(clause.Locking{Strength: lock})
		}
		var row campaignRow
		if err := query.Take(&row, "id = ?", campaign).Error; err != nil {
			return err
		}
		c, err := s.campaign(&row)
		if err != nil {
			return err
		}
		if err := fn(c, &talkTx{s: s, db: db, campaign: campaign}); err != nil || lock != "UPDATE" {
			return err
		}
		return db.Model(&campaignRow{}).Where("id = ?", campaign).Update("version", gorm.Expr("version + 1")).Error
	})
}
