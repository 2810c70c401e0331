package conscience

// The outcomes of the workflow, by their names there.
const (
	solved       = "solved"
	explained    = "explained"
	supported    = "supported"
	planned      = "planned"
	notSupported = "not_supported"
	refused      = "refused"
)

// need is what an answer with an outcome owes its reader.
type need struct {
	action bool // what was done, or will be
	fact   bool // when, who, how much or why: something that one can check
}

// needs by outcome. An interim answer bears its date in a field of its own; a
// refusal its legal ground.
var needs = map[string]need{
	solved:       {action: true, fact: true},
	supported:    {action: true, fact: true},
	planned:      {action: true},
	explained:    {fact: true},
	notSupported: {fact: true},
	refused:      {fact: true},
}

// Knows reports whether the rules know the outcome.
func Knows(outcome string) bool {
	_, ok := needs[outcome]
	return ok
}
