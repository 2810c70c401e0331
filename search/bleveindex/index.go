// Package bleveindex keeps the search index in bleve (scorch segments on disk).
//
// Text is found through bleve's posting lists, taken as bitmaps. What a heat map
// counts and filters by time stands beside each segment as rows in memory, so a
// query costs a few bitmap operations and one pass over the rows it matched.
package bleveindex

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	bbolterrors "go.etcd.io/bbolt/errors"
	"golang.org/x/time/rate"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/search"
)

// warmEvery is how often the rows of new segments are built ahead of queries.
const warmEvery = time.Second

// behindErrors names the function that bleve calls when it fails behind our back:
// a full disk, a merge that finds a torn segment.
const behindErrors = "otklik"

func init() {
	// bleve retries at once and without end: tell once in a while.
	sometimes := rate.Sometimes{Interval: 10 * time.Second}
	scorch.RegistryAsyncErrorCallbacks[behindErrors] = func(err error, path string) {
		sometimes.Do(func() { slog.Error("search index fails", "path", path, "error", err) })
	}
}

// Options tune an index. The zero value is right for most.
type Options struct {
	// LockTimeout is how long to wait for another process that has the index
	// open; 2 s when zero.
	LockTimeout time.Duration
}

// Index is a search.Index on bleve. It is safe for concurrent use.
type Index struct {
	bleve   bleve.Index
	columns *columns

	mu     sync.RWMutex // held for reading by every call, for writing by Close
	closed bool
	stop   chan struct{}
	warmed chan struct{}
}

var _ search.Index = (*Index)(nil)

// Open opens the index in a folder, or makes a new one where there is none; path
// "" keeps it in memory. An index that can't be used is search.ErrRebuild; one
// that another process holds is Unavailable.
func Open(path string, opts Options) (*Index, error) {
	b, err := open(path, opts)
	if err != nil {
		return nil, err
	}
	ix := &Index{bleve: b, columns: newColumns(), stop: make(chan struct{}), warmed: make(chan struct{})}
	if err := ix.warm(); err != nil { // reads every column, so damage shows now
		return nil, errors.Join(unusable(path, err), b.Close())
	}
	go ix.keepWarm()
	return ix, nil
}

// parts are the names in the folder of an index; what else lies there is not ours.
var parts = []string{"store", "index_meta.json"}

// Discard removes the index in a folder, so that Open makes a new one.
func Discard(path string) error {
	for _, part := range parts {
		if err := os.RemoveAll(filepath.Join(path, part)); err != nil {
			return fmt.Errorf("discard search index: %w", err)
		}
	}
	return nil
}

func open(path string, opts Options) (b bleve.Index, err error) {
	defer func() {
		if p := recover(); p != nil { // a torn file can make its reader panic
			b, err = nil, unusable(path, fmt.Errorf("panic: %v", p))
		}
	}()
	if opts.LockTimeout == 0 {
		opts.LockTimeout = 2 * time.Second
	}
	config := map[string]any{"bolt_timeout": opts.LockTimeout.String(), "asyncErrorCallbackName": behindErrors}
	if fresh, err := empty(path); err != nil {
		return nil, unusable(path, err)
	} else if fresh {
		return create(path, config)
	}
	b, err = bleve.OpenUsing(path, config)
	if err != nil {
		return nil, unusable(path, err)
	}
	version, err := b.GetInternal(schemaKey)
	if err == nil && string(version) != schemaVersion {
		err = fmt.Errorf("schema version %q, want %q", version, schemaVersion)
	}
	if err != nil {
		return nil, errors.Join(unusable(path, err), b.Close())
	}
	return b, nil
}

func create(path string, config map[string]any) (bleve.Index, error) {
	b, err := bleve.NewUsing(path, mapping.NewIndexMapping(), scorch.Name, scorch.Name, config)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "error.search_unavailable", fmt.Errorf("create search index: %w", err))
	}
	if err := b.SetInternal(schemaKey, []byte(schemaVersion)); err != nil {
		return nil, errors.Join(fmt.Errorf("create search index: %w", err), b.Close())
	}
	return b, nil
}

// empty reports whether no index was begun at the path.
func empty(path string) (bool, error) {
	if path == "" {
		return true, nil
	}
	for _, part := range parts {
		_, err := os.Lstat(filepath.Join(path, part))
		if !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	return true, nil
}

// unusable tells what to do about an index that doesn't open.
func unusable(path string, err error) error {
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout):
		return fault.Wrap(fault.Unavailable, "error.search_in_use", fmt.Errorf("search index %s is open elsewhere: %w", path, err))
	case errors.Is(err, fs.ErrPermission):
		return fault.Wrap(fault.Unavailable, "error.search_unavailable", fmt.Errorf("open search index: %w", err))
	default:
		return fmt.Errorf("open search index %s: %w: %w", path, search.ErrRebuild, err)
	}
}

// Apply implements search.Index. The batch is on disk when it returns.
func (ix *Index) Apply(ctx context.Context, docs []search.Doc, remove []int64, checkpoint string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	release, err := ix.hold()
	if err != nil {
		return err
	}
	defer release()
	batch := ix.bleve.NewBatch()
	for i := range docs {
		if docs[i].ID <= 0 {
			return fmt.Errorf("index appeal %d: an id is positive", docs[i].ID)
		}
		if err := batch.IndexAdvanced(newDocument(&docs[i])); err != nil {
			return fmt.Errorf("index appeal %d: %w", docs[i].ID, err)
		}
	}
	for _, id := range remove {
		batch.Delete(strconv.FormatInt(id, 10))
	}
	batch.SetInternal(checkpointKey, []byte(checkpoint))
	if err := ix.bleve.Batch(batch); err != nil {
		return fmt.Errorf("write search index: %w", err)
	}
	return nil
}

// Checkpoint implements search.Index.
func (ix *Index) Checkpoint(context.Context) (string, error) {
	release, err := ix.hold()
	if err != nil {
		return "", err
	}
	defer release()
	value, err := ix.bleve.GetInternal(checkpointKey)
	if err != nil {
		return "", fmt.Errorf("read checkpoint of search index: %w", err)
	}
	return string(value), nil
}

// Count implements search.Index.
func (ix *Index) Count(context.Context) (int, error) {
	release, err := ix.hold()
	if err != nil {
		return 0, err
	}
	defer release()
	n, err := ix.bleve.DocCount()
	if err != nil {
		return 0, fmt.Errorf("count search index: %w", err)
	}
	return int(n), nil //nolint:gosec // documents are counted in 32 bits
}

// Close implements search.Index. It waits for running calls; a second call does
// nothing.
func (ix *Index) Close() error {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if ix.closed {
		return nil
	}
	ix.closed = true
	close(ix.stop)
	if err := ix.bleve.Close(); err != nil {
		return fmt.Errorf("close search index: %w", err)
	}
	return nil
}

// hold keeps the index open until release is called.
func (ix *Index) hold() (release func(), err error) {
	ix.mu.RLock()
	if ix.closed {
		ix.mu.RUnlock()
		return nil, fault.Wrap(fault.Unavailable, "error.search_unavailable", errors.New("search index is closed"))
	}
	return ix.mu.RUnlock, nil
}

// keepWarm builds the rows of new and merged segments before a query needs them.
func (ix *Index) keepWarm() {
	defer close(ix.warmed)
	tick := time.NewTicker(warmEvery)
	defer tick.Stop()
	for {
		select {
		case <-ix.stop:
			return
		case <-tick.C:
			release, err := ix.hold()
			if err != nil {
				return
			}
			_ = ix.warm() // the query that needs the rows will report it
			release()
		}
	}
}

func (ix *Index) warm() error {
	v, err := ix.view()
	if err != nil {
		return err
	}
	return v.close()
}
