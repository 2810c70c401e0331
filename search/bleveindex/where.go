package bleveindex

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/otklik/otklik/search"
)

// where is what must hold beside words and filters, cheap things first.
type where struct {
	groups []group
	loose  [][]string // terms of words that may occur, for ranks and marks
	close  [][]string // phrases that may occur, as sequences
}

// group holds where one of its tests does.
type group struct {
	tests []test
	price price
}

// test leaves the documents of a part that pass it.
type test struct {
	not  bool
	pass func(p *part, docs *roaring.Bitmap) (*roaring.Bitmap, error)
}

// price is what a test costs: a bitmap, a look at each row, or comparing places in
// each text.
type price int

const (
	bitmaps price = iota
	rowByRow
	placeByPlace
)

func newWhere(ctx context.Context, asked []search.AnyOf) *where {
	w := &where{}
	for _, choices := range asked {
		w.add(ctx, choices)
	}
	w.order()
	return w
}

func (w *where) add(ctx context.Context, choices search.AnyOf) {
	var g group
	for _, c := range choices {
		t, price := w.test(ctx, c)
		g.tests = append(g.tests, t)
		g.price = max(g.price, price)
	}
	w.groups = append(w.groups, g)
}

func (w *where) order() {
	slices.SortStableFunc(w.groups, func(a, b group) int { return cmp.Compare(a.price, b.price) })
}

// of leaves the documents of a part for which everything holds.
func (w *where) of(p *part, docs *roaring.Bitmap) (*roaring.Bitmap, error) {
	for _, g := range w.groups {
		if docs.IsEmpty() {
			return docs, nil
		}
		var found []*roaring.Bitmap
		for _, t := range g.tests {
			pass, err := t.pass(p, docs)
			if err != nil {
				return nil, err
			}
			if t.not {
				pass = roaring.AndNot(docs, pass)
			}
			found = append(found, pass)
		}
		docs = roaring.FastOr(found...)
	}
	return docs, nil
}

func (w *where) test(ctx context.Context, c search.Condition) (test, price) {
	t := test{not: c.Not}
	switch {
	case c.Phrase != "":
		s := newPhrase(c.Phrase)
		if !c.Not {
			w.close = append(w.close, s.stems())
		}
		t.pass = func(p *part, docs *roaring.Bitmap) (*roaring.Bitmap, error) { return s.in(ctx, p, docs) }
		return t, placeByPlace
	case c.Word != "":
		return w.word(ctx, c)
	case c.Near.Metres > 0:
		t.pass = func(p *part, docs *roaring.Bitmap) (*roaring.Bitmap, error) {
			return p.keep(docs, newCircle(c.Near).has), nil
		}
		return t, rowByRow
	case c.Span.Field != "":
		t.pass = func(p *part, docs *roaring.Bitmap) (*roaring.Bitmap, error) {
			return p.keep(docs, inSpan(c.Span)), nil
		}
		return t, rowByRow
	default:
		t.pass = func(p *part, docs *roaring.Bitmap) (*roaring.Bitmap, error) {
			having, err := p.is(c.Is)
			if err != nil {
				return nil, err
			}
			return roaring.And(docs, having), nil
		}
		return t, bitmaps
	}
}

// word tests for a word in any of its forms. A compound like «12к1» may be
// written apart too.
func (w *where) word(ctx context.Context, c search.Condition) (test, price) {
	terms := stems(c.Word)
	if !c.Not {
		for _, term := range terms {
			w.loose = append(w.loose, []string{term})
		}
	}
	cost := bitmaps
	if slices.ContainsFunc(terms, compound) {
		cost = placeByPlace
	}
	return test{not: c.Not, pass: func(p *part, docs *roaring.Bitmap) (*roaring.Bitmap, error) {
		if len(terms) == 0 { // stop words tell nothing
			return roaring.New(), nil
		}
		left := docs
		for _, term := range terms {
			having, err := p.havingWord([]string{term})
			if err != nil {
				return nil, err
			}
			having = roaring.And(left, having)
			if compound(term) {
				apart, err := newPhrase(term).in(ctx, p, roaring.AndNot(left, having))
				if err != nil {
					return nil, err
				}
				having = roaring.Or(having, apart)
			}
			left = having
		}
		return left, nil
	}}, cost
}

// keywords are the fields that are asked for a value as it stands.
var keywords = map[search.Field]string{
	search.ByAgency:   fieldAgency,
	search.ByStage:    fieldStage,
	search.ByPlace:    fieldTerritory,
	search.BySource:   fieldSource,
	search.ByExecutor: fieldExecutor,
	search.ByOutcome:  fieldOutcome,
	search.ByNumber:   fieldNumber,
}

func (p *part) is(is search.Is) (*roaring.Bitmap, error) {
	if field, ok := keywords[is.Field]; ok {
		return p.havingAny(field, is.Values, "")
	}
	all := make([]*roaring.Bitmap, 0, len(is.Values))
	if is.Field == search.ByRubric {
		for _, rubric := range is.Values {
			docs, err := p.under(rubric)
			if err != nil {
				return nil, err
			}
			all = append(all, docs)
		}
	}
	return roaring.FastOr(all...), nil
}

// keep leaves the documents whose rows pass.
func (p *part) keep(docs *roaring.Bitmap, pass func(*row) bool) *roaring.Bitmap {
	dense := make([]uint64, (len(p.rows)+63)/64)
	var buf [1024]uint32
	for it := docs.ManyIterator(); ; {
		n := it.NextMany(buf[:])
		if n == 0 {
			return roaring.FromDense(dense, false)
		}
		for _, doc := range buf[:n] {
			if pass(&p.rows[doc]) {
				dense[doc>>6] |= 1 << (doc & 63)
			}
		}
	}
}

func inSpan(s search.Span) func(*row) bool {
	from, to := s.From, s.To
	switch s.Field {
	case search.ByDue:
		return func(r *row) bool { return r.due != 0 && r.marks&isFinal == 0 && r.due >= from && r.due < to }
	case search.ByRating:
		return func(r *row) bool { return r.rating != 0 && int64(r.rating) >= from && int64(r.rating) < to }
	case search.BySubmitted:
		return func(r *row) bool { return r.submitted != 0 && r.submitted >= from && r.submitted < to }
	default:
		return func(*row) bool { return false }
	}
}

// circle is the points near one. On the scale of a region a degree of longitude
// is as long everywhere as at the centre.
type circle struct {
	lat, lon int32
	squeeze  float64 // a degree of longitude in degrees of latitude
	reach    float64 // in millionths of a degree of latitude, squared
	high     int32   // the reach, for a quick no
}

// metresPerDegree of latitude, on a sphere of 6,371,008.8 m.
const metresPerDegree = 111_195.08

func newCircle(n search.Near) circle {
	reach := n.Metres / metresPerDegree * 1e6
	return circle{
		lat: micro(n.Lat), lon: micro(n.Lon), squeeze: math.Cos(n.Lat * math.Pi / 180),
		reach: reach * reach, high: int32(min(reach+1, math.MaxInt32)),
	}
}

func (c circle) has(r *row) bool {
	if r.lat == 0 && r.lon == 0 {
		return false
	}
	dy := r.lat - c.lat
	if dy > c.high || dy < -c.high {
		return false
	}
	dx := math.Abs(float64(r.lon) - float64(c.lon))
	if dx > 180e6 { // across the date line
		dx = 360e6 - dx
	}
	dx *= c.squeeze
	return dx*dx+float64(dy)*float64(dy) <= c.reach
}
