package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/ledger"
	"github.com/otklik/otklik/app/store"
)

// Hall is a vote that takes place in a store.
type Hall struct {
	Store     *store.Store
	Clock     *clock.Fake
	Campaigns *participation.Campaigns
	Voting    *participation.Voting
	Sequence  *participation.Sequencing
	Paper     *participation.Paperwork
	Organiser actor.Actor
	ID        int64
}

// NewHall publishes a campaign of agency 7 and opens it; change says what is to be
// different.
func NewHall(t *testing.T, s *store.Store, change ...func(*participation.Campaign)) *Hall {
	t.Helper()
	h := OpenHall(s, 0, Noon)
	c := &participation.Campaign{Agency: 7, Observers: []string{"watch@example.org"}, Terms: participation.Terms{
		Kind: participation.Vote, Title: lang.Text{RU: "Сквер", EN: "Park"}, Text: lang.Text{RU: "Нужен ли сквер?", EN: "Do we need a park?"},
		Opens: Noon.Add(time.Hour), Closes: Noon.Add(49 * time.Hour), Zone: "Europe/Moscow", Level: participation.Contact, Change: true,
		Shown: participation.WhenCounted, Ties: participation.TieOrder,
		Questions: []participation.Question{{
			ID: "q1", Ask: participation.YesNo, Name: lang.Text{RU: "Нужен?", EN: "Needed?"}, Required: true,
		}},
	}}
	for _, fn := range change {
		fn(c)
	}
	require.NoError(t, h.Campaigns.Create(t.Context(), h.Organiser, c))
	h.ID = c.ID
	_, err := h.Campaigns.Act(t.Context(), h.Organiser, c.ID, participation.Publish, "")
	require.NoError(t, err)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	return h
}

// OpenHall is the hall of a campaign that is in a store already, at an instant.
func OpenHall(s *store.Store, id int64, at time.Time) *Hall {
	now := clock.NewFake(at)
	key := ledger.NewKey([]byte("01234567890123456789012345678901"))
	h := &Hall{ID: id, Store: s, Clock: now, Organiser: actor.Actor{
		Kind: actor.Officer, User: 5, Memberships: []actor.Membership{{Agency: 7, Role: actor.Organiser}},
	}}
	h.Campaigns = &participation.Campaigns{
		Store: s, Box: s, Paper: s, Clock: now, Key: key, Host: "vote.example.org", Levels: []participation.Level{participation.Contact},
		Holds: func(int64) (string, bool) { return "city", true }, Hearings: participation.SeededRules(),
	}
	h.Voting = &participation.Voting{Store: s, Box: s, Log: s, Codes: s, Clock: now, Key: []byte("a key of persons")}
	h.Sequence = &participation.Sequencing{Campaigns: h.Campaigns, Log: s, Clock: now, Key: key, Logger: slog.New(slog.DiscardHandler)}
	h.Paper = &participation.Paperwork{Store: s, Box: s, Clock: now, Key: h.Voting.Key}
	return h
}

// Work does what the jobs would.
func (h *Hall) Work(t *testing.T) {
	t.Helper()
	for {
		more, err := h.Sequence.Work(t.Context())
		require.NoError(t, err)
		if !more {
			return
		}
	}
}

// Pass recognises somebody.
func (h *Hall) Pass(t *testing.T, email string) string {
	t.Helper()
	in := participation.Introduction{Email: email, OldEnough: true, Resident: true}
	if c := h.Campaign(t); len(c.Terms.Territories) > 0 {
		in.Territory = c.Terms.Territories[0].ID
	}
	id, err := h.Voting.Introduce(t.Context(), h.ID, in)
	require.NoError(t, err)
	code, err := h.Store.FindCode(t.Context(), id, h.Clock.Now())
	require.NoError(t, err)
	pass, err := h.Voting.Recognise(t.Context(), h.ID, id, code.Digits)
	require.NoError(t, err)
	return pass
}

// Send sends a ballot.
func (h *Hall) Send(ctx context.Context, pass, secret string, answers ...participation.Answer) (*participation.Receipt, error) {
	return h.Voting.Send(ctx, participation.Sending{Campaign: h.ID, Pass: pass, Secret: secret, Answers: answers, Arrived: h.Clock.Now()})
}

// Campaign is the campaign as it is now.
func (h *Hall) Campaign(t *testing.T) *participation.Campaign {
	t.Helper()
	c, err := h.Store.FindCampaign(t.Context(), h.ID)
	require.NoError(t, err)
	return c
}

// Finish closes, seals and counts.
func (h *Hall) Finish(t *testing.T) *participation.Campaign {
	t.Helper()
	c := h.Campaign(t)
	h.Clock.Set(c.Closed)
	h.Work(t)
	h.Clock.Set(c.Ends().Add(participation.Grace))
	h.Work(t)
	log, err := h.Store.FindLog(t.Context(), h.ID)
	require.NoError(t, err)
	c, err = h.Campaigns.Count(t.Context(), h.Organiser, h.ID, log, "")
	require.NoError(t, err)
	return c
}

// Yes and no, as answers.
var (
	Yes = participation.Answer{Question: "q1", Picks: []string{participation.Yes}}
	No  = participation.Answer{Question: "q1", Picks: []string{participation.No}}
)

func testBallots(t *testing.T, open Opener) {
	t.Run("of 64 tries of one person at once one is counted", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t))
		pass := h.Pass(t, "anna@example.org")
		var mu sync.Mutex
		var wg sync.WaitGroup
		receipts, refused := map[string]int{}, 0
		for i := range 64 {
			secret := rand.Text()
			wg.Go(func() {
				r, err := h.Send(t.Context(), pass, secret, []participation.Answer{Yes, No}[i%2])
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					receipts[r.Code]++
				} else if fault.Is(err, fault.Conflict) {
					refused++
				}
			})
		}
		wg.Wait()
		require.Len(t, receipts, 1)
		require.Equal(t, 63, refused)
		c := h.Finish(t)
		require.Equal(t, 1, c.Result.Ballots)
		require.Equal(t, 1, c.Result.Voters)
	})
	t.Run("what is sent again is one ballot with one receipt", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t))
		pass, secret := h.Pass(t, "anna@example.org"), rand.Text()
		var mu sync.Mutex
		var wg sync.WaitGroup
		codes := map[string]int{}
		for range 64 {
			wg.Go(func() {
				r, err := h.Send(t.Context(), pass, secret, Yes)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					codes[r.Code]++
				}
			})
		}
		wg.Wait()
		require.Len(t, codes, 1)
		for _, n := range codes {
			require.Equal(t, 64, n)
		}
		h.Work(t)
		r, err := h.Send(t.Context(), pass, secret, Yes)
		require.NoError(t, err)
		require.True(t, r.Again)
		// The answer was lost, and the voter tries again after the closing.
		h.Clock.Set(h.Campaign(t).Closed)
		fresh := h.Voting
		_, err = fresh.Send(t.Context(), participation.Sending{Campaign: h.ID, Pass: pass, Secret: secret, Answers: []participation.Answer{Yes}, Arrived: h.Clock.Now()})
		require.True(t, fault.Is(err, fault.SignIn), "the pass is over by then")
	})
	t.Run("the same address in other letters is the same person", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t))
		_, err := h.Send(t.Context(), h.Pass(t, "anna@example.org"), rand.Text(), Yes)
		require.NoError(t, err)
		_, err = h.Send(t.Context(), h.Pass(t, "Anna+again@Example.org"), rand.Text(), No)
		requireKind(t, fault.Conflict, err)
	})
	t.Run("a mind may change until closing, by whoever has receipt and secret", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t))
		pass, secret := h.Pass(t, "anna@example.org"), rand.Text()
		first, err := h.Send(t.Context(), pass, secret, Yes)
		require.NoError(t, err)
		change := participation.Sending{
			Campaign: h.ID, Pass: pass, Secret: rand.Text(), Answers: []participation.Answer{No}, Arrived: h.Clock.Now(), FormerCode: first.Code, FormerSecret: secret,
		}
		wrong := change
		wrong.FormerSecret = rand.Text()
		_, err = h.Voting.Send(t.Context(), wrong)
		requireKind(t, fault.Invalid, err)
		stranger := change
		stranger.Pass = h.Pass(t, "boris@example.org")
		_, err = h.Voting.Send(t.Context(), stranger)
		requireKind(t, fault.Conflict, err)
		second, err := h.Voting.Send(t.Context(), change)
		require.NoError(t, err)
		again, err := h.Voting.Send(t.Context(), change)
		require.NoError(t, err)
		require.True(t, again.Again)
		require.Equal(t, second.Code, again.Code)
		other := change
		other.Secret = rand.Text()
		_, err = h.Voting.Send(t.Context(), other)
		requireKind(t, fault.Conflict, err)
		h.Work(t)
		h.Work(t) // what replaces comes into the log after what it replaces
		for code, want := range map[string]participation.Standing{first.Code: participation.WasReplaced, second.Code: participation.InLog} {
			p, err := h.Voting.Check(t.Context(), h.ID, code)
			require.NoError(t, err)
			require.Equal(t, want, p.Standing)
		}
		c := h.Finish(t)
		require.Equal(t, 1, c.Result.Ballots)
		require.Equal(t, int64(2), c.Result.Entries)
		require.Equal(t, []participation.PickCount{{ID: "yes", N: 0}, {ID: "no", N: 1}}, c.Result.Questions[0].Picks)
		require.Equal(t, 1, c.Result.Days[0].N, "a changed mind is one voter")
	})
	t.Run("by the clock of the server: what arrived in time counts, also where it is written later", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t), func(c *participation.Campaign) { c.Terms.Closes = c.Terms.Opens.Add(time.Hour) })
		intime, late := h.Pass(t, "anna@example.org"), h.Pass(t, "boris@example.org")
		closes := h.Campaign(t).Closed
		h.Clock.Set(closes.Add(time.Minute))
		h.Work(t)
		require.Equal(t, participation.Closed, h.Campaign(t).State)
		send := func(pass string, arrived time.Time) error {
			_, err := h.Voting.Send(t.Context(), participation.Sending{
				Campaign: h.ID, Pass: pass, Secret: rand.Text(), Answers: []participation.Answer{Yes}, Arrived: arrived,
			})
			return err
		}
		require.NoError(t, send(intime, closes.Add(-time.Microsecond)))
		requireKind(t, fault.Gone, send(late, closes))
		log, err := h.Store.FindLog(t.Context(), h.ID)
		require.NoError(t, err)
		_, err = h.Campaigns.Count(t.Context(), h.Organiser, h.ID, log, "")
		requireKind(t, fault.Conflict, err)
		c := h.Finish(t)
		require.Equal(t, 1, c.Result.Ballots)
		requireKind(t, fault.Gone, send(late, closes.Add(-time.Microsecond)))
	})
	t.Run("the log proves every ballot without its choice, and observers hear of it", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t))
		var codes []string
		for i := range 20 {
			r, err := h.Send(t.Context(), h.Pass(t, fmt.Sprintf("voter%d@example.org", i)), rand.Text(), Yes)
			require.NoError(t, err)
			codes = append(codes, r.Code)
		}
		p, err := h.Voting.Check(t.Context(), h.ID, codes[0])
		require.NoError(t, err)
		require.Equal(t, participation.Waiting, p.Standing)
		h.Work(t)
		public := h.Campaign(t).Terms.LogKey
		order := []int64{}
		for _, code := range codes {
			p, err := h.Voting.Check(t.Context(), h.ID, code)
			require.NoError(t, err)
			require.Equal(t, participation.InLog, p.Standing)
			c, err := ledger.Open(p.Log.Checkpoint, public)
			require.NoError(t, err)
			require.NoError(t, ledger.CheckProof(c.Tree, p.Entry, ledger.Entry{Commitment: p.Commitment}, p.Hashes))
			order = append(order, p.Entry)
		}
		require.False(t, slices.IsSorted(order), "the order of the log is not that of arrival")
		entries, err := h.Store.ListEntries(t.Context(), h.ID, 5, 10)
		require.NoError(t, err)
		require.Len(t, entries, 10)
		mails, err := h.Store.ClaimOutbox(t.Context(), h.Clock.Now().Add(time.Hour), time.Minute, 100)
		require.NoError(t, err)
		topics := map[string]int{}
		for _, m := range mails {
			topics[string(m.Topic)]++
		}
		require.Equal(t, map[string]int{participation.TopicCode: 20, participation.TopicCheckpoint: 1}, topics)
		c := h.Finish(t)
		require.Equal(t, 20, c.Result.Ballots)
		notes, err := h.Store.ListCheckpoints(t.Context(), h.ID)
		require.NoError(t, err)
		require.NotEmpty(t, notes)
	})
	t.Run("one sequences at a time and nothing is lost or twice", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t))
		var wg sync.WaitGroup
		passes := make([]string, 40)
		for i := range passes {
			passes[i] = h.Pass(t, fmt.Sprintf("voter%d@example.org", i))
		}
		for _, pass := range passes {
			wg.Go(func() {
				if _, err := h.Send(t.Context(), pass, rand.Text(), Yes); err != nil {
					t.Error(err)
				}
			})
		}
		for range 4 {
			wg.Go(func() {
				for range 10 {
					if _, err := h.Sequence.Sequence(t.Context(), h.Campaign(t)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		c := h.Finish(t)
		require.Equal(t, 40, c.Result.Ballots)
		require.Equal(t, int64(40), c.Result.Entries)
	})
	t.Run("a code is gone after a few wrong tries, and a mailbox gets few", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t))
		in := participation.Introduction{Email: "anna@example.org"}
		id, err := h.Voting.Introduce(t.Context(), h.ID, in)
		require.NoError(t, err)
		for range participation.MaxTries {
			_, err = h.Voting.Recognise(t.Context(), h.ID, id, "no")
			requireKind(t, fault.Invalid, err)
		}
		_, err = h.Voting.Recognise(t.Context(), h.ID, id, "no")
		requireKind(t, fault.Gone, err)
		for range participation.MaxCodes - 1 {
			_, err = h.Voting.Introduce(t.Context(), h.ID, in)
			require.NoError(t, err)
		}
		_, err = h.Voting.Introduce(t.Context(), h.ID, in)
		requireKind(t, fault.TooMany, err)
		n, err := h.Store.PurgeCodes(t.Context(), h.Clock.Now().Add(participation.CodeLife))
		require.NoError(t, err)
		require.Equal(t, participation.MaxCodes, n)
	})
	t.Run("a campaign goes its way and nobody changes what is voted on", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t))
		c := h.Campaign(t)
		require.Equal(t, participation.Open, c.State)
		require.Equal(t, sha256.Sum256(c.Frozen), c.Hash)
		require.Equal(t, []string{"watch@example.org"}, c.Observers)
		_, err := h.Campaigns.Edit(t.Context(), h.Organiser, h.ID, c.Version, func(*participation.Campaign) error { return nil })
		requireKind(t, fault.Conflict, err)
		_, err = h.Campaigns.Act(t.Context(), h.Organiser, h.ID, participation.Recall, "")
		requireKind(t, fault.Conflict, err)
		_, err = h.Campaigns.Act(t.Context(), h.Organiser, h.ID, participation.Cancel, " ")
		requireKind(t, fault.Invalid, err)
		stranger := actor.Actor{Kind: actor.Officer, User: 9, Memberships: []actor.Membership{{Agency: 8, Role: actor.Organiser}}}
		_, err = h.Campaigns.Act(t.Context(), stranger, h.ID, participation.Cancel, "why not")
		requireKind(t, fault.Forbidden, err)
		pass := h.Pass(t, "anna@example.org")
		c, err = h.Campaigns.Act(t.Context(), h.Organiser, h.ID, participation.CloseEarly, "the bridge is closed")
		require.NoError(t, err)
		require.Equal(t, h.Clock.Now(), c.Closed)
		_, err = h.Send(t.Context(), pass, rand.Text(), Yes)
		requireKind(t, fault.Gone, err)
		c = h.Finish(t)
		require.True(t, c.ShowsResult())
		notes, err := h.Store.ListNotes(t.Context(), h.ID)
		require.NoError(t, err)
		var done []participation.Action
		for _, n := range notes {
			done = append(done, n.Action)
		}
		require.Equal(t, []participation.Action{
			participation.Create, participation.Publish, participation.Begin, participation.CloseEarly, participation.Seal, participation.Count,
		}, done)
		moving, err := h.Store.ListMoving(t.Context())
		require.NoError(t, err)
		require.Empty(t, moving)
		listed, err := h.Store.ListCampaigns(t.Context(), []int64{7})
		require.NoError(t, err)
		require.Len(t, listed, 1)
	})
}
