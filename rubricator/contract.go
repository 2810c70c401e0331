package rubricator

import "context"

// Suggestion is one topic that fits a person's words.
type Suggestion struct {
	Rubric *Rubric
	Score  float64  // 0–1, comparable within one answer
	Words  []string // the person's words that spoke for it
}

// Vote says how much earlier appeals like the text speak for a leaf, 0–1.
type Vote struct {
	Rubric string
	Score  float64
}

// Neighbours finds what earlier appeals like a text were about.
type Neighbours interface {
	Similar(ctx context.Context, text string, limit int) ([]Vote, error)
}

// Rule says who answers: for a rubric (a leaf or a node above it, "*" for all)
// at a territory (or one above it, 0 for all). The deeper rubric wins, then the
// deeper territory.
type Rule struct {
	Rubric    string
	Territory int64
	Agency    int64
}

// Decision is where an appeal goes and why.
type Decision struct {
	Agency int64
	Rule   Rule
}
