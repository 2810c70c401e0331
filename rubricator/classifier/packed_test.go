package classifier

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Packed rows must add up to what the rows themselves add up to, up to the
// rounding of weights to a byte and of counts to seven bits.
func TestPacked_AddsUpLikeTheRows(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	edges := [blockCount + 1]int{}
	for b, size := range []int{13, 1, 8, 30, 7}[:blockCount] {
		edges[b+1] = edges[b] + size
	}
	rows := dense(40, edges[blockCount])
	for _, row := range rows {
		for c := range row {
			row[c] = float32(random.NormFloat64())
		}
	}
	p := newPacked(rows, edges)
	for used := range 8 {
		var use []weighed
		for range used {
			use = append(use, weighed{int32(random.IntN(len(rows))), random.Float32()})
		}
		var scratch []times
		for block := range blockCount {
			got := make([]float32, edges[block+1]-edges[block])
			scratch = p.sum(block, use, scratch, got)
			for c, v := range got {
				want, most := 0.0, 0.0
				for _, u := range use {
					w := float64(rows[u.id][edges[block]+c])
					want += float64(u.weight) * w
					top := float64(p.scales[int(u.id)*blockCount+block]) * math.MaxInt8
					most = max(most, float64(u.weight)*top)
				}
				require.InDelta(t, want, float64(v), most*float64(used)/100+1e-6)
			}
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := newTable(100)
	for i := range 100 {
		table.put(finish(uint64(i)), int32(i))
	}
	again, err := tableOf(table.kept(), 100)
	require.NoError(t, err)
	for i := range 100 {
		got, ok := again.get(finish(uint64(i)))
		require.True(t, ok)
		require.Equal(t, int32(i), got)
	}
	_, ok := again.get(finish(1000))
	require.False(t, ok)
	full := make([]uint64, 16)
	for i := range full {
		full[i] = uint64(i+1) << 32
	}
	for name, bad := range map[string][]uint64{
		"nothing": nil, "no power of two": make([]uint64, 17), "full": full, "value too large": append(make([]uint64, 15), 1<<32|100),
		"no hash": append(make([]uint64, 15), 7),
	} {
		_, err := tableOf(bad, 100)
		require.ErrorIs(t, err, ErrForm, name)
	}
}
