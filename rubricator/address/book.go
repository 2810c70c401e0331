package address

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/otklik/otklik/rubricator/territory"
)

// Source is where the tables are kept.
type Source interface {
	// LastAddressLoad names the last change of the tables, 0 before the first.
	LastAddressLoad(ctx context.Context) (int64, error)
	ListStreets(ctx context.Context) ([]Street, error)
	ListLandmarks(ctx context.Context) ([]Landmark, error)
}

// Book is the tables in memory. Readers never wait: a reload swaps the whole
// index. It is safe for concurrent use.
type Book struct {
	source Source
	places func() *territory.Index
	index  atomic.Pointer[Index]

	mu   sync.Mutex // one reload at a time
	load int64      // that the index was built of
}

// NewBook makes a book that holds nothing until Reload. places returns the
// territories in force.
func NewBook(source Source, places func() *territory.Index) *Book {
	b := &Book{source: source, places: places, load: -1}
	b.index.Store(NewIndex(places, nil, nil))
	return b
}

// Index returns the tables as they are now. Use one for one piece of work.
func (b *Book) Index() *Index { return b.index.Load() }

// Reload reads the tables where they changed. On an error
// the former index stays.
func (b *Book) Reload(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	load, err := b.source.LastAddressLoad(ctx)
	if err != nil {
		return err
	}
	if load == b.load {
		return nil
	}
	streets, err := b.source.ListStreets(ctx)
	if err != nil {
		return err
	}
	landmarks, err := b.source.ListLandmarks(ctx)
	if err != nil {
		return err
	}
	b.index.Store(NewIndex(b.places, streets, landmarks))
	b.load = load
	return nil
}
