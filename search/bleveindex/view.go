package bleveindex

import (
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// view is one snapshot of the index with the rows of its segments. Writers don't
// disturb it. It must be closed.
type view struct {
	snapshot *scorch.IndexSnapshot
	parts    []part
	docs     int // that are not deleted
}

// part is one segment of a view.
type part struct {
	segment segment.Segment
	deleted *roaring.Bitmap // may be nil
	rows    []row
	facts   *facts
}

func (ix *Index) view() (*view, error) {
	engine, err := ix.bleve.Advanced()
	if err != nil {
		return nil, fmt.Errorf("read search index: %w", err)
	}
	reader, err := engine.Reader()
	if err != nil {
		return nil, fmt.Errorf("read search index: %w", err)
	}
	snapshot, ok := reader.(*scorch.IndexSnapshot)
	if !ok || snapshot == nil {
		return nil, fmt.Errorf("read search index: unexpected reader %T", reader)
	}
	v := &view{snapshot: snapshot}
	for _, s := range snapshot.Segments() {
		rows, counted, err := ix.columns.rows(s)
		if err != nil {
			_ = snapshot.Close()
			return nil, fmt.Errorf("read search index: %w", err)
		}
		v.parts = append(v.parts, part{segment: s.Segment(), deleted: s.Deleted(), rows: rows, facts: counted})
		v.docs += int(s.Count()) //nolint:gosec // a count of documents
	}
	ix.columns.forget(snapshot.Segments())
	return v, nil
}

func (v *view) close() error { return v.snapshot.Close() }

// having returns the part's documents with a term, as a bitmap that must not be
// changed.
func (p *part) having(field, term string) (*roaring.Bitmap, error) {
	dict, err := p.segment.Dictionary(field)
	if err != nil {
		return nil, err
	}
	return bitmap(dict, term)
}

func bitmap(dict segment.TermDictionary, term string) (*roaring.Bitmap, error) {
	list, err := dict.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return nil, err
	}
	one, many, err := hits(list)
	if err == nil && many == nil {
		many = roaring.BitmapOf(one)
	}
	return many, err
}

// havingAny returns the part's documents with any of the terms, and with any
// term that begins with prefix unless that is "".
func (p *part) havingAny(field string, terms []string, prefix string) (*roaring.Bitmap, error) {
	dict, err := p.segment.Dictionary(field)
	if err != nil {
		return nil, err
	}
	var all []*roaring.Bitmap
	for _, term := range terms {
		docs, err := bitmap(dict, term)
		if err != nil {
			return nil, err
		}
		all = append(all, docs)
	}
	if prefix != "" {
		// No term holds the byte 0xff: they are UTF-8.
		under := dict.AutomatonIterator(nil, []byte(prefix), []byte(prefix+"\xff"))
		for {
			entry, err := under.Next()
			if err != nil {
				return nil, err
			}
			if entry == nil {
				break
			}
			docs, err := bitmap(dict, entry.Term)
			if err != nil {
				return nil, err
			}
			all = append(all, docs)
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return roaring.FastOr(all...), nil
}
