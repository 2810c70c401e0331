package participation

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/participation/tally"
)

// Result is the outcome of a campaign, as it is published.
type Result struct {
	Campaign  string           `json:"campaign"` // SHA-256 of the terms
	Entries   int64            `json:"entries"`  // of the log
	Root      string           `json:"root"`     // of the log
	Voters    int              `json:"voters"`
	Ballots   int              `json:"ballots"` // counted: entries that none replaced
	Blank     int              `json:"blank"`
	Quorum    bool             `json:"quorum"` // enough voters came
	Draw      string           `json:"draw,omitempty"`
	Questions []QuestionResult `json:"questions,omitempty"`
	Projects  *ProjectsResult  `json:"projects,omitempty"`
	Talk      *TalkResult      `json:"talk,omitempty"` // of a discussion or a hearing
	// Turnout is first ballots by the day on which they entered the log, and voters
	// by the territory that they named.
	Days   []DayCount   `json:"days,omitempty"`
	Places []PlaceCount `json:"places,omitempty"`
	Paper  *PaperCount  `json:"paper,omitempty"` // what became of paper ballots, where there were any
	// Quotas is who came, by the quotas of a poll; small ones are told together.
	Quotas []QuotaCount `json:"quotas,omitempty"`
}

// DayCount is a number of a day of the campaign's zone.
type DayCount struct {
	Day string `json:"day"` // YYYY-MM-DD
	N   int    `json:"n"`
}

// PlaceCount is a number of a territory; 0 is none of those named.
type PlaceCount struct {
	Territory int64 `json:"territory"`
	N         int   `json:"n"`
}

// QuestionResult is how one question was answered.
type QuestionResult struct {
	ID       string      `json:"id"`
	Answered int         `json:"answered"`
	Picks    []PickCount `json:"picks,omitempty"` // in the order of the campaign
	Mean     string      `json:"mean,omitempty"`  // of a scale, two digits after the point
	Words    []string    `json:"words,omitempty"` // sorted: their order tells nothing
	// Winners are the options that won; empty where none did.
	Winners []string `json:"winners,omitempty"`
}

// PickCount is how often an option was picked. In a ranking N is points: as many
// as there are options for the first place, one less for each place after it.
type PickCount struct {
	ID string `json:"id"`
	N  int    `json:"n"`
}

// ProjectsResult is what is funded.
type ProjectsResult struct {
	Winners []string    `json:"winners"` // in the order in which they were funded
	Cost    int64       `json:"cost"`
	Votes   []PickCount `json:"votes"` // ballots that name each
	// Points are what the rule counts, where ballots give more than one.
	Points []PickCount `json:"points,omitempty"`
	// Unsupported are those that too few ballots name; they can't win.
	Unsupported []string `json:"unsupported,omitempty"`
}

// TieError stops a count: equals can't all win, and a public draw has to decide.
type TieError struct {
	Question string
	Equal    []string
}

func (e *TieError) Error() string {
	return fmt.Sprintf("%s: %s are equal, and the campaign says that a public draw decides", e.Question, strings.Join(e.Equal, ", "))
}

// Counting adds up ballots one after the other. It keeps counts only, and of a
// budget vote the ballots.
type Counting struct {
	terms     *Terms
	ballots   int
	blank     int
	paper     int
	questions []questionCount
	election  *tally.Election
	place     map[string]int32 // of a project by its id
}

type questionCount struct {
	answered int
	picks    map[string]int
	words    []string
}

// NewCounting begins a count.
func NewCounting(t *Terms) *Counting {
	c := &Counting{terms: t, questions: make([]questionCount, len(t.Questions))}
	for i := range c.questions {
		c.questions[i].picks = map[string]int{}
	}
	if t.Money != nil {
		c.election = &tally.Election{Kind: t.Money.Kind(), Scale: tally.AsWritten, Budget: t.Money.Budget, Rule: t.Money.Rule}
		c.place = map[string]int32{}
		for i, p := range t.Money.Projects {
			c.place[p.ID] = int32(i)
			c.election.Projects = append(c.election.Projects, tally.Project{ID: p.ID, Name: p.Name.RU, Cost: p.Cost})
		}
	}
	return c
}

// Add counts a ballot.
func (c *Counting) Add(choice *Choice) {
	c.ballots++
	if choice.Blank() {
		c.blank++
	}
	if choice.Paper {
		c.paper++
	}
	for i := range c.terms.Questions {
		c.questions[i].add(&c.terms.Questions[i], choice.Of(c.terms.Questions[i].ID))
	}
	if c.election != nil {
		a := choice.Of(Projects)
		ballot := tally.Ballot{Choices: make([]int32, len(a.Picks)), Points: c.terms.Money.worth(&a)}
		for i, id := range a.Picks {
			ballot.Choices[i] = c.place[id]
		}
		c.election.Ballots = append(c.election.Ballots, ballot)
	}
}

func (q *questionCount) add(of *Question, a Answer) {
	if len(a.Picks) == 0 && a.Words == "" {
		return
	}
	q.answered++
	if a.Words != "" {
		q.words = append(q.words, a.Words)
	}
	for i, id := range a.Picks {
		if of.Ask == Ranking {
			q.picks[id] += len(of.Options) - i
		} else {
			q.picks[id]++
		}
	}
}

// Paper is how many of the ballots were on paper.
func (c *Counting) Paper() int { return c.paper }

// Result is the outcome for so many voters. A *TieError says that a draw is
// missing.
func (c *Counting) Result(voters int, draw string) (*Result, error) {
	r := &Result{Voters: voters, Ballots: c.ballots, Blank: c.blank, Draw: draw, Quorum: voters >= c.terms.Needed()}
	for i := range c.terms.Questions {
		one, err := c.question(i, r.Quorum, draw)
		if err != nil {
			return nil, err
		}
		r.Questions = append(r.Questions, one)
	}
	if c.election == nil {
		return r, nil
	}
	projects, err := c.projects(r.Quorum, draw)
	r.Projects = projects
	return r, err
}

func (c *Counting) question(i int, quorum bool, draw string) (QuestionResult, error) {
	q, n := &c.terms.Questions[i], &c.questions[i]
	r := QuestionResult{ID: q.ID, Answered: n.answered}
	for _, id := range q.Choosable() {
		r.Picks = append(r.Picks, PickCount{ID: id, N: n.picks[id]})
	}
	switch q.Ask {
	case Scale:
		r.Mean = mean(r.Picks, n.answered)
	case Words:
		r.Words = slices.Sorted(slices.Values(n.words))
	case YesNo, One, Some, Matrix, Ranking:
	}
	if c.terms.Kind != Vote || !quorum || n.answered == 0 {
		return r, nil
	}
	var err error
	r.Winners, err = c.winners(q, r.Picks, n.answered, draw)
	return r, err
}

// winners are the options with the most votes, if they are enough; as many as may
// win.
func (c *Counting) winners(q *Question, picks []PickCount, answered int, draw string) ([]string, error) {
	enough := slices.DeleteFunc(slices.Clone(picks), func(p PickCount) bool { return p.N == 0 || p.N*100 < c.terms.MinShare*answered })
	slices.SortStableFunc(enough, func(a, b PickCount) int { return cmp.Compare(b.N, a.N) })
	seats := max(1, q.Winners)
	if len(enough) <= seats {
		return optionsOf(enough), nil
	}
	last := enough[seats-1].N
	sure := slices.IndexFunc(enough, func(p PickCount) bool { return p.N == last })
	equal := optionsOf(slices.DeleteFunc(slices.Clone(enough), func(p PickCount) bool { return p.N != last }))
	out := optionsOf(enough[:sure])
	if sure+len(equal) == seats {
		return append(out, equal...), nil
	}
	seed := draw
	switch {
	case c.terms.Ties == TieOrder:
		return append(out, equal[:seats-sure]...), nil
	case c.terms.Ties == TieLot:
		seed = c.terms.Seed
	case draw == "":
		return nil, &TieError{Question: q.ID, Equal: equal}
	}
	slices.SortFunc(equal, func(a, b string) int {
		one, two := Lot(seed, q.ID, a), Lot(seed, q.ID, b)
		return bytes.Compare(one[:], two[:])
	})
	return append(out, equal[:seats-sure]...), nil
}

func optionsOf(picks []PickCount) []string {
	var out []string
	for _, p := range picks {
		out = append(out, p.ID)
	}
	return out
}

// Lot is the ticket of an option in a draw: the lowest wins. Anyone with the
// seed draws the same.
func Lot(seed, question, option string) [sha256.Size]byte {
	return sha256.Sum256([]byte("otklik lot 1\n" + seed + "\n" + question + "\n" + option))
}

// mean is written with integers, so that it is the same everywhere: rounded half
// away from zero.
func mean(picks []PickCount, answered int) string {
	if answered == 0 {
		return ""
	}
	sum := 0
	for _, p := range picks {
		n, _ := strconv.Atoi(p.ID) // the steps of a scale are numbers
		sum += n * p.N
	}
	sign := ""
	if sum < 0 {
		sign, sum = "-", -sum
	}
	hundredths := (200*sum + answered) / (2 * answered)
	return fmt.Sprintf("%s%d.%02d", sign, hundredths/100, hundredths%100)
}

// HashText is a hash as the published files write it.
func HashText(h [sha256.Size]byte) string { return hex.EncodeToString(h[:]) }
