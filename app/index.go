package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/search/bleveindex"
)

// The folder of the index holds one folder for each index that was built, and a
// file that names the one in force. A new one is built beside it and put in
// force by replacing that file; a running server sees it and changes over.
const (
	currentFile  = "CURRENT"
	indexPrefix  = "index-"
	watchCurrent = 3 * time.Second
)

// liveIndex is the index in force. Queries go on while another takes its place.
type liveIndex struct {
	root string
	log  *slog.Logger

	mu   sync.RWMutex // held for reading by every query, for writing by a change
	name string
	now  search.Index
}

var _ search.Index = (*liveIndex)(nil)

// openIndex opens the index in force in the folder, a new one where there is
// none or where it can't be used: the event log fills it again.
func openIndex(root string, log *slog.Logger) (*liveIndex, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	x := &liveIndex{root: root, log: log}
	name, err := currentIndex(root)
	if err != nil {
		return nil, err
	}
	if name == "" {
		return x, x.startAnew()
	}
	ix, err := bleveindex.Open(filepath.Join(root, name), bleveindex.Options{})
	if errors.Is(err, search.ErrRebuild) {
		log.Warn("the index can't be used and is built anew", slog.Any("error", err))
		return x, x.startAnew()
	}
	if err != nil {
		return nil, err
	}
	x.name, x.now = name, ix
	x.sweep()
	return x, nil
}

func currentIndex(root string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(root, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	name := strings.TrimSpace(string(raw))
	if err == nil && (!strings.HasPrefix(name, indexPrefix) || filepath.Base(name) != name) {
		return "", fmt.Errorf("index: %s names no index", filepath.Join(root, currentFile))
	}
	return name, err
}

// setCurrent puts an index in force, all or nothing.
func setCurrent(root, name string) error {
	tmp, err := os.CreateTemp(root, currentFile+".new")
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(name + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(root, currentFile))
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

// newIndex makes an empty index beside the others.
func newIndex(root string) (name string, ix *bleveindex.Index, err error) {
	dir, err := os.MkdirTemp(root, indexPrefix)
	if err != nil {
		return "", nil, fmt.Errorf("index: %w", err)
	}
	ix, err = bleveindex.Open(dir, bleveindex.Options{})
	return filepath.Base(dir), ix, err
}

// startAnew puts an empty index in the place of the one in force.
func (x *liveIndex) startAnew() error {
	name, ix, err := newIndex(x.root)
	if err != nil {
		return err
	}
	if err := setCurrent(x.root, name); err != nil {
		return errors.Join(err, ix.Close())
	}
	return x.change(name, ix)
}

func (x *liveIndex) change(name string, to search.Index) error {
	x.mu.Lock()
	old := x.now
	x.name, x.now = name, to
	x.mu.Unlock()
	var err error
	if old != nil {
		err = old.Close()
	}
	x.sweep()
	return err
}

// sweep removes every index but the one in force and one that is being built.
func (x *liveIndex) sweep() {
	names, err := filepath.Glob(filepath.Join(x.root, indexPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range names {
		info, err := os.Stat(filepath.Join(dir, building))
		fresh := err == nil && time.Since(info.ModTime()) < staleBuild
		if filepath.Base(dir) != x.name && !fresh {
			_ = os.RemoveAll(dir)
		}
	}
}

// building marks the folder of an index that is being built; the builder touches
// it as it goes on.
const (
	building   = "BUILDING"
	staleBuild = 10 * time.Minute
)

// watch changes over when another index was put in force.
func (x *liveIndex) watch(ctx context.Context) {
	tick := time.NewTicker(watchCurrent)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		name, err := currentIndex(x.root)
		if err != nil || name == "" || name == x.name {
			continue
		}
		ix, err := bleveindex.Open(filepath.Join(x.root, name), bleveindex.Options{})
		if err != nil {
			x.log.ErrorContext(ctx, "the new index can't be opened", slog.String("index", name), slog.Any("error", err))
			continue
		}
		if err := x.change(name, ix); err != nil {
			x.log.WarnContext(ctx, "the former index did not close well", slog.Any("error", err))
		}
		x.log.InfoContext(ctx, "a new index is in force", slog.String("index", name))
	}
}

// hold keeps the index in force open until release.
func (x *liveIndex) hold() (ix search.Index, release func(), err error) {
	x.mu.RLock()
	if x.now == nil {
		x.mu.RUnlock()
		return nil, nil, fault.New(fault.Unavailable, "error.unavailable")
	}
	return x.now, x.mu.RUnlock, nil
}

func ask[T any](x *liveIndex, question func(search.Index) (T, error)) (T, error) {
	ix, release, err := x.hold()
	if err != nil {
		var none T
		return none, err
	}
	defer release()
	return question(ix)
}

// Apply implements search.Index.
func (x *liveIndex) Apply(ctx context.Context, docs []search.Doc, remove []int64, checkpoint string) error {
	_, err := ask(x, func(ix search.Index) (struct{}, error) {
		return struct{}{}, ix.Apply(ctx, docs, remove, checkpoint)
	})
	return err
}

// Checkpoint implements search.Index.
func (x *liveIndex) Checkpoint(ctx context.Context) (string, error) {
	return ask(x, func(ix search.Index) (string, error) { return ix.Checkpoint(ctx) })
}

// Search implements search.Index.
func (x *liveIndex) Search(ctx context.Context, q search.Query, offset, limit int) (search.Result, error) {
	return ask(x, func(ix search.Index) (search.Result, error) { return ix.Search(ctx, q, offset, limit) })
}

// HeatMap implements search.Index.
func (x *liveIndex) HeatMap(ctx context.Context, q search.HeatQuery) (search.HeatMap, error) {
	return ask(x, func(ix search.Index) (search.HeatMap, error) { return ix.HeatMap(ctx, q) })
}

// Points implements search.Index.
func (x *liveIndex) Points(ctx context.Context, q search.PointQuery) ([]search.Cluster, error) {
	return ask(x, func(ix search.Index) ([]search.Cluster, error) { return ix.Points(ctx, q) })
}

// Rising implements search.Index.
func (x *liveIndex) Rising(ctx context.Context, q search.RisingQuery) (search.RisingWords, error) {
	return ask(x, func(ix search.Index) (search.RisingWords, error) { return ix.Rising(ctx, q) })
}

// Nearest implements search.Index.
func (x *liveIndex) Nearest(ctx context.Context, q search.Query, text string, limit int) ([]search.Hit, error) {
	return ask(x, func(ix search.Index) ([]search.Hit, error) { return ix.Nearest(ctx, q, text, limit) })
}

// Count implements search.Index.
func (x *liveIndex) Count(ctx context.Context) (int, error) {
	return ask(x, func(ix search.Index) (int, error) { return ix.Count(ctx) })
}

// Close implements search.Index.
func (x *liveIndex) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.now == nil {
		return nil
	}
	err := x.now.Close()
	x.now = nil
	return err
}

// Indexed counts the appeals in the index, which must be open: see [App.Handler].
func (a *App) Indexed(ctx context.Context) (int, error) {
	if a.index == nil {
		return 0, fault.New(fault.Unavailable, "error.unavailable")
	}
	return a.index.Count(ctx)
}

// Reindex builds an index of the whole log beside the one in force and puts it
// in force; a running server changes over to it by itself. A build that was
// killed is gone on with. progress is told how many appeals are in.
func Reindex(ctx context.Context, root string, events jobs.Log, log *slog.Logger, progress func(done int)) error {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	name, ix, err := begunIndex(root)
	if err == nil && ix == nil {
		name, ix, err = newIndex(root)
	}
	if err != nil {
		return err
	}
	dir := filepath.Join(root, name)
	err = fill(ctx, dir, &jobs.Indexer{Log: log, Event: events, Index: ix}, progress)
	err = errors.Join(err, ix.Close())
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	// In force first: without its mark a server could sweep it away.
	if err := setCurrent(root, name); err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, building))
}

// begunIndex opens what a build that was killed has left, to go on with it; nil
// where there is none, or where somebody is at it.
func begunIndex(root string) (name string, ix *bleveindex.Index, err error) {
	marks, err := filepath.Glob(filepath.Join(root, indexPrefix+"*", building))
	if err != nil {
		return "", nil, err
	}
	current, err := currentIndex(root)
	if err != nil {
		return "", nil, err
	}
	for _, mark := range marks {
		dir := filepath.Dir(mark)
		if filepath.Base(dir) == current {
			continue // killed between putting it in force and taking the mark off
		}
		ix, err := bleveindex.Open(dir, bleveindex.Options{LockTimeout: begunPatience})
		if err == nil {
			return filepath.Base(dir), ix, nil
		}
		if errors.Is(err, search.ErrRebuild) {
			if err := os.RemoveAll(dir); err != nil {
				return "", nil, err
			}
		}
	}
	return "", nil, nil
}

// begunPatience is how long to wait for one who builds an index already.
const begunPatience = 100 * time.Millisecond

func fill(ctx context.Context, dir string, x *jobs.Indexer, progress func(done int)) error {
	for more := true; more; {
		if err := os.WriteFile(filepath.Join(dir, building), nil, 0o600); err != nil {
			return err
		}
		var err error
		if more, err = x.Step(ctx); err != nil {
			return err
		}
		n, err := x.Index.Count(ctx)
		if err != nil {
			return err
		}
		progress(n)
	}
	return nil
}
