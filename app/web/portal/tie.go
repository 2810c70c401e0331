package portal

import (
	"context"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// ties are the other appeals that an author's appeal belongs together with.
// Parts and origin are the same author's, so each comes with its link; of the
// appeals that others wrote about the same problem nothing is told but that
// they are there.
type ties struct {
	Parts    []tie
	Origin   *tie
	Together bool // one answer will be given to this appeal and to others
}

// tie is one of the author's own.
type tie struct {
	Number, URL, Topic string
	Stage              workflow.Stage
}

// ties reads what a case is tied to; a case without parts costs nothing.
func (h *Handlers) ties(ctx context.Context, s site, found *workflow.Case) (ties, error) {
	a := &found.Appeal
	out := ties{Together: together(a)}
	var ids []int64
	for i := range found.Events {
		for _, l := range found.Events[i].Data.SplitInto {
			ids = append(ids, l.Appeal)
		}
	}
	if a.SplitFrom != 0 {
		ids = append(ids, a.SplitFrom)
	}
	if len(ids) == 0 {
		return out, nil
	}
	cases, err := h.Reader.FindCases(ctx, ids)
	if err != nil {
		return out, err
	}
	book := h.Topics.Book()
	for i := range cases {
		other := &cases[i].Appeal
		link := tie{
			Number: other.Number, URL: "/a/" + other.Number + "/" + h.Engine.Secret(other.ID),
			Topic: topicOf(s, book, other.Rubric), Stage: other.Stage,
		}
		switch {
		case other.SplitFrom == a.ID:
			out.Parts = append(out.Parts, link)
		case other.ID == a.SplitFrom:
			out.Origin = &link
		}
	}
	return out, nil
}

// together reports whether an answer is awaited that others get too.
func together(a *workflow.Appeal) bool {
	if a.Lead != 0 {
		return workflow.Can(actor.Job, a, workflow.Share) == nil
	}
	// In a second review those that were joined have their answer already.
	return a.Joined > 0 && a.Round == 1 && a.Stage.Working()
}

// topicOf names a topic with all that is above it.
func topicOf(s site, book *rubricator.Book, code string) string {
	leaf, ok := book.Tree.Find(code)
	if !ok {
		return code
	}
	name := leaf.Name.In(s.lang)
	if above := pathAbove(s, leaf); above != "" {
		name = above + " → " + name
	}
	return name
}
