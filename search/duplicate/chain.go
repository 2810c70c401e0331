package duplicate

import "slices"

// chains lists slots by key in two flat arrays: a map with a million keys of
// one slot each would take ten times the room. Keys that fall together are told
// apart when the cases are compared.
type chains struct {
	heads []int32 // slot + 1 by the low bits of the key, 0: none
	next  []int32 // slot + 1 that follows the slot
	keys  []uint32
	held  int
}

const fewestHeads = 1 << 10

func (c *chains) add(key uint64, slot int32) {
	if c.held >= len(c.heads) {
		c.grow()
	}
	if n := int(slot) + 1; n > len(c.next) {
		c.next = slices.Grow(c.next, n-len(c.next))[:n]
		c.keys = slices.Grow(c.keys, n-len(c.keys))[:n]
	}
	c.keys[slot] = uint32(key) //nolint:gosec // the low half is enough to tell most apart
	c.link(slot)
	c.held++
}

func (c *chains) link(slot int32) {
	head := &c.heads[int(c.keys[slot])&(len(c.heads)-1)]
	c.next[slot] = *head
	*head = slot + 1
}

func (c *chains) grow() {
	old := c.heads
	c.heads = make([]int32, max(fewestHeads, 2*len(old)))
	for _, head := range old {
		for head != 0 {
			slot := head - 1
			head = c.next[slot]
			c.link(slot)
		}
	}
}

func (c *chains) drop(key uint64, slot int32) {
	if len(c.heads) == 0 {
		return
	}
	at := &c.heads[int(uint32(key))&(len(c.heads)-1)] //nolint:gosec // see add
	for *at != 0 {
		if *at == slot+1 {
			*at = c.next[slot]
			c.held--
			return
		}
		at = &c.next[*at-1]
	}
}

// find appends the slots with the key, latest first, at most so many.
func (c *chains) find(key uint64, out []int32, most int) []int32 {
	if len(c.heads) == 0 {
		return out
	}
	low := uint32(key) //nolint:gosec // see add
	for at := c.heads[int(low)&(len(c.heads)-1)]; at != 0 && len(out) < most; at = c.next[at-1] {
		if c.keys[at-1] == low {
			out = append(out, at-1)
		}
	}
	return out
}
