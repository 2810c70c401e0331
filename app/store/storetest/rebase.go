package storetest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator"
)

const rebased = `
rubrics:
  - code: a
    name: {ru: А}
    children:
      - {code: a.one, name: {ru: Один}, days: 20, words: [раз]}
      - {code: a.two, name: {ru: Два}}
      - {code: a.three, name: {ru: Три}}
  - code: b
    name: {ru: Б}
    children:
      - {code: b.one, name: {ru: Бэ}}
  - code: c
    name: {ru: Ц}
    children:
      - {code: c.one, name: {ru: Цэ}}
      - {code: c.two, name: {ru: Це}}
`

// outline is a tree as «a(a.one −a.two) b(b.one)», with retired ones marked.
func outline(list []*rubricator.Rubric) string {
	var out []string
	for _, r := range list {
		s := r.Code
		if r.Retired {
			s = "−" + s
		}
		if !r.Leaf() {
			s += "(" + outline(r.Children) + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// told is collisions as lines: «field a.one days 10|5».
func told(found []rubricator.Collision) []string {
	var out []string
	for _, c := range found {
		line := string(c.Kind) + " " + c.Rubric + " " + c.Field + " " + c.Mine + "|" + c.Theirs
		if c.Kind == rubricator.CollidedRule {
			line = "rule " + c.Rule.Rubric
		}
		out = append(out, strings.Join(strings.Fields(line), " "))
	}
	return out
}

// testRebase has a draft and a tree that comes into force meanwhile, changed in
// every way that two people can.
func testRebase(t *testing.T, open Opener) {
	const same = "a(a.one a.two a.three) b(b.one) c(c.one c.two)"
	type change = func(d *rubricator.Draft, old *rubricator.Tree) error
	node := func(code string, fn func(r *rubricator.Rubric)) change {
		return func(d *rubricator.Draft, _ *rubricator.Tree) error {
			r, _ := d.Find(code)
			fn(r)
			return nil
		}
	}
	days := func(n int) change { return node("a.one", func(r *rubricator.Rubric) { r.Days = n }) }
	name := func(code, ru string) change {
		return node(code, func(r *rubricator.Rubric) { r.Name.RU = ru })
	}
	move := func(code, to string) change {
		return func(d *rubricator.Draft, old *rubricator.Tree) error { return d.MoveTo(code, to, old) }
	}
	step := func(code string, way rubricator.Way) change {
		return func(d *rubricator.Draft, old *rubricator.Tree) error { return d.Move(code, way, old) }
	}
	retireOne := func(into ...string) change {
		return func(d *rubricator.Draft, _ *rubricator.Tree) error {
			return d.Retire(rubricator.Retirement{Codes: []string{"a.one"}, Successors: into})
		}
	}
	add := func(parent, code string) change {
		return func(d *rubricator.Draft, old *rubricator.Tree) error {
			return d.Add(parent, &rubricator.Rubric{Code: code, Name: lang.Text{RU: code}}, old)
		}
	}
	rule := func(rubric string, agency int64) change { // 0 takes it out
		return func(d *rubricator.Draft, _ *rubricator.Tree) error {
			var out []rubricator.Rule
			for _, r := range d.Rules {
				if r.Rubric != rubric {
					out = append(out, r)
				}
			}
			if agency != 0 {
				out = append(out, rubricator.Rule{Rubric: rubric, Agency: agency})
			}
			d.Rules = out
			return nil
		}
	}
	all := func(list ...change) change {
		return func(d *rubricator.Draft, old *rubricator.Tree) error {
			for _, fn := range list {
				if err := fn(d, old); err != nil {
					return err
				}
			}
			return nil
		}
	}
	none := all()
	type check = func(t *testing.T, d *rubricator.Draft)
	is := func(code string, fn func(r *rubricator.Rubric) any, want any) check {
		return func(t *testing.T, d *rubricator.Draft) {
			t.Helper()
			r, ok := d.Find(code)
			require.True(t, ok)
			require.Equal(t, want, fn(r))
		}
	}
	daysOf := func(r *rubricator.Rubric) any { return r.Days }
	nameOf := func(r *rubricator.Rubric) any { return r.Name }
	rules := func(want map[string]int64) check {
		return func(t *testing.T, d *rubricator.Draft) {
			t.Helper()
			got := map[string]int64{}
			for _, r := range d.Rules {
				got[r.Rubric] = r.Agency
			}
			require.Equal(t, want, got)
			require.Len(t, d.Rules, len(want))
		}
	}
	for name, c := range map[string]struct {
		mine, theirs change
		shape        string
		collisions   []string
		checks       []check
	}{
		"only they changed a topic": {none, all(days(10), name("a.one", "Ран")), same, nil, []check{is("a.one", daysOf, 10), is("a.one", nameOf, lang.Text{RU: "Ран"})}},
		"different fields of one topic are both kept": {
			days(10), all(name("a.one", "Ран"), node("a.one", func(r *rubricator.Rubric) { r.Words = []string{"разок"} })), same, nil,
			[]check{is("a.one", daysOf, 10), is("a.one", nameOf, lang.Text{RU: "Ран"}), is("a.one", func(r *rubricator.Rubric) any { return r.Words }, []string{"разок"})},
		},
		"a name in two languages": {
			node("a.one", func(r *rubricator.Rubric) { r.Name.EN = "One" }), name("a.one", "Ран"), same, nil,
			[]check{is("a.one", nameOf, lang.Text{RU: "Ран", EN: "One"})},
		},
		"the same field of one topic": {days(10), days(5), same, []string{"field a.one days 10|5"}, []check{is("a.one", daysOf, 10)}},
		"the same change twice":       {days(10), days(10), same, nil, []check{is("a.one", daysOf, 10)}},
		"questions as a whole": {
			node("a.one", func(r *rubricator.Rubric) {
				r.Questions = []rubricator.Question{{Code: "q", Type: "text", Name: lang.Text{RU: "?"}}}
			}),
			node("a.one", func(r *rubricator.Rubric) {
				r.Questions = []rubricator.Question{{Code: "w", Type: "text", Name: lang.Text{RU: "!"}}}
			}),
			same,
			[]string{"field a.one questions |"},
			nil,
		},
		"they retire what the draft edits": {days(10), retireOne("a.two"), "a(−a.one a.two a.three) b(b.one) c(c.one c.two)", []string{"retired a.one false|"}, []check{is("a.one", daysOf, 10)}},
		"the draft retires what they edit": {retireOne("a.two"), days(5), "a(−a.one a.two a.three) b(b.one) c(c.one c.two)", []string{"retired a.one true|"}, []check{is("a.one", daysOf, 5)}},
		"both retire with other successors": {
			retireOne("a.two"), retireOne("a.three"), "a(−a.one a.two a.three) b(b.one) c(c.one c.two)",
			[]string{"field a.one successors a.two|a.three"},
			[]check{is("a.one", func(r *rubricator.Rubric) any { return r.Successors }, []string{"a.two"})},
		},
		"they move what the draft renames":                {name("a.two", "Дво"), move("a.two", "b"), "a(a.one a.three) b(b.one a.two) c(c.one c.two)", nil, []check{is("a.two", nameOf, lang.Text{RU: "Дво"})}},
		"the draft moves what they rename":                {move("a.two", "b"), name("a.two", "Дво"), "a(a.one a.three) b(b.one a.two) c(c.one c.two)", nil, []check{is("a.two", nameOf, lang.Text{RU: "Дво"})}},
		"both move it to other sections":                  {move("a.two", "b"), move("a.two", "c"), "a(a.one a.three) b(b.one a.two) c(c.one c.two)", []string{"place a.two b|c"}, nil},
		"both move it to the same section":                {move("a.two", "b"), move("a.two", "b"), "a(a.one a.three) b(b.one a.two) c(c.one c.two)", nil, nil},
		"sections into one another":                       {move("a", "b"), move("b", "a"), "b(b.one a(a.one a.two a.three)) c(c.one c.two)", []string{"place b |a"}, nil},
		"they empty a section":                            {days(10), move("b.one", "a"), "a(a.one a.two a.three b.one) c(c.one c.two)", nil, nil},
		"they empty a section that the draft renames":     {name("b", "Бы"), move("b.one", "a"), "a(a.one a.two a.three b.one) c(c.one c.two)", []string{"removed b |"}, nil},
		"they empty a section that the draft fills":       {add("b", "b.new"), move("b.one", "a"), "a(a.one a.two a.three b.one) b(b.new) c(c.one c.two)", nil, nil},
		"the draft empties a section that they fill":      {move("b.one", "a"), add("b", "b.new"), "a(a.one a.two a.three b.one) b(b.new) c(c.one c.two)", nil, nil},
		"they move into a section that the draft emptied": {move("b.one", "a"), move("a.two", "b"), "a(a.one a.three b.one) b(a.two) c(c.one c.two)", nil, nil},
		"a new section of theirs whose topic the draft moves": {
			move("a.two", "c"), all(add("", "d"), add("d", "d.one"), move("a.two", "d")), "a(a.one a.three) b(b.one) c(c.one c.two a.two) d(d.one)", []string{"place a.two c|d"}, nil,
		},
		"new topics stand where they were put": {
			add("a", "a.mine"), all(add("a", "a.new"), step("a.new", rubricator.Up), step("a.new", rubricator.Up)), "a(a.one a.new a.two a.three a.mine) b(b.one) c(c.one c.two)", nil, nil,
		},
		"both add one code":                 {all(add("a", "a.new"), name("a.new", "Моя")), add("a", "a.new"), "a(a.one a.two a.three a.new) b(b.one) c(c.one c.two)", []string{"field a.new name.ru Моя|a.new"}, nil},
		"they sort":                         {days(10), step("a.one", rubricator.Down), "a(a.two a.one a.three) b(b.one) c(c.one c.two)", nil, nil},
		"both sort":                         {step("a.three", rubricator.Up), step("a.one", rubricator.Down), "a(a.one a.three a.two) b(b.one) c(c.one c.two)", nil, nil},
		"they sort the categories":          {days(10), step("c", rubricator.Up), "a(a.one a.two a.three) c(c.one c.two) b(b.one)", nil, nil},
		"routes of both":                    {rule("a.one", 2), rule("b", 3), same, nil, []check{rules(map[string]int64{"*": 1, "c": 1, "a.one": 2, "b": 3})}},
		"one route for two agencies":        {rule("c", 2), rule("c", 3), same, []string{"rule c"}, []check{rules(map[string]int64{"*": 1, "c": 2})}},
		"a route taken out and changed":     {rule("c", 0), rule("c", 3), same, []string{"rule c"}, []check{rules(map[string]int64{"*": 1})}},
		"a route changed and taken out":     {rule("c", 2), rule("c", 0), same, []string{"rule c"}, []check{rules(map[string]int64{"*": 1, "c": 2})}},
		"only they change a route":          {days(10), rule("c", 3), same, nil, []check{rules(map[string]int64{"*": 1, "c": 3})}},
		"only they take a route out":        {days(10), rule("c", 0), same, nil, []check{rules(map[string]int64{"*": 1})}},
		"the draft takes out a route":       {rule("c", 0), days(10), same, nil, []check{rules(map[string]int64{"*": 1})}},
		"both add the same route":           {rule("b", 2), rule("b", 2), same, nil, []check{rules(map[string]int64{"*": 1, "c": 1, "b": 2})}},
		"routes for what the draft emptied": {all(move("b.one", "a"), days(3)), rule("a.two", 3), "a(a.one a.two a.three b.one) c(c.one c.two)", nil, []check{rules(map[string]int64{"*": 1, "c": 1, "a.two": 3})}},
	} {
		t.Run(name, func(t *testing.T) {
			s, ctx := open(t), t.Context()
			admin := actor.Actor{Kind: actor.Officer, User: 1, Memberships: []actor.Membership{{Role: actor.SystemAdmin}}}
			e := &rubricator.Editor{Store: s, Clock: clock.NewFake(Noon), Reload: rubricator.New(s, nil).Reload}
			agencies := []identity.Agency{{Code: "x", Name: lang.Text{RU: "Икс"}}, {Code: "y", Name: lang.Text{RU: "Игрек"}}, {Code: "z", Name: lang.Text{RU: "Зет"}}}
			require.NoError(t, s.SaveAgencies(ctx, agencies))
			require.NoError(t, s.ReplaceRules(ctx, []rubricator.Rule{{Rubric: "*", Agency: 1}, {Rubric: "c", Agency: 1}}))
			publishTheirs(t, s, none)

			d, err := e.Begin(ctx, admin)
			require.NoError(t, err)
			old, err := e.InForce(ctx)
			require.NoError(t, err)
			_, err = e.Change(ctx, admin, func(d *rubricator.Draft) error { return c.mine(d, old) })
			require.NoError(t, err)
			publishTheirs(t, s, c.theirs)
			stale, err := e.Stale(ctx, d)
			require.NoError(t, err)
			require.True(t, stale)

			_, err = e.Rebase(ctx, admin)
			require.NoError(t, err)
			d, err = e.Draft(ctx, admin)
			require.NoError(t, err)
			require.Equal(t, c.shape, outline(d.Roots))
			for _, check := range c.checks {
				check(t, d)
			}
			found, err := e.Collisions(ctx, d)
			require.NoError(t, err)
			require.Equal(t, c.collisions, told(found))

			// What came of it can be published, and brings nothing of theirs back.
			now, err := e.InForce(ctx)
			require.NoError(t, err)
			_, problems := rubricator.Check(d.Roots, now)
			require.Empty(t, problems)
			_, err = e.Publish(ctx, admin, d.Version, "both")
			require.NoError(t, err)
		})
	}
}

// publishTheirs brings into force what an import makes of the tree in force.
func publishTheirs(t *testing.T, s *store.Store, theirs func(*rubricator.Draft, *rubricator.Tree) error) {
	t.Helper()
	ctx := t.Context()
	old, err := rubricator.ParseYAML(strings.NewReader(rebased))
	require.NoError(t, err)
	tree, err := rubricator.ParseYAML(strings.NewReader(rebased))
	require.NoError(t, err)
	rules, err := s.ListRules(ctx)
	require.NoError(t, err)
	d := &rubricator.Draft{Roots: tree.Roots, Rules: rules}
	require.NoError(t, theirs(d, old))
	require.NoError(t, s.ReplaceRules(ctx, d.Rules))
	_, err = s.PublishVersion(ctx, d.Roots, "theirs")
	require.NoError(t, err)
}
