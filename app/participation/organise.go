package participation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation/ledger"
)

// Campaigns are what organisers do. Each use case owns its transaction.
type Campaigns struct {
	Store Store
	Box   Box
	Paper PaperBox
	Clock clock.Clock
	Key   ledger.Key
	Host  string // names the key
	// Holds reports whether the agency may hold campaigns, and its code.
	Holds func(agency int64) (code string, ok bool)
	// Holiday reports whether nobody works on the day of an instant.
	Holiday func(time.Time) bool
	Levels  []Level // that this installation can check
	// Hearings are the times that the law asks for.
	Hearings []HearingRule
}

// Check is the pre-flight of a campaign now.
func (s *Campaigns) Check(c *Campaign) Preflight {
	_, holds := s.Holds(c.Agency)
	return Check(&c.Terms, c.Observers, Surroundings{Now: s.Clock.Now(), Holiday: s.Holiday, Holds: holds, Levels: s.Levels, Hearings: s.Hearings})
}

// Create makes a draft and sets its id.
func (s *Campaigns) Create(ctx context.Context, by actor.Actor, c *Campaign) error {
	if !MayOrganise(by, c.Agency) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	c.State = Draft
	c.Closed = c.Terms.Closes
	return s.Store.CreateCampaign(ctx, c, Note{At: s.Clock.Now(), By: by.User, Action: Create, To: Draft})
}

// Edit changes a draft, unless somebody changed it since the version.
func (s *Campaigns) Edit(ctx context.Context, by actor.Actor, id int64, version int, change func(c *Campaign) error) (*Campaign, error) {
	return s.step(ctx, by, id, Edit, "", func(c *Campaign, _ time.Time) error {
		if c.Version != version {
			return fault.New(fault.Conflict, "campaign.changed_meanwhile")
		}
		if err := change(c); err != nil {
			return err
		}
		c.Closed = c.Terms.Closes
		return nil
	})
}

// MaxReason is the length of a reason, in characters.
const MaxReason = 1000

// Act performs an action that needs nothing but a reason, or nothing.
func (s *Campaigns) Act(ctx context.Context, by actor.Actor, id int64, a Action, reason string) (*Campaign, error) {
	return s.step(ctx, by, id, a, reason, func(c *Campaign, now time.Time) error {
		switch a {
		case Publish:
			return s.freeze(c)
		case Recall:
			c.Frozen, c.Hash = nil, [32]byte{}
		case CloseEarly:
			c.Closed, c.Reason = now, strings.TrimSpace(reason)
		case Cancel:
			c.Reason = strings.TrimSpace(reason)
		case Announce:
		case Create, Edit, Begin, End, Seal, Count, Hide, Reveal:
			return fault.New(fault.Conflict, "campaign.not_now")
		}
		return nil
	})
}

// freeze fixes the terms. Their hash stands on the page from now on.
func (s *Campaigns) freeze(c *Campaign) error {
	found := s.Check(c)
	if err := found.Err(); err != nil {
		return err
	}
	public, err := s.Key.Public(s.Host)
	if err != nil {
		return err
	}
	c.Terms.Format, c.Terms.ID, c.Terms.LogKey = FormatVersion, c.ID, public
	c.Terms.Agency, _ = s.Holds(c.Agency)
	if c.Terms.Talk != nil && c.Terms.Talk.Hearing != nil {
		c.Terms.Talk.Hearing.Rule, _ = FindRule(s.Hearings, c.Terms.Talk.Hearing.Rule.Code)
	}
	c.Frozen, c.Hash = Freeze(&c.Terms)
	return nil
}

// MaxDraw is the length of what a draw gave, in characters.
const MaxDraw = 200

// Count counts. Where equals need a draw that was not entered the error is a
// *TieError.
func (s *Campaigns) Count(ctx context.Context, by actor.Actor, id int64, log *LogState, draw string) (*Campaign, error) {
	draw = strings.TrimSpace(draw)
	if utf8.RuneCountInString(draw) > MaxDraw {
		var check fault.Check
		check.Fail("draw", "error.too_long", "max", MaxDraw)
		return nil, check.Err()
	}
	c, err := s.Store.FindCampaign(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(by, c, Count); err != nil {
		return nil, err
	}
	if c.Terms.Kind.Talks() { // see Conclude
		return nil, fault.New(fault.Conflict, "campaign.not_now")
	}
	// Before choices are published.
	if err := s.Box.MixVoters(ctx, id); err != nil {
		return nil, err
	}
	// Nothing moves any more: the campaign is sealed. So it is counted outside of
	// the transaction that writes the result.
	result, err := s.result(ctx, c, log, draw)
	if err != nil {
		return nil, err
	}
	return s.step(ctx, by, id, Count, "", func(c *Campaign, _ time.Time) error {
		c.Result, c.Draw = result, draw
		return nil
	})
}

func (s *Campaigns) result(ctx context.Context, c *Campaign, log *LogState, draw string) (*Result, error) {
	terms, err := Thaw(c.Frozen)
	if err != nil {
		return nil, err
	}
	counting := NewCounting(terms)
	err = s.Box.EachBallot(ctx, c.ID, func(b Ballot) error {
		choice, err := Decode(terms, b.Choice)
		if err == nil {
			counting.Add(choice)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	places, err := s.Box.CountVoters(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	var paper *PaperCount
	if terms.Paper != nil {
		if paper, err = s.Paper.CountPaper(ctx, c.ID); err != nil {
			return nil, err
		}
		places = joined(places, paper.Places)
	}
	voters := 0
	for _, p := range places {
		voters += p.N
	}
	r, err := counting.Result(voters, draw)
	if err != nil {
		return nil, err
	}
	r.Campaign, r.Entries, r.Root, r.Places = HashText(c.Hash), log.Tree.N, HashText(log.Tree.Hash), gathered(places)
	r.Paper = paper
	if len(terms.Quotas) > 0 {
		counts, err := s.Box.CountQuotas(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		r.Quotas = gatheredQuotas(counts)
	}
	r.Days, err = s.Box.CountDays(ctx, c.ID)
	return r, err
}

// joined adds up two turnouts by territory.
func joined(a, b []PlaceCount) []PlaceCount {
	out := slices.Clone(a)
	for _, one := range b {
		if i := slices.IndexFunc(out, func(p PlaceCount) bool { return p.Territory == one.Territory }); i >= 0 {
			out[i].N += one.N
		} else {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(x, y PlaceCount) int { return cmp.Compare(x.Territory, y.Territory) })
	return out
}

// may says why the actor can't do it now.
func (s *Campaigns) may(by actor.Actor, c *Campaign, a Action) error {
	if !MayOrganise(by, c.Agency) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	t, ok := Step(a, c.State)
	if !ok || t.Clock {
		return fault.New(fault.Conflict, "campaign.not_now")
	}
	return guard(a, c, s.Clock.Now())
}

func (s *Campaigns) step(
	ctx context.Context, by actor.Actor, id int64, a Action, reason string, change func(*Campaign, time.Time) error,
) (*Campaign, error) {
	return s.Store.ChangeCampaign(ctx, id, func(c *Campaign) (Note, error) {
		if err := s.may(by, c, a); err != nil {
			return Note{}, err
		}
		t, _ := Step(a, c.State)
		var check fault.Check
		reason = strings.TrimSpace(reason)
		check.That(!t.Reason || reason != "", "reason", "campaign.reason_needed")
		check.That(utf8.RuneCountInString(reason) <= MaxReason, "reason", "error.too_long", "max", MaxReason)
		if err := check.Err(); err != nil {
			return Note{}, err
		}
		now := s.Clock.Now()
		if err := change(c, now); err != nil {
			return Note{}, err
		}
		c.State = t.To
		return Note{At: now, By: by.User, Action: a, From: t.From, To: t.To, Reason: reason, Tell: tells(a, c.Terms.Kind)}, nil
	})
}

// tells is whom a step is told to: authors of remarks and of proposals hear what
// came of them.
func tells(a Action, k Kind) string {
	switch {
	case a != Announce:
		return ""
	case k.Talks():
		return TopicAnswers
	case k == Budget:
		return TopicResult
	}
	return ""
}

// Grace is how long after the closing a ballot that arrived before it may still
// be on its way through the server: as long as a request may take, and a bit.
const Grace = 150 * time.Second

// errNothing ends a change for which there was nothing to do after all.
var errNothing = errors.New("nothing to do")

// Tick does what the clock has to do with a campaign: it opens, closes, and seals
// it once nothing can be on its way any more.
func (s *Campaigns) Tick(ctx context.Context, c *Campaign) error {
	now := s.Clock.Now()
	a, due := dueAction(c, now)
	if !due {
		return nil
	}
	_, err := s.Store.ChangeCampaign(ctx, c.ID, func(c *Campaign) (Note, error) {
		if again, still := dueAction(c, now); !still || again != a {
			return Note{}, errNothing
		}
		t, ok := Step(a, c.State)
		if !ok {
			return Note{}, errNothing
		}
		if a == Seal {
			c.Sealed = now
		}
		c.State = t.To
		return Note{At: now, Action: a, From: t.From, To: t.To}, nil
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// dueAction is what the clock has to do with a campaign.
func dueAction(c *Campaign, now time.Time) (Action, bool) {
	switch {
	case c.State == Published && !now.Before(c.Terms.Opens):
		return Begin, true
	case c.State == Open && !now.Before(c.Closed):
		return End, true
	case c.State == Closed && c.Sealed.IsZero() && !now.Before(c.Ends().Add(Grace)):
		return Seal, true
	default:
		return "", false
	}
}
