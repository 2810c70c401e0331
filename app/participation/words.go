package participation

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// Hidden is an answer in own words that the organiser took from the page of
// results. Its place on the page stays, with the reason: nothing goes silently. The
// files for a recount keep the answer, because they could not be checked without.
type Hidden struct {
	Question string    `json:"question"`
	Answer   string    `json:"answer"` // AnswerMark of the words
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

// AnswerMark names an answer in own words.
func AnswerMark(words string) string {
	sum := sha256.Sum256([]byte(words))
	return HashText(sum)[:32]
}

// HiddenAnswer finds why an answer isn't shown.
func (c *Campaign) HiddenAnswer(question, words string) (reason string, hidden bool) {
	mark := AnswerMark(words)
	i := slices.IndexFunc(c.Hidden, func(h Hidden) bool { return h.Question == question && h.Answer == mark })
	if i < 0 {
		return "", false
	}
	return c.Hidden[i].Reason, true
}

// HideWords takes an answer from the page, or puts it back where the reason is for
// that. Equal answers are one.
func (s *Campaigns) HideWords(ctx context.Context, by actor.Actor, id int64, a Action, question, mark, reason string) (*Campaign, error) {
	return s.step(ctx, by, id, a, reason, func(c *Campaign, now time.Time) error {
		if !c.said(question, mark) {
			return fault.New(fault.NotFound, "error.not_found")
		}
		at := slices.IndexFunc(c.Hidden, func(h Hidden) bool { return h.Question == question && h.Answer == mark })
		switch {
		case a == Reveal && at >= 0:
			c.Hidden = slices.Delete(c.Hidden, at, at+1)
		case a == Hide && at >= 0:
			c.Hidden[at].Reason, c.Hidden[at].At = strings.TrimSpace(reason), now
		case a == Hide:
			c.Hidden = append(c.Hidden, Hidden{Question: question, Answer: mark, Reason: strings.TrimSpace(reason), At: now})
		}
		return nil
	})
}

// said reports whether somebody answered so.
func (c *Campaign) said(question, mark string) bool {
	if c.Result == nil {
		return false
	}
	for _, q := range c.Result.Questions {
		if q.ID == question {
			return slices.ContainsFunc(q.Words, func(w string) bool { return AnswerMark(w) == mark })
		}
	}
	return false
}
