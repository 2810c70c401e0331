package rubricator

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/otklik/otklik/app/fault"
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
	words  *lexicon
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
	return &Book{Tree: tree, Router: router, Places: index, words: newLexicon(tree)}, nil
}

// Rubricator is a region's rubricator in memory. Readers never wait: a reload
// swaps the whole book. It is safe for concurrent use.
type Rubricator struct {
	source     Source
	neighbours atomic.Pointer[Neighbours]
	book       atomic.Pointer[Book]
}

// New makes a rubricator that holds nothing until Reload. Neighbours may be
// nil: then the words of the tree alone suggest.
func New(source Source, neighbours Neighbours) *Rubricator {
	r := &Rubricator{source: source}
	if neighbours != nil {
		r.Ask(neighbours)
	}
	empty, err := NewBook(0, nil, nil, nil)
	if err != nil {
		panic(err) // nothing in it can be wrong
	}
	r.book.Store(empty)
	return r
}

// Ask lets earlier appeals speak in suggestions from now on.
func (r *Rubricator) Ask(n Neighbours) { r.neighbours.Store(&n) }

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
	return nil
}

// Suggest returns up to limit topics for a person's words, best first: from the
// words of the tree and, where there are any, from earlier appeals. When the
// earlier ones can't be asked, the tree alone answers.
func (r *Rubricator) Suggest(ctx context.Context, text string, limit int) ([]Suggestion, error) {
	var votes []Vote
	if n := r.neighbours.Load(); n != nil {
		var err error
		votes, err = (*n).Similar(ctx, text, 12)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) && !fault.Is(err, fault.Unavailable) {
			return nil, fmt.Errorf("earlier appeals like this: %w", err)
		}
	}
	book := r.Book()
	return book.words.suggest(text, book.Tree.current(votes), limit), nil
}

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
