// Package near tells who reports a problem what others told of it near by, on
// the pages and in the API alike. It shows nothing of them but the topic, how
// it stands, how far away it is, since when and how many people it concerns:
// never words, pictures, an address, a name or a number.
package near

import (
	"context"
	"slices"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
)

// Duplicates finds appeals that may be about the same problem as a message that
// is being written.
type Duplicates interface {
	Duplicates(ctx context.Context, text, topic string, place workflow.Place) []duplicate.Candidate
}

// Cases reads appeals.
type Cases interface {
	FindCases(ctx context.Context, ids []int64) ([]workflow.Case, error)
}

// Addresses are the tables of streets, houses and landmarks.
type Addresses interface {
	Index() *address.Index
}

// Board is where it is looked up.
type Board struct {
	Duplicates Duplicates // nil: nobody is told
	Cases      Cases
	Topics     *rubricator.Rubricator
	Addresses  Addresses // nil: places are not read out of texts
}

// Message is as much as a person has said.
type Message struct {
	Text  string
	Topic *rubricator.Rubric // nil while none is chosen
	Place workflow.Place     // without a territory: as the text says
	// To is the agency that the message would go to, 0 while that depends on
	// what is not said yet.
	To int64
}

// Told is an open appeal that the message could be joined to.
type Told struct {
	ID     int64
	Topic  *rubricator.Rubric
	Stage  workflow.Stage
	Metres int // in tens; -1 where it is the same house
	Sent   time.Time
	People int
	Place  workflow.Place // of the message, as it was understood
}

const (
	// mostTold is how many are shown.
	mostTold = 3
	// mostPlaces is how many places of a text are looked at.
	mostPlaces = 2
)

// Find lists what was told of the same problem, the likeliest first: matters of
// a place, which the one who would answer the message has.
func (b *Board) Find(ctx context.Context, m Message) ([]Told, error) {
	if b.Duplicates == nil || m.Topic != nil && m.Topic.DuplicateRadius == 0 {
		return nil, nil
	}
	book := b.Topics.Book()
	places := b.places(book.Places, m)
	if len(places) == 0 {
		return nil, nil
	}
	topic := b.topic(m)
	var found []duplicate.Candidate
	at := map[int64]workflow.Place{}
	for _, place := range places {
		for _, c := range b.Duplicates.Duplicates(ctx, m.Text, topic, place) {
			if _, again := at[c.ID]; !again && here(c) {
				at[c.ID] = place
				found = append(found, c)
			}
		}
	}
	ids := make([]int64, len(found))
	for i, c := range found {
		ids[i] = c.ID
	}
	cases, err := b.Cases.FindCases(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []Told
	for _, c := range found {
		i := slices.IndexFunc(cases, func(x workflow.Case) bool { return x.Appeal.ID == c.ID })
		if i < 0 || len(out) == mostTold {
			continue
		}
		a := &cases[i].Appeal
		theirs, known := book.Tree.Find(a.Rubric)
		if !known || theirs.DuplicateRadius == 0 || !joins(book, m, theirs, at[c.ID].Territory, a) {
			continue
		}
		t := Told{
			ID: a.ID, Topic: theirs, Stage: a.Stage, Metres: c.Metres, Sent: a.SubmittedAt, People: 1 + a.Joined, Place: at[c.ID],
		}
		if t.Metres > 0 {
			t.Metres = (t.Metres + 5) / 10 * 10
		}
		out = append(out, t)
	}
	return out, nil
}

// topic is the code of the chosen one, or of the one that the words surely
// mean.
func (b *Board) topic(m Message) string {
	if m.Topic != nil {
		return m.Topic.Code
	}
	if advice := b.Topics.Suggest(m.Text, m.Place.Territory, 1); !advice.Unsure && len(advice.Topics) > 0 {
		return advice.Topics[0].Rubric.Code
	}
	return ""
}

// places is where the message is from: as the person said, else the houses and
// landmarks that the words may mean.
func (b *Board) places(index *territory.Index, m Message) []workflow.Place {
	if m.Place.Territory != 0 {
		return []workflow.Place{m.Place}
	}
	if b.Addresses == nil {
		return nil
	}
	var out []workflow.Place
	for _, o := range b.Addresses.Index().Find(m.Text, 0, mostPlaces) {
		if o.Pin == address.FoundHouse || o.Pin == address.FoundLandmark {
			out = append(out, intake.Picked(index, o, ""))
		}
	}
	return out
}

// here reports whether the place spoke for it.
func here(c duplicate.Candidate) bool {
	return slices.ContainsFunc(c.Why, func(r duplicate.Reason) bool {
		return r.Fact == duplicate.Near || r.Fact == duplicate.Beyond || r.Fact == duplicate.SameHouse
	})
}

// joins reports whether the message could be joined to an appeal: the same
// agency answers both. Before a topic is chosen it would be that of the appeal.
func joins(book *rubricator.Book, m Message, theirs *rubricator.Rubric, at int64, a *workflow.Appeal) bool {
	if workflow.Can(actor.Job, a, workflow.Gather) != nil {
		return false
	}
	if m.To != 0 {
		return m.To == a.Agency
	}
	mine := theirs
	if m.Topic != nil {
		mine = m.Topic
	}
	owners, _ := book.Router.Owners(mine, at)
	return slices.Contains(owners, a.Agency)
}
