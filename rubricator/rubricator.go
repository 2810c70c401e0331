package rubricator

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator/classifier"
	"github.com/otklik/otklik/rubricator/territory"
)

// Source is where a region's rubricator, routes and places are kept.
type Source interface {
	// LatestVersion returns the published tree; fault.NotFound where none is.
	LatestVersion(ctx context.Context) (version int64, roots []*Rubric, err error)
	ListRules(ctx context.Context) ([]Rule, error)
	ListTerritories(ctx context.Context) ([]territory.Territory, error)
}

// Book is one consistent view of a region's rubricator. It is immutable.
type Book struct {
	Tree   *Tree
	Router *Router
	Places *territory.Index
}

// NewBook makes a book of its parts.
func NewBook(version int64, roots []*Rubric, rules []Rule, places []territory.Territory) (*Book, error) {
	tree, err := NewTree(version, roots)
	if len(roots) > 0 && err != nil {
		return nil, fmt.Errorf("rubricator version %d: %w", version, err)
	}
	index, err := territory.NewIndex(places)
	if err != nil {
		return nil, err
	}
	router, err := NewRouter(rules, index)
	if err != nil {
		return nil, err
	}
	return &Book{Tree: tree, Router: router, Places: index}, nil
}

// Models is where the model in force is kept.
type Models interface {
	// ActiveModel returns the id of the one in force, 0 where none is.
	ActiveModel(ctx context.Context) (int64, error)
	// ReadModelFile returns the file; fault.NotFound where there is none.
	ReadModelFile(ctx context.Context, id int64) ([]byte, error)
}

// Rubricator is a region's rubricator in memory. Readers never wait: a reload
// swaps the whole book, and so it does with what suggests topics. It is safe
// for concurrent use.
type Rubricator struct {
	source  Source
	models  Models
	book    atomic.Pointer[Book]
	adviser atomic.Pointer[adviser]
}

// New makes a rubricator that holds nothing until Reload. Models may be nil:
// then the names and words of the tree alone suggest.
func New(source Source, models Models) *Rubricator {
	r := &Rubricator{source: source, models: models}
	empty, err := NewBook(0, nil, nil, nil)
	if err != nil {
		panic(err) // nothing in it can be wrong
	}
	r.book.Store(empty)
	r.adviser.Store(&adviser{tree: empty.Tree})
	return r
}

// Book returns the present view. Use one book for one piece of work.
func (r *Rubricator) Book() *Book { return r.book.Load() }

// Reload reads the region anew. On an error the former book stays.
func (r *Rubricator) Reload(ctx context.Context) error {
	version, roots, err := r.source.LatestVersion(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	rules, err := r.source.ListRules(ctx)
	if err != nil {
		return err
	}
	places, err := r.source.ListTerritories(ctx)
	if err != nil {
		return err
	}
	book, err := NewBook(version, roots, rules, places)
	if err != nil {
		return err
	}
	r.book.Store(book)
	return r.reloadAdviser(ctx)
}

// reloadAdviser puts the model in force to work where it is another one or the
// tree is. While it can't be read the tree alone suggests, see
// [Rubricator.Trouble].
func (r *Rubricator) reloadAdviser(ctx context.Context) error {
	tree, now := r.Book().Tree, r.adviser.Load()
	id := int64(0)
	if r.models != nil {
		var err error
		if id, err = r.models.ActiveModel(ctx); err != nil {
			return err
		}
	}
	if id == now.id && now.trouble == nil && tree.Version == now.tree.Version && tree.Version != 0 {
		return nil
	}
	next := &adviser{id: id, tree: tree, names: tree.phrases()}
	switch {
	case id == 0:
	case id == now.id && now.learned:
		next.model, next.learned = now.model, true
	default:
		next.model, next.trouble = r.readModel(ctx, id)
		next.learned = next.trouble == nil
	}
	if next.model == nil {
		var err error
		if next.model, err = tree.cold(); err != nil {
			return err
		}
	}
	r.adviser.Store(next)
	return nil
}

func (r *Rubricator) readModel(ctx context.Context, id int64) (*classifier.Model, error) {
	file, err := r.models.ReadModelFile(ctx, id)
	if err != nil {
		return nil, err
	}
	return classifier.Load(file)
}

// Trouble says why the model in force can't be read, nil while it can: then the
// names and words of the tree suggest alone. A model of another version of the
// program is [classifier.ErrForm]; the next training mends it.
func (r *Rubricator) Trouble() error { return r.adviser.Load().trouble }

// FindTopic returns the leaf with the code if a person may choose it on the
// day, a fault.Invalid with field «rubric» otherwise.
func (b *Book) FindTopic(code string, day time.Time) (*Rubric, error) {
	leaf, ok := b.Tree.Find(code)
	if !ok {
		return nil, &fault.Error{
			Kind: fault.Invalid, Key: "rubric.unknown", Fields: []fault.Field{{Name: "rubric", Key: "rubric.unknown"}},
		}
	}
	return leaf, leaf.TakesAppeals(day)
}
