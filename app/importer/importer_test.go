package importer_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/importer"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/rubricator"
)

const territories = `
territories:
  - {code: land, kind: region, name: {ru: Край}}
  - {code: lug, parent: land, kind: town, name: {ru: Луг}, population: 900, center: [51.5, 36.5], grid: [1, 0]}
  - {code: pole, parent: land, kind: district, name: {ru: Польский район}}
`

const boundaries = `{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "Луг", "code": "lug"},
 "geometry": {"type": "Polygon", "coordinates": [[[36,51],[37,51],[37,52],[36,52],[36,51]]]}}
]}`

const rubrics = `
rubrics:
  - code: roads
    name: {ru: Дороги}
    children:
      - code: roads.pothole
        name: {ru: Яма}
        questions: [{code: class, type: choice, name: {ru: 'Чья?'}, options: [{code: federal, name: {ru: Федеральная}}, {code: local, name: {ru: Местная}}]}]
      - {code: roads.gas, name: {ru: Пахнет газом}, emergency: {ru: Звоните 112}}
`

const agencies = `
agencies:
  - {code: crew, parent: town-hall, name: {ru: Бригада}, territory: lug, widget_origins: ["https://lug.example.org"]}
  - {code: town-hall, name: {ru: Мэрия}}
routes:
  - {rubric: "*", territory: "*", agency: town-hall}
  - {rubric: roads, territory: lug, agency: crew}
users:
  - {login: Anna, name: Анна, roles: [{agency: crew, role: coordinator}, {role: supervisor}]}
templates:
  - {code: done, agency: crew, rubric: roads, name: {ru: Готово}, outcome: solved, text: "Сделано."}
`

// onBoth runs the test on every database that is here.
func onBoth(t *testing.T, run func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			run(t, storetest.Open(t, dialect))
		})
	}
}

// load imports a file as the command does and returns what it says.
func load(ctx context.Context, s *store.Store, name, content string, dry bool) ([]importer.Result, error) {
	var one importer.Result
	var err error
	switch {
	case strings.HasPrefix(name, "territories"):
		one, err = importer.Territories(ctx, s, name, strings.NewReader(content), dry)
	case strings.HasPrefix(name, "rubricator"):
		one, err = importer.Rubricator(ctx, s, name, strings.NewReader(content), dry)
	default:
		return importer.Agencies(ctx, s, name, strings.NewReader(content), "", dry)
	}
	return []importer.Result{one}, err
}

// snapshot is everything that an import may change.
func snapshot(t *testing.T, s *store.Store) map[string]any {
	t.Helper()
	out := map[string]any{}
	var err error
	out["territories"], err = s.ListTerritories(t.Context())
	require.NoError(t, err)
	out["agencies"], err = s.ListAgencies(t.Context())
	require.NoError(t, err)
	out["users"], err = s.ListUsers(t.Context(), 0)
	require.NoError(t, err)
	out["rules"], err = s.ListRules(t.Context())
	require.NoError(t, err)
	version, _, err := s.LatestVersion(t.Context())
	if !fault.Is(err, fault.NotFound) {
		require.NoError(t, err)
	}
	out["version"] = version
	return out
}

func TestImport_a_region_dry_then_real_then_again(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		for _, file := range []struct {
			name, content string
			first, second []string
		}{
			{
				"territories.yaml", territories,
				[]string{"territories: 3 added, 0 there before and now as in the file"},
				[]string{"territories: 0 added, 3 there before and now as in the file"},
			},
			{
				"territories.geojson", boundaries,
				[]string{"territories: 0 added, 1 there before and now as in the file"},
				[]string{"territories: 0 added, 1 there before and now as in the file"},
			},
			{
				"rubricator.yaml", "\ufeff" + rubrics, // a mark that some editors begin files with
				[]string{"topics: 2 added, 0 there before and now as in the file"},
				[]string{"topics: 0 added, 2 there before and now as in the file"},
			},
			{
				"agencies.yaml", agencies,
				[]string{
					"agencies: 2 added, 0 there before and now as in the file", "routes: 2 added, 0 there before and now as in the file",
					"users: 1 added, 0 there before and now as in the file", "answer templates: 1 added, 0 there before and now as in the file",
				},
				[]string{
					"agencies: 0 added, 2 there before and now as in the file", "routes: 2 added, 0 there before and now as in the file",
					"users: 1 added, 0 there before and now as in the file", "answer templates: 1 added, 0 there before and now as in the file",
				},
			},
		} {
			before := snapshot(t, s)
			dry, err := load(t.Context(), s, file.name, file.content, true)
			require.NoError(t, err, file.name)
			require.Equal(t, before, snapshot(t, s), "a dry run of %s changes nothing", file.name)

			done, err := load(t.Context(), s, file.name, file.content, false)
			require.NoError(t, err, file.name)
			require.Equal(t, dry, done, "a dry run says what is done")
			require.Equal(t, file.first, said(done))
			again, err := load(t.Context(), s, file.name, file.content, false)
			require.NoError(t, err, file.name)
			require.Equal(t, file.second, said(again))
		}

		places, err := s.ListTerritories(t.Context())
		require.NoError(t, err)
		require.Len(t, places, 3)
		for _, p := range places {
			if p.Code == "lug" {
				require.Equal(t, 900, p.Population, "a boundary says nothing of people")
				require.NotEmpty(t, p.Boundary)
				require.Equal(t, []int{1, 0}, []int{p.Col, p.Row})
			}
		}
		bodies, err := s.ListAgencies(t.Context())
		require.NoError(t, err)
		require.Equal(t, "crew", bodies[0].Code)
		require.Equal(t, bodies[1].ID, bodies[0].Parent, "the body above came later in the file")
		anna, err := s.FindUserByLogin(t.Context(), "anna")
		require.NoError(t, err, "people sign in with small letters")
		require.Len(t, anna.Memberships, 2)
		require.Empty(t, anna.PasswordHash)
		rules, err := s.ListRules(t.Context())
		require.NoError(t, err)
		require.ElementsMatch(t, []rubricator.Rule{
			{Rubric: "*", Agency: bodies[1].ID}, {Rubric: "roads", Territory: bodies[0].Territory, Agency: bodies[0].ID},
		}, rules)
	})
}

func said(results []importer.Result) []string {
	var out []string
	for _, r := range results {
		out = append(out, r.String())
	}
	return out
}

func TestImport_a_bad_file_is_told_line_by_line_and_leaves_nothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		for _, file := range []struct{ name, content string }{
			{"territories.yaml", territories}, {"rubricator.yaml", rubrics}, {"agencies.yaml", agencies},
		} {
			_, err := load(t.Context(), s, file.name, file.content, false)
			require.NoError(t, err)
		}
		before := snapshot(t, s)
		for name, c := range badFiles {
			for _, dry := range []bool{true, false} {
				_, err := load(t.Context(), s, c.file, c.content, dry)
				var lines fault.Lines
				require.ErrorAs(t, err, &lines, name)
				for _, want := range c.says {
					require.Contains(t, err.Error(), want, name)
				}
				require.Len(t, lines, len(c.says), "%s: %s", name, err)
				require.Equal(t, before, snapshot(t, s), name)
			}
		}
	})
}

var badFiles = map[string]struct {
	file, content string
	says          []string
}{
	"a spreadsheet": {"territories.xlsx", "PK", []string{"the name must end in .geojson or .yaml"}},
	"empty":         {"agencies.yaml", "", []string{"the file is empty"}},
	"nothing in it": {"agencies.yaml", "agencies: []\n", []string{"holds no agencies"}},
	"misspelt list": {"agencies.yaml", "agencys:\n  - {code: x}\n", []string{"line 1: agencys: there is no such key"}},
	"not YAML":      {"agencies.yaml", "agencies: [\n", []string{"did not find expected"}},

	"places without a name, of no kind, twice, nowhere": {
		"territories.yaml", `territories:
  - {code: a, parent: land, kind: town}
  - {code: b, parent: land, kind: village, name: {ru: Б}}
  - {code: b, parent: land, kind: town, name: {ru: Б}, center: [91, 0]}
  - {code: c, parent: land, kind: town, name: {ru: В}, grid: [1], colour: green}
`, []string{
			"line 2: name: a has no name", `line 3: kind: b: "village" is none of`, `line 4: code: "b" is there already, in line 3`,
			"line 4: center", "line 5: colour: there is no such key", "line 5: grid: c: give",
		},
	},
	"a place in an unknown one, and two within each other": {
		"territories.yaml", `territories:
  - {code: a, parent: moon, kind: town, name: {ru: А}}
  - {code: b, parent: c, kind: town, name: {ru: Б}}
  - {code: c, parent: b, kind: town, name: {ru: В}}
`, []string{`there is no territory "moon"`, `no territory "c"`, `no territory "b"`},
	},
	"a boundary that is a line, and one that is open": {
		"territories.geojson", `{"type": "FeatureCollection", "features": [
{"properties": {"name": "Луг"}, "geometry": {"type": "LineString", "coordinates": [[36,51],[37,51]]}},
{"properties": {"name": "Поле"}, "geometry": {"type": "Polygon", "coordinates": [[[36,51],[37,51],[37,52],[36,52]]]}}
]}`, []string{"line 2: Луг: a LineString is no area", "line 3: Поле: a ring is not closed"},
	},
	"topics with a wrong code, a wrong order and twice": {
		"rubricator.csv", "code,name_ru,order,days\nroads,Дороги,,\nroads.Яма,Яма,,\nroads.a,А,slow,ten\nroads.a,А,,\nwater.leak,Течь,,\n",
		[]string{"line 4: days", `line 6: code: "water.leak"`, "line 3: code", `line 4: order: roads.a: "slow"`, `line 5: code: "roads.a" is used twice`},
	},
	"an unknown column": {"rubricator.csv", "code,name_ru,colour\na,А,red\n", []string{"line 1: colour: unknown column"}},

	"all that can be wrong with agencies, at once": {
		"agencies.yaml", `agencies:
  - {code: new, parent: nobody, name: {en: New}, territory: moon, widget_origins: ["example.org/x"], capabilities: [fly]}
  - {code: new, name: {ru: Ещё}}
routes:
  - {rubric: sea, territory: lug, agency: new}
  - {rubric: roads, territory: lug, agency: "*"}
  - {rubric: roads, territory: lug, agency: crew}
  - {rubric: roads, territory: moon}
users:
  - {login: boris, name: Борис, password: short, roles: [{agency: crew, role: king}, {agency: crew, role: supervisor}]}
  - {login: Boris, name: Борис, roles: [{role: head}, {agency: "*", role: head}]}
  - {login: "", name: Никто}
templates:
  - {code: t, rubric: sea, name: {ru: Т}, outcome: great, text: "…"}
`, []string{
			`line 2: parent: there is no "nobody"`, "line 2: name", `line 2: territory: there is no "moon"`, "line 2: widget_origins",
			`"fly"`, `line 3: code: "new" is used before`,
			`line 5: rubric: there is no "sea"`, `line 6: agency: there is no "*"`, "line 7: the same rubric and territory as in line 6",
			`line 8: territory: there is no "moon"`, "line 8: agency: name the agency",
			"line 10: password", `line 10: roles: boris: "king"`, "line 10: roles: boris: supervisor and system_admin",
			`line 11: login: "boris" is there already`, "line 11: roles: boris: supervisor", `line 11: roles: there is no "*"`,
			"line 12: login", `line 14: outcome: "great"`, `line 14: rubric: there is no "sea"`,
		},
	},
}

func TestRoutes_in_both_forms_round_trip(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		for _, file := range []struct{ name, content string }{
			{"territories.yaml", territories}, {"rubricator.yaml", rubrics}, {"agencies.yaml", agencies},
		} {
			_, err := load(t.Context(), s, file.name, file.content, false)
			require.NoError(t, err)
		}
		table := "rubric,territory,agency,question,answer\n*,*,town-hall,,\nroads,*,crew,class,federal\nroads.pothole,lug,town-hall,class,local\n"
		r, err := importer.Routes(t.Context(), s, "routes.csv", strings.NewReader(table), false)
		require.NoError(t, err)
		require.Equal(t, 3, r.Added)
		rules, err := s.ListRules(t.Context())
		require.NoError(t, err)
		require.Len(t, rules, 3)
		require.Contains(t, rules, rubricator.Rule{
			Rubric: "roads", Agency: rules[1].Agency, When: rubricator.Condition{Question: "class", Answer: "federal"},
		})
		places, err := s.ListTerritories(t.Context())
		require.NoError(t, err)
		bodies, err := s.ListAgencies(t.Context())
		require.NoError(t, err)
		var b strings.Builder
		require.NoError(t, importer.WriteRoutes(&b, "csv", rules, places, bodies))
		require.Equal(t, table, b.String())
		b.Reset()
		require.NoError(t, importer.WriteRoutes(&b, "yaml", rules, places, bodies))
		require.Contains(t, b.String(), "when: {class: federal}")
		_, err = importer.Routes(t.Context(), s, "routes.yaml", strings.NewReader(b.String()), false)
		require.NoError(t, err)
		again, err := s.ListRules(t.Context())
		require.NoError(t, err)
		require.Equal(t, rules, again)
		require.Error(t, importer.WriteRoutes(&b, "xlsx", rules, places, bodies))

		for _, c := range []struct{ name, content, says string }{
			{"routes.csv", "rubric,territory\n", "line 1: agency: this column is missing"},
			{"routes.csv", "rubric,territory,agency,colour\n", "line 1: colour: unknown column"},
			{"routes.csv", "", "there is no header row"},
			{"routes.csv", "rubric,territory,agency\n", "routes: the file holds none"},
			{"routes.csv", table + "sea,*,crew,,\n", `line 5: rubric: there is no "sea"`},
			{"routes.csv", table + "roads.gas,*,crew,class,federal\n", `line 5: when: no topic of "roads.gas" has a question "class"`},
			{"routes.csv", table + "roads,*,crew,class,regional\n", `with the option "regional"`},
			{"routes.csv", table + "roads,*,crew,class,federal\n", "line 5: when: the same rubric, territory and condition as in line 3"},
			{"routes.yaml", "routes:\n  - {rubric: roads, territory: '*', agency: crew, when: {class: federal, size: big}}\n", "line 2: when: a rule asks one question"},
			{"routes.yaml", agencies, "the file holds more than routes"},
			{"routes.xlsx", "", "must end in .yaml or .csv"},
		} {
			_, err := importer.Routes(t.Context(), s, c.name, strings.NewReader(c.content), false)
			require.ErrorContains(t, err, c.says)
		}
		still, err := s.ListRules(t.Context())
		require.NoError(t, err)
		require.Equal(t, rules, still)
	})
}

func TestAgencies_routes_need_a_rubricator(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite)
	_, err := load(t.Context(), s, "agencies.yaml", strings.ReplaceAll(agencies, "territory: lug", "territory: \"\""), false)
	require.ErrorContains(t, err, "import a rubricator first")
	bodies, err := s.ListAgencies(t.Context())
	require.NoError(t, err)
	require.Empty(t, bodies, "not even the agencies stay")
}

func TestAgencies_gives_a_password_to_those_without(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite)
	file := "users:\n  - {login: anna, name: Анна, roles: [{role: supervisor}]}\n"
	_, err := importer.Agencies(t.Context(), s, "a.yaml", strings.NewReader(file), "short", false)
	require.ErrorContains(t, err, "at least 10 characters")
	_, err = importer.Agencies(t.Context(), s, "a.yaml", strings.NewReader(file), "long enough it is", false)
	require.NoError(t, err)
	anna, err := s.FindUserByLogin(t.Context(), "anna")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(anna.PasswordHash, "$argon2id$"))
	_, err = importer.Agencies(t.Context(), s, "a.yaml", strings.NewReader(file), "", false)
	require.NoError(t, err)
	again, err := s.FindUserByLogin(t.Context(), "anna")
	require.NoError(t, err)
	require.Equal(t, anna.PasswordHash, again.PasswordHash, "a later file without passwords keeps them")
}
