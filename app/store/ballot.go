package store

import (
	"context"
	"database/sql"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/ledger"
)

type voterRow struct {
	CampaignID  int64  `gorm:"primaryKey;autoIncrement:false"`
	Person      []byte `gorm:"primaryKey"`
	TerritoryID int64
	Paper       bool
}

func (voterRow) TableName() string { return "voters" }

type ballotRow struct {
	CampaignID int64  `gorm:"primaryKey;autoIncrement:false"`
	Commitment []byte `gorm:"primaryKey"`
	Replaces   []byte
	Choice     []byte
	Nonce      []byte
	Entry      *int64
	Replaced   bool
}

func (ballotRow) TableName() string { return "ballots" }

var ballotTable = newTable[ballotRow]()

func (r *ballotRow) ballot() participation.Ballot {
	b := participation.Ballot{Campaign: r.CampaignID, Choice: r.Choice, Entry: -1, Replaced: r.Replaced}
	copy(b.Commitment[:], r.Commitment)
	copy(b.Replaces[:], r.Replaces)
	copy(b.Nonce[:], r.Nonce)
	if r.Entry != nil {
		b.Entry = *r.Entry
	}
	return b
}

// nullable is a hash as a column has it: NULL where it is zero.
func nullable(h ledger.Hash) []byte {
	if h == (ledger.Hash{}) {
		return nil
	}
	return h[:]
}

// taking is the condition under which a campaign takes a ballot that arrived at
// the instant of the last two parameters.
const taking = "id = ? AND sealed_at IS NULL AND state IN ('published', 'open', 'closed') AND opens_at <= ? AND closes_at > ?"

// Cast implements participation.Box. A first ballot is two rows, of one statement
// on PostgreSQL; SQLite shares a commit among those that come at once.
func (s *Store) Cast(ctx context.Context, c participation.Casting) (participation.Cast, error) {
	var done participation.Cast
	var err error
	switch {
	case s.ballots != nil:
		done, err = s.ballots.add(ctx, c)
	case len(c.Seats) > 0 && c.Replaces == (ledger.Hash{}):
		done, err = s.castSeated(ctx, &c)
	default:
		done, err = s.castPostgres(ctx, &c)
	}
	if err != nil || done != participation.Voted {
		return done, translate(err)
	}
	// The person was here. A ballot that is sent again is told from a second one by
	// its commitment.
	var same bool
	query := "SELECT EXISTS (SELECT 1 FROM ballots WHERE campaign_id = ? AND commitment = ?)"
	if err := s.freshDB.QueryRowContext(ctx, s.dialect.bind(query), c.Campaign, c.Commitment[:]).Scan(&same); err != nil {
		return "", translate(err)
	}
	if same {
		return participation.Again, nil
	}
	return done, nil
}

// The first statement holds the campaign so that it can't be sealed before the
// ballot is written, and lets all other ballots pass. Who votes twice at once
// waits for the first to be written, by the key of voters.
const (
	firstPostgres = `WITH campaign AS (SELECT id FROM campaigns WHERE id = $1 AND sealed_at IS NULL
			AND state IN ('published', 'open', 'closed') AND opens_at <= $7 AND closes_at > $7 FOR KEY SHARE),
		voter AS (INSERT INTO voters (campaign_id, person, territory_id) SELECT id, $2, $3 FROM campaign ON CONFLICT DO NOTHING RETURNING campaign_id),
		ballot AS (INSERT INTO ballots (campaign_id, commitment, choice, nonce, replaced) SELECT campaign_id, $4, $5, $6, false FROM voter RETURNING 1)
		SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM ballot)`
	otherPostgres = `WITH campaign AS (SELECT id FROM campaigns WHERE id = $1 AND sealed_at IS NULL
			AND state IN ('published', 'open', 'closed') AND opens_at <= $7 AND closes_at > $7 FOR KEY SHARE),
		voter AS (SELECT v.campaign_id FROM voters v JOIN campaign c ON c.id = v.campaign_id WHERE v.person = $2),
		former AS (UPDATE ballots b SET replaced = true FROM voter v WHERE b.campaign_id = v.campaign_id AND b.commitment = $3 AND NOT b.replaced
			RETURNING b.campaign_id),
		ballot AS (INSERT INTO ballots (campaign_id, commitment, replaces, choice, nonce, replaced) SELECT campaign_id, $4, $3, $5, $6, false FROM former RETURNING 1)
		SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM ballot)`
)

func (s *Store) castPostgres(ctx context.Context, c *participation.Casting) (participation.Cast, error) {
	var open, added int
	query, third, refused := firstPostgres, any(c.Territory), participation.Voted
	if c.Replaces != (ledger.Hash{}) {
		query, third, refused = otherPostgres, c.Replaces[:], participation.Unknown
	}
	err := s.pool.QueryRow(ctx, query, c.Campaign, c.Person[:], third, c.Commitment[:], c.Choice, c.Nonce[:], c.Arrived).Scan(&open, &added)
	switch {
	case err != nil:
		return "", err
	case open == 0:
		return participation.Late, nil
	case added == 0 && refused == participation.Unknown:
		return s.sameBallot(ctx, c)
	case added == 0:
		return refused, nil
	default:
		return participation.Taken, nil
	}
}

// sameBallot tells a replacement that is sent again from one of nothing.
func (s *Store) sameBallot(ctx context.Context, c *participation.Casting) (participation.Cast, error) {
	var same bool
	query := "SELECT EXISTS (SELECT 1 FROM ballots WHERE campaign_id = ? AND commitment = ? AND replaces = ?)"
	err := s.freshDB.QueryRowContext(ctx, s.dialect.bind(query), c.Campaign, c.Commitment[:], c.Replaces[:]).Scan(&same)
	if err != nil || !same {
		return participation.Unknown, err
	}
	return participation.Again, nil
}

// newBallotBox shares commits among ballots that come at once. A ballot that
// isn't taken leaves nothing behind.
func newBallotBox(s *Store) *group[participation.Casting, participation.Cast] {
	return &group[participation.Casting, participation.Cast]{
		begin: func(ctx context.Context) (*sql.Tx, error) { return s.writeDB.BeginTx(ctx, nil) },
		write: castAll,
	}
}

func castAll(ctx context.Context, tx *sql.Tx, jobs []*job[participation.Casting, participation.Cast]) error {
	for _, job := range jobs {
		if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
			return err
		}
		job.out, job.err = castSQLite(ctx, tx, &job.in)
		end := "RELEASE one"
		if job.err != nil || job.out != participation.Taken {
			end = "ROLLBACK TO one; RELEASE one"
		}
		if _, err := tx.ExecContext(ctx, end); err != nil {
			return err
		}
	}
	return nil
}

func castSQLite(ctx context.Context, tx *sql.Tx, c *participation.Casting) (participation.Cast, error) {
	var open bool
	arrived := instant(c.Arrived)
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM campaigns WHERE "+taking+")", c.Campaign, arrived, arrived).Scan(&open)
	if err != nil || !open {
		return participation.Late, err
	}
	exec := func(query string, args ...any) (changed bool) {
		if err != nil {
			return false
		}
		var done sql.Result
		if done, err = tx.ExecContext(ctx, query, args...); err != nil {
			return false
		}
		var n int64
		n, err = done.RowsAffected()
		return n > 0
	}
	if c.Replaces == (ledger.Hash{}) {
		if !exec("INSERT INTO voters (campaign_id, person, territory_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", c.Campaign, c.Person[:], c.Territory) {
			return participation.Voted, err
		}
		for _, seat := range c.Seats {
			if !exec(takeSeat, c.Campaign, seat.Quota, seat.Most) {
				return participation.Filled, err
			}
		}
	} else {
		var known bool
		err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM voters WHERE campaign_id = ? AND person = ?)`, c.Campaign, c.Person[:]).Scan(&known)
		replaced := known && exec("UPDATE ballots SET replaced = true WHERE campaign_id = ? AND commitment = ? AND NOT replaced", c.Campaign, c.Replaces[:])
		if !replaced {
			var same bool
			if err == nil {
				err = tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM ballots WHERE campaign_id = ? AND commitment = ? AND replaces = ?)",
					c.Campaign, c.Commitment[:], c.Replaces[:]).Scan(&same)
			}
			if same {
				return participation.Again, err
			}
			return participation.Unknown, err
		}
	}
	exec("INSERT INTO ballots (campaign_id, commitment, replaces, choice, nonce, replaced) VALUES (?, ?, ?, ?, ?, false)",
		c.Campaign, c.Commitment[:], nullable(c.Replaces), c.Choice, c.Nonce[:])
	return participation.Taken, err
}

// FindBallots implements participation.Box.
func (s *Store) FindBallots(ctx context.Context, campaign int64, prefix []byte) ([]participation.Ballot, error) {
	var last ledger.Hash
	for i := copy(last[:], prefix); i < len(last); i++ {
		last[i] = 0xff
	}
	rows, err := list(ctx, s.dialect, s.freshDB, ballotTable, "SELECT "+ballotTable.list("")+` FROM ballots
		WHERE campaign_id = ? AND commitment >= ? AND commitment <= ? LIMIT 2`, campaign, prefix, last[:])
	if err != nil {
		return nil, translate(err)
	}
	out := make([]participation.Ballot, len(rows))
	for i := range rows {
		out[i] = rows[i].ballot()
	}
	return out, nil
}

// EachBallot implements participation.Box.
func (s *Store) EachBallot(ctx context.Context, campaign int64, fn func(participation.Ballot) error) error {
	rows, err := s.freshDB.QueryContext(ctx, s.dialect.bind("SELECT "+ballotTable.list("")+` FROM ballots
		WHERE campaign_id = ? AND entry IS NOT NULL AND NOT replaced ORDER BY entry`), campaign)
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row ballotRow
		if err := rows.Scan(ballotTable.into(&row)...); err != nil {
			return translate(err)
		}
		if err := fn(row.ballot()); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}

// CountVoters implements participation.Box.
func (s *Store) CountVoters(ctx context.Context, campaign int64) ([]participation.PlaceCount, error) {
	var out []participation.PlaceCount
	err := s.fresh.WithContext(ctx).Model(&voterRow{}).Select("territory_id AS territory, count(*) AS n").
		Where("campaign_id = ? AND NOT paper", campaign).Group("territory_id").Order("territory_id").Scan(&out).Error
	return out, translate(err)
}

// CountDays implements participation.Box.
func (s *Store) CountDays(ctx context.Context, campaign int64) ([]participation.DayCount, error) {
	var out []participation.DayCount
	err := s.fresh.WithContext(ctx).Model(&campaignDayRow{}).Select("day, n").Where("campaign_id = ?", campaign).Order("day").Scan(&out).Error
	return out, translate(err)
}
