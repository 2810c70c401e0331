package address_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/rubricator/territory"
)

const demo = "../../app/demo/data/"

// places are the territories of the demo region.
func places(t testing.TB) *territory.Index {
	t.Helper()
	raw, err := os.ReadFile(demo + "territories.yaml")
	require.NoError(t, err)
	var file struct {
		Territories []struct {
			Code, Parent, Kind, OKTMO string
			Name, Short               lang.Text
			Center                    []float64
		}
	}
	require.NoError(t, yaml.Unmarshal(raw, &file))
	ids := map[string]int64{}
	var all []territory.Territory
	for i, f := range file.Territories {
		ids[f.Code] = int64(i + 1)
		all = append(all, territory.Territory{
			ID: int64(i + 1), Parent: ids[f.Parent], Code: f.Code, Kind: f.Kind, Name: f.Name, Short: f.Short, OKTMO: f.OKTMO,
			Lat: f.Center[0], Lon: f.Center[1], Col: -1, Row: -1,
		})
	}
	x, err := territory.NewIndex(all)
	require.NoError(t, err)
	return x
}

// demoIndex is the index of the demo region with ids as a database gives them.
func demoIndex(t testing.TB) (*address.Index, *territory.Index) {
	t.Helper()
	at := places(t)
	raw, err := os.ReadFile(demo + "addresses.csv")
	require.NoError(t, err)
	streets, err := address.ParseStreets(bytes.NewReader(raw), at, func(int) {})
	require.NoError(t, err)
	for i := range streets {
		streets[i].ID = int64(i + 1)
	}
	raw, err = os.ReadFile(demo + "landmarks.csv")
	require.NoError(t, err)
	landmarks, err := address.ParseLandmarks(bytes.NewReader(raw), at)
	require.NoError(t, err)
	for i := range landmarks {
		landmarks[i].ID = int64(i + 1)
	}
	return address.NewIndex(func() *territory.Index { return at }, streets, landmarks), at
}

type labelled struct {
	Text, In string
	Want     []string
}

func labels(t testing.TB) (typed, messages []labelled) {
	t.Helper()
	raw, err := os.ReadFile("testdata/texts.yaml")
	require.NoError(t, err)
	var file struct{ Typed, Messages []labelled }
	require.NoError(t, yaml.Unmarshal(raw, &file))
	return file.Typed, file.Messages
}

func said(at *territory.Index, o address.Offer) string {
	t, _ := at.Find(o.Territory)
	if o.Found == address.FoundWords {
		return "| " + o.Address
	}
	return t.Code + " | " + o.Address
}

func idOf(at *territory.Index, code string) int64 {
	for _, t := range at.All() {
		if t.Code == code && code != "" {
			return t.ID
		}
	}
	return 0
}

// TestIndex_on_labelled_texts holds what was reached; docs/address.md quotes it.
func TestIndex_on_labelled_texts(t *testing.T) {
	t.Parallel()
	x, at := demoIndex(t)
	typed, messages := labels(t)
	var missed []string
	right := 0
	for _, l := range typed {
		var got []string
		offers := x.Search(l.Text, idOf(at, l.In), 5)
		for i, o := range offers {
			if i < max(1, len(l.Want)) {
				got = append(got, said(at, o))
			}
		}
		if sameSet(got, l.Want) {
			right++
		} else {
			missed = append(missed, fmt.Sprintf("typed %q: want %q, got %q", l.Text, l.Want, got))
		}
	}
	offered, fitting, wanted, found := 0, 0, 0, 0
	for _, l := range messages {
		offers := x.Find(l.Text, idOf(at, l.In), 3)
		wanted += len(l.Want)
		var got []string
		hit := false
		for _, o := range offers {
			s := said(at, o)
			if slices.Contains(got, s) || o.Found == address.FoundTerritory && len(offers) > 1 {
				continue
			}
			got = append(got, s)
			offered++
			if slices.Contains(l.Want, s) {
				fitting++
				hit = true
			}
		}
		if hit {
			found++
		}
		if !sameSet(got, l.Want) {
			missed = append(missed, fmt.Sprintf("message %q: want %q, got %q", l.Text, l.Want, got))
		}
	}
	t.Logf("typed: %d of %d; messages: %d of %d offers right, %d of %d places found\n%s", right, len(typed), fitting, offered, found, wanted, strings.Join(missed, "\n"))
	require.GreaterOrEqual(t, right, len(typed)*95/100)
	require.GreaterOrEqual(t, float64(fitting)/float64(offered), 0.9, "precision in messages")
	require.GreaterOrEqual(t, float64(found)/float64(wanted), 0.9, "recall in messages")
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}
