package store

import (
	"context"
	"time"

	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// sentPage is how many appeals one reading brings.
const sentPage = 1000

// EachSent gives what decided where each appeal of a period went, the earliest
// first: submitted at from or later, before until. It keeps a page in memory.
func (s *Store) EachSent(ctx context.Context, from, until time.Time, fn func(rubricator.Sent) error) error {
	after, last := from, int64(0)
	for {
		var rows []struct {
			ID             int64
			SubmittedAt    instant
			Number, Rubric string
			TerritoryID    int64
			AgencyID       int64
			Replies        string
		}
		err := s.read.WithContext(ctx).Table("appeals").Select("id, submitted_at, number, rubric, territory_id, agency_id, replies").
			Where("submitted_at >= ? AND submitted_at < ? AND (submitted_at > ? OR id > ?)", instant(after), instant(until), instant(after), last).
			Order("submitted_at, id").Limit(sentPage).Find(&rows).Error
		if err != nil {
			return translate(err)
		}
		for _, r := range rows {
			var replies []workflow.Reply
			if err := unpackList(r.Replies, &replies); err != nil {
				return err
			}
			one := rubricator.Sent{
				ID: r.ID, Number: r.Number, Rubric: r.Rubric, Territory: r.TerritoryID, Answers: workflow.AnswersOf(replies), Agency: r.AgencyID,
			}
			if err := fn(one); err != nil {
				return err
			}
			after, last = r.SubmittedAt.time(), r.ID
		}
		if len(rows) < sentPage {
			return nil
		}
	}
}
