package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation/proposal"
)

// FindPhases implements proposal.Store.
func (s *Store) FindPhases(ctx context.Context, campaign int64) (*proposal.Phases, error) {
	var row phasesRow
	if err := s.fresh.WithContext(ctx).Take(&row, "campaign_id = ?", campaign).Error; err != nil {
		return nil, translate(err)
	}
	return row.phases()
}

// ListPhases implements proposal.Store.
func (s *Store) ListPhases(ctx context.Context) ([]proposal.Phases, error) {
	var rows []phasesRow
	if err := s.fresh.WithContext(ctx).Order("campaign_id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]proposal.Phases, len(rows))
	for i := range rows {
		p, err := rows[i].phases()
		if err != nil {
			return nil, err
		}
		out[i] = *p
	}
	return out, nil
}

// SavePhases implements proposal.Store.
func (s *Store) SavePhases(ctx context.Context, p *proposal.Phases) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("phases of campaign %d: %w", p.Campaign, err)
	}
	row := phasesRow{CampaignID: p.Campaign, Announced: p.Announced, Body: string(body), Version: p.Version + 1}
	db := s.write.WithContext(ctx)
	var done *gorm.DB
	if p.Version == 0 {
		done = db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	} else {
		done = db.Model(&phasesRow{}).Select("announced", "body", "version").Where("campaign_id = ? AND version = ?", p.Campaign, p.Version).Updates(row)
	}
	if done.Error != nil {
		return translate(done.Error)
	}
	if done.RowsAffected == 0 {
		return fault.New(fault.Conflict, "proposal.changed_meanwhile")
	}
	p.Version++
	return nil
}

// FindProposal implements proposal.Store.
func (s *Store) FindProposal(ctx context.Context, id int64) (*proposal.Proposal, error) {
	var row proposalRow
	if err := s.fresh.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return nil, translate(err)
	}
	return s.proposal(&row)
}

var proposalOrder = map[proposal.Sort]string{
	proposal.Newest: "id DESC", proposal.Popular: "interested DESC, id", proposal.ByName: "words, id", proposal.ByDue: "check_due_at, id",
}

// ListProposals implements proposal.Store.
func (s *Store) ListProposals(ctx context.Context, f proposal.Filter) ([]proposal.Proposal, error) {
	order, ok := proposalOrder[f.Sort]
	if !ok {
		order = proposalOrder[proposal.Newest]
	}
	db := s.fresh.WithContext(ctx).Order(order)
	if f.Campaign != 0 {
		db = db.Where("campaign_id = ?", f.Campaign)
	}
	if f.Agencies != nil {
		db = db.Where("agency_id IN ?", f.Agencies)
	}
	if f.States != nil {
		db = db.Where("state IN ?", f.States)
	}
	for _, word := range strings.Fields(strings.ToLower(f.Words)) {
		db = db.Where("words LIKE ? ESCAPE '!'", "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(word)+"%")
	}
	return s.proposals(db)
}

// ListLate implements proposal.Store.
func (s *Store) ListLate(ctx context.Context, now time.Time) ([]proposal.Proposal, error) {
	return s.proposals(s.fresh.WithContext(ctx).Order("id").Where("state = ? AND answer_by <= ?", proposal.Changes, instant(now)))
}

// ListProposalNotes implements proposal.Store.
func (s *Store) ListProposalNotes(ctx context.Context, id int64) ([]proposal.Note, error) {
	var rows []proposalNoteRow
	if err := s.fresh.WithContext(ctx).Order("n").Find(&rows, "proposal_id = ?", id).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]proposal.Note, len(rows))
	for i, r := range rows {
		out[i] = proposal.Note{
			Proposal: r.ProposalID, N: r.N, At: r.At.time(), By: r.UserID, Action: proposal.Action(r.Action), From: proposal.State(r.FromState),
			To: proposal.State(r.ToState), Reason: r.Reason,
		}
		if err := json.Unmarshal([]byte(r.Body), &out[i].More); err != nil {
			return nil, fmt.Errorf("note %d of proposal %d: %w", r.N, id, err)
		}
	}
	return out, nil
}

// Interest implements proposal.Store. The row and the count are one transaction:
// a person counts once however often they press.
func (s *Store) Interest(ctx context.Context, id int64, person [sha256.Size]byte, contact *proposal.Contact) (first bool, err error) {
	row := proposalPersonRow{ProposalID: id, Person: person[:]}
	if contact != nil {
		if row.Contact, err = s.sealer.seal(followerName(id, person[:]), contact); err != nil {
			return false, err
		}
	}
	err = s.inTx(ctx, func(db *gorm.DB) error {
		made := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		if made.Error != nil {
			return made.Error
		}
		if first = made.RowsAffected == 1; !first {
			return db.Model(&proposalPersonRow{}).Where("proposal_id = ? AND person = ?", id, person[:]).Update("contact", row.Contact).Error
		}
		return db.Model(&proposalRow{}).Where("id = ?", id).UpdateColumn("interested", gorm.Expr("interested + 1")).Error
	})
	return first, err
}

// Unfollow implements proposal.Store.
func (s *Store) Unfollow(ctx context.Context, id int64, person [sha256.Size]byte) error {
	return translate(s.write.WithContext(ctx).Model(&proposalPersonRow{}).Where("proposal_id = ? AND person = ?", id, person[:]).
		Update("contact", nil).Error)
}

// ListFollowers implements proposal.Store.
func (s *Store) ListFollowers(ctx context.Context, id int64) ([]proposal.Follower, error) {
	var rows []proposalPersonRow
	if err := s.fresh.WithContext(ctx).Order("person").Find(&rows, "proposal_id = ? AND contact IS NOT NULL", id).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]proposal.Follower, len(rows))
	for i, r := range rows {
		copy(out[i].Person[:], r.Person)
		if err := s.sealer.open(followerName(id, r.Person), r.Contact, &out[i].Contact); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// FindMerge implements proposal.Store.
func (s *Store) FindMerge(ctx context.Context, id int64) (*proposal.Merge, error) {
	var row mergeRow
	if err := s.fresh.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return nil, translate(err)
	}
	return row.merge()
}

// ListMerges implements proposal.Store.
func (s *Store) ListMerges(ctx context.Context, campaign int64) ([]proposal.Merge, error) {
	return merges(s.fresh.WithContext(ctx).Where("campaign_id = ?", campaign))
}

// ListLateMerges implements proposal.Store.
func (s *Store) ListLateMerges(ctx context.Context, now time.Time) ([]proposal.Merge, error) {
	return merges(s.fresh.WithContext(ctx).Where("state = ? AND until_at <= ?", proposal.Asked, instant(now)))
}

// ListProposalAppeals implements proposal.Store.
func (s *Store) ListProposalAppeals(ctx context.Context, id int64) ([]int64, error) {
	var out []int64
	err := s.fresh.WithContext(ctx).Model(&proposalAppealRow{}).Where("proposal_id = ?", id).Order("appeal_id").Pluck("appeal_id", &out).Error
	return out, translate(err)
}

// ListAppealProposals implements proposal.Store.
func (s *Store) ListAppealProposals(ctx context.Context, appeals []int64) ([]proposal.Link, error) {
	found, err := links(s.fresh.WithContext(ctx), appeals)
	return found, translate(err)
}

func links(db *gorm.DB, appeals []int64) ([]proposal.Link, error) {
	var out []proposal.Link
	err := db.Table("proposal_appeals").Select("appeal_id AS appeal, campaign_id AS campaign, proposal_id AS proposal").
		Joins("JOIN proposals ON proposals.id = proposal_appeals.proposal_id").
		Where("appeal_id IN ? AND state NOT IN ?", appeals, proposal.Ended).Order("appeal_id, proposal_id").Scan(&out).Error
	return out, err
}

// PurgeProposals implements proposal.Store. What was withdrawn before it was sent
// is a draft that nobody ever read, too.
func (s *Store) PurgeProposals(ctx context.Context, before time.Time, limit int) (photos []string, removed int, err error) {
	err = s.inTx(ctx, func(db *gorm.DB) error {
		var rows []proposalRow
		sent := db.Model(&proposalNoteRow{}).Select("proposal_id").Where("proposal_id = proposals.id AND action = ?", proposal.Submit)
		found := db.Where("changed_at < ? AND (state = ? OR state = ? AND authors IS NOT NULL AND NOT EXISTS (?))",
			instant(before), proposal.Draft, proposal.Withdrawn, sent).Order("changed_at").Limit(limit).Find(&rows)
		if found.Error != nil || len(rows) == 0 {
			return found.Error
		}
		ids := make([]int64, len(rows))
		for i := range rows {
			ids[i] = rows[i].ID
		}
		for _, part := range []any{&proposalNoteRow{}, &proposalAuthorRow{}, &proposalPersonRow{}} {
			if err := db.Delete(part, "proposal_id IN ?", ids).Error; err != nil {
				return err
			}
		}
		if err := db.Delete(&proposalRow{}, "id IN ?", ids).Error; err != nil {
			return err
		}
		removed = len(rows)
		for i := range rows {
			var body proposal.Body
			if err := json.Unmarshal([]byte(rows[i].Body), &body); err != nil {
				return fmt.Errorf("proposal %d: %w", rows[i].ID, err)
			}
			if body.Photo == "" || slices.Contains(photos, body.Photo) {
				continue
			}
			used, err := showsPhoto(db, rows[i].CampaignID, body.Photo)
			if err != nil {
				return err
			}
			if !used {
				photos = append(photos, body.Photo)
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return photos, removed, nil
}

// ShowsPhoto implements proposal.Store.
func (s *Store) ShowsPhoto(ctx context.Context, campaign int64, key string) (bool, error) {
	used, err := showsPhoto(s.fresh.WithContext(ctx), campaign, key)
	return used, translate(err)
}

// showsPhoto looks for the key in what proposals say: the same picture sent twice
// has one key, and a merged proposal shows that of a part. A key has no sign that
// LIKE reads, see photo.Bucket.
func showsPhoto(db *gorm.DB, campaign int64, key string) (bool, error) {
	var n int64
	err := db.Model(&proposalRow{}).Where("campaign_id = ? AND body LIKE ?", campaign, `%"photo":"`+key+`"%`).Count(&n).Error
	return n > 0, err
}

// ListReports implements proposal.Store.
func (s *Store) ListReports(ctx context.Context, campaign int64, project string) ([]proposal.Report, error) {
	return reports(s.fresh.WithContext(ctx), campaign, project)
}

func reports(db *gorm.DB, campaign int64, project string) ([]proposal.Report, error) {
	db = db.Where("campaign_id = ?", campaign)
	if project != "" {
		db = db.Where("project = ?", project)
	}
	var rows []projectReportRow
	if err := db.Order("id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]proposal.Report, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Body), &out[i]); err != nil {
			return nil, fmt.Errorf("report %d: %w", r.ID, err)
		}
		out[i].ID, out[i].Campaign, out[i].Project, out[i].At, out[i].By, out[i].Token = r.ID, r.CampaignID, r.Project, r.At.time(), r.UserID, r.Token
	}
	return out, nil
}
