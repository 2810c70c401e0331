package classifier

// table finds the number of a hash: open addressing, at most half full, so that
// a look-up costs one or two cache lines and no allocation.
type table struct {
	slots []slot
	n     int
}

type slot struct {
	key   uint64 // 0 = free
	value int32
}

func newTable(n int) table {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return table{slots: make([]slot, size)}
}

func (t *table) put(key uint64, value int32) {
	mask := uint64(len(t.slots) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		switch s := &t.slots[i]; s.key {
		case 0:
			*s = slot{key, value}
			t.n++
			return
		case key:
			s.value = value
			return
		}
	}
}

func (t *table) get(key uint64) (int32, bool) {
	slots := t.slots
	mask := uint64(len(slots) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		switch s := &slots[i]; s.key {
		case key:
			return s.value, true
		case 0:
			return 0, false
		}
	}
}

// sieve says of most hashes that were not added so, from memory small enough to
// stay near the core.
type sieve struct{ bits []uint64 }

func newSieve(n int) sieve {
	size := 64
	for size < 16*n {
		size *= 2
	}
	return sieve{make([]uint64, size/64)}
}

func (s sieve) add(hash uint64) {
	s.bits[hash>>32/64%uint64(len(s.bits))] |= 1 << (hash >> 32 % 64)
}

func (s sieve) may(hash uint64) bool {
	return s.bits[hash>>32/64%uint64(len(s.bits))]>>(hash>>32%64)&1 != 0
}
