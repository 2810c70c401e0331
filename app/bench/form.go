package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// forms makes appeals as a citizen's app sends them.
type forms struct {
	topics []*rubricator.Rubric
	places []territory.Territory
}

// newForms takes every topic that is open today and asks nothing that must be
// answered.
func newForms(p *product) (*forms, error) {
	book := p.app.Rubricator.Book()
	today := p.app.Clock.Now().In(p.app.Config.Zone)
	f := &forms{places: book.Places.Municipalities()}
	for _, leaf := range book.Tree.Leaves() {
		asked := slices.ContainsFunc(leaf.Questions, func(q rubricator.Question) bool { return q.Required })
		if _, err := book.FindTopic(leaf.Code, today); err == nil && !asked && leaf.Photo != "required" && leaf.Identity != "verified" {
			f.topics = append(f.topics, leaf)
		}
	}
	if len(f.topics) == 0 || len(f.places) == 0 {
		return nil, errors.New("the region has no topic or no place to write about")
	}
	return f, nil
}

// sent is the JSON of an appeal.
type sent struct {
	Text      string    `json:"text"`
	Rubric    string    `json:"rubric"`
	Place     place     `json:"place"`
	Applicant applicant `json:"applicant"`
	Consent   bool      `json:"consent"`
}

type place struct {
	Territory string `json:"territory"`
	Address   string `json:"address"`
}

// applicant has no e-mail address: letters would go nowhere.
type applicant struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Lang  string `json:"lang"`
}

func (f *forms) next(r *rand.Rand) string {
	topic, at := f.topics[r.IntN(len(f.topics))], f.places[r.IntN(len(f.places))]
	raw, _ := json.Marshal(sent{ // texts only: it can't fail
		Text: text(r), Rubric: topic.Code, Consent: true,
		Place:     place{Territory: at.Code, Address: address(r)},
		Applicant: applicant{Name: "Житель области", Phone: fmt.Sprintf("+7000%07d", r.IntN(10_000_000)), Lang: "ru"},
	})
	return string(raw)
}
