package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/deadline"
)

// MaxParts is into how many parts an appeal may be split at once, besides what
// is left of it.
const MaxParts = 5

// Part is a question that goes on as an appeal of its own.
type Part struct {
	Text   string  // passages of the appeal's own text, each a line; nothing else
	Rubric string  // leaf, which says by its route who answers
	Place  Place   // Territory 0: that of the appeal
	Photos []int64 // pictures of the appeal that belong to the part too
}

// inherited are the clocks that a part has from the appeal of which it was
// one: what the citizen was promised, and a moderation that is still owed.
var inherited = []deadline.Kind{deadline.Registration, deadline.Review, deadline.Moderation}

// needParts checks the parts' texts. Their topics and places are checked by
// [Engine.Split], which asks the catalog.
var needParts = quick("parts", func(s *step, check *fault.Check) {
	check.That(len(s.parts) > 0, "parts", "workflow.parts_required")
	check.That(len(s.parts) <= MaxParts, "parts", "workflow.parts_many", "max", MaxParts)
	texts := make([]string, len(s.parts))
	for i := range s.parts {
		texts[i] = s.parts[i].Text
		field := partField(i, "text")
		check.That(length(texts[i]) >= MinText, field, "workflow.part_short", "min", MinText)
		check.That(quotes(s.a.Text, texts[i]), field, "workflow.part_not_quoted")
	}
	check.That(letters(Remainder(s.a.Text, texts)) >= MinText, "parts", "workflow.nothing_left")
})

// partField names an input of a part: «part-1-text».
func partField(i int, name string) string { return fmt.Sprintf("part-%d-%s", i+1, name) }

// Split makes parts of an appeal into appeals of the same applicant, with
// numbers and histories of their own. A part has the rule set, the term and
// the running clocks of the appeal as they stand: it is due when the citizen
// was promised an answer, and its agency was given no day more or less. What
// no part quotes is left, and is worked on under the first number.
//
// Wrong input has the fields parts and part-N-text, part-N-rubric,
// part-N-territory and part-N-photos, N from 1.
func (e *Engine) Split(ctx context.Context, by actor.Actor, appeal int64, version int, parts []Part) (*Appeal, []Receipt, error) {
	ids := make([]int64, min(len(parts), MaxParts))
	for i := range ids {
		var err error
		if ids[i], err = e.store.NextID(ctx); err != nil {
			return nil, nil, err
		}
	}
	var out *Appeal
	var receipts []Receipt
	err := e.store.InTx(ctx, func(tx Tx) error {
		a, err := tx.FindAppeal(ctx, appeal)
		if err != nil {
			return err
		}
		if err := current(by, a, version); err != nil {
			return err
		}
		t, err := line(by, a, nil, Split)
		if err != nil {
			return err
		}
		s, err := e.begin(by, a, Command{Action: Split}, e.clock.Now())
		if err != nil {
			return err
		}
		s.parts = cleanParts(parts, a)
		photos, err := tx.ListPhotos(ctx, a.ID)
		if err != nil {
			return err
		}
		leaves, pictures, wrong := e.checkParts(ctx, s, photos)
		if err := s.take(ctx, t); err != nil {
			return bothWrong(err, wrong)
		}
		if wrong != nil {
			return wrong
		}
		events, err := tx.ListEvents(ctx, a.ID)
		if err != nil {
			return err
		}
		receipts = receipts[:0]
		for i := range s.parts {
			in, err := e.part(ctx, s, ids[i], i, leaves[i], pictures[i], entriesOf(events))
			if err != nil {
				return err
			}
			if err := tx.CreatePart(ctx, in, a.ID); err != nil {
				return err
			}
			s.data.SplitInto = append(s.data.SplitInto, linkTo(&in.Appeal))
			receipts = append(receipts, e.receipt(&in.Appeal))
		}
		out = a
		return s.write(ctx, tx, Split, t.Tell)
	})
	if err != nil {
		return nil, nil, err
	}
	return out, receipts, nil
}

func cleanParts(parts []Part, a *Appeal) []Part {
	out := slices.Clone(parts)
	for i := range out {
		p := &out[i]
		p.Text, p.Place.Address = clean(p.Text), clean(p.Place.Address)
		if p.Place.Territory == 0 || p.Place.Territory == a.Place.Territory && p.Place.Address == "" && p.Place.Point == nil {
			p.Place = a.Place
		}
	}
	return out
}

// checkParts asks who answers each part, and finds its pictures.
func (e *Engine) checkParts(ctx context.Context, s *step, photos []Photo) (leaves []Leaf, pictures [][]Photo, wrong error) {
	var check fault.Check
	leaves, pictures = make([]Leaf, len(s.parts)), make([][]Photo, len(s.parts))
	for i, p := range s.parts {
		field := partField(i, "rubric")
		if p.Rubric == "" {
			check.Fail(field, "workflow.rubric_required")
			continue
		}
		var answers []Reply
		if p.Rubric == s.a.Rubric { // another topic has other questions
			answers = s.a.Replies
		}
		leaf, err := e.catalog.Leaf(ctx, p.Rubric, p.Place.Territory, answers)
		var refused *fault.Error
		switch {
		case errors.As(err, &refused) && refused.Kind == fault.Invalid:
			key := refused.Key
			if len(refused.Fields) > 0 {
				key = refused.Fields[0].Key
			}
			check.Fail(field, key)
		case err != nil:
			return nil, nil, err
		default:
			check.That(leaf.Agency != 0 && leaf.Agency != s.a.Against, field, "workflow.no_route")
		}
		leaves[i] = leaf
		for _, id := range p.Photos {
			at := slices.IndexFunc(photos, func(f Photo) bool { return f.ID == id && f.Answer == 0 })
			if at < 0 {
				check.Fail(partField(i, "photos"), "workflow.no_such_photo")
				continue
			}
			pictures[i] = append(pictures[i], photos[at])
		}
	}
	return leaves, pictures, check.Err()
}

// bothWrong joins what is wrong with the texts and with the topics.
func bothWrong(first, second error) error {
	var refused *fault.Error
	if fault.Is(first, fault.Invalid) && errors.As(second, &refused) {
		return joined(first, refused)
	}
	return first
}

// entriesOf lists what the events say of the clocks.
func entriesOf(events []Event) []deadline.Entry {
	var out []deadline.Entry
	for i := range events {
		out = append(out, events[i].Data.Clock...)
	}
	return out
}

// part is all that one part writes.
func (e *Engine) part(ctx context.Context, from *step, id int64, i int, leaf Leaf, photos []Photo, entries []deadline.Entry) (Intake, error) {
	of, p := from.a, from.parts[i]
	a := &Appeal{
		ID: id, Number: Number(id, of.SubmittedAt), RuleSet: of.RuleSet, Order: of.Order, Stage: StageDraft, Round: 1,
		RubricVersion: leaf.Version, Rubric: leaf.Code, Category: leaf.Category, Review: of.Review, Place: p.Place,
		Agency: leaf.Agency, Against: of.Against, Text: p.Text, Source: of.Source, SourceAgency: of.SourceAgency,
		SubmittedAt: of.SubmittedAt, RegisteredAt: of.RegisteredAt, Extended: of.Extended, SplitFrom: of.ID, Version: 1,
	}
	s, err := e.begin(from.by, a, Command{Action: BeginPart}, from.now)
	if err != nil {
		return Intake{}, err
	}
	for _, kind := range inherited {
		clock := of.Open(kind)
		if clock == nil {
			continue
		}
		next, copied, err := clock.Copy(s.nextN(), leaf.Agency, entries, s.now)
		if err != nil {
			return Intake{}, err
		}
		a.Deadline = append(a.Deadline, next)
		s.data.Clock = append(s.data.Clock, copied...)
	}
	t, err := find(a, nil, BeginPart, func(*Transition) bool { return true })
	if err != nil {
		return Intake{}, err
	}
	if err := s.take(ctx, t); err != nil {
		return Intake{}, err
	}
	origin := linkTo(of)
	s.data.SplitFrom, s.data.Rubric, s.data.Photos = &origin, a.Rubric, hashesOf(photos)
	s.data.Rule, s.data.Lost = leaf.Rule, leaf.Lost
	event, err := s.event(BeginPart)
	if err != nil {
		return Intake{}, err
	}
	rows, err := s.notices(t.Tell)
	if err != nil {
		return Intake{}, err
	}
	return Intake{Appeal: *a, Photos: photos, Events: []Event{*event}, Outbox: rows}, nil
}

// quotes reports whether every line of a part stands in the text. Spaces and
// ends of lines don't matter.
func quotes(text, part string) bool {
	text = spaced(text)
	for line := range strings.Lines(part) {
		if line = spaced(line); line != "" && !strings.Contains(text, line) {
			return false
		}
	}
	return true
}

// Remainder is what is left of a text when the passages that parts quote are
// taken out of it.
func Remainder(text string, parts []string) string {
	text = spaced(text)
	taken := make([]bool, len(text))
	for _, part := range parts {
		for line := range strings.Lines(part) {
			if line = spaced(line); line == "" {
				continue
			}
			if at := strings.Index(text, line); at >= 0 {
				for i := range line {
					taken[at+i] = true
				}
			}
		}
	}
	var b strings.Builder
	for i, r := range text {
		if !taken[i] {
			b.WriteRune(r)
		}
	}
	return spaced(b.String())
}

// spaced writes a text with single spaces.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// letters counts letters and digits.
func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
