package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

func testDrafts(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()
	full := func() *workflow.Draft {
		return &workflow.Draft{
			Source: workflow.FromWidget, Agency: 4, Text: "Яма", Rubric: "roads", Replies: map[string]string{"size": "big"},
			Place: workflow.Place{Territory: 2, Point: &workflow.Point{Lat: 51, Lon: 36}}, PlaceText: "где-то",
			Applicant: workflow.Applicant{Name: "Анна", Phone: "+7"}, Consent: true,
			Photos: []workflow.Photo{{Key: "a.jpg", Bytes: 3}}, Lang: "ru",
		}
	}

	t.Run("is kept as typed", func(t *testing.T) {
		d := full()
		require.NoError(t, s.CreateDraft(ctx, d))
		require.Len(t, d.Token, 26)
		got, err := s.FindDraft(ctx, d.Token)
		require.NoError(t, err)
		require.Equal(t, d, got)
		d.Text, d.Photos = "Две ямы", nil
		require.NoError(t, s.SaveDraft(ctx, d))
		got, err = s.FindDraft(ctx, d.Token)
		require.NoError(t, err)
		require.Equal(t, d, got)
	})

	t.Run("an unknown token is gone", func(t *testing.T) {
		_, err := s.FindDraft(ctx, "abc")
		requireKind(t, fault.Gone, err)
		require.ErrorContains(t, err, "draft.gone")
		requireKind(t, fault.Gone, s.SaveDraft(ctx, &workflow.Draft{Token: "abc"}))
	})

	t.Run("old ones are purged, with the pictures that no appeal has", func(t *testing.T) {
		s := open(t)
		left, sent := full(), full()
		sent.Photos[0].Key = "kept.jpg"
		require.NoError(t, s.CreateDraft(ctx, left))
		require.NoError(t, s.CreateDraft(ctx, sent))
		take(t, s, Noon, 3, func(in *workflow.Intake) { in.Draft, in.Photos = sent.Token, sent.Photos })
		keys, n, err := s.PurgeDrafts(ctx, time.Now().Add(-time.Hour), 10)
		require.NoError(t, err)
		require.Empty(t, keys)
		require.Zero(t, n)
		keys, n, err = s.PurgeDrafts(ctx, time.Now().Add(time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, []string{"a.jpg"}, keys)
		require.Equal(t, 2, n)
		_, err = s.FindDraft(ctx, left.Token)
		requireKind(t, fault.Gone, err)
	})
}
