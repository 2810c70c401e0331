package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRubricatorCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	places := write("places.yaml", "territories:\n  - {code: r, kind: region, name: {ru: Край}}\n  - {code: m, parent: r, kind: town, name: {ru: Город}}\n")
	tree := write("tree.csv", "code,name_ru\nroads,Дороги\nroads.pit,Яма\nparks,Парк\n")
	agencies := write("agencies.yaml", "# bodies\nagencies:\n  - {code: crew, name: {ru: Бригада}}\n")
	whole := write("routes.csv", "rubric,territory,agency\n*,*,crew\n")
	holed := write("holed.yaml", "routes:\n  - {rubric: roads, territory: m, agency: crew}\n")
	check := func(args ...string) (string, error) {
		var out bytes.Buffer
		root := newRoot()
		root.SetOut(&out)
		root.SetArgs(append([]string{"rubricator", "check"}, args...))
		err := root.ExecuteContext(t.Context())
		return out.String(), err
	}
	out, err := check(whole, agencies, tree, places) // their order is nothing
	require.NoError(t, err)
	require.Contains(t, out, "0 errors, 0 warnings, 0 notes")

	out, err = check(places, tree, agencies, holed)
	require.ErrorAs(t, err, new(faulty))
	require.Contains(t, out, "parks  nobody answers for it: m")
	out, err = check(places, tree, agencies, holed, "--json")
	require.Error(t, err)
	var told struct{ Errors int }
	require.NoError(t, json.Unmarshal([]byte(out), &told))
	require.Equal(t, 1, told.Errors)

	_, err = check(write("notes.txt", "hello\n"))
	require.ErrorContains(t, err, "holds neither territories")
	_, err = check(places, tree, write("bad.csv", "rubric,territory,agency\nsea,*,nobody\n"))
	require.ErrorContains(t, err, `there is no "sea"`)
}
