package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
)

// Role is the role of an officer, under its short name here.
type Role = actor.Role

// Scope is what somebody may see: the region, or the appeals of some agencies.
// The zero value sees nothing.
type Scope struct {
	Region   bool
	Agencies []int64
	User     int64
	Stands   []actor.Standing // in whose place they work: those cases are theirs too
}

// ScopeOf returns what the actor may see.
func ScopeOf(a actor.Actor) Scope {
	return Scope{Region: a.Regional(), Agencies: a.Agencies(), User: a.User, Stands: a.Stands}
}

// MayWatch reports whether the actor may see how an executor of the agency works:
// they themselves, those who hand out and sign its work, and the region's
// supervisors.
func MayWatch(by actor.Actor, executor, agency int64) bool {
	if by.Kind != actor.Officer {
		return false
	}
	return by.User == executor && by.Holds(actor.Executor, agency) || by.Regional() ||
		by.Holds(actor.Coordinator, agency) || by.Holds(actor.Head, agency)
}

// MayReport reports whether the actor may have reports of an agency's appeals
// sent to people, or for 0 of the region's: its head, and supervisors.
func MayReport(by actor.Actor, agency int64) bool {
	return by.Kind == actor.Officer && (by.Holds(actor.Supervisor, 0) || agency != 0 && by.Holds(actor.Head, agency))
}

// Covers reports whether all appeals of the agency may be seen, or for 0 those
// of the region.
func (s Scope) Covers(agency int64) bool {
	return s.Region || agency != 0 && slices.Contains(s.Agencies, agency)
}

// Tab is one view of the inbox.
type Tab string

// The tabs of the inbox.
const (
	TabNew     Tab = "new"      // moderation and received, not joined: nobody works on it yet
	TabMine    Tab = "mine"     // assigned to me, not joined and not answered
	TabAsked   Tab = "asked"    // my opinion is awaited: whatever agency has it, due when the opinion is
	TabDueSoon Tab = "due_soon" // due within DueSoon, not overdue
	TabOverdue Tab = "overdue"
	TabOnSign  Tab = "on_sign"
	TabAll     Tab = "all"
)

// Tabs lists the tabs in the order of the screen.
var Tabs = []Tab{TabNew, TabMine, TabAsked, TabDueSoon, TabOverdue, TabOnSign, TabAll}

// DueSoon is how far ahead the tab of that name looks.
const DueSoon = 72 * time.Hour

// InboxQuery asks for one page of the inbox. Zero filters don't filter.
type InboxQuery struct {
	Scope    Scope
	Tab      Tab
	Now      time.Time
	Stage    Stage
	Category string
	Rubric   string
	// Rubrics asks for any of these: a topic with those that were retired for it.
	Rubrics   []string
	Territory int64
	// Territories asks for any of these: a municipality with its settlements.
	Territories []int64
	Agency      int64
	Executor    int64
	Source      Source
	Level       int       // overdue has climbed at least so far, see [Appeal]
	From, To    time.Time // submitted in [From, To)
	DueFrom     time.Time // due in [DueFrom, DueTo); either may be open
	DueTo       time.Time
	DueFirst    bool    // those that are due, the most urgent first, whatever the tab's own order
	IDs         []int64 // only these, for a text search; nil for all
	After       Cursor  // keyset: rows after this one
	Before      Cursor  // keyset: rows before this one, for «previous»
	Limit       int
}

// ByDue reports whether the rows come by (due, id) ascending.
func (q InboxQuery) ByDue() bool {
	switch q.Tab {
	case TabMine, TabAsked, TabDueSoon, TabOverdue, TabOnSign:
		return true
	case TabNew, TabAll:
	}
	return q.DueFirst || !q.DueFrom.IsZero() || !q.DueTo.IsZero()
}

// Cursor is the place of a row in an inbox tab's order. Tabs by due date are
// ordered by (due, id) ascending, the others by (submitted, id) descending.
type Cursor struct {
	At time.Time
	ID int64
}

// Zero reports whether there is no cursor.
func (c Cursor) Zero() bool { return c.ID == 0 }

// InboxRow is what the inbox shows of an appeal.
type InboxRow struct {
	ID           int64
	Number       string
	Stage        Stage
	Round        int
	RuleSet      RuleSet
	Rubric       string
	Category     string
	Territory    int64
	Agency       int64
	Executor     int64
	ExecutorName string
	Excerpt      string // first 160 characters of the text
	Address      string
	SubmittedAt  time.Time
	DueAt        time.Time
	Level        int
	Photos       int
	Source       Source
	Version      int
	LeadNumber   string // of the appeal that it is joined to, "" for none
	Joined       int    // how many are joined to it
}

// Case is all that the card of an appeal shows, but for the applicant, whom
// one reads on purpose with [Reader.ReadApplicant].
type Case struct {
	Appeal  Appeal
	Events  []Event
	Answers []Answer
	Photos  []Photo
	// Contradictions are rows that say one thing in two places and not the same,
	// for [Audit]; none where nobody changed them by hand.
	Contradictions []string
}

// Reader reads without changing. It does not decide rights: callers give the
// scope, or check with [CanSee] what they got.
type Reader interface {
	ListInbox(ctx context.Context, q InboxQuery) (rows []InboxRow, more bool, err error)
	// CountTabs counts the tabs of the inbox, each up to 1,000 («1000+»).
	CountTabs(ctx context.Context, scope Scope, now time.Time) (map[Tab]int, error)
	FindCase(ctx context.Context, id int64) (*Case, error)
	// FindID returns the id of an appeal by its number.
	FindID(ctx context.Context, number string) (int64, error)
	// ReadApplicant decrypts who wrote, and logs who read it and why.
	ReadApplicant(ctx context.Context, appeal int64, by actor.Actor, purpose string) (Applicant, error)
	// FindPhoto returns a picture and the appeal that it belongs to.
	FindPhoto(ctx context.Context, id int64) (photo Photo, appeal int64, err error)
	// EventsAfter returns events of all appeals after a position, in an order in
	// which no running transaction can still put one before those returned, and
	// the position after them. The empty position is the beginning.
	EventsAfter(ctx context.Context, position string, limit int) (events []Event, next string, err error)
	// ListTied lists the ids of the appeals that are joined to this one, and of
	// those that were split from it, the earliest first.
	ListTied(ctx context.Context, to int64, limit int) (joined, parts []int64, err error)
	// ListAppealIDs walks all appeals by id, for audit and reindexing.
	ListAppealIDs(ctx context.Context, after int64, limit int) ([]int64, error)
	// FindCases loads many cases at once, in the order of the ids; ids that are
	// gone are left out.
	FindCases(ctx context.Context, ids []int64) ([]Case, error)
}
