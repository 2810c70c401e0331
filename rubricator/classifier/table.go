package classifier

// table finds the number of a hash: open addressing, at most half full, so that
// a look-up costs one or two cache lines and no allocation. It keeps half of each
// hash: with the place in the table that makes more bits than strangers share.
type table struct {
	slots []slot
}

type slot struct {
	tag   uint32 // 0 = free
	value int32
}

func tag(hash uint64) uint32 { return uint32(hash>>32) | 1 }

func newTable(n int) table {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return table{slots: make([]slot, size)}
}

func (t *table) put(hash uint64, value int32) {
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.tag == 0 || s.tag == tag(hash) {
			*s = slot{tag(hash), value}
			return
		}
	}
}

func (t *table) get(hash uint64) (int32, bool) {
	slots := t.slots
	mask := uint64(len(slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch s := slots[i&uint64(len(slots)-1)]; s.tag {
		case tag(hash):
			return s.value, true
		case 0:
			return 0, false
		}
	}
}

// kept is the table as a file holds it, a number for each slot.
func (t *table) kept() []uint64 {
	out := make([]uint64, len(t.slots))
	for i, s := range t.slots {
		out[i] = uint64(s.tag)<<32 | uint64(s.value)
	}
	return out
}

// tableOf reads a table from a file; its values must be below the number given.
func tableOf(kept []uint64, values int) (table, error) {
	n := len(kept)
	if n < 16 || n&(n-1) != 0 {
		return table{}, ErrForm
	}
	t := table{slots: make([]slot, n)}
	taken := 0
	for i, k := range kept {
		if k == 0 {
			continue
		}
		taken++
		t.slots[i] = slot{uint32(k >> 32), int32(k & 0x7FFFFFFF)}
		if t.slots[i].tag == 0 || int(t.slots[i].value) >= values {
			return table{}, ErrForm
		}
	}
	if 2*taken > n {
		return table{}, ErrForm
	}
	return t, nil
}
