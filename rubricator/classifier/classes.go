package classifier

import "slices"

// classes numbers topics, categories and agencies, each in the order of its keys.
type classes struct {
	topics, categories, agencies []string
	categoryOf                   []int32 // of each topic
	topicAt, agencyAt            map[string]int32
}

func newClasses(o Outline) classes {
	var c classes
	for _, t := range o.Topics {
		c.topics = append(c.topics, t.Key)
		c.categories = append(c.categories, t.Category)
	}
	slices.Sort(c.categories)
	c.categories = slices.Compact(c.categories)
	for _, t := range o.Topics {
		at, _ := slices.BinarySearch(c.categories, t.Category)
		c.categoryOf = append(c.categoryOf, int32(at))
	}
	for _, a := range o.Agencies {
		c.agencies = append(c.agencies, a.Key)
	}
	c.number()
	return c
}

func (c *classes) number() {
	c.topicAt, c.agencyAt = map[string]int32{}, map[string]int32{}
	for i, t := range c.topics {
		c.topicAt[t] = int32(i)
	}
	for i, a := range c.agencies {
		c.agencyAt[a] = int32(i)
	}
}
