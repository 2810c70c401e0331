package bleveindex

import (
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// row is what is filtered and ranked of one document; what is only counted
// stands in the facts beside the rows. Codes are of the index's vocabularies.
type row struct {
	id, submitted, due int64 // times in Unix microseconds, 0 is none
	lat, lon           int32 // in millionths of a degree, 0 0 is no point
	marks              marks
	rating             uint8
}

// vocabulary gives the values of one column small codes. Code 0 is no value.
type vocabulary struct {
	mu    sync.RWMutex
	codes map[string]uint32
	names []string
}

func newVocabulary() *vocabulary {
	return &vocabulary{codes: map[string]uint32{"": 0}, names: []string{""}}
}

func (v *vocabulary) code(name string) uint32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	code, ok := v.codes[name]
	if !ok {
		code = uint32(len(v.names)) //nolint:gosec // far fewer names than 2^32
		v.codes[name] = code
		v.names = append(v.names, name)
	}
	return code
}

// list returns the names by code. It is not changed by later codes.
func (v *vocabulary) list() []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.names[:len(v.names):len(v.names)]
}

// columns keeps the rows of the segments in use. A segment's documents never
// change and keep their numbers when it moves from memory to disk, so its id
// names its rows; what is deleted since stands in the snapshot.
type columns struct {
	territories, categories, leaves *vocabulary

	mu     sync.Mutex
	built  map[uint64]*segmentRows
	newest uint64 // highest segment id seen
}

type segmentRows struct {
	once  sync.Once
	rows  []row
	facts *facts
	err   error
}

func newColumns() *columns {
	return &columns{
		territories: newVocabulary(), categories: newVocabulary(), leaves: newVocabulary(),
		built: map[uint64]*segmentRows{},
	}
}

// rows returns the rows of a snapshot's segment and what is counted of them,
// building them once.
func (c *columns) rows(s *scorch.SegmentSnapshot) ([]row, *facts, error) {
	c.mu.Lock()
	entry := c.built[s.Id()]
	if entry == nil {
		entry = &segmentRows{}
		c.built[s.Id()] = entry
	}
	c.mu.Unlock()
	entry.once.Do(func() { entry.rows, entry.facts, entry.err = c.build(s.Segment()) })
	if entry.err != nil {
		c.mu.Lock()
		if c.built[s.Id()] == entry {
			delete(c.built, s.Id()) // the next call tries again
		}
		c.mu.Unlock()
	}
	return entry.rows, entry.facts, entry.err
}

// forget drops the rows of segments that the newest snapshot no longer has.
func (c *columns) forget(segments []*scorch.SegmentSnapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var newest uint64
	used := make(map[uint64]bool, len(segments))
	for _, s := range segments {
		used[s.Id()] = true
		newest = max(newest, s.Id())
	}
	if newest < c.newest || len(c.built) == len(used) {
		return
	}
	c.newest = newest
	for id := range c.built {
		if !used[id] {
			delete(c.built, id)
		}
	}
}

func (c *columns) build(seg segment.Segment) (rows []row, counted *facts, err error) {
	defer func() {
		if p := recover(); p != nil { // a torn segment can make its reader panic
			rows, counted, err = nil, nil, fmt.Errorf("read columns: panic: %v", p)
		}
	}()
	if file, ok := seg.(interface{ Version() uint32 }); ok && file.Version() == 0 {
		return nil, nil, errors.New("segment file without a footer")
	}
	rows = make([]row, seg.Count())
	if err := readKeys(seg, rows); err != nil {
		return nil, nil, err
	}
	kinds := make([]kind, len(rows))
	for _, col := range []struct {
		field string
		set   func(term string) (func(doc uint32), error)
	}{
		{fieldDue, func(term string) (func(doc uint32), error) {
			t, err := parseTime(term)
			return func(doc uint32) { rows[doc].due = t }, err
		}},
		{fieldTerritory, func(term string) (func(doc uint32), error) {
			code := c.territories.code(term)
			return func(doc uint32) { kinds[doc].territory = code }, nil
		}},
		{fieldCategory, func(term string) (func(doc uint32), error) {
			code := c.categories.code(term)
			return func(doc uint32) { kinds[doc].category = code }, nil
		}},
		{fieldRubric, func(term string) (func(doc uint32), error) {
			code := c.leaves.code(term)
			return func(doc uint32) { kinds[doc].leaf = code }, nil
		}},
		{fieldRating, func(term string) (func(doc uint32), error) {
			n, err := strconv.ParseUint(term, 10, 8)
			return func(doc uint32) { rows[doc].rating, kinds[doc].rating = uint8(n), uint8(n) }, err //nolint:gosec // parsed as 8 bits
		}},
		{fieldMarks, func(term string) (func(doc uint32), error) {
			n, err := strconv.ParseUint(term, 10, 8)
			return func(doc uint32) { rows[doc].marks, kinds[doc].marks = marks(n), marks(n) }, err //nolint:gosec // parsed as 8 bits
		}},
	} {
		if err := fill(seg, col.field, col.set); err != nil {
			return nil, nil, fmt.Errorf("read column %s: %w", col.field, err)
		}
	}
	return rows, newFacts(rows, kinds), nil
}

// readKeys sets what is kept by document.
func readKeys(seg segment.Segment, rows []row) error {
	byDoc, ok := seg.(segment.DocValueVisitable)
	if !ok {
		return errors.New("segment without document values")
	}
	var (
		state  segment.DocVisitState
		err    error
		fields = []string{fieldKey}
	)
	for i := range rows {
		r := &rows[i]
		var wrong error
		state, err = byDoc.VisitDocValues(uint64(i), fields, func(_ string, term []byte) {
			r.submitted, r.id, r.lat, r.lon, wrong = parseKey(term)
		}, state)
		switch {
		case err != nil || wrong != nil:
			return fmt.Errorf("read key of document %d: %w", i, errors.Join(err, wrong))
		case r.id == 0:
			return fmt.Errorf("document %d has no key", i)
		}
	}
	return nil
}

// fill walks the terms of a field and sets each in the documents that have it.
func fill(seg segment.Segment, field string, set func(string) (func(uint32), error)) error {
	dict, err := seg.Dictionary(field)
	if err != nil {
		return err
	}
	var list segment.PostingsList
	terms := dict.AutomatonIterator(nil, nil, nil)
	for {
		entry, err := terms.Next()
		if err != nil || entry == nil {
			return err
		}
		put, err := set(entry.Term)
		if err != nil {
			return err
		}
		if list, err = dict.PostingsList([]byte(entry.Term), nil, list); err != nil {
			return err
		}
		one, many, err := hits(list)
		if err != nil {
			return err
		}
		if many == nil {
			put(one)
			continue
		}
		many.Iterate(func(doc uint32) bool {
			put(doc)
			return true
		})
	}
}

// hits takes a posting list apart without reading frequencies: a bitmap that
// belongs to the segment and must not be changed, or nil and the only document
// of a term that has just one. An empty list is an empty bitmap.
func hits(list segment.PostingsList) (one uint32, many *roaring.Bitmap, err error) {
	it, ok := list.Iterator(false, false, false, nil).(segment.OptimizablePostingsIterator)
	if !ok {
		return 0, nil, errors.New("segment without bitmaps")
	}
	if many = it.ActualBitmap(); many != nil {
		return 0, many, nil
	}
	if doc, ok := it.DocNum1Hit(); ok {
		return uint32(doc), nil, nil //nolint:gosec // a segment's documents are numbered in 31 bits
	}
	return 0, roaring.New(), nil
}
