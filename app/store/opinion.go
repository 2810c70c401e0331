package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/otklik/otklik/workflow"
)

type opinionRow struct {
	AppealID int64 `gorm:"primaryKey;autoIncrement:false"`
	N        int   `gorm:"primaryKey;autoIncrement:false"`
	UserID   int64
	AgencyID int64
	State    string
	DueAt    instant
	Body     string
}

func (opinionRow) TableName() string { return "opinions" }

var opinionTable = newTable[opinionRow]()

func newOpinionRow(a *workflow.Appeal, o *workflow.Opinion) (*opinionRow, error) {
	body, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("opinion %d of appeal %d: %w", o.N, a.ID, err)
	}
	return &opinionRow{
		AppealID: a.ID, N: o.N, UserID: o.User, AgencyID: o.Agency, State: string(o.State),
		DueAt: instant(a.OpinionDue(o)), Body: string(body),
	}, nil
}

func (r *opinionRow) opinion() (workflow.Opinion, error) {
	var o workflow.Opinion
	if err := json.Unmarshal([]byte(r.Body), &o); err != nil {
		return o, fmt.Errorf("opinion %d of appeal %d: %w", r.N, r.AppealID, err)
	}
	return o, nil
}

// findOpinions loads what co-executors were asked about the appeals, which are
// few of all.
func (t *tx) findOpinions(ctx context.Context, appeals map[int64]*workflow.Appeal) error {
	d := t.s.dialect
	rows, err := list(ctx, d, raw(t.db), opinionTable, "SELECT "+opinionTable.list("")+" FROM opinions WHERE "+
		d.in("appeal_id")+" ORDER BY appeal_id, n", d.ids(slices.Sorted(maps.Keys(appeals))))
	if err != nil {
		return translate(err)
	}
	for i := range rows {
		o, err := rows[i].opinion()
		if err != nil {
			return err
		}
		a := appeals[rows[i].AppealID]
		a.Opinions = append(a.Opinions, o)
	}
	return nil
}

// opinionUpsert writes what has changed. An opinion belongs to one person for
// good.
const opinionUpsert = ` ON CONFLICT (appeal_id, n) DO UPDATE SET state = excluded.state, due_at = excluded.due_at,
	body = excluded.body WHERE opinions.body <> excluded.body OR opinions.due_at <> excluded.due_at`

func (t *tx) saveOpinions(ctx context.Context, appeals ...*workflow.Appeal) error {
	var rows []*opinionRow
	for _, a := range appeals {
		for i := range a.Opinions {
			row, err := newOpinionRow(a, &a.Opinions[i])
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
	}
	return translate(insertMany(ctx, t.s.dialect, t.db, opinionTable, 0, rows, opinionUpsert))
}
