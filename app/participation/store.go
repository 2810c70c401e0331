package participation

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/otklik/otklik/app/participation/ledger"
)

// Store keeps campaigns and ballots. Find methods answer fault.NotFound.
type Store interface {
	// ListCampaigns lists the campaigns of the agencies, all for nil, the latest
	// first.
	ListCampaigns(ctx context.Context, agencies []int64) ([]Campaign, error)
	// ListMoving lists the campaigns for which the clock may have something to do.
	ListMoving(ctx context.Context) ([]Campaign, error)
	FindCampaign(ctx context.Context, id int64) (*Campaign, error)
	// CreateCampaign sets its id and notes that it was made.
	CreateCampaign(ctx context.Context, c *Campaign, note Note) error
	// ChangeCampaign performs a change alone: nobody else changes the campaign or
	// adds a ballot to it meanwhile. What fn returns is noted.
	ChangeCampaign(ctx context.Context, id int64, fn func(c *Campaign) (Note, error)) (*Campaign, error)
	ListNotes(ctx context.Context, campaign int64) ([]Note, error)
	// FindStory and KeepStory keep what was worked out of a campaign's ballots.
	FindStory(ctx context.Context, campaign int64) (*Story, error)
	KeepStory(ctx context.Context, campaign int64, s *Story) error
}

// Box is the ballot box.
type Box interface {
	// Cast puts a ballot into the box, once. It is taken by when it arrived, not by
	// when this is written.
	Cast(ctx context.Context, c Casting) (Cast, error)
	// MixVoters takes from the rows of those who voted in a campaign what tells in
	// which order they came, in all that are not counted yet for 0: the log has an
	// order too.
	MixVoters(ctx context.Context, campaign int64) error
	// FindBallots lists the ballots whose commitments begin so, at most two.
	FindBallots(ctx context.Context, campaign int64, prefix []byte) ([]Ballot, error)
	// EachBallot gives those that count, in the order of the log.
	EachBallot(ctx context.Context, campaign int64, fn func(Ballot) error) error
	// CountVoters counts those who voted online.
	CountVoters(ctx context.Context, campaign int64) ([]PlaceCount, error)
	CountDays(ctx context.Context, campaign int64) ([]DayCount, error)
	// CountQuotas lists the quotas that have taken somebody.
	CountQuotas(ctx context.Context, campaign int64) ([]QuotaCount, error)
}

// Log keeps the public logs.
type Log interface {
	// Sequence takes ballots that wait, at most so many, and gives them to fn with
	// the log as it stands. What fn returns is written in the same transaction. One
	// caller works on a campaign at a time; to others nothing waits. A ballot comes
	// after the one that it replaces.
	Sequence(ctx context.Context, campaign int64, limit int, fn func(Batch) (Appended, error)) (taken int, err error)
	FindLog(ctx context.Context, campaign int64) (*LogState, error)
	// ListEntries lists entries from a place on.
	ListEntries(ctx context.Context, campaign, from int64, limit int) ([]ledger.Entry, error)
	ListCheckpoints(ctx context.Context, campaign int64) ([]string, error)
	Tiles(ctx context.Context, campaign int64) ledger.Tiles
	// MailCheckpoint writes a message to the observers into the outbox, unless one
	// was written since the instant.
	MailCheckpoint(ctx context.Context, campaign int64, since, now time.Time) error
}

// LogState is how a log stands.
type LogState struct {
	Tree       ledger.Tree
	Checkpoint string // signed
	SignedAt   time.Time
	KeptAt     time.Time
	MailedAt   time.Time
}

// Batch is ballots that wait, and the log as it stands.
type Batch struct {
	Log     LogState
	Waiting []ledger.Entry
	Tiles   ledger.Tiles
}

// Appended is what a batch became.
type Appended struct {
	Log     LogState
	Entries []ledger.Entry // in the order of the log
	Tiles   []ledger.Tile
	Keep    bool // the checkpoint
	Day     string
}

// Codes keeps the codes that voters get by e-mail.
type Codes interface {
	// CreateCode keeps a code and puts the letter with it into the outbox. More
	// than MaxCodes that have not expired are fault.TooMany.
	CreateCode(ctx context.Context, c Code, now time.Time) error
	// FindCode returns a code that has not expired; fault.Gone for others.
	FindCode(ctx context.Context, id string, now time.Time) (*Code, error)
	// TryCode notes a try and returns the code; it is gone after MaxTries.
	TryCode(ctx context.Context, id string, now time.Time) (*Code, error)
	PurgeCodes(ctx context.Context, now time.Time) (int, error)
}

// Code is a code on its way.
type Code struct {
	ID        string
	Campaign  int64
	Person    [sha256.Size]byte
	Email     string
	Digits    string
	Lang      string
	Territory int64
	Purpose   string // empty: to vote
	Band      int    // place in Terms.Bands, -1 for none of them
	Tries     int
	Expires   time.Time
}

// The outbox topics of participation.
const (
	TopicCode       = "participation.code"
	TopicCheckpoint = "participation.checkpoint"
	TopicAnswers    = "participation.answers" // the answers to remarks are announced
	TopicResult     = "participation.result"  // the result of a budget vote is announced
)

// Message is the payload of their rows, as JSON.
type Message struct {
	Campaign int64  `json:"campaign"`
	Code     string `json:"code,omitempty"` // id
}
