package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/otklik/otklik/app/participation"
)

// PostgreSQL keeps with each row the transaction that wrote it, and puts rows one
// after the other: voters in that order are the entries of the log in theirs.
// Written anew by one transaction, in the order of their keys, they tell nothing.
const (
	unmixedPostgres = `SELECT c.id FROM campaigns c WHERE c.state = ANY($1) AND $2::bigint IN (0, c.id) AND (SELECT count(*) FROM (
			SELECT DISTINCT v.xmin::text FROM voters v WHERE v.campaign_id = c.id) AS writers) > 1`
	mixPostgres = `WITH former AS (DELETE FROM voters WHERE campaign_id = $1 RETURNING campaign_id, person, territory_id, paper)
		INSERT INTO voters (campaign_id, person, territory_id, paper) SELECT campaign_id, person, territory_id, paper FROM former ORDER BY person`
)

// MixVoters implements participation.Box. SQLite keeps the rows by their key alone.
func (s *Store) MixVoters(ctx context.Context, campaign int64) error {
	if s.pool == nil {
		return nil
	}
	rows, err := s.pool.Query(ctx, unmixedPostgres, []string{string(participation.Open), string(participation.Closed)}, campaign)
	if err != nil {
		return translate(err)
	}
	campaigns, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return translate(err)
	}
	for _, id := range campaigns {
		if _, err := s.pool.Exec(ctx, mixPostgres, id); err != nil {
			return translate(err)
		}
	}
	if len(campaigns) > 0 {
		_, err = s.pool.Exec(ctx, "VACUUM voters") // the former rows can still be read before
	}
	return translate(err)
}
