package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
)

// proposing is one unit of work on the proposals of a campaign.
type proposing struct {
	s        *Store
	db       *gorm.DB
	phases   *proposal.Phases
	campaign *participation.Campaign
}

// Propose implements proposal.Store. It holds the campaign: changes of its
// proposals come one after the other, so that limits and consent hold.
func (s *Store) Propose(ctx context.Context, campaign int64, fn func(proposal.Tx) error) error {
	return s.inTx(ctx, func(db *gorm.DB) error {
		c, err := s.lockCampaign(db, campaign)
		if err != nil {
			return err
		}
		t := &proposing{s: s, db: db, campaign: c, phases: &proposal.Phases{Campaign: campaign}}
		var row phasesRow
		err = db.Take(&row, "campaign_id = ?", campaign).Error
		switch {
		case errors.Is(err, gorm.ErrRecordNotFound): // a vote without a phase of proposals has reports too
		case err != nil:
			return err
		default:
			if t.phases, err = row.phases(); err != nil {
				return err
			}
		}
		return fn(t)
	})
}

func (t *proposing) Phases() *proposal.Phases { return t.phases }

func (t *proposing) Campaign() *participation.Campaign { return t.campaign }

func (t *proposing) ChangeCampaign(fn func(c *participation.Campaign) (participation.Note, error)) error {
	c, err := t.s.changeCampaign(t.db, t.campaign.ID, fn)
	if err == nil {
		t.campaign = c
	}
	return err
}

func (t *proposing) Find(id int64) (*proposal.Proposal, error) {
	var row proposalRow
	if err := t.db.Take(&row, "id = ? AND campaign_id = ?", id, t.campaign.ID).Error; err != nil {
		return nil, translate(err)
	}
	return t.s.proposal(&row)
}

// ended are the states of proposals that no longer count against the limit.
var ended = []proposal.State{proposal.Draft, proposal.Rejected, proposal.Withdrawn, proposal.Dissolved, proposal.Merged, proposal.Infeasible}

func (t *proposing) CountOf(person [sha256.Size]byte) (int, error) {
	var n int64
	err := t.db.Model(&proposalAuthorRow{}).Joins("JOIN proposals ON proposals.id = proposal_authors.proposal_id").
		Where("person = ? AND campaign_id = ? AND state NOT IN ?", person[:], t.campaign.ID, ended).Count(&n).Error
	return int(n), err
}

func (t *proposing) Create(p *proposal.Proposal) error {
	p.Version = 1
	row, err := t.s.newProposalRow(p)
	if err != nil {
		return err
	}
	if err := t.db.Create(row).Error; err != nil {
		return err
	}
	p.ID = row.ID
	if len(p.Authors) == 0 {
		return nil
	}
	// They are sealed for the id, which is known only now.
	if row, err = t.s.newProposalRow(p); err != nil {
		return err
	}
	if err := t.db.Model(row).Select("authors").Updates(row).Error; err != nil {
		return err
	}
	people := make([]proposalAuthorRow, len(p.Authors))
	for i, a := range p.Authors {
		people[i] = proposalAuthorRow{ProposalID: p.ID, N: i, Person: a.Person[:]}
	}
	return t.db.Create(&people).Error
}

func (t *proposing) Save(p *proposal.Proposal) error {
	p.Version++
	row, err := t.s.newProposalRow(p)
	if err != nil {
		return err
	}
	// Who is interested is counted beside, without waiting for the campaign.
	return t.db.Model(row).Select("*").Omit("id", "campaign_id", "created_at", "interested").Updates(row).Error
}

func (t *proposing) Note(n proposal.Note) error {
	body, err := json.Marshal(&n.More)
	if err != nil {
		return fmt.Errorf("note of proposal %d: %w", n.Proposal, err)
	}
	return t.db.Create(&proposalNoteRow{
		ProposalID: n.Proposal, N: n.N, At: instant(n.At), UserID: n.By, Action: string(n.Action), FromState: string(n.From), ToState: string(n.To),
		Reason: n.Reason, Body: string(body),
	}).Error
}

func (t *proposing) Letter(m proposal.Message) error { return t.post(proposal.TopicLetter, 0, m) }

func (t *proposing) post(topic string, appeal int64, m proposal.Message) error {
	payload, err := json.Marshal(&m)
	if err != nil {
		return err
	}
	return t.db.Create(&outboxRow{Topic: topic, AppealID: appeal, Payload: string(payload), ReadyAt: instant(t.s.clock.Now())}).Error
}

func (t *proposing) FindMerge(id int64) (*proposal.Merge, error) {
	var row mergeRow
	if err := t.db.Take(&row, "id = ? AND campaign_id = ?", id, t.campaign.ID).Error; err != nil {
		return nil, translate(err)
	}
	return row.merge()
}

func (t *proposing) ListMerges() ([]proposal.Merge, error) {
	return merges(t.db.Where("campaign_id = ?", t.campaign.ID))
}

func (t *proposing) CreateMerge(m *proposal.Merge) error {
	row, err := newMergeRow(m)
	if err != nil {
		return err
	}
	if err := t.db.Create(row).Error; err != nil {
		return err
	}
	m.ID = row.ID
	return nil
}

func (t *proposing) SaveMerge(m *proposal.Merge) error {
	row, err := newMergeRow(m)
	if err != nil {
		return err
	}
	return t.db.Model(row).Select("state", "body").Updates(row).Error
}

func (t *proposing) Link(id int64, appeals []int64) error {
	rows := make([]proposalAppealRow, len(appeals))
	for i, a := range appeals {
		rows[i] = proposalAppealRow{ProposalID: id, AppealID: a}
	}
	return t.db.CreateInBatches(&rows, 100).Error
}

func (t *proposing) ListLinks(appeals []int64) ([]proposal.Link, error) {
	return links(t.db.Where("campaign_id = ?", t.campaign.ID), appeals)
}

func (t *proposing) TellAppeals(id int64) error {
	var appeals []int64
	err := t.db.Model(&proposalAppealRow{}).Where("proposal_id = ?", id).Order("appeal_id").Pluck("appeal_id", &appeals).Error
	if err != nil {
		return err
	}
	for _, a := range appeals {
		if err := t.post(proposal.TopicAppeal, a, proposal.Message{Campaign: t.campaign.ID, Proposal: id}); err != nil {
			return err
		}
	}
	return nil
}

func (t *proposing) AddReport(r *proposal.Report) (first bool, err error) {
	body, err := json.Marshal(r)
	if err != nil {
		return false, fmt.Errorf("report on %s: %w", r.Project, err)
	}
	row := &projectReportRow{CampaignID: r.Campaign, Project: r.Project, At: instant(r.At), UserID: r.By, Token: r.Token, Body: string(body)}
	if row.Token == "" {
		return false, fault.New(fault.Invalid, "error.invalid")
	}
	done := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(row)
	r.ID = row.ID
	return done.RowsAffected == 1, done.Error
}
