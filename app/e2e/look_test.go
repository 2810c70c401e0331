package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// screenshotsEnv names the variable that asks for pictures of the pages.
const screenshotsEnv = "OTKLIK_SCREENSHOTS"

// root is the repository.
const root = "../.."

// axe is the source of axe-core.
var axe = sync.OnceValues(func() ([]byte, error) {
	return os.ReadFile(filepath.Join(root, "node_modules/axe-core/axe.min.js"))
})

// finding is a rule of axe that a page breaks.
type finding struct {
	ID     string
	Impact string
	Help   string
	Nodes  []node
}

type node struct{ HTML, FailureSummary string }

func (f finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", f.ID, f.Impact, f.Help)
	for i, n := range f.Nodes {
		if i == 4 {
			fmt.Fprintf(&b, "\n  … and %d more", len(f.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %.300s\n    %s", n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", "\n    "))
	}
	return b.String()
}

// harmless are findings that hurt nobody, and why. The name of GOV.UK's button for files holds its visible words with
// a comma in between that is for ears alone. Cells of the heat map scroll under
// its head and foot, and axe takes the one halfway beneath for a small target.
var harmless = []struct{ rule, html string }{
	{"label-content-name-mismatch", `class="govuk-file-upload-button`},
	{"target-size", `class="otk-heat__link"`},
}

func (f *finding) drop() {
	for _, b := range harmless {
		if f.ID == b.rule {
			f.Nodes = slices.DeleteFunc(f.Nodes, func(n node) bool { return strings.Contains(n.HTML, b.html) })
		}
	}
}

// axeRules are the tags of WCAG 2.2 AA with all before it.
const axeRules = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]`

// seen are the pages that axe has checked: many tests pass by the same ones.
var seen sync.Map

// varying are the parts of an address and a title that make no other page.
var varying = regexp.MustCompile(`[A-Za-z0-9_-]{20,}|\d+`)

// looksOver checks a page that one has come to: nothing serious by axe, no
// sideways scrolling.
func (p *person) looksOver() {
	p.t.Helper()
	if p.base == "" || !strings.HasPrefix(p.at(), p.base) {
		return // not ours
	}
	_, err := ask[chromedp.Void](p, eyes)
	require.NoError(p.t, err)
	title, err := ask[string](p, `document.title + " " + document.querySelectorAll("main form, main section, main table, dialog[open], [role=alert]").length`)
	require.NoError(p.t, err)
	key := fmt.Sprint(varying.ReplaceAllString(p.path()+" "+title, "…"), p.width, p.noJS, p.around != nil)
	if _, again := seen.LoadOrStore(key, true); again {
		return
	}
	p.fits()
	p.axe(`{}`)
}

// fits checks that nothing is wider than the screen.
func (p *person) fits() {
	p.t.Helper()
	wide, err := ask[[]string](p, `(() => {
		const d = document.documentElement;
		if (d.scrollWidth <= d.clientWidth) return [];
		return [d.scrollWidth + " > " + d.clientWidth, ...[...document.querySelectorAll("body *")]
			.filter((e) => e.getBoundingClientRect().right > d.clientWidth + 1).slice(0, 6).map((e) => e.outerHTML.slice(0, 160))];
	})()`)
	require.NoError(p.t, err)
	if len(wide) > 0 {
		p.t.Errorf("%s is wider than %d px:\n%s", p.at(), p.width, strings.Join(wide, "\n"))
	}
}

// axe checks the page as it stands; rules change which rules run.
func (p *person) axe(rules string) {
	p.t.Helper()
	source, err := axe()
	require.NoError(p.t, err, "node_modules has no axe-core: run `npm ci`")
	if p.noJS {
		p.scripts(true)
		defer p.scripts(false)
	}
	if there, err := ask[bool](p, `!!window.axe`); err != nil || !there {
		_, err = ask[chromedp.Void](p, string(source)+";0")
		require.NoError(p.t, err)
	}
	raw, err := ask[[]byte](p, `axe.run(document, {
		runOnly: {type: "tag", values: `+axeRules+`}, rules: `+rules+`, resultTypes: ["violations"], iframes: false,
	}).then((r) => r.violations.map((v) => ({id: v.id, impact: v.impact, help: v.help,
		nodes: v.nodes.map((n) => ({html: n.html, failureSummary: n.failureSummary}))})))`)
	require.NoError(p.t, err)
	var found []finding
	require.NoError(p.t, json.Unmarshal(raw, &found))
	for _, f := range found {
		if f.drop(); len(f.Nodes) == 0 {
			continue
		}
		if f.Impact == "serious" || f.Impact == "critical" {
			p.t.Errorf("axe at %s (%d px): %s", p.at(), p.width, f)
		} else {
			p.t.Logf("axe at %s (%d px): %s", p.at(), p.width, f)
		}
	}
}

// picture saves the whole page where pictures are asked for.
func (p *person) picture(name string) {
	if os.Getenv(screenshotsEnv) == "" {
		return
	}
	raw, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Logf("no picture of %s: %s", p.at(), err)
		return
	}
	dir := filepath.Join(root, "var/screenshots")
	require.NoError(p.t, os.MkdirAll(dir, 0o755))
	require.NoError(p.t, os.WriteFile(filepath.Join(dir, name+".png"), raw, 0o644))
}
