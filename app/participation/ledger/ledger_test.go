package ledger_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/otklik/otklik/app/participation/ledger"
)

// shelf keeps tiles in memory, as the store does.
type shelf map[string][]byte

func (s shelf) Height() int { return ledger.TileHeight }

func (s shelf) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		body := s[fmt.Sprint(t.L, "/", t.N)]
		if len(body) < t.W*tlog.HashSize {
			return nil, fmt.Errorf("tile %s is not there", t.Path())
		}
		out = append(out, body[:t.W*tlog.HashSize])
	}
	return out, nil
}

func (s shelf) SaveTiles([]tlog.Tile, [][]byte) {}

func (s shelf) put(tiles []ledger.Tile) {
	for _, t := range tiles {
		s[fmt.Sprint(t.Level, "/", t.N)] = t.Body
	}
}

func entry(n int) ledger.Entry {
	e := ledger.Entry{Commitment: sha256.Sum256([]byte(fmt.Sprint("ballot ", n)))}
	if n%7 == 6 {
		e.Replaces = sha256.Sum256([]byte(fmt.Sprint("ballot ", n-3)))
	}
	return e
}

// grow appends in batches of different sizes and compares each tree with what a
// recount gives.
func grow(t *testing.T, size int) (ledger.Tree, shelf) {
	t.Helper()
	kept, builder := shelf{}, ledger.Builder{}
	tree := builder.Tree()
	for n, batch := 0, 1; n < size; batch = batch*3 + 1 {
		var records [][]byte
		for range min(batch, size-n) {
			records = append(records, entry(n).Record())
			builder.Add(entry(n))
			n++
		}
		next, tiles, err := ledger.Append(tree, kept, records)
		require.NoError(t, err)
		kept.put(tiles)
		require.True(t, ledger.Equal(builder.Tree(), next), "after %d entries", n)
		tree = next
	}
	return tree, kept
}

func TestAppend_and_prove(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2, 255, 256, 257, 1000} {
		tree, kept := grow(t, size)
		for _, at := range []int{0, size / 2, size - 1} {
			proof, err := ledger.Prove(tree, kept, int64(at))
			require.NoError(t, err)
			require.NoError(t, ledger.CheckProof(tree, int64(at), entry(at), proof))
			require.Error(t, ledger.CheckProof(tree, int64(at), entry(at+1), proof), "another entry")
		}
	}
}

func TestAppend_refuses_a_tile_that_was_changed(t *testing.T) {
	t.Parallel()
	tree, kept := grow(t, 300)
	kept["0/1"][5] ^= 1
	_, _, err := ledger.Append(tree, kept, [][]byte{entry(300).Record()})
	require.Error(t, err)
}

func TestEntry_is_read_as_it_is_written(t *testing.T) {
	t.Parallel()
	for n := range 7 {
		got, err := ledger.ParseEntry(string(entry(n).Record()))
		require.NoError(t, err)
		require.Equal(t, entry(n), got)
	}
	for _, bad := range []string{"", "00", strings.Repeat("0", 63), strings.Repeat("AB", 32), string(entry(1).Record()) + " ", string(entry(1).Record()) + " " + strings.Repeat("0", 64)} {
		_, err := ledger.ParseEntry(bad)
		require.Error(t, err, bad)
	}
}

func TestCheckpoint_is_signed(t *testing.T) {
	t.Parallel()
	key := ledger.NewKey([]byte(strings.Repeat("k", 32)))
	public, err := key.Public("vote.example.org")
	require.NoError(t, err)
	tree, _ := grow(t, 9)
	c := ledger.Checkpoint{
		Origin: ledger.Origin(public, 7), Tree: tree, Campaign: sha256.Sum256([]byte("campaign")), At: time.Date(2026, 11, 22, 9, 0, 0, 5000, time.UTC),
	}
	signed, err := key.Sign(c, public)
	require.NoError(t, err)
	got, err := ledger.Open(signed, public)
	require.NoError(t, err)
	require.Equal(t, c, got)
	require.Equal(t, "vote.example.org/campaigns/7", got.Origin)

	_, err = ledger.Open(strings.Replace(signed, "\n9\n", "\n8\n", 1), public)
	require.Error(t, err, "changed after it was signed")
	other := ledger.NewKey([]byte(strings.Repeat("o", 32)))
	theirs, err := other.Public("vote.example.org")
	require.NoError(t, err)
	_, err = ledger.Open(signed, theirs)
	require.Error(t, err, "another's key")
	_, err = other.Sign(c, public)
	require.Error(t, err, "the key file was changed")
}

func TestCode(t *testing.T) {
	t.Parallel()
	commitment := entry(1).Commitment
	code := ledger.Code(commitment)
	require.Regexp(t, `^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$`, code)
	typed := strings.NewReplacer("0", "о", "1", "l", "A", "А", "-", " ").Replace(strings.ToLower(code))
	for _, one := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), typed} {
		prefix, ok := ledger.Prefix(one)
		require.True(t, ok, one)
		require.Equal(t, commitment[:10], prefix)
	}
	for i := range code {
		if code[i] == '-' {
			continue
		}
		wrong := []byte(code)
		wrong[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(strings.IndexByte("0123456789ABCDEFGHJKMNPQRSTVWXYZ", code[i])+1)%32]
		_, ok := ledger.Prefix(string(wrong))
		require.False(t, ok, "one sign wrong: %s", wrong)
	}
	_, ok := ledger.Prefix("")
	require.False(t, ok)
}

func TestCommit_tells_two_campaigns_and_choices_apart(t *testing.T) {
	t.Parallel()
	one, two := sha256.Sum256([]byte("1")), sha256.Sum256([]byte("2"))
	nonce := [ledger.NonceSize]byte{1}
	base := ledger.Commit(one, []byte("yes"), nonce)
	require.NotEqual(t, base, ledger.Commit(two, []byte("yes"), nonce))
	require.NotEqual(t, base, ledger.Commit(one, []byte("no"), nonce))
	require.NotEqual(t, base, ledger.Commit(one, []byte("yes"), [ledger.NonceSize]byte{2}))
}
