package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/workflow"
)

func testDesk(t *testing.T, open Opener) {
	ctx := t.Context()
	desk := actor.Actor{Kind: actor.Officer, User: 5, Memberships: []actor.Membership{{Agency: 3, Role: actor.Desk}}}
	phone := func(number string) func(*workflow.Intake) {
		return func(in *workflow.Intake) { in.Applicant.Phone = number }
	}

	t.Run("a caller is found by phone however it was written, and the look is in the journal", func(t *testing.T) {
		s := open(t)
		take(t, s, Noon, 1, phone("+79001234567"))
		last := take(t, s, Noon.Add(time.Hour), 2, phone("8 (900) 123-45-67"))
		take(t, s, Noon, 1, phone("+79007654321"))
		take(t, s, Noon, 1)
		found, who, err := s.FindCaller(ctx, "+7 900 123-45-67", desk, "phone", 10)
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Equal(t, last, found[0].ID)
		require.Equal(t, int64(2), found[0].Agency)
		require.Equal(t, "Анна Петрова", who.Name)
		lines, err := s.ListJournal(ctx, identity.JournalQuery{Limit: 5})
		require.NoError(t, err)
		require.Len(t, lines, 1)
		require.Equal(t, identity.LookUpCaller, lines[0].Kind)
		require.Equal(t, "phone: "+found[0].Number+", "+found[1].Number, lines[0].Detail)
		require.NotContains(t, lines[0].Detail, "900")

		found, _, err = s.FindCaller(ctx, "+79990000000", desk, "phone", 10)
		require.NoError(t, err)
		require.Empty(t, found)
		lines, err = s.ListJournal(ctx, identity.JournalQuery{Limit: 5})
		require.NoError(t, err)
		require.Len(t, lines, 2, "who found nothing looked too")
		found, _, err = s.FindCaller(ctx, "", desk, "phone", 10)
		require.NoError(t, err)
		require.Empty(t, found, "no phone is nobody's")

		desk.Memberships[0].Role = actor.Executor
		_, _, err = s.FindCaller(ctx, "+79001234567", desk, "phone", 10)
		requireKind(t, fault.Forbidden, err)
		desk.Memberships[0].Role = actor.Desk
	})

	t.Run("a phone in the search box finds the cases of one's own agency, and the look is in the journal", func(t *testing.T) {
		s := open(t)
		own := take(t, s, Noon, 1, phone("+79001234567"))
		take(t, s, Noon, 2, phone("+79001234567"))
		numberOf := func(id int64) string {
			c, err := s.FindCase(ctx, id)
			require.NoError(t, err)
			return c.Appeal.Number
		}
		executor := actor.Actor{Kind: actor.Officer, User: 6, Memberships: []actor.Membership{{Agency: 1, Role: actor.Executor}}}
		found, err := s.FindPhone(ctx, "8 900 123 45 67", executor, 10)
		require.NoError(t, err)
		require.Equal(t, []string{numberOf(own)}, found)
		found, err = s.FindPhone(ctx, "8 900 123 45 67", actor.Actor{Kind: actor.Officer, User: 7, Memberships: []actor.Membership{{Role: actor.Supervisor}}}, 10)
		require.NoError(t, err)
		require.Len(t, found, 2)
		found, err = s.FindPhone(ctx, "8 900 123 45 67", actor.Actor{Kind: actor.Officer, User: 8}, 10)
		require.NoError(t, err)
		require.Empty(t, found)
		lines, err := s.ListJournal(ctx, identity.JournalQuery{Limit: 5})
		require.NoError(t, err)
		require.Len(t, lines, 3)
		require.Equal(t, "search", lines[0].Detail)
		require.Equal(t, "search: "+numberOf(own), lines[2].Detail)
		_, err = s.FindPhone(ctx, "8 900 123 45 67", actor.Actor{Kind: actor.Citizen}, 10)
		requireKind(t, fault.Forbidden, err)
	})

	t.Run("an officer finds their unsent forms again, a citizen's are nobody's", func(t *testing.T) {
		s := open(t)
		mine := &workflow.Draft{Source: workflow.FromDesk, Officer: 5, Text: "Звонок", Taken: workflow.Taken{Channel: workflow.ByPhone}}
		require.NoError(t, s.CreateDraft(ctx, mine))
		require.NoError(t, s.CreateDraft(ctx, &workflow.Draft{Source: workflow.FromDesk, Officer: 6, Text: "Другой"}))
		require.NoError(t, s.CreateDraft(ctx, &workflow.Draft{Source: workflow.FromPortal, Text: "Сам"}))
		list, err := s.ListDeskDrafts(ctx, 5, 10)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, mine.Token, list[0].Token)
		require.Equal(t, workflow.ByPhone, list[0].Taken.Channel)
		again, err := s.FindDraft(ctx, list[0].Token)
		require.NoError(t, err)
		require.Equal(t, "Звонок", again.Text)
		none, err := s.ListDeskDrafts(ctx, 0, 10)
		require.NoError(t, err)
		require.Empty(t, none)
	})
}
