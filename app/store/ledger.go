package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/ledger"
)

type campaignLogRow struct {
	CampaignID int64 `gorm:"primaryKey;autoIncrement:false"`
	Size       int64
	Root       []byte
	Checkpoint string
	SignedAt   instant
	KeptAt     instant
	MailedAt   instant
}

func (campaignLogRow) TableName() string { return "campaign_logs" }

var campaignLogTable = newTable[campaignLogRow]()

type logTileRow struct {
	CampaignID int64 `gorm:"primaryKey;autoIncrement:false"`
	Level      int   `gorm:"primaryKey;autoIncrement:false"`
	N          int64 `gorm:"primaryKey;autoIncrement:false"`
	Body       []byte
}

func (logTileRow) TableName() string { return "log_tiles" }

type logCheckpointRow struct {
	CampaignID int64 `gorm:"primaryKey;autoIncrement:false"`
	Size       int64 `gorm:"primaryKey;autoIncrement:false"`
	At         instant
	Note       string
}

func (logCheckpointRow) TableName() string { return "log_checkpoints" }

type campaignDayRow struct {
	CampaignID int64  `gorm:"primaryKey;autoIncrement:false"`
	Day        string `gorm:"primaryKey"`
	N          int
}

func (campaignDayRow) TableName() string { return "campaign_days" }

func (r *campaignLogRow) state() participation.LogState {
	l := participation.LogState{
		Checkpoint: r.Checkpoint, SignedAt: r.SignedAt.time(), KeptAt: r.KeptAt.time(), MailedAt: r.MailedAt.time(),
	}
	l.Tree.N = r.Size
	copy(l.Tree.Hash[:], r.Root)
	return l
}

// waitingBallots are those without a place in the log. One that replaces another
// waits until that has a place.
const waitingBallots = `SELECT commitment, replaces FROM ballots b WHERE campaign_id = ? AND entry IS NULL
	AND NOT EXISTS (SELECT 1 FROM ballots f WHERE f.campaign_id = b.campaign_id AND f.commitment = b.replaces AND f.entry IS NULL) LIMIT ?`

// Sequence implements participation.Log.
func (s *Store) Sequence(
	ctx context.Context, campaign int64, limit int, fn func(participation.Batch) (participation.Appended, error),
) (taken int, err error) {
	// A look that costs the writer nothing.
	var some bool
	look := "SELECT EXISTS (SELECT 1 FROM ballots WHERE campaign_id = ? AND entry IS NULL)"
	if err := s.freshDB.QueryRowContext(ctx, s.dialect.bind(look), campaign).Scan(&some); err != nil || !some {
		return 0, translate(err)
	}
	err = s.inTx(ctx, func(db *gorm.DB) error {
		q := raw(db)
		var row campaignLogRow
		query := "SELECT " + campaignLogTable.list("") + " FROM campaign_logs WHERE campaign_id = ?" + s.dialect.skipLocked
		err := q.QueryRowContext(ctx, s.dialect.bind(query), campaign).Scan(campaignLogTable.into(&row)...)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // another works on it
		}
		if err != nil {
			return err
		}
		b := participation.Batch{Log: row.state(), Tiles: tileReader{ctx, s.dialect, q, campaign}}
		if b.Waiting, err = s.waiting(ctx, q, campaign, limit); err != nil || len(b.Waiting) == 0 {
			return err
		}
		done, err := fn(b)
		if err != nil {
			return err
		}
		taken = len(done.Entries)
		return s.writeBatch(ctx, db, campaign, b.Log.Tree.N, done)
	})
	return taken, err
}

func (s *Store) waiting(ctx context.Context, q querier, campaign int64, limit int) ([]ledger.Entry, error) {
	rows, err := q.QueryContext(ctx, s.dialect.bind(waitingBallots), campaign, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Entry
	for rows.Next() {
		var commitment, replaces []byte
		if err := rows.Scan(&commitment, &replaces); err != nil {
			return nil, err
		}
		var e ledger.Entry
		copy(e.Commitment[:], commitment)
		copy(e.Replaces[:], replaces)
		out = append(out, e)
	}
	return out, rows.Err()
}

func (s *Store) writeBatch(ctx context.Context, db *gorm.DB, campaign, from int64, a participation.Appended) error {
	if err := s.number(ctx, raw(db), campaign, from, a.Entries); err != nil {
		return err
	}
	for _, t := range a.Tiles {
		row := logTileRow{CampaignID: campaign, Level: t.Level, N: t.N, Body: t.Body}
		if err := db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
	}
	first := 0
	for _, e := range a.Entries {
		if !e.Replacing() {
			first++
		}
	}
	day := campaignDayRow{CampaignID: campaign, Day: a.Day, N: first}
	err := db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "campaign_id"}, {Name: "day"}},
		DoUpdates: clause.Assignments(map[string]any{"n": gorm.Expr("campaign_days.n + ?", first)}),
	}).Create(&day).Error
	if err != nil {
		return err
	}
	set := map[string]any{
		"size": a.Log.Tree.N, "root": a.Log.Tree.Hash[:], "checkpoint": a.Log.Checkpoint, "signed_at": instant(a.Log.SignedAt),
	}
	if a.Keep {
		set["kept_at"] = instant(a.Log.SignedAt)
		kept := logCheckpointRow{CampaignID: campaign, Size: a.Log.Tree.N, At: instant(a.Log.SignedAt), Note: a.Log.Checkpoint}
		if err := db.Create(&kept).Error; err != nil {
			return err
		}
	}
	return db.Model(&campaignLogRow{}).Where("campaign_id = ?", campaign).Updates(set).Error
}

// number gives ballots their places. On PostgreSQL the rows are written anew by
// this transaction, so that what the database keeps of who wrote them no longer
// leads to the row of a voter.
func (s *Store) number(ctx context.Context, q querier, campaign, from int64, entries []ledger.Entry) error {
	if s.dialect.arrays {
		commitments, places := make([][]byte, len(entries)), make([]int64, len(entries))
		for i := range entries {
			commitments[i], places[i] = entries[i].Commitment[:], from+int64(i)
		}
		_, err := q.ExecContext(ctx, `UPDATE ballots b SET entry = n.place FROM unnest($2::bytea[], $3::bigint[]) AS n (commitment, place)
			WHERE b.campaign_id = $1 AND b.commitment = n.commitment`, campaign, commitments, places)
		return err
	}
	for i := range entries {
		_, err := q.ExecContext(ctx, "UPDATE ballots SET entry = ? WHERE campaign_id = ? AND commitment = ?", from+int64(i), campaign, entries[i].Commitment[:])
		if err != nil {
			return err
		}
	}
	return nil
}

// FindLog implements participation.Log.
func (s *Store) FindLog(ctx context.Context, campaign int64) (*participation.LogState, error) {
	var row campaignLogRow
	if err := s.fresh.WithContext(ctx).Take(&row, "campaign_id = ?", campaign).Error; err != nil {
		return nil, translate(err)
	}
	l := row.state()
	return &l, nil
}

// ListEntries implements participation.Log.
func (s *Store) ListEntries(ctx context.Context, campaign, from int64, limit int) ([]ledger.Entry, error) {
	rows, err := list(ctx, s.dialect, s.freshDB, ballotTable, "SELECT "+ballotTable.list("")+` FROM ballots
		WHERE campaign_id = ? AND entry >= ? ORDER BY entry LIMIT ?`, campaign, from, limit)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]ledger.Entry, len(rows))
	for i := range rows {
		b := rows[i].ballot()
		out[i] = ledger.Entry{Commitment: b.Commitment, Replaces: b.Replaces}
	}
	return out, nil
}

// ListCheckpoints implements participation.Log: those kept, and the last.
func (s *Store) ListCheckpoints(ctx context.Context, campaign int64) ([]string, error) {
	var out []string
	err := s.fresh.WithContext(ctx).Model(&logCheckpointRow{}).Where("campaign_id = ?", campaign).Order("size").Pluck("note", &out).Error
	if err != nil {
		return nil, translate(err)
	}
	last, err := s.FindLog(ctx, campaign)
	if err != nil {
		return nil, err
	}
	if last.Checkpoint != "" && !slices.Contains(out, last.Checkpoint) {
		out = append(out, last.Checkpoint)
	}
	return out, nil
}

// Tiles implements participation.Log.
func (s *Store) Tiles(ctx context.Context, campaign int64) ledger.Tiles {
	return tileReader{ctx, s.dialect, s.freshDB, campaign}
}

// tileReader reads tiles for package tlog, whose interface knows no context.
type tileReader struct {
	ctx      context.Context //nolint:containedctx // see above
	dialect  dialect
	q        querier
	campaign int64
}

// Height implements tlog.TileReader.
func (tileReader) Height() int { return ledger.TileHeight }

// ReadTiles implements tlog.TileReader.
func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	query := r.dialect.bind("SELECT body FROM log_tiles WHERE campaign_id = ? AND level = ? AND n = ?")
	for i, t := range tiles {
		if err := r.q.QueryRowContext(r.ctx, query, r.campaign, t.L, t.N).Scan(&out[i]); err != nil {
			return nil, err
		}
		width := t.W * tlog.HashSize
		if len(out[i]) < width {
			return nil, fmt.Errorf("tile %s is shorter than the log", t.Path())
		}
		out[i] = out[i][:width]
	}
	return out, nil
}

// SaveTiles implements tlog.TileReader: they come from here.
func (tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

// MailCheckpoint implements participation.Log.
func (s *Store) MailCheckpoint(ctx context.Context, campaign int64, since, now time.Time) error {
	payload, err := json.Marshal(participation.Message{Campaign: campaign})
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(db *gorm.DB) error {
		done := db.Model(&campaignLogRow{}).Where("campaign_id = ? AND size > 0 AND (mailed_at IS NULL OR mailed_at < ?)", campaign, instant(since)).
			Update("mailed_at", instant(now))
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		row := outboxRow{Topic: participation.TopicCheckpoint, Payload: string(payload), ReadyAt: instant(now)}
		return db.Create(&row).Error
	})
}
