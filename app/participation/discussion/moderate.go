package discussion

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
)

// AcceptRemark shows a remark that waited.
func (t *Talks) AcceptRemark(ctx context.Context, by actor.Actor, campaign, id int64) error {
	return t.act(ctx, by, campaign, id, MayModerate, func(_ Tx, r *Remark, a *Act) error {
		if r.State != Waiting {
			return fault.New(fault.Conflict, "remark.moderated_already")
		}
		r.State, a.Action = Shown, Accept
		return nil
	})
}

// HideRemark takes a remark out of sight: the page says so and why, its author
// gets a letter, the journal a line.
func (t *Talks) HideRemark(ctx context.Context, by actor.Actor, campaign, id int64, reason Reason, words string) error {
	return t.act(ctx, by, campaign, id, MayModerate, func(tx Tx, r *Remark, a *Act) error {
		words = strings.TrimSpace(words)
		var check fault.Check
		check.That(slices.Contains(Reasons, reason), "reason", "remark.reason_needed")
		check.That(words != "", "words", "remark.words_needed")
		check.That(utf8.RuneCountInString(words) <= MaxWords, "words", "error.too_long", "max", MaxWords)
		if err := check.Err(); err != nil {
			return err
		}
		if r.State == Hidden {
			return fault.New(fault.Conflict, "remark.moderated_already")
		}
		merged, err := tx.ListMerged(r.ID)
		if err != nil {
			return err
		}
		if len(merged) > 0 || r.Lead != 0 {
			return fault.New(fault.Conflict, "remark.unmerge_first")
		}
		r.State, r.Reason, r.Words, r.Verdict, r.Because = Hidden, reason, words, "", ""
		a.Action, a.Reason, a.Words = Hide, string(reason), words
		return nil
	})
}

// RestoreRemark shows again what was hidden.
func (t *Talks) RestoreRemark(ctx context.Context, by actor.Actor, campaign, id int64, words string) error {
	return t.act(ctx, by, campaign, id, MayModerate, func(_ Tx, r *Remark, a *Act) error {
		words = strings.TrimSpace(words)
		var check fault.Check
		check.That(words != "", "words", "remark.words_needed")
		check.That(utf8.RuneCountInString(words) <= MaxWords, "words", "error.too_long", "max", MaxWords)
		if err := check.Err(); err != nil {
			return err
		}
		if r.State != Hidden {
			return fault.New(fault.Conflict, "remark.moderated_already")
		}
		r.State, r.Reason, r.Words = Shown, "", ""
		a.Action, a.Words = Restore, words
		return nil
	})
}

// MergeRemark merges a remark into another that says the same. Those merged into
// it go along.
func (t *Talks) MergeRemark(ctx context.Context, by actor.Actor, campaign, id, lead int64) error {
	return t.act(ctx, by, campaign, id, participation.MayOrganise, func(tx Tx, r *Remark, a *Act) error {
		var check fault.Check
		check.That(lead != id && lead > 0, "lead", "remark.lead")
		if err := check.Err(); err != nil {
			return err
		}
		into, err := tx.FindRemark(lead)
		if fault.Is(err, fault.NotFound) {
			check.Fail("lead", "remark.lead")
			return check.Err()
		}
		if err != nil {
			return err
		}
		if !r.Answerable() || !into.Answerable() {
			return fault.New(fault.Conflict, "remark.not_mergeable")
		}
		along, err := tx.ListMerged(id)
		if err != nil {
			return err
		}
		for i := range along {
			along[i].Lead = lead
			if err := tx.SaveRemark(&along[i]); err != nil {
				return err
			}
			if err := t.note(tx, by, &along[i], Act{Action: Merge, Other: lead}); err != nil {
				return err
			}
		}
		r.Lead, a.Action, a.Other = lead, Merge, lead
		return nil
	})
}

// UnmergeRemark takes a merger back.
func (t *Talks) UnmergeRemark(ctx context.Context, by actor.Actor, campaign, id int64) error {
	return t.act(ctx, by, campaign, id, participation.MayOrganise, func(_ Tx, r *Remark, a *Act) error {
		if r.Lead == 0 {
			return fault.New(fault.Conflict, "remark.not_merged")
		}
		a.Action, a.Other = Unmerge, r.Lead
		r.Lead = 0
		return nil
	})
}

// AnswerRemark says what is done with a remark and why. It can be changed until
// the discussion is summed up; everybody reads it once it is announced.
func (t *Talks) AnswerRemark(ctx context.Context, by actor.Actor, campaign, id int64, verdict Verdict, because string) error {
	return t.act(ctx, by, campaign, id, participation.MayOrganise, func(_ Tx, r *Remark, a *Act) error {
		because = strings.TrimSpace(strings.ReplaceAll(because, "\r\n", "\n"))
		var check fault.Check
		check.That(slices.Contains(Verdicts, verdict), "verdict", "remark.verdict_needed")
		check.That(because != "", "because", "remark.because_needed")
		check.That(utf8.RuneCountInString(because) <= MaxBecause, "because", "error.too_long", "max", MaxBecause)
		if err := check.Err(); err != nil {
			return err
		}
		if !r.Answerable() {
			return fault.New(fault.Conflict, "remark.not_answerable")
		}
		r.Verdict, r.Because, r.AnswerBy = verdict, because, by.User
		a.Action, a.Reason = Answer, string(verdict)
		return nil
	})
}

// act changes one remark, alone, and notes it. Who is told is the author, of all
// but answers: those are told of when they are announced.
func (t *Talks) act(
	ctx context.Context, by actor.Actor, campaign, id int64, may func(actor.Actor, int64) bool, change func(Tx, *Remark, *Act) error,
) error {
	return t.Store.Hold(ctx, campaign, func(c *participation.Campaign, tx Tx) error {
		if !may(by, c.Agency) {
			return fault.New(fault.Forbidden, "error.forbidden")
		}
		if !c.State.Voting() || c.Terms.Talk == nil {
			return fault.New(fault.Conflict, "campaign.not_now")
		}
		r, err := tx.FindRemark(id)
		if err != nil {
			return err
		}
		var a Act
		if err := change(tx, r, &a); err != nil {
			return err
		}
		if err := tx.SaveRemark(r); err != nil {
			return err
		}
		if a.Action == Merge || a.Action == Unmerge {
			for _, lead := range []int64{a.Other, r.ID} {
				if err := tx.CountSupports(lead); err != nil {
					return err
				}
			}
		}
		return t.note(tx, by, r, a)
	})
}

func (t *Talks) note(tx Tx, by actor.Actor, r *Remark, a Act) error {
	a.At, a.By, a.Remark = t.Clock.Now(), by.User, r.ID
	if err := tx.AddAct(&a); err != nil {
		return err
	}
	if r.Person == nil || a.Action == Answer {
		return nil
	}
	return tx.Tell(Letter{Campaign: r.Campaign, Remark: r.ID, About: a.Action, Other: a.Other, Reason: a.Reason, Words: a.Words}, a.At)
}

// ReviseText publishes a new version of the text. base is the version that it was
// written from: who was slower than somebody else is told so.
func (t *Talks) ReviseText(ctx context.Context, by actor.Actor, campaign int64, base int, body, note string) (*Version, error) {
	c, err := t.Campaigns.Store.FindCampaign(ctx, campaign)
	if err != nil {
		return nil, err
	}
	former, err := t.Texts(ctx, c)
	if err != nil {
		return nil, err
	}
	note = strings.TrimSpace(note)
	var check fault.Check
	check.That(strings.TrimSpace(body) != "", "body", "campaign.check.body")
	check.That(utf8.RuneCountInString(body) <= participation.MaxBody, "body", "error.too_long", "max", participation.MaxBody)
	check.That(len(Parse(body)) <= participation.MaxParagraphs, "body", "campaign.check.paragraphs", "max", participation.MaxParagraphs)
	check.That(note != "", "note", "remark.note_needed")
	check.That(utf8.RuneCountInString(note) <= MaxWords, "note", "error.too_long", "max", MaxWords)
	if err := check.Err(); err != nil {
		return nil, err
	}
	v := &Version{Campaign: campaign, N: len(former) + 1, At: t.Clock.Now(), By: by.User, Note: note, Body: body}
	v.Paragraphs = Follow(former, body)
	if slices.Equal(v.Paragraphs, former[len(former)-1].Paragraphs) {
		check.Fail("body", "remark.same_text")
		return nil, check.Err()
	}
	return v, t.Store.Hold(ctx, campaign, func(c *participation.Campaign, tx Tx) error {
		last, err := tx.LastVersion()
		if err != nil {
			return err
		}
		switch {
		case !participation.MayOrganise(by, c.Agency):
			return fault.New(fault.Forbidden, "error.forbidden")
		case !revisable(c.State) || len(former) >= maxVersions:
			return fault.New(fault.Conflict, "campaign.not_now")
		case last != base || last != len(former):
			return fault.New(fault.Conflict, "campaign.changed_meanwhile")
		}
		if err := tx.AddVersion(v); err != nil {
			return err
		}
		return tx.AddAct(&Act{At: v.At, By: by.User, Action: Revise, Other: int64(v.N), Words: note})
	})
}

// revisable reports whether a new version may be published.
func revisable(s participation.State) bool {
	switch s {
	case participation.Open, participation.Closed, participation.Counted, participation.Announced:
		return true
	case participation.Draft, participation.Published, participation.Cancelled:
	}
	return false
}

// Likeness is a remark that may say the same as another.
type Likeness struct {
	Remark
	Share float64
}

// ListAlike suggests remarks that a remark may be merged with, the likest first.
func (t *Talks) ListAlike(ctx context.Context, r *Remark, most int) ([]Likeness, error) {
	if t.Alike == nil {
		return nil, nil
	}
	c, err := t.Campaigns.Store.FindCampaign(ctx, r.Campaign)
	if err != nil {
		return nil, err
	}
	// What is hidden, said in a reply or stands in the text can't be merged with,
	// but tells which words are common here: among two or three remarks alone every
	// word that they share looks common.
	all, _, err := t.Store.ListRemarks(ctx, Query{Campaign: r.Campaign, Flat: true, Order: Newest, Limit: mostCompared})
	if err != nil {
		return nil, err
	}
	versions, err := t.Texts(ctx, c)
	if err != nil {
		return nil, err
	}
	var written, texts []string
	for _, p := range versions[len(versions)-1].Paragraphs {
		written = append(written, p.Text)
	}
	var others []Remark
	for _, o := range all {
		written = append(written, o.Text)
		if o.ID != r.ID && o.Answerable() {
			others, texts = append(others, o), append(texts, o.Text)
		}
	}
	var out []Likeness
	for i, share := range t.Alike(r.Text, texts, written) {
		if share >= leastAlike {
			out = append(out, Likeness{others[i], share})
		}
	}
	slices.SortStableFunc(out, func(a, b Likeness) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		default:
			return 0
		}
	})
	return out[:min(most, len(out))], nil
}

// leastAlike is from which likeness on a remark is suggested: remarks on one
// paragraph share words also where they say the opposite.
const leastAlike = 0.35
