package report

import (
	"encoding/binary"
	"maps"
	"slices"
)

// Tray is the cells that are kept together, by topic.
type Tray map[string]*Sums

// trays puts cells where they are kept.
func trays(cells map[Key]*Sums) map[Key]Tray {
	out := map[Key]Tray{}
	for k, s := range cells {
		at := k.Tray()
		if out[at] == nil {
			out[at] = Tray{}
		}
		out[at][k.Topic] = s
	}
	return out
}

// Add adds the cells of another and leaves those out that are zero then.
func (t Tray) Add(other Tray) {
	for topic, s := range other {
		if t[topic] == nil {
			t[topic] = &Sums{}
		}
		if t[topic].Add(s, 1); t[topic].Zero() {
			delete(t, topic)
		}
	}
}

// Encode writes the tray as it is stored, topics in their order: of each what it
// doesn't share with the one before, and its sums behind their length.
func (t Tray) Encode() []byte {
	var b, sums []byte
	last := ""
	for _, topic := range slices.Sorted(maps.Keys(t)) {
		shared := 0
		for shared < min(len(last), len(topic)) && last[shared] == topic[shared] {
			shared++
		}
		b = binary.AppendUvarint(b, uint64(shared))
		b = appendBytes(b, []byte(topic[shared:]))
		sums = t[topic].append(sums[:0])
		b = appendBytes(b, sums)
		last = topic
	}
	return b
}

func appendBytes(b, what []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(what))), what...)
}

// EachTopic reads what [Tray.Encode] wrote: the sums of one topic, of all where
// it is "". Bare ones have no hours. The sums are fn's to keep.
func EachTopic(body []byte, only string, bare bool, fn func(topic string, s *Sums) error) error {
	r := reader{b: body}
	var name []byte
	for len(r.b) > 0 {
		shared, rest, cell := r.uint(), r.bytes(), []byte(nil)
		if cell = r.bytes(); r.err == nil && shared > uint64(len(name)) {
			r.err = errTorn
		}
		if r.err != nil {
			return r.err
		}
		name = append(name[:shared], rest...)
		if only != "" && string(name) != only {
			continue
		}
		one := reader{b: cell}
		s := one.sums(bare)
		if one.err != nil {
			return one.err
		}
		if err := fn(string(name), &s); err != nil {
			return err
		}
	}
	return nil
}
