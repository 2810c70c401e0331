package rubricator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator/territory"
)

// Draft is a proposed next version of the tree and the rules together. Nothing
// of it is in force before it is published. While it is being worked on it may
// be wrong in any way that Check tells.
type Draft struct {
	ID        int64
	State     DraftState
	Base      int64  // version of the tree that it began from, 0 where none was published
	BaseRules string // RulesHash of the rules that it began from
	Roots     []*Rubric
	Rules     []Rule
	Note      string // why, for those who look at the versions later
	CreatedBy int64  // user
	ChangedBy int64
	CreatedAt time.Time
	ChangedAt time.Time
	Version   int // counts the saves
}

// DraftState is where a draft stands.
type DraftState string

// The states. One draft at a time is open.
const (
	DraftOpen      DraftState = "open"
	DraftPublished DraftState = "published"
	DraftDiscarded DraftState = "discarded"
)

// Version is a tree that was published, with the rules of that day.
type Version struct {
	ID          int64
	Note        string
	Roots       []*Rubric // nil in lists
	Rules       []Rule    // nil where they were not kept, and in lists
	PublishedAt time.Time
	PublishedBy int64 // user, 0 for an import
}

// RulesHash tells sets of rules apart; their order doesn't count as long as it
// is that of the store.
func RulesHash(rules []Rule) string {
	data, err := json.Marshal(append([]Rule{}, rules...))
	if err != nil { // numbers and strings: it can't be
		panic(fmt.Sprintf("rubricator: %v", err))
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// MayEdit reports whether the actor may change the tree and the rules:
// administrators of the system alone.
func MayEdit(by actor.Actor) bool {
	return by.Kind == actor.Officer && by.Has(actor.SystemAdmin)
}

// DraftStore keeps drafts and versions.
type DraftStore interface {
	Source
	// CreateTreeDraft inserts and sets the id; while another is open it is
	// fault.Conflict with key "rubricator.another_draft".
	CreateTreeDraft(ctx context.Context, d *Draft) error
	// FindTreeDraft returns the open draft; fault.NotFound with key
	// "rubricator.no_draft" where none is.
	FindTreeDraft(ctx context.Context) (*Draft, error)
	// SaveTreeDraft updates the open draft, expecting d.Version and storing one
	// more; fault.Conflict when another was faster. What it was before is kept,
	// the last MostSteps times.
	SaveTreeDraft(ctx context.Context, d *Draft) error
	// FindTreeStep returns what the open draft was before its last change;
	// fault.NotFound with key "rubricator.nothing_to_undo" where none is kept.
	FindTreeStep(ctx context.Context, draft int64) (*Draft, error)
	// FindTreeStepBefore returns what the draft was when it last began from
	// something else; fault.NotFound where that is not kept.
	FindTreeStepBefore(ctx context.Context, d *Draft) (*Draft, error)
	// UndoTreeDraft makes the open draft what it was before its last change, as
	// one more save by d.ChangedBy: fault.Conflict when it was saved since
	// d.Version, fault.NotFound as FindTreeStep.
	UndoTreeDraft(ctx context.Context, d *Draft) error
	// PublishTreeDraft makes the draft the version in force, replaces the rules
	// and writes the journal, in one unit of work. It is fault.Conflict with key
	// "rubricator.stale_draft" when the tree or the rules that the draft began
	// from are no longer those in force.
	PublishTreeDraft(ctx context.Context, d *Draft, by int64, detail string) (version int64, err error)
	// ListVersions returns the latest first, without trees.
	ListVersions(ctx context.Context, limit int) ([]Version, error)
	FindTreeVersion(ctx context.Context, id int64) (*Version, error)
}

// Editor is how administrators bring a new version into force.
type Editor struct {
	Store DraftStore
	Clock clock.Clock
	// Bodies are the agencies that rules may name; nil looks at no rule but for
	// clashes.
	Bodies func(ctx context.Context) ([]Body, error)
	// Reload brings what was published into force on this node.
	Reload func(ctx context.Context) error
}

// MostSteps is how many changes of a draft can be taken back, one by one.
const MostSteps = 30

// draftTries is how often a change is put upon what somebody else saved in
// the same moment.
const draftTries = 5

// Draft returns the open draft, fault.NotFound where there is none.
func (e *Editor) Draft(ctx context.Context, by actor.Actor) (*Draft, error) {
	if err := mayEdit(by); err != nil {
		return nil, err
	}
	d, err := e.Store.FindTreeDraft(ctx)
	if err == nil {
		Check(d.Roots, nil) // links the nodes and fills what leaves don't say
	}
	return d, err
}

// Begin opens a draft of what is in force. Where one is open already, that one
// is returned: two administrators work on it together.
func (e *Editor) Begin(ctx context.Context, by actor.Actor) (*Draft, error) {
	if d, err := e.Draft(ctx, by); err == nil || !fault.Is(err, fault.NotFound) {
		return d, err
	}
	base, roots, err := e.Store.LatestVersion(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	rules, err := e.Store.ListRules(ctx)
	if err != nil {
		return nil, err
	}
	return e.create(ctx, by, &Draft{Base: base, BaseRules: RulesHash(rules), Roots: roots, Rules: rules})
}

// content is all of a draft that a change can change.
func (d *Draft) content() []byte {
	data, err := json.Marshal([]any{d.State, d.Base, d.BaseRules, d.Roots, d.Rules, d.Note})
	if err != nil { // strings and numbers: it can't be
		panic(fmt.Sprintf("rubricator: %v", err))
	}
	return data
}

func (e *Editor) create(ctx context.Context, by actor.Actor, d *Draft) (*Draft, error) {
	now := e.Clock.Now()
	d.State, d.CreatedBy, d.ChangedBy, d.CreatedAt, d.ChangedAt = DraftOpen, by.User, by.User, now, now
	err := e.Store.CreateTreeDraft(ctx, d)
	if fault.Is(err, fault.Conflict) { // somebody began in the same moment
		return e.Draft(ctx, by)
	}
	return d, err
}

// Change applies fn to the open draft and saves it. Where somebody else saved
// in the same moment, fn is applied again to what they saved: it must say
// itself, as fault.Conflict, when what it is about has changed under it. What
// changes nothing is not saved.
func (e *Editor) Change(ctx context.Context, by actor.Actor, fn func(*Draft) error) (*Draft, error) {
	for try := 1; ; try++ {
		d, err := e.Draft(ctx, by)
		if err != nil {
			return nil, err
		}
		before := d.content()
		if err := fn(d); err != nil {
			return d, err
		}
		if bytes.Equal(before, d.content()) {
			return d, nil
		}
		d.ChangedBy, d.ChangedAt = by.User, e.Clock.Now()
		err = e.Store.SaveTreeDraft(ctx, d)
		if err == nil || !fault.Is(err, fault.Conflict) || try == draftTries {
			return d, err
		}
	}
}

// Undo takes the last change of the open draft back, whoever made it, if the
// draft is still as it was seen. What was published or discarded stays.
func (e *Editor) Undo(ctx context.Context, by actor.Actor, seen int) error {
	d, err := e.Draft(ctx, by)
	if err != nil {
		return err
	}
	if d.Version != seen {
		return fault.New(fault.Conflict, "rubricator.draft_changed")
	}
	d.ChangedBy, d.ChangedAt = by.User, e.Clock.Now()
	err = e.Store.UndoTreeDraft(ctx, d)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, "rubricator.draft_changed", err)
	}
	return err
}

// Last tells what the last change of the open draft did: the draft as it was
// before. It is nil where nothing is kept.
func (e *Editor) Last(ctx context.Context, d *Draft) (*Draft, error) {
	before, err := e.Store.FindTreeStep(ctx, d.ID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // as it says
	}
	return before, err
}

// Discard closes the open draft. It stays in the store, in force never.
func (e *Editor) Discard(ctx context.Context, by actor.Actor) error {
	_, err := e.Change(ctx, by, func(d *Draft) error {
		d.State = DraftDiscarded
		return nil
	})
	return err
}

// Publish brings the open draft into force, if it is still as it was seen:
// seen is the version whose preview was confirmed. The note says why.
//
// Conflict: somebody changed the draft meanwhile, or what it began from is no
// longer in force. Invalid: the draft is wrong; Check and Inspect say where.
func (e *Editor) Publish(ctx context.Context, by actor.Actor, seen int, note string) (version int64, err error) {
	d, err := e.Draft(ctx, by)
	if err != nil {
		return 0, err
	}
	if d.Version != seen {
		return 0, fault.New(fault.Conflict, "rubricator.draft_changed")
	}
	old, err := e.InForce(ctx)
	if err != nil {
		return 0, err
	}
	places, err := e.Store.ListTerritories(ctx)
	if err != nil {
		return 0, err
	}
	tree, problems := Check(d.Roots, old)
	index, err := territory.NewIndex(places)
	if err != nil {
		return 0, err
	}
	if len(problems) > 0 {
		return 0, fault.Wrap(fault.Invalid, "rubricator.draft_wrong", lines(problems).Err())
	}
	if err := e.inspect(ctx, tree, d.Rules, index); err != nil {
		return 0, err
	}
	d.ChangedBy, d.ChangedAt, d.Note = by.User, e.Clock.Now(), note
	version, err = e.Store.PublishTreeDraft(ctx, d, by.User, Differ(old, tree).Sum().String())
	if err != nil {
		return 0, err
	}
	return version, e.Reload(ctx)
}

// inspect refuses rules that [Inspect] finds an error in.
func (e *Editor) inspect(ctx context.Context, tree *Tree, rules []Rule, places *territory.Index) error {
	if e.Bodies == nil {
		_, err := NewRouter(rules, places)
		return wrongRoutes(err)
	}
	bodies, err := e.Bodies(ctx)
	if err != nil {
		return err
	}
	if found := Inspect(tree, rules, places, bodies); Faulty(found) {
		return wrongRoutes(fmt.Errorf("%s: %s %s", found[0].Kind, found[0].Rule, found[0].Topic))
	}
	return nil
}

func wrongRoutes(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(fault.Invalid, "rubricator.routes_wrong", err)
}

// InForce is the published tree, one of nothing where none is.
func (e *Editor) InForce(ctx context.Context) (*Tree, error) {
	version, roots, err := e.Store.LatestVersion(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if len(roots) == 0 {
		return &Tree{nodes: map[string]*Rubric{}}, nil
	}
	return NewTree(version, roots)
}

func mayEdit(by actor.Actor) error {
	if !MayEdit(by) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	return nil
}
