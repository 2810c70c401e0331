package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report/opendata"
	"github.com/otklik/otklik/workflow"
)

// testOpenData is what reading for open data and keeping it promises.
func testOpenData(t *testing.T, open Opener) {
	s, ctx := open(t), t.Context()
	first, err := s.FirstSubmitted(ctx)
	require.NoError(t, err)
	require.True(t, first.IsZero())

	by := func(phone, email string) func(*workflow.Intake) {
		return func(in *workflow.Intake) {
			in.Appeal.Stage = workflow.StageReceived
			in.Applicant.Name, in.Applicant.Phone, in.Applicant.Email = "", phone, email
		}
	}
	take(t, s, Noon, 1, by("+7 900 000-00-01", "anna@example.org"))
	take(t, s, Noon, 1, by("8 900 000 00 01", ""))
	take(t, s, Noon, 1, by("", "Anna@example.org"))
	take(t, s, Noon, 1, by("", ""))
	take(t, s, Noon, 1, by("", ""), func(in *workflow.Intake) { in.Appeal.Stage = workflow.StageRejected })
	take(t, s, Noon.AddDate(0, 1, 0), 1)
	first, err = s.FirstSubmitted(ctx)
	require.NoError(t, err)
	require.True(t, first.Equal(Noon))
	var facts []opendata.Fact
	require.NoError(t, s.EachFact(ctx, Noon, Noon.AddDate(0, 0, 1), func(f opendata.Fact) error {
		facts = append(facts, f)
		return nil
	}))
	require.Len(t, facts, 4)
	require.Equal(t, -1, facts[0].Hours)
	require.Len(t, facts[0].Person, 2)
	require.Equal(t, facts[0].Person[:1], facts[1].Person, "one telephone, however it is written")
	require.Equal(t, facts[0].Person[1:], facts[2].Person)
	require.Empty(t, facts[3].Person)

	e := opendata.Edition{Period: "2026-05", MadeAt: Noon, Appeals: 4, Rows: 3, Loose: 1, Files: []opendata.File{
		{Name: "a.csv", Size: 5, SHA256: "ab", Body: []byte("gzip")},
	}}
	for i, want := range []bool{true, false} {
		fresh, err := s.SaveEdition(ctx, e, false)
		require.NoError(t, err)
		require.Equal(t, want, fresh, i)
	}
	e.Rows, e.Files[0].Body = 2, []byte("other")
	fresh, err := s.SaveEdition(ctx, e, true)
	require.NoError(t, err)
	require.True(t, fresh)
	f, err := s.FindFile(ctx, e.Period, "a.csv")
	require.NoError(t, err)
	require.Equal(t, e.Files[0], *f)
	_, err = s.FindFile(ctx, e.Period, "b.csv")
	requireKind(t, fault.NotFound, err)
	e.Files[0].Body = nil
	list, err := s.ListEditions(ctx)
	require.NoError(t, err)
	require.Equal(t, []opendata.Edition{e}, list)

	for _, off := range []bool{true, false} {
		require.NoError(t, s.SwitchOpenData(ctx, off, 7, Noon.Add(time.Hour)))
		got, err := s.OpenDataOff(ctx)
		require.NoError(t, err)
		require.Equal(t, off, got)
	}
}
