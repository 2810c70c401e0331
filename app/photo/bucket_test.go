package photo_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/photo"
)

func TestBucket_keeps_each_picture_once_and_apart_for_each_owner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, err := photo.OpenBucket(t.Context(), "file://"+dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	p, _ := clean(t, asJPEG(t, halves(30, 20)))

	first, err := b.Put(t.Context(), "a", p)
	require.NoError(t, err)
	again, err := b.Put(t.Context(), "a", p)
	require.NoError(t, err)
	require.Equal(t, first, again)
	other, err := b.Put(t.Context(), "b", p)
	require.NoError(t, err)
	require.NotEqual(t, first, other)

	for key, want := range map[string][]byte{first: p.JPEG, photo.ThumbKey(first): p.Thumb} {
		r, size, err := b.Open(t.Context(), key)
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Equal(t, want, got)
		require.Equal(t, int64(len(want)), size)
	}

	require.NoError(t, b.Delete(t.Context(), first))
	require.NoError(t, b.Delete(t.Context(), first), "once more is no error")
	_, _, err = b.Open(t.Context(), first)
	require.True(t, fault.Is(err, fault.NotFound))
	r, _, err := b.Open(t.Context(), other)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	files, err := filepath.Glob(filepath.Join(dir, "a", "*"))
	require.NoError(t, err)
	require.Empty(t, files, "the small form goes too")
}

func TestOpenBucket_says_when_there_is_no_such_place(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"file:///no/such/folder", "ftp://example.ru/x", "", "file://" + os.DevNull} {
		_, err := photo.OpenBucket(t.Context(), url)
		require.True(t, fault.Is(err, fault.Unavailable), "%q: %v", url, err)
	}
}
