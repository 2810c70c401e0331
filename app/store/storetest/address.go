package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/rubricator/territory"
)

func testAddresses(t *testing.T, open Opener) {
	ctx := t.Context()

	t.Run("a table replaces that of its territories, others stay", func(t *testing.T) {
		s := open(t)
		places := []territory.Territory{{Code: "a", Kind: "town", Name: lang.Text{RU: "А"}}, {Code: "b", Kind: "town", Name: lang.Text{RU: "Б"}}}
		require.NoError(t, s.SaveTerritories(ctx, places))
		a, b := places[0].ID, places[1].ID
		load := func(at int64, names ...string) {
			var streets []address.Street
			for _, n := range names {
				streets = append(streets, address.Street{Territory: at, Kind: "ул.", Name: n, Lat: 51.5, Lon: 36.25, Houses: "1\t2\t-3\n12а к3\n"})
			}
			require.NoError(t, s.Import(ctx, func(i *store.Import) error {
				_, err := i.ReplaceStreets([]int64{at}, streets, "a.csv")
				return err
			}))
		}
		none, err := s.LastAddressLoad(ctx)
		require.NoError(t, err)
		require.Zero(t, none)
		load(a, "Мира", "Садовая")
		load(b, "Мира")
		first, err := s.LastAddressLoad(ctx)
		require.NoError(t, err)
		load(a, "Мира", "Лесная", "Новая")
		load(a, "Мира", "Лесная", "Новая") // again: nothing more
		second, err := s.LastAddressLoad(ctx)
		require.NoError(t, err)
		require.Greater(t, second, first)
		streets, err := s.ListStreets(ctx)
		require.NoError(t, err)
		var names []string
		for _, st := range streets {
			names = append(names, st.Name)
			require.Equal(t, address.Houses("1\t2\t-3\n12а к3\n"), st.Houses)
			require.InDelta(t, 36.25, st.Lon, 0)
		}
		require.Equal(t, []string{"Мира", "Мира", "Лесная", "Новая"}, names)

		stop := address.Landmark{Territory: a, Settlement: "с. Луг", Kind: address.Stop, Name: "Рынок", Lat: 51, Lon: 36}
		for range 2 {
			require.NoError(t, s.Import(ctx, func(i *store.Import) error {
				_, err := i.ReplaceLandmarks([]int64{a}, []address.Landmark{stop}, "l.csv")
				return err
			}))
		}
		landmarks, err := s.ListLandmarks(ctx)
		require.NoError(t, err)
		require.Len(t, landmarks, 1)
		stop.ID = landmarks[0].ID
		require.Equal(t, stop, landmarks[0])
	})
}
