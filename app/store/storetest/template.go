package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/workflow"
)

func testTemplates(t *testing.T, open Opener) {
	s, ctx := open(t), t.Context()
	by := actor.Actor{Kind: actor.Officer, User: 7}
	imported := []workflow.AnswerTemplate{
		{Code: "any", Name: lang.Text{RU: "Всем"}, Outcome: workflow.Explained, Body: "Здравствуйте"},
		{Code: "branch", Rubric: "roads", Name: lang.Text{RU: "Дороги"}, Outcome: workflow.Planned, Body: "В плане"},
		{Code: "holes", Agency: 2, Rubric: "roads.hole", Name: lang.Text{RU: "Ямы"}, Outcome: workflow.Solved, Body: "Засыпали"},
	}
	require.NoError(t, s.SaveTemplates(ctx, imported))
	codes := func(agency int64, topics ...string) (out []string) {
		list, err := s.ListTemplates(ctx, agency, topics)
		require.NoError(t, err)
		for _, one := range list {
			out = append(out, one.Code)
		}
		return out
	}
	require.Equal(t, []string{"any", "branch", "holes"}, codes(2, "roads", "roads.hole"))
	require.Equal(t, []string{"any", "branch"}, codes(3, "roads", "roads.hole"))
	require.Equal(t, []string{"any"}, codes(2, "yard"))
	require.Equal(t, []string{"any"}, codes(2))

	own := workflow.AnswerTemplate{Agency: 2, Rubric: "roads.hole", Name: lang.Text{RU: "Ямы, второй"}, Outcome: workflow.Solved, Body: "Засыпали ещё"}
	require.NoError(t, s.SaveTemplate(ctx, &own, by))
	require.NotZero(t, own.ID)
	require.NotEmpty(t, own.Code)
	found, err := s.FindTemplate(ctx, own.ID)
	require.NoError(t, err)
	require.Equal(t, own, *found)
	require.Equal(t, by.User, found.ChangedBy)
	require.Equal(t, 1, found.Version)

	mine, theirs := *found, *found
	theirs.Body = "Засыпали и укатали"
	require.NoError(t, s.SaveTemplate(ctx, &theirs, by))
	mine.Body = "Засыпали щебнем"
	requireKind(t, fault.Conflict, s.SaveTemplate(ctx, &mine, by))
	found, err = s.FindTemplate(ctx, own.ID)
	require.NoError(t, err)
	require.Equal(t, theirs, *found, "who was slower overwrites nothing")

	theirs.RetiredAt = Noon
	require.NoError(t, s.SaveTemplate(ctx, &theirs, by))
	require.Equal(t, []string{"any", "holes"}, codes(2, "roads.hole"), "what is retired is not offered")
	all, err := s.ListTemplatesOf(ctx, []int64{2})
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.True(t, all[1].RetiredAt.Equal(Noon))
	all, err = s.ListTemplatesOf(ctx, nil)
	require.NoError(t, err)
	require.Empty(t, all)

	seen := imported[2]
	seen.RetiredAt = Noon
	require.NoError(t, s.SaveTemplate(ctx, &seen, by))
	again := []workflow.AnswerTemplate{imported[2]}
	again[0].Body = "Засыпали, приходите"
	require.NoError(t, s.SaveTemplates(ctx, again))
	require.Equal(t, imported[2].ID, again[0].ID)
	requireKind(t, fault.Conflict, s.SaveTemplate(ctx, &seen, by))
	found, err = s.FindTemplate(ctx, again[0].ID)
	require.NoError(t, err)
	require.Equal(t, "Засыпали, приходите", found.Body)
	require.Equal(t, again[0].Version, found.Version)
	require.False(t, found.RetiredAt.IsZero(), "an import brings nothing back into use")
	found.RetiredAt = workflow.AnswerTemplate{}.RetiredAt
	require.NoError(t, s.SaveTemplate(ctx, found, by))
	_, err = s.FindTemplate(ctx, 1<<40)
	requireKind(t, fault.NotFound, err)
	requireKind(t, fault.NotFound, s.SaveTemplate(ctx, &workflow.AnswerTemplate{ID: 1 << 40, Version: 1}, by))

	lines, err := s.ListJournal(ctx, identity.JournalQuery{By: by.User, Limit: 10})
	require.NoError(t, err)
	var kinds []identity.EntryKind
	for _, l := range lines {
		kinds = append(kinds, l.Kind)
	}
	require.Equal(t, []identity.EntryKind{
		identity.RestoreTemplate, identity.RetireTemplate, identity.RetireTemplate, identity.ChangeTemplate, identity.CreateTemplate,
	}, kinds)
	require.Equal(t, "Ямы, второй", lines[4].Detail)
}
