package report

import (
	"encoding/binary"
	"errors"
)

var errTorn = errors.New("report: a stored portion or cell can't be read")

func (s *Sums) append(b []byte) []byte {
	used := 0
	for _, n := range s.N {
		if n != 0 {
			used++
		}
	}
	b = binary.AppendUvarint(b, uint64(used))
	for m, n := range s.N {
		if n != 0 {
			b = binary.AppendUvarint(b, uint64(m))
			b = binary.AppendVarint(b, int64(n))
		}
	}
	b = binary.AppendUvarint(b, uint64(len(s.Hours)))
	last := int32(0)
	for _, h := range s.Hours {
		b = binary.AppendVarint(b, int64(h.Hour-last))
		b = binary.AppendVarint(b, int64(h.N))
		last = h.Hour
	}
	return b
}

// reader reads varints; err tells in the end whether all could be read.
type reader struct {
	b   []byte
	err error
}

func (r *reader) uint() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.err, r.b = errTorn, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) int() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.err, r.b = errTorn, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

// bytes reads what stands behind its length; it belongs to the body.
func (r *reader) bytes() []byte {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.err, r.b = errTorn, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// sums reads one cell; bare, its hours are left unread.
func (r *reader) sums(bare bool) Sums {
	var s Sums
	for range r.uint() {
		m := r.uint()
		if r.err != nil || m >= uint64(measures) {
			r.err = errTorn
			return s
		}
		s.N[m] = int(r.int())
	}
	if bare {
		return s
	}
	buckets := r.uint()
	if buckets > uint64(len(r.b)) {
		r.err = errTorn
		return s
	}
	if buckets > 0 {
		s.Hours = make(Histogram, 0, buckets)
	}
	last := int64(0)
	for range buckets {
		last += r.int()
		s.Hours = append(s.Hours, Bucket{int32(last), int32(r.int())}) //nolint:gosec // as they were written
	}
	return s
}

// Portion is what one appeal has put into the sums.
type Portion []Increment

// Encode writes the portion as it is stored. What an increment shares with the
// one before it is not written again.
func (p Portion) Encode() []byte {
	var b []byte
	for i := range p {
		in := &p[i]
		same := i > 0 && in.family == p[i-1].family && in.agency == p[i-1].agency && in.territory == p[i-1].territory &&
			in.person == p[i-1].person && in.topic == p[i-1].topic && in.category == p[i-1].category
		if same {
			b = append(b, 0xff)
		} else {
			b = append(b, byte(in.family))
			for _, n := range []int64{in.agency, in.territory, in.person} {
				b = binary.AppendVarint(b, n)
			}
			b = appendBytes(b, []byte(in.topic))
			b = appendBytes(b, []byte(in.category))
		}
		b = binary.AppendVarint(b, int64(in.day))
		b = binary.AppendVarint(b, int64(in.due))
		b = in.sums.append(b)
	}
	return b
}

// DecodePortion reads what Encode wrote.
func DecodePortion(b []byte) (Portion, error) {
	var out Portion
	r := reader{b: b}
	for len(r.b) > 0 && r.err == nil {
		var in Increment
		mark := r.b[0]
		r.b = r.b[1:]
		switch {
		case mark != 0xff:
			in.family = family(mark)
			in.agency, in.territory, in.person = r.int(), r.int(), r.int()
			in.topic, in.category = string(r.bytes()), string(r.bytes())
		case len(out) == 0:
			return nil, errTorn
		default:
			in = out[len(out)-1]
		}
		in.day, in.due = Day(r.int()), Day(r.int()) //nolint:gosec // as they were written
		in.sums = r.sums(false)
		out = append(out, in)
	}
	return out, r.err
}
