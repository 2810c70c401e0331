package store

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/participation/proposal"
)

type phasesRow struct {
	CampaignID int64 `gorm:"primaryKey;autoIncrement:false"`
	Announced  bool
	Body       string
	Version    int
}

func (phasesRow) TableName() string { return "campaign_phases" }

type proposalRow struct {
	ID         int64 `gorm:"primaryKey"`
	CampaignID int64
	State      string
	Words      string
	AgencyID   int64
	CheckDueAt instant
	AnswerBy   instant
	Authors    []byte
	Body       string
	MergedInto int64
	Interested int
	Version    int
	CreatedAt  instant
	ChangedAt  instant
}

func (proposalRow) TableName() string { return "proposals" }

type proposalAuthorRow struct {
	ProposalID int64 `gorm:"primaryKey;autoIncrement:false"`
	N          int   `gorm:"primaryKey;autoIncrement:false"`
	Person     []byte
}

func (proposalAuthorRow) TableName() string { return "proposal_authors" }

type proposalNoteRow struct {
	ProposalID int64 `gorm:"primaryKey;autoIncrement:false"`
	N          int   `gorm:"primaryKey;autoIncrement:false"`
	At         instant
	UserID     int64
	Action     string
	FromState  string
	ToState    string
	Reason     string
	Body       string
}

func (proposalNoteRow) TableName() string { return "proposal_notes" }

type proposalPersonRow struct {
	ProposalID int64  `gorm:"primaryKey;autoIncrement:false"`
	Person     []byte `gorm:"primaryKey"`
	Contact    []byte
}

func (proposalPersonRow) TableName() string { return "proposal_people" }

type mergeRow struct {
	ID         int64 `gorm:"primaryKey"`
	CampaignID int64
	State      string
	UntilAt    instant
	Body       string
}

func (mergeRow) TableName() string { return "proposal_merges" }

type proposalAppealRow struct {
	ProposalID int64 `gorm:"primaryKey;autoIncrement:false"`
	AppealID   int64 `gorm:"primaryKey;autoIncrement:false"`
}

func (proposalAppealRow) TableName() string { return "proposal_appeals" }

type projectReportRow struct {
	ID         int64 `gorm:"primaryKey"`
	CampaignID int64
	Project    string
	At         instant
	UserID     int64
	Token      string
	Body       string
}

func (projectReportRow) TableName() string { return "project_reports" }

func authorsName(proposal int64) string {
	return "proposal " + strconv.FormatInt(proposal, 10) + " authors"
}

func followerName(proposal int64, person []byte) string {
	return "proposal " + strconv.FormatInt(proposal, 10) + " follower " + hex.EncodeToString(person)
}

func (s *Store) newProposalRow(p *proposal.Proposal) (*proposalRow, error) {
	body, err := json.Marshal(&p.Body)
	if err != nil {
		return nil, fmt.Errorf("proposal %d: %w", p.ID, err)
	}
	row := &proposalRow{
		ID: p.ID, CampaignID: p.Campaign, State: string(p.State), Words: p.Body.Words(), AgencyID: p.Agency, CheckDueAt: instant(p.CheckDue),
		AnswerBy: instant(p.AnswerBy), Body: string(body), MergedInto: p.MergedInto, Interested: p.Interested, Version: p.Version,
		CreatedAt: instant(p.CreatedAt), ChangedAt: instant(p.ChangedAt),
	}
	if len(p.Authors) > 0 && p.ID != 0 {
		row.Authors, err = s.sealer.seal(authorsName(p.ID), p.Authors)
	}
	return row, err
}

func (s *Store) proposal(row *proposalRow) (*proposal.Proposal, error) {
	p := &proposal.Proposal{
		ID: row.ID, Campaign: row.CampaignID, State: proposal.State(row.State), Agency: row.AgencyID, CheckDue: row.CheckDueAt.time(),
		AnswerBy: row.AnswerBy.time(), MergedInto: row.MergedInto, Interested: row.Interested, Version: row.Version,
		CreatedAt: row.CreatedAt.time(), ChangedAt: row.ChangedAt.time(),
	}
	if err := json.Unmarshal([]byte(row.Body), &p.Body); err != nil {
		return nil, fmt.Errorf("proposal %d: %w", row.ID, err)
	}
	if row.Authors != nil {
		if err := s.sealer.open(authorsName(row.ID), row.Authors, &p.Authors); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (s *Store) proposals(db *gorm.DB) ([]proposal.Proposal, error) {
	var rows []proposalRow
	if err := db.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]proposal.Proposal, len(rows))
	for i := range rows {
		p, err := s.proposal(&rows[i])
		if err != nil {
			return nil, err
		}
		out[i] = *p
	}
	return out, nil
}

func (row *phasesRow) phases() (*proposal.Phases, error) {
	var p proposal.Phases
	if err := json.Unmarshal([]byte(row.Body), &p); err != nil {
		return nil, fmt.Errorf("phases of campaign %d: %w", row.CampaignID, err)
	}
	p.Campaign, p.Announced, p.Version = row.CampaignID, row.Announced, row.Version
	return &p, nil
}

func (row *mergeRow) merge() (*proposal.Merge, error) {
	var m proposal.Merge
	if err := json.Unmarshal([]byte(row.Body), &m); err != nil {
		return nil, fmt.Errorf("merge %d: %w", row.ID, err)
	}
	m.ID, m.Campaign, m.State, m.Until = row.ID, row.CampaignID, proposal.MergeState(row.State), row.UntilAt.time()
	return &m, nil
}

func newMergeRow(m *proposal.Merge) (*mergeRow, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("merge %d: %w", m.ID, err)
	}
	return &mergeRow{ID: m.ID, CampaignID: m.Campaign, State: string(m.State), UntilAt: instant(m.Until), Body: string(body)}, nil
}

func merges(db *gorm.DB) ([]proposal.Merge, error) {
	var rows []mergeRow
	if err := db.Order("id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]proposal.Merge, len(rows))
	for i := range rows {
		m, err := rows[i].merge()
		if err != nil {
			return nil, err
		}
		out[i] = *m
	}
	return out, nil
}
