package store

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
)

func TestSealer(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{7}, 32)
	s, err := newSealer(key)
	require.NoError(t, err)
	sealed, err := s.seal("applicant:1", map[string]string{"name": "Анна"})
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "Анна")

	var got map[string]string
	require.NoError(t, s.open("applicant:1", sealed, &got))
	require.Equal(t, "Анна", got["name"])

	other, err := newSealer(bytes.Repeat([]byte{8}, 32))
	require.NoError(t, err)
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	rotated := bytes.Clone(sealed)
	rotated[0] = 9
	for name, c := range map[string]struct {
		s      *sealer
		row    string
		sealed []byte
		says   string
	}{
		"another key":           {other, "applicant:1", sealed, "wrong key"},
		"another row":           {s, "applicant:2", sealed, "wrong key"},
		"changed":               {s, "applicant:1", changed, "wrong key"},
		"a key that isn't here": {s, "applicant:1", rotated, "sealed with key 9"},
		"cut":                   {s, "applicant:1", sealed[:5], "too short"},
	} {
		err := c.s.open(c.row, c.sealed, &got)
		require.ErrorContains(t, err, c.says, name)
		require.True(t, fault.Is(err, fault.Internal), name)
	}
	_, err = newSealer(key[:16])
	require.True(t, fault.Is(err, fault.Invalid))
}
