package workflow

import (
	"context"
	"time"

	"github.com/otklik/otklik/workflow/deadline"
)

// Store opens units of work. A use case runs in exactly one; when fn returns
// an error nothing of it remains. Conflicts of the database with concurrent
// work (a lost version check, a serialisation failure) come as fault.Conflict.
type Store interface {
	InTx(ctx context.Context, fn func(tx Tx) error) error
	// Intake writes one new appeal whole, in one round trip where the database
	// can: appeal, applicant, events, deadlines, outbox, the photos of its
	// draft, and the draft's end. A key that was used before writes nothing and
	// returns the id of the appeal that has it, with fresh = false.
	Intake(ctx context.Context, in Intake) (id int64, fresh bool, err error)
	// NextID returns an id for a new appeal. Ids are handed out from blocks:
	// each is used at most once, not all are used.
	NextID(ctx context.Context) (int64, error)
}

// Intake is everything that one submission writes.
type Intake struct {
	Appeal    Appeal
	Applicant Applicant
	Photos    []Photo
	Events    []Event
	Outbox    []Outbox
	Key       string // idempotency key, "" for none
	Draft     string // token of the draft that this ends, "" for none
}

// Tx is a unit of work. Find methods answer fault.NotFound.
type Tx interface {
	// FindAppeal loads an appeal with its deadlines and holds it against
	// concurrent changes until the unit of work ends.
	FindAppeal(ctx context.Context, id int64) (*Appeal, error)
	// SaveAppeal writes every changed field and the deadlines, expecting
	// a.Version and storing a.Version+1. It is fault.Conflict when another was
	// faster.
	SaveAppeal(ctx context.Context, a *Appeal) error
	// FindAppeals is FindAppeal of many, held in the order of their ids so that
	// two who hold many never wait for each other. Ids that are gone are left
	// out.
	FindAppeals(ctx context.Context, ids []int64) ([]*Appeal, error)
	// SaveSteps is SaveAppeal, AppendEvent and AddOutbox of many appeals that
	// FindAppeals found, in few statements however many they are.
	SaveSteps(ctx context.Context, steps []Step) error
	AppendEvent(ctx context.Context, e *Event) error
	AddOutbox(ctx context.Context, rows ...Outbox) error
	// FindAnswer returns the answer of the appeal's round that is not signed
	// yet, nil where nothing is drafted.
	FindAnswer(ctx context.Context, appeal int64, round int) (*Answer, error)
	// SaveAnswer inserts (ID 0, which it sets) or updates with a version check.
	SaveAnswer(ctx context.Context, a *Answer) error
	// ListEvents lists the events of an appeal in their order.
	ListEvents(ctx context.Context, appeal int64) ([]Event, error)
	// ListPhotos lists the pictures of an appeal and its answers.
	ListPhotos(ctx context.Context, appeal int64) ([]Photo, error)
	// ListJoined lists the ids of the appeals that are joined to the lead and
	// not answered yet.
	ListJoined(ctx context.Context, lead int64) ([]int64, error)
	// FindSigned returns a signed answer by its id.
	FindSigned(ctx context.Context, id int64) (*Answer, error)
	// Shared reports whether the appeal has an answer that was made from the
	// lead's.
	Shared(ctx context.Context, appeal, answer int64) (bool, error)
	// CreatePart writes a new appeal with its events, clocks, outbox and photos;
	// its applicant is that of another appeal.
	CreatePart(ctx context.Context, in Intake, of int64) error
	// AddPhotos attaches pictures to an appeal, and to an answer where set.
	AddPhotos(ctx context.Context, appeal int64, photos []Photo) error
	// EndBulkItem notes how it went with one appeal of a [Bulk]. It changes
	// nothing and says false where the appeal doesn't wait in it (any more).
	EndBulkItem(ctx context.Context, bulk int64, item BulkItem) (waited bool, err error)
}

// Step is what one step of a clock leaves behind.
type Step struct {
	Appeal *Appeal // as it is after the step, with the version from before
	Event  *Event
	Outbox []Outbox
}

// Outbox is a message to the outside that leaves after the commit: at least
// once, so its handler is idempotent.
type Outbox struct {
	ID      int64
	Topic   Topic
	Appeal  int64
	Event   int    // number of the event that caused it
	Payload string // JSON, no personal data
	Tries   int
	After   time.Time // leaves not before; zero: at once
}

// Topic names what an outbox row asks for.
type Topic string

// The topics. Each has one handler in app/jobs.
const (
	TopicNotifyAuthor   Topic = "notify.author"
	TopicNotifyOfficers Topic = "notify.officers"
	TopicBulk           Topic = "bulk.run"
	TopicShareAnswer    Topic = "answer.share" // the lead's answer, to one that is joined
	TopicLeave          Topic = "appeal.leave" // one that is joined to a lead which ended without an answer
	TopicSame           Topic = "appeal.same"  // one whose applicant said that it is the same as a lead
)

// Notice tells officers something about an appeal: the payload of
// TopicNotifyOfficers. Users and roles are resolved when it is delivered.
type Notice struct {
	Key    string `json:"key"`              // catalogue key, area «notice»
	Number string `json:"number,omitempty"` // of the appeal, "" in rows of earlier versions
	Agency int64  `json:"agency"`
	User   int64  `json:"user,omitempty"` // only this one
	Roles  []Role `json:"roles,omitempty"`
}

// Clocks is what the background work needs of the deadlines.
type Clocks interface {
	// FeedDue marks as queued and returns deadlines whose next step is due
	// before the horizon and which are not queued yet, earliest first.
	FeedDue(ctx context.Context, horizon time.Time, limit int) ([]Due, error)
	// ReturnDue gives back deadlines that FeedDue marked and that nobody queued.
	ReturnDue(ctx context.Context, dues []Due) error
	// ListUnfired returns deadlines whose next step was due before the instant
	// and still has not fired, queued or not, earliest first.
	ListUnfired(ctx context.Context, before time.Time, limit int) ([]Due, error)
	// NextDue returns when the earliest step is due, zero where none is.
	NextDue(ctx context.Context) (time.Time, error)
}

// Due names one step of one deadline.
type Due struct {
	Appeal int64
	N      int
	Step   deadline.Step
	At     time.Time
}
