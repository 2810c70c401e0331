package storetest

import (
	"crypto/rand"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
)

func testResults(t *testing.T, open Opener) {
	t.Run("a budget vote is told once and the story is kept", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t), AsBudget)
		_, err := h.Send(t.Context(), h.Pass(t, "anna@example.org"), rand.Text(), participation.Answer{Question: participation.Projects, Picks: []string{"p2"}})
		require.NoError(t, err)
		story, err := h.Voting.Story(t.Context(), h.Campaign(t))
		require.NoError(t, err)
		require.Nil(t, story, "there is no result yet")
		c := h.Finish(t)
		_, err = h.Store.FindStory(t.Context(), h.ID)
		requireKind(t, fault.NotFound, err)
		story, err = h.Voting.Story(t.Context(), c)
		require.NoError(t, err)
		require.Contains(t, c.Result.Projects.Winners, "p2")
		require.Equal(t, c.Result.Projects.Winners, story.Rules[0].Winners, "the first is the campaign's own rule")
		kept, err := h.Store.FindStory(t.Context(), h.ID)
		require.NoError(t, err)
		require.JSONEq(t, asJSON(t, story), asJSON(t, kept))
		kept.Format = 0 // as an older version of ours told it
		require.NoError(t, h.Store.KeepStory(t.Context(), h.ID, kept))
		again, err := h.Voting.Story(t.Context(), c)
		require.NoError(t, err)
		require.JSONEq(t, asJSON(t, story), asJSON(t, again))
	})
	t.Run("an answer in own words goes from the page with a reason and comes back", func(t *testing.T) {
		t.Parallel()
		h := NewHall(t, open(t), func(c *participation.Campaign) {
			c.Terms.Kind = participation.Poll
			c.Terms.Questions = []participation.Question{{ID: "q1", Ask: participation.Words, Name: lang.Text{RU: "Что ещё?"}}}
		})
		_, err := h.Send(t.Context(), h.Pass(t, "anna@example.org"), rand.Text(), participation.Answer{Question: "q1", Words: "Звоните Пете"})
		require.NoError(t, err)
		mark := participation.AnswerMark("Звоните Пете")
		hide := func(a participation.Action, mark, reason string) error {
			_, err := h.Campaigns.HideWords(t.Context(), h.Organiser, h.ID, a, "q1", mark, reason)
			return err
		}
		requireKind(t, fault.Conflict, hide(participation.Hide, mark, "a name"))
		h.Finish(t)
		requireKind(t, fault.Invalid, hide(participation.Hide, mark, " "))
		requireKind(t, fault.NotFound, hide(participation.Hide, "other", "a name"))
		require.NoError(t, hide(participation.Hide, mark, "a name"))
		require.NoError(t, hide(participation.Hide, mark, "names a person"))
		c := h.Campaign(t)
		require.Len(t, c.Hidden, 1)
		reason, hidden := c.HiddenAnswer("q1", "Звоните Пете")
		require.True(t, hidden)
		require.Equal(t, "names a person", reason)
		require.Equal(t, []string{"Звоните Пете"}, c.Result.Questions[0].Words, "the result is what was counted")
		require.NoError(t, hide(participation.Reveal, mark, "it was a street"))
		require.Empty(t, h.Campaign(t).Hidden)
	})
}

// asJSON is how a story is kept: empty lists are left out of it.
func asJSON(t *testing.T, s *participation.Story) string {
	t.Helper()
	text, err := json.Marshal(s)
	require.NoError(t, err)
	return string(text)
}

// AsBudget makes the campaign of a Hall a budget vote on three projects.
func AsBudget(c *participation.Campaign) {
	c.Terms.Kind, c.Terms.Questions = participation.Budget, nil
	c.Terms.Money = &participation.Money{Budget: 1_000_000, Rule: "equalshares/add1u", Projects: []participation.Project{
		{ID: "p1", Name: lang.Text{RU: "Сквер у вокзала", EN: "Park by the station"}, Cost: 600_000},
		{ID: "p2", Name: lang.Text{RU: "Каток", EN: "Ice rink"}, Cost: 400_000},
		{ID: "p3", Name: lang.Text{RU: "Навес", EN: "Shelter"}, Cost: 300_000},
	}}
}
