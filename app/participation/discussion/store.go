package discussion

import (
	"context"
	"time"

	"github.com/otklik/otklik/app/participation"
)

// Store keeps discussions. Find methods answer fault.NotFound.
type Store interface {
	// Hold runs fn alone: nobody else changes the campaign or anything in its
	// discussion meanwhile. It raises the version of the campaign.
	Hold(ctx context.Context, campaign int64, fn func(c *participation.Campaign, tx Tx) error) error
	// Join runs fn beside others that join; who holds the campaign waits.
	Join(ctx context.Context, campaign int64, fn func(c *participation.Campaign, tx Tx) error) error
	// ListRevisions lists the versions from the second on.
	ListRevisions(ctx context.Context, campaign int64) ([]Version, error)
	FindRemark(ctx context.Context, campaign, id int64) (*Remark, error)
	// ListRemarks lists a page of remarks and how many there are in all.
	ListRemarks(ctx context.Context, q Query) ([]Remark, int, error)
	// ListUnder lists what replies to the remarks or is merged into them, oldest
	// first.
	ListUnder(ctx context.Context, campaign int64, ids []int64) ([]Remark, error)
	CountRemarks(ctx context.Context, campaign int64) (*Counts, error)
	// ListSupported lists the remarks that the person supports.
	ListSupported(ctx context.Context, campaign int64, person Person) ([]int64, error)
	ListActs(ctx context.Context, campaign int64) ([]Act, error)
	FindContact(ctx context.Context, campaign int64, person Person) (*Contact, error)
	// TellAnswers puts a letter into the outbox for each author whose remark, or the
	// one that it was merged into, has an answer and who has not been told.
	TellAnswers(ctx context.Context, campaign int64, now time.Time) error
}

// Tx is one unit of work on a discussion.
type Tx interface {
	// FindRemark loads a remark and keeps others from changing it.
	FindRemark(id int64) (*Remark, error)
	// FindSent finds what was sent with the page, nil for nothing.
	FindSent(once string) (*Remark, error)
	ListMerged(lead int64) ([]Remark, error)
	// SaveRemark writes a remark; without an id it becomes a new one.
	SaveRemark(r *Remark) error
	// CountSince counts what a person wrote since the instant.
	CountSince(person Person, since time.Time) (int, error)
	SavePerson(person Person, c Contact, name string) error
	// Support adds a person to a remark or takes them away, once each.
	Support(remark int64, person Person, on bool) error
	// CountSupports counts the supporters of a remark anew: persons who support it
	// or one merged into it, and authors of those, each once and not its author.
	CountSupports(lead int64) error
	AddVersion(v *Version) error
	LastVersion() (int, error)
	FindRevision(n int) (*Version, error)
	// AddAct adds a line to the journal and sets its number; only for who holds the
	// campaign.
	AddAct(a *Act) error
	// Tell puts a letter into the outbox.
	Tell(l Letter, at time.Time) error
}

// Order is how remarks are sorted.
type Order string

// The orders.
const (
	Newest    Order = "new"
	Oldest    Order = "old"
	Supported Order = "supported" // the most first
)

// Orders lists them.
var Orders = []Order{Supported, Newest, Oldest}

// Query asks for remarks.
type Query struct {
	Campaign  int64
	Paragraph *string // nil: of every paragraph
	States    []State // nil: every state
	// Flat lists replies and merged remarks too, each by itself.
	Flat bool
	// Unanswered lists those alone that need an answer and have none.
	Unanswered    bool
	Order         Order
	Limit, Offset int
}

// Counts are the numbers of a discussion.
type Counts struct {
	People     int
	State      map[State]int
	Unanswered int
	Answered   int
	Paragraph  map[string]int // remarks that are shown, without replies
}
