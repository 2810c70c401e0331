// Package search owns the questions that one asks of many appeals at once:
// queries, hits and the heat map. An index answers them; the database stays the
// truth, and an index can be lost and rebuilt at any moment.
package search

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// ErrRebuild is returned when an index on disk can't be used: it is damaged, or
// it was written by another version of the schema. Its owner discards it and
// feeds a new one from the database.
var ErrRebuild = errors.New("the search index must be rebuilt")

// Solved is the outcome that a heat map counts as solved.
const Solved = "solved"

// MaxWindow is how deep one can page into found appeals. Hits beyond it are
// counted but not returned.
const MaxWindow = 10_000

// Doc is what the index knows of one appeal. It holds no personal data.
type Doc struct {
	ID          int64
	Number      string
	Text        string
	Answer      string // text of the latest signed answer
	Rubric      string
	Category    string
	Territory   int64
	Agency      int64
	Executor    int64
	Stage       string
	Final       bool // closed, rejected or withdrawn
	Source      string
	Lat, Lon    float64 // 0, 0 where no point is known
	SubmittedAt time.Time
	DueAt       time.Time // of the running review, zero where none runs
	AnsweredAt  time.Time
	ClosedAt    time.Time
	Outcome     string
	Rating      int
	Refuted     bool
	Late        bool // answered after it was due
	Joined      bool // tells of a problem that another appeal stands for
}

// Query selects appeals. Zero filters don't filter. Rights are part of the
// query: unless Region is set, only appeals of Agencies match, and an empty
// list matches nothing.
type Query struct {
	Region   bool
	Agencies []int64

	Number    string   // exact
	Text      string   // words in any language of the index, all must occur; or a whole number
	Rubric    string   // code of a leaf or of any node above it, as in «roads» for «roads.surface.pothole»
	Rubrics   []string // any of these, each as Rubric
	Category  string
	Territory []int64 // any of these
	Agency    int64
	Stage     string
	From, To  time.Time // submitted in [From, To)

	Where []AnyOf // all of these hold too
	// Newest asks for the newest first, whatever words they have.
	Newest bool
	// FacetsAt asks for the facets of the result as of that moment; zero: none.
	FacetsAt time.Time
}

// Hit is one found appeal.
type Hit struct {
	ID      int64
	Score   float64
	Snippet string // HTML-escaped text around the matches, these in <mark>
}

// Result is one page of hits, best first, newer before older among equals.
// Without words all appeals are equal.
type Result struct {
	Hits  []Hit
	Total int
	Fuzzy bool // nothing has these very words: the hits have words spelt like them
	// Facets are set where the query asked for them.
	Facets Facets
}

// HeatMap counts the appeals of a query by territory and rubric.
type HeatMap struct {
	Cells []Cell // by step, then by territory, then by By; none is empty
	Total int
	Fuzzy bool // as in Result
}

// Cell is one (territory, rubric) pair. By is a category, or a leaf where the
// query said ByLeaf.
type Cell struct {
	Step      int // between which edges of the query, 0 without any
	Territory int64
	By        string
	Count     int
	Joined    int     // of Count, told of a problem that another appeal stands for
	Overdue   int     // open past due now, or answered late
	Solved    int     // outcome solved
	Refuted   int     // said «not fixed» to a solved one
	Rated     int     // number of ratings
	RatingSum int     // sum of ratings
	Weight    float64 // sum of 0.5^(age / 14 days), where the query asks for it
}

// Problems is how many problems the appeals of the cell are about.
func (c Cell) Problems() int { return c.Count - c.Joined }

// Add counts another cell's appeals too.
func (c *Cell) Add(o Cell) {
	c.Count += o.Count
	c.Joined += o.Joined
	c.Overdue += o.Overdue
	c.Solved += o.Solved
	c.Refuted += o.Refuted
	c.Rated += o.Rated
	c.RatingSum += o.RatingSum
	c.Weight += o.Weight
}

// Joined counts the cells of a territory together whose By has the same name.
func (m HeatMap) Joined(name func(by string) string) HeatMap {
	type place struct {
		step      int
		territory int64
		by        string
	}
	at := map[place]int{}
	var cells []Cell
	for _, c := range m.Cells {
		c.By = name(c.By)
		i, there := at[place{c.Step, c.Territory, c.By}]
		if !there {
			at[place{c.Step, c.Territory, c.By}] = len(cells)
			cells = append(cells, c)
			continue
		}
		cells[i].Add(c)
	}
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Territory, b.Territory), cmp.Compare(a.By, b.By))
	})
	m.Cells = cells
	return m
}

// HeatQuery asks for a heat map.
type HeatQuery struct {
	Query
	ByLeaf   bool // columns are leaves, not categories
	Weighted bool // sum up weights, which costs another pass
	Now      time.Time
	// Edges, where there are any, part the time of submission into steps
	// [Edges[i], Edges[i+1]), in order: one pass answers for all of them, and
	// what was submitted before the first or after the last isn't counted.
	Edges []time.Time
}

// PointQuery asks where the appeals of a query are, within a box: together with
// their neighbours in a grid of so many rows and columns.
type PointQuery struct {
	Query
	South, West, North, East float64
	Rows, Columns            int
}

// Cluster is the appeals of one square of the grid. Its point is their mean.
type Cluster struct {
	Lat, Lon float64
	Count    int
	Rubric   string // the leaf that most of them are about
	Alike    int    // how many these are
	ID       int64  // of the newest
}

// RisingQuery asks which words appeals have now and hardly had before. Those
// of the query submitted in [From, To) are now; those in [Before, From) were
// before.
type RisingQuery struct {
	Query
	Before time.Time
	Limit  int
}

// Rising is a word that rises by more than chance.
type Rising struct {
	Word     string // as people write it most
	Now      int    // appeals that have it
	Before   int
	G2       float64 // Dunning's log-likelihood
	Examples []Hit   // newest first
}

// RisingWords are the words that rise most, of so many appeals now and before.
type RisingWords struct {
	Words       []Rising
	Now, Before int
}

// Index answers queries. Implementations are safe for concurrent use.
type Index interface {
	// Apply puts documents in (replacing those with the same id) and takes ids
	// out, and remembers the checkpoint, all or nothing. The checkpoint is the
	// position in the event log up to which the batch reflects it.
	// Of two documents with one id the later stays; an id that is also to be
	// removed is removed.
	Apply(ctx context.Context, docs []Doc, remove []int64, checkpoint string) error
	// Checkpoint returns the last applied checkpoint, "" for an empty index.
	Checkpoint(ctx context.Context) (string, error)
	// Search returns limit hits from offset on, within MaxWindow.
	Search(ctx context.Context, q Query, offset, limit int) (Result, error)
	HeatMap(ctx context.Context, q HeatQuery) (HeatMap, error)
	// Points returns the squares of a grid that have appeals, the fullest first.
	Points(ctx context.Context, q PointQuery) ([]Cluster, error)
	Rising(ctx context.Context, q RisingQuery) (RisingWords, error)
	// Nearest returns the appeals of a query whose texts are most like the
	// given one, best first, in whatever words the rest of them is written. The
	// query's own text isn't looked for.
	Nearest(ctx context.Context, q Query, text string, limit int) ([]Hit, error)
	Count(ctx context.Context) (int, error)
	Close() error
}
