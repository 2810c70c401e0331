package duplicate

import "math"

// Texts whose words are alike meet in a band: of twelve bands of three least
// hashes each, two texts that share half of their words meet in one four times
// in five, and two that share a twentieth one time in six hundred.
const (
	bandCount = 12
	bandRows  = 3
	fewest    = 6 // words: shorter texts meet by place alone
)

// seeds make the hash functions: odd multipliers of a golden-ratio sequence.
var seeds = func() (out [bandCount * bandRows]uint64) {
	x := uint64(0x9e3779b97f4a7c15)
	for i := range out {
		x = mix(x + 0x9e3779b97f4a7c15)
		out[i] = x | 1
	}
	return out
}()

func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// bands are the keys of a text's words, by band; ok is false where it has too
// few.
func bands(words []uint32) (keys [bandCount]uint64, ok bool) {
	if len(words) < fewest {
		return keys, false
	}
	for band := range keys {
		key := uint64(band)
		for row := range bandRows {
			least := uint64(math.MaxUint64)
			seed := seeds[band*bandRows+row]
			for _, w := range words {
				least = min(least, mix(uint64(w)*seed))
			}
			key = mix(key ^ least)
		}
		keys[band] = key
	}
	return keys, true
}
