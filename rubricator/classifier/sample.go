package classifier

import (
	"cmp"
	"hash/fnv"
	"slices"
)

const (
	// mostExamples is how many are learned from: more would cost minutes each
	// hundred thousand and teach next to nothing.
	mostExamples = 100_000
	// wholeTopic is up to how many examples of a topic are all kept.
	wholeTopic = 200
)

// Sample keeps about most of the examples, the same share of each topic but at
// least those that rare topics have. Which ones depends on the examples alone.
func Sample(examples []Example, most int) []Example {
	if len(examples) <= most {
		return examples
	}
	type drawn struct {
		Example
		lot uint64
	}
	perTopic := map[string][]drawn{}
	var topics []string
	for _, e := range examples {
		h := fnv.New64a()
		_, _ = h.Write([]byte(e.Text + "\x00" + e.Agency))
		if perTopic[e.Topic] == nil {
			topics = append(topics, e.Topic)
		}
		perTopic[e.Topic] = append(perTopic[e.Topic], drawn{e, finish(h.Sum64())})
	}
	slices.Sort(topics)
	var out []Example
	for _, topic := range topics {
		all := perTopic[topic]
		// A coordinator's correction is kept before what was let stand.
		slices.SortFunc(all, func(a, b drawn) int {
			return cmp.Or(cmp.Compare(b.Source, a.Source), cmp.Compare(a.lot, b.lot), compareExamples(a.Example, b.Example))
		})
		n := min(len(all), max(wholeTopic, len(all)*most/len(examples)))
		for _, d := range all[:n] {
			out = append(out, d.Example)
		}
	}
	return out
}
