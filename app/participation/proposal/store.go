package proposal

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/otklik/otklik/app/participation"
)

// Store keeps proposals. Find methods answer fault.NotFound.
type Store interface {
	FindPhases(ctx context.Context, campaign int64) (*Phases, error)
	ListPhases(ctx context.Context) ([]Phases, error)
	// SavePhases creates or changes settings. Those that somebody changed since the
	// version are a fault.Conflict.
	SavePhases(ctx context.Context, p *Phases) error
	// Propose performs a change of the campaign's proposals alone: nobody else
	// changes one of them meanwhile.
	Propose(ctx context.Context, campaign int64, fn func(Tx) error) error

	FindProposal(ctx context.Context, id int64) (*Proposal, error)
	ListProposals(ctx context.Context, f Filter) ([]Proposal, error)
	ListProposalNotes(ctx context.Context, proposal int64) ([]Note, error)
	// ListLate lists proposals whose authors should have answered.
	ListLate(ctx context.Context, now time.Time) ([]Proposal, error)
	// Interest notes that a person is interested, once, and opens or closes the
	// letters to them. first says that they were not counted before.
	Interest(ctx context.Context, proposal int64, person [sha256.Size]byte, contact *Contact) (first bool, err error)
	// Unfollow ends the letters to a person.
	Unfollow(ctx context.Context, proposal int64, person [sha256.Size]byte) error
	ListFollowers(ctx context.Context, proposal int64) ([]Follower, error)

	FindMerge(ctx context.Context, id int64) (*Merge, error)
	ListMerges(ctx context.Context, campaign int64) ([]Merge, error)
	// ListLateMerges lists merges that wait for consent in vain.
	ListLateMerges(ctx context.Context, now time.Time) ([]Merge, error)

	ListProposalAppeals(ctx context.Context, proposal int64) ([]int64, error)
	// ListAppealProposals lists of which proposals the appeals are parts, those that
	// were rejected, withdrawn or dissolved left out.
	ListAppealProposals(ctx context.Context, appeals []int64) ([]Link, error)

	// PurgeProposals removes proposals that were never sent and were last touched
	// before the instant. It returns the keys of their pictures that no other
	// proposal shows, which the caller deletes.
	PurgeProposals(ctx context.Context, before time.Time, limit int) (photos []string, removed int, err error)
	// ShowsPhoto reports whether a proposal of the campaign has the picture.
	ShowsPhoto(ctx context.Context, campaign int64, key string) (bool, error)

	ListReports(ctx context.Context, campaign int64, project string) ([]Report, error)
}

// Tx is one unit of work on the proposals of a campaign.
type Tx interface {
	Phases() *Phases
	Campaign() *participation.Campaign
	ChangeCampaign(fn func(c *participation.Campaign) (participation.Note, error)) error
	Find(id int64) (*Proposal, error) // of this campaign, else fault.NotFound
	// CountOf is how many proposals of a person are on their way; drafts don't count.
	CountOf(person [sha256.Size]byte) (int, error)
	Create(p *Proposal) error // sets its id
	Save(p *Proposal) error
	Note(n Note) error
	// Letter puts a letter into the outbox.
	Letter(m Message) error
	FindMerge(id int64) (*Merge, error)
	ListMerges() ([]Merge, error)
	CreateMerge(m *Merge) error // sets its id
	SaveMerge(m *Merge) error
	// Link ties appeals to a proposal.
	Link(proposal int64, appeals []int64) error
	// ListLinks lists of which of the campaign's proposals the appeals are parts, see
	// Store.ListAppealProposals.
	ListLinks(appeals []int64) ([]Link, error)
	// TellAppeals asks that the authors of a proposal's appeals be told of it.
	TellAppeals(proposal int64) error
	// AddReport keeps a report; one of the same token is there already.
	AddReport(r *Report) (first bool, err error)
}

// Filter chooses proposals. Empty fields don't narrow.
type Filter struct {
	Campaign int64
	Agency   int64   // that checks
	Agencies []int64 // one of them checks
	States   []State
	Words    string // each must be there
	Sort     Sort
}

// Link says of which proposal an appeal is a part.
type Link struct {
	Appeal, Campaign, Proposal int64
}

// Ended are the states of a proposal that nothing comes of: its appeals may become
// another.
var Ended = []State{Rejected, Withdrawn, Dissolved}

// Sort is the order of a list.
type Sort string

// The orders.
const (
	Newest  Sort = "new"
	Popular Sort = "interest"
	ByName  Sort = "name"
	ByDue   Sort = "due"
)

// Sorts lists those that everybody may choose.
var Sorts = []Sort{Newest, Popular, ByName}

// Contact is where somebody who follows a proposal gets letters.
type Contact struct {
	Email string `json:"email"`
	Lang  string `json:"lang"`
}

// Follower is somebody who wants to hear of a proposal.
type Follower struct {
	Person [sha256.Size]byte
	Contact
}

// The outbox topics of proposals.
const (
	TopicLetter = "proposal.letter"
	TopicAppeal = "proposal.appeal" // an appeal became a part of a proposal
)

// Message is the payload of their rows, as JSON.
type Message struct {
	Campaign int64  `json:"campaign"`
	Proposal int64  `json:"proposal,omitempty"`
	Author   int    `json:"author"`           // its place, -1: everybody who follows
	Person   string `json:"person,omitempty"` // of a follower, hexadecimal
	Key      string `json:"key"`              // proposal.letter.*
	Note     int    `json:"note,omitempty"`   // whose reason is told
	Merge    int64  `json:"merge,omitempty"`
	Project  string `json:"project,omitempty"`
	Report   int64  `json:"report,omitempty"`
}

// Follow is the author's place in messages to everybody who follows.
const Follow = -1
