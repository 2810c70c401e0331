package workflow

import (
	"context"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
)

// Letterhead is the body that answers and who signs and writes for it, in
// words, as of the signature. It is a part of the event, so its JSON may get
// fields with omitempty and none renamed.
type Letterhead struct {
	Agency   lang.Text `json:"agency"`
	Address  lang.Text `json:"address,omitzero"`
	Phone    string    `json:"phone,omitempty"`
	Email    string    `json:"email,omitempty"`
	Site     string    `json:"site,omitempty"`
	Signer   string    `json:"signer"`
	Position string    `json:"position,omitempty"`
	Writer   string    `json:"writer,omitempty"` // who wrote the answer
	Direct   string    `json:"direct,omitempty"` // where they are rung
}

// underLetterhead is that of the agency that has the appeal, as it is now.
var underLetterhead = Input{"letterhead, from the directory", func(ctx context.Context, s *step, _ *fault.Check) error {
	if s.directory == nil {
		return nil
	}
	var err error
	s.data.Letterhead, err = s.directory.Letterhead(ctx, s.a.Agency, s.by.User, s.answer.Author)
	return err
}}

// letterheadOf is the one under which the lead's answer was signed, nil for
// answers from before letterheads were kept.
func letterheadOf(events []Event, answer int64) *Letterhead {
	for i := range events {
		if e := &events[i]; e.Action == Sign && e.Data.Answer == answer {
			return e.Data.Letterhead
		}
	}
	return nil
}
