package storetest

import (
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
)

// Operator is an officer who enters paper ballots of agency 7.
func Operator(user int64) actor.Actor {
	return actor.Actor{Kind: actor.Officer, User: user, Memberships: []actor.Membership{{Agency: 7, Role: actor.Desk}}}
}

// OnPaper lets people vote on paper until a day after the closing.
func OnPaper(c *participation.Campaign) {
	c.Terms.Paper = &participation.Paper{Until: c.Terms.Closes.Add(24 * time.Hour)}
}

// Sheets prints paper ballots and returns their codes.
func (h *Hall) Sheets(t *testing.T, many int) []string {
	t.Helper()
	b, err := h.Paper.Print(t.Context(), h.Organiser, h.ID, many, 0)
	require.NoError(t, err)
	_, codes, err := h.Paper.Codes(t.Context(), h.Organiser, h.ID, b.N)
	require.NoError(t, err)
	return codes
}

func testPaper(t *testing.T, open Opener) {
	read := func(a ...participation.Answer) participation.Reading { return participation.Reading{Answers: a} }
	first, second := Operator(11), Operator(12)
	t.Run("a sheet counts once two people read the same on it", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t), OnPaper)
		codes := append(h.Sheets(t, 3), h.Sheets(t, 3)...)
		slices.Sort(codes)
		require.Len(t, slices.Compact(slices.Clone(codes)), 6)
		for i := range 5 {
			require.NoError(t, h.Paper.Issue(t.Context(), first, h.ID, participation.Taker{Document: fmt.Sprintf("36 04 %06d", i)}))
		}
		enter := func(by actor.Actor, code string, r participation.Reading) participation.SheetState {
			t.Helper()
			s, err := h.Paper.Enter(t.Context(), by, h.ID, code, r)
			require.NoError(t, err)
			return s
		}
		h.Clock.Set(h.Campaign(t).Closed.Add(time.Hour)) // after the closing
		h.Work(t)
		require.Equal(t, participation.SheetOnce, enter(first, codes[0], read(Yes)))
		require.Equal(t, participation.SheetOnce, enter(first, codes[0], read(Yes)), "pressed twice")
		_, err := h.Paper.Enter(t.Context(), first, h.ID, codes[0], read(No))
		requireKind(t, fault.Invalid, err)
		require.Equal(t, participation.SheetCounted, enter(second, codes[0], read(Yes)))
		require.Equal(t, participation.SheetCounted, enter(second, codes[0], read(Yes)), "pressed twice")
		_, err = h.Paper.Enter(t.Context(), Operator(13), h.ID, codes[0], read(Yes))
		requireKind(t, fault.Invalid, err)
		_, err = h.Paper.Enter(t.Context(), first, h.ID, "0000-0000-0000-0000", read(Yes))
		requireKind(t, fault.Invalid, err)
		_, err = h.Paper.Enter(t.Context(), first, h.ID, codes[1], read())
		requireKind(t, fault.Invalid, err)

		enter(first, codes[1], participation.Reading{Spoiled: true})
		require.Equal(t, participation.SheetSpoiled, enter(second, codes[1], participation.Reading{Spoiled: true}))
		enter(first, codes[2], read(Yes))
		require.Equal(t, participation.SheetDiffers, enter(second, codes[2], read(No)))
		enter(first, codes[3], read(Yes)) // and nobody a second time

		differing, err := h.Paper.Differing(t.Context(), h.Organiser, h.ID)
		require.NoError(t, err)
		require.Len(t, differing, 1)
		_, err = h.Paper.Differing(t.Context(), first, h.ID)
		requireKind(t, fault.Forbidden, err)
		both := h.Organiser
		both.User = 11
		_, err = h.Paper.Settle(t.Context(), both, h.ID, differing[0].Mark, read(No), "a cross beside «no»")
		requireKind(t, fault.Conflict, err)
		_, err = h.Paper.Settle(t.Context(), h.Organiser, h.ID, differing[0].Mark, read(No), " ")
		requireKind(t, fault.Invalid, err)
		state, err := h.Paper.Settle(t.Context(), h.Organiser, h.ID, differing[0].Mark, read(No), "a cross beside «no»")
		require.NoError(t, err)
		require.Equal(t, participation.SheetCounted, state)

		h.Clock.Advance(participation.Grace) // the closing is long past, but paper is still entered
		h.Work(t)
		require.Zero(t, h.Campaign(t).Sealed)
		c := h.Finish(t)
		require.Equal(t, &participation.PaperCount{
			Printed: 6, Issued: 5, Entered: 4, Matched: 3, Settled: 1, Spoiled: 1, Counted: 2, Unmatched: 1,
			Places: []participation.PlaceCount{{N: 2}},
		}, c.Result.Paper)
		require.True(t, c.Result.Paper.Agrees())
		require.Equal(t, 2, c.Result.Voters)
		require.Equal(t, 2, c.Result.Ballots)
		_, err = h.Paper.Enter(t.Context(), second, h.ID, codes[3], read(Yes))
		requireKind(t, fault.Conflict, err)
	})
	t.Run("of many who enter one sheet at once two are heard", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t), OnPaper)
		code := h.Sheets(t, 1)[0]
		require.NoError(t, h.Paper.Issue(t.Context(), first, h.ID, participation.Taker{Document: "3604 000001"}))
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() { _, _ = h.Paper.Enter(t.Context(), Operator(int64(20+i)), h.ID, code, read(Yes)) })
		}
		wg.Wait()
		c := h.Finish(t)
		require.Equal(t, 1, c.Result.Ballots)
		require.Equal(t, 1, c.Result.Paper.Counted)
	})
	t.Run("who took a paper ballot can't vote online, and the other way round", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t), OnPaper)
		issue := func(document, email string) error {
			return h.Paper.Issue(t.Context(), first, h.ID, participation.Taker{Document: document, Email: email})
		}
		require.NoError(t, issue("3604 111111", "Anna+x@example.org"))
		_, err := h.Send(t.Context(), h.Pass(t, "anna@example.org"), rand.Text(), Yes)
		requireKind(t, fault.Conflict, err)
		_, err = h.Send(t.Context(), h.Pass(t, "boris@example.org"), rand.Text(), Yes)
		require.NoError(t, err)
		requireKind(t, fault.Conflict, issue("3604 222222", "boris@example.org"))
		require.NoError(t, issue("3604 222222", ""), "a refusal leaves nothing behind")
		requireKind(t, fault.Conflict, issue("3604-222222", ""))
		requireKind(t, fault.Conflict, issue("36 04 11 11 11", "vera@example.org"))
		requireKind(t, fault.Invalid, issue("1", ""))
		c := h.Finish(t)
		require.Equal(t, 1, c.Result.Voters, "who took a ballot and didn't bring it back is no voter")
		require.Equal(t, 2, c.Result.Paper.Issued)
	})
	t.Run("a quota takes as many as it says, whoever comes at once", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t), func(c *participation.Campaign) {
			c.Terms.Kind = participation.Poll
			c.Terms.Territories = []participation.Named{{ID: 1, Name: lang.Text{RU: "Пойма"}}}
			c.Terms.Quotas = []participation.Quota{{Territory: 1, Most: 5}, {Age: &participation.Band{From: 18, To: 34}, Most: 3}}
		})
		pass := func(i, band int) string {
			id, err := h.Voting.Introduce(t.Context(), h.ID, participation.Introduction{Email: fmt.Sprintf("v%d@example.org", i), Territory: 1, Band: band})
			require.NoError(t, err)
			code, err := h.Store.FindCode(t.Context(), id, h.Clock.Now())
			require.NoError(t, err)
			out, err := h.Voting.Recognise(t.Context(), h.ID, id, code.Digits)
			require.NoError(t, err)
			return out
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		taken, full := 0, 0
		send := func(p string) {
			_, err := h.Send(t.Context(), p, rand.Text(), Yes)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				taken++
			case fault.Is(err, fault.Gone):
				full++
			}
		}
		var young, old []string
		for i := range 8 {
			young, old = append(young, pass(i, 0)), append(old, pass(100+i, -1))
		}
		for _, p := range young {
			wg.Go(func() { send(p) })
		}
		wg.Wait()
		require.Equal(t, [2]int{3, 5}, [2]int{taken, full})
		_, err := h.Voting.Introduce(t.Context(), h.ID, participation.Introduction{Email: "late@example.org", Territory: 1})
		requireKind(t, fault.Gone, err)
		for _, p := range old {
			wg.Go(func() { send(p) })
		}
		wg.Wait()
		require.Equal(t, [2]int{5, 11}, [2]int{taken, full})
		_, err = h.Send(t.Context(), old[0], rand.Text(), No)
		require.Error(t, err)
		counts, err := h.Store.CountQuotas(t.Context(), h.ID)
		require.NoError(t, err)
		require.Equal(t, []participation.QuotaCount{{Quota: 0, Taken: 5}, {Quota: 1, Taken: 3}}, counts)
		require.Equal(t, 5, h.Finish(t).Result.Voters)
	})
}
