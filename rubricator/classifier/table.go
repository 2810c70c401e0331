package classifier

// table finds the number of a hash: open addressing, at most half full, so that
// a look-up costs one or two cache lines and no allocation.
type table struct {
	keys   []uint64 // 0 = free
	values []int32
	n      int
}

func newTable(n int) table {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return table{keys: make([]uint64, size), values: make([]int32, size)}
}

func (t *table) put(key uint64, value int32) {
	mask := uint64(len(t.keys) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		if t.keys[i] == 0 {
			t.keys[i], t.values[i] = key, value
			t.n++
			return
		}
		if t.keys[i] == key {
			t.values[i] = value
			return
		}
	}
}

func (t *table) get(key uint64) (int32, bool) {
	mask := uint64(len(t.keys) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		switch t.keys[i] {
		case key:
			return t.values[i], true
		case 0:
			return 0, false
		}
	}
}
