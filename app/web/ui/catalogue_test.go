package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
)

// families are the keys built from values: nobody writes them out.
var families = []string{
	"tree.value.", "tree.field.", "tree.question.", "tree.diff.", "tree.mark.", "tree.move.", "rubric.check.", "simulation.only.",
	"duplicate.why.", // of duplicate.Fact
	"admin.month.", "admin.entry.", "admin.entries.", "admin.purpose.", "admin.weekday.", "admin.weekday_short.", "admin.kind.", "admin.clock.", "admin.change.state.",
	"model.step.", "model.state.", "model.cause.", "model.verdict.",
	"stage.", "outcome.", "role.", "deadline.", "kind.", "action.", "event.", "error.", "alert.", "lang.", "source.",
	"order.", "ruleset.", "atlas.formula.", "atlas.measure.", "atlas.month.", "heat.formula.", "heat.compare.", "reason.", "kpi.", "warn.", "mail.", "bulk.", "plan.month.", "plan.month_of.", "template.field.", "template.done.",
	"campaign.rule.", "campaign.form.", "campaign.form_hint.", "paper.state.", "result.do.", "result.pdf.title.", "campaign.do.", "campaign.did.", "campaign.ask.", "campaign.kind.", "campaign.new.", "campaign.edit.", "campaign.state.", "campaign.ties.",
	"campaign.shown.", "campaign.level.", "campaign.may.", "campaign.check.hearing_day.", "talk.did.", "talk.step.", "talk.steps.", "talk.sort.", "talk.reason.", "talk.verdict.", "talk.source.", "talk.state.",
	"talk.moderation.", "talk.fate.", "talk.warning.", "talk.queue.", "talk.letter.", "talk.number.", "talk.csv.", "talk.pdf.title.", "talk.pdf.organiser.",
	"proposal.state.", "proposal.mine.", "proposal.did.", "proposal.do.", "proposal.step.", "proposal.sort.", "proposal.verdict.", "proposal.ground.", "proposal.point.",
	"proposal.point_answer.", "proposal.date.", "proposal.merge.", "proposal.letter.",
	"desk.channel.", "search.field.", "desk.paper.", "ruling.lost.", "ruling.finding.", "ruling.severity.",
}

// areas are told by the Russian files.
func areas(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(locales, "locale/*.ru.toml")
	require.NoError(t, err)
	for i, name := range names {
		names[i] = strings.TrimSuffix(filepath.Base(name), ".ru.toml")
	}
	return names
}

// catalogue maps a key to its message in one language.
func catalogue(t *testing.T, l lang.Lang) map[string]*i18n.Message {
	t.Helper()
	out := map[string]*i18n.Message{}
	names, err := fs.Glob(locales, "locale/*."+string(l)+".toml")
	require.NoError(t, err)
	for _, name := range names {
		data, err := fs.ReadFile(locales, name)
		require.NoError(t, err)
		file, err := i18n.ParseMessageFileBytes(data, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
		require.NoError(t, err, name)
		for _, m := range file.Messages {
			if _, twice := out[m.ID]; twice {
				t.Errorf("%s: %s is already in another area", name, m.ID)
			}
			out[m.ID] = m
		}
	}
	return out
}

func forms(m *i18n.Message) []string {
	var out []string
	for _, s := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

var place = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

func places(m *i18n.Message) []string {
	var out []string
	for _, s := range forms(m) {
		for _, hit := range place.FindAllStringSubmatch(s, -1) {
			if !slices.Contains(out, hit[1]) {
				out = append(out, hit[1])
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestCatalogue_every_area_is_there_in_every_language(t *testing.T) {
	t.Parallel()
	for _, area := range areas(t) {
		for _, l := range Langs {
			_, err := fs.Stat(locales, "locale/"+area+"."+string(l)+".toml")
			require.NoError(t, err)
		}
	}
}

func TestCatalogue_languages_have_the_same_keys_and_places(t *testing.T) {
	t.Parallel()
	ru, en := catalogue(t, lang.RU), catalogue(t, lang.EN)
	for id, m := range ru {
		if other, ok := en[id]; !ok {
			t.Errorf("%s: no English text", id)
		} else if got, want := places(other), places(m); !slices.Equal(got, want) {
			t.Errorf("%s: places %v in English, %v in Russian", id, got, want)
		}
	}
	for id := range en {
		if _, ok := ru[id]; !ok {
			t.Errorf("%s: no Russian text", id)
		}
	}
}

func TestCatalogue_plurals_have_all_forms_of_the_language(t *testing.T) {
	t.Parallel()
	for id, m := range catalogue(t, lang.RU) {
		if m.One+m.Few+m.Many != "" && (m.One == "" || m.Few == "" || m.Many == "" || m.Other == "") {
			t.Errorf("%s: Russian needs one, few, many and other", id)
		}
	}
	for id, m := range catalogue(t, lang.EN) {
		if m.One != "" && m.Other == "" {
			t.Errorf("%s: English needs one and other", id)
		}
	}
}

func TestCatalogue_every_key_is_used_and_every_used_key_is_there(t *testing.T) {
	t.Parallel()
	ru := catalogue(t, lang.RU)
	titled := areas(t) // «portal.title» names the area where it has a link
	text := sources(t)
	for id := range ru {
		built := slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(id, f) }) ||
			slices.Contains(titled, strings.TrimSuffix(id, ".title"))
		if !built && !strings.Contains(text, `"`+id+`"`) {
			t.Errorf("%s: no source names this key", id)
		}
	}
	for _, call := range calls {
		for _, hit := range call.FindAllStringSubmatch(text, -1) {
			if _, ok := ru[hit[1]]; !ok {
				t.Errorf("%s: used, but not in the catalogue", hit[1])
			}
		}
	}
}

// calls find keys written out where a sentence is asked for or promised. A
// key that ends with a dot is the head of a built one.
var calls = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:ui\.)?(?:T|TParams|Plural)\(\w[\w.()]*, "(\w+\.[\w.]*\w)"`),
	regexp.MustCompile(`@keyLine\("(\w+\.[\w.]*\w)"`),
	regexp.MustCompile(`Guard\{"[^"]*", "(\w+\.[\w.]*\w)"`),
	regexp.MustCompile(`\bfault\.(?:New|Wrap)\(fault\.\w+, "(\w+\.[\w.]*\w)"`),
	regexp.MustCompile(`\.Fail\("?[\w\-\[\]+." ]+"?, "(\w+\.[\w.]*\w)"`),
	regexp.MustCompile(`\.That\([^\n]+, (?:"[\w\-.]+"|[\w.]+), "(\w+\.[\w.]*\w)"`),
}

// sources is the text of all of the module's Go and templ files that aren't
// tests or generated.
func sources(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	_, err = os.Stat(filepath.Join(root, "go.mod"))
	require.NoError(t, err, "the module's root")
	var b strings.Builder
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "bin" || name == "var"):
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go"):
			return nil
		case strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".templ"):
			data, err := os.ReadFile(path)
			b.Write(data)
			return err
		default:
			return nil
		}
	})
	require.NoError(t, err)
	return b.String()
}
