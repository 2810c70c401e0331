package participation

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGathered_hides_small_territories(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want []PlaceCount }{
		"all are great":                        {[]PlaceCount{{1, 40}, {2, 10}}, []PlaceCount{{1, 40}, {2, 10}}},
		"small ones go together":               {[]PlaceCount{{1, 40}, {2, 6}, {3, 7}}, []PlaceCount{{1, 40}, {0, 13}}},
		"a single small one is not to be told": {[]PlaceCount{{1, 40}, {2, 12}, {3, 3}}, []PlaceCount{{1, 40}, {0, 15}}},
		"few of few":                           {[]PlaceCount{{1, 4}, {2, 2}}, []PlaceCount{{0, 6}}},
		"no territories":                       {[]PlaceCount{{0, 5}}, []PlaceCount{{0, 5}}},
		"nobody":                               {nil, nil},
	} {
		require.Equal(t, c.want, gathered(c.in), name)
	}
}
