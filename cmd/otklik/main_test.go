package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// otklik runs a command line and returns what it printed.
func otklik(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	root := newRoot()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetIn(strings.NewReader(stdin))
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestHelp_names_every_command_and_each_has_its_own(t *testing.T) {
	t.Parallel()
	help, err := otklik(t, "", "--help")
	require.NoError(t, err)
	for _, name := range []string{"serve", "worker", "migrate", "import", "reindex", "bench", "audit", "config", "user"} {
		require.Contains(t, help, "\n  "+name, name)
		own, err := otklik(t, "", name, "--help")
		require.NoError(t, err)
		require.NotEqual(t, help, own)
		require.Contains(t, own, "otklik "+name)
	}
}

func TestConfig_prints_settings_and_refuses_bad_values_by_key(t *testing.T) {
	t.Parallel()
	out, err := otklik(t, "", "config", "--listen", "127.0.0.1:9999")
	require.NoError(t, err)
	require.Contains(t, out, `listen: "127.0.0.1:9999"`)
	_, err = otklik(t, "", "serve", "--listen", "nowhere", "--zone", "Moon")
	require.ErrorContains(t, err, "listen: ")
	require.ErrorContains(t, err, "zone: ")
	require.ErrorAs(t, err, new(usageError))
	_, err = otklik(t, "", "serve", "--no-such-flag")
	require.ErrorAs(t, err, new(usageError))
}

const region = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"Луговой район"},"geometry":{"type":"Polygon","coordinates":[[[40,50],[44,50],[44,54],[40,54],[40,50]]]}}]}`

func TestImport_a_region_then_audit_and_reindex(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := "--data=" + filepath.Join(dir, "data")
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	run := func(want string, args ...string) {
		out, err := otklik(t, "", append(args, data)...)
		require.NoError(t, err, out)
		require.Contains(t, out, want)
	}
	places := file("places.geojson", region)
	run("dry run, territories: 1 added", "import", "territories", places, "--dry-run")
	run("territories: 1 added", "import", "territories", places)
	run("territories: 0 added, 1 there before", "import", "territories", places)
	run("topics: 1 added", "import", "rubricator", file("topics.csv", "code,name_ru,identity\nroads,Дороги,\nroads.pit,Яма,anonymous\n"))
	run("agencies: 1 added", "import", "agencies", file("agencies.yaml", `
agencies: [{code: city, name: {ru: "Город"}}]
routes: [{rubric: "*", territory: "*", agency: city}]
users: [{login: anna, name: Анна, roles: [{agency: city, role: coordinator}]}]
`), "--password=long enough")
	run("appeals: 2 added", "import", "appeals",
		file("appeals.csv", "id,text,rubric,lat,lon\n1,Яма у школы номер пять,roads.pit,51,41\n2,Ещё одна яма на мосту,roads.pit,52,42\n"))
	run("2 appeals, 4 events, 4 deadlines: 0 wrong", "audit", "verify")
	run("2 appeals indexed", "reindex")

	token, err := otklik(t, "", "user", "token", "anna", data)
	require.NoError(t, err)
	require.Regexp(t, `^otk_[A-Z2-7]{26}\n$`, token)
	_, err = otklik(t, "correct horse\n", "user", "add", "ivan", "--role", "executor@city", data)
	require.NoError(t, err)
	_, err = otklik(t, "short\n", "user", "add", "ivan", "--role", "king@nowhere", data)
	require.ErrorContains(t, err, "password: needs at least")
	require.ErrorContains(t, err, `"king" is none of`)
}

func TestImport_names_bad_lines_and_imports_nothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := filepath.Join(dir, "topics.csv")
	require.NoError(t, os.WriteFile(bad, []byte("code,name_ru,days\nroads,Дороги,\nroads.pit,,500\n"), 0o600))
	_, err := otklik(t, "", "import", "rubricator", bad, "--data="+filepath.Join(dir, "data"))
	require.ErrorContains(t, err, "nothing was imported")
	require.ErrorContains(t, err, "line 3: name")
	require.ErrorContains(t, err, "line 3: days")
	_, err = otklik(t, "", "import", "territories", filepath.Join(dir, "none.geojson"), "--data="+filepath.Join(dir, "data"))
	require.ErrorAs(t, err, new(usageError))
}
