package e2e_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// eyes is what finds things on a page as a person does: by the words on them.
// An exact match comes before one that begins so, and that before any other. What
// is still being made, or has just changed, is waited for.
const eyes = `
window.otkSquash ??= (s) => (s ?? "").replace(/\s+/g, " ").trim().toLowerCase();
window.otkShown ??= (e) => !e.closest("[aria-hidden=true], [aria-busy=true]:not(form), .otk-settling") && e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && e.getClientRects().length > 0;
window.otkBest ??= (list, words, wordsOf) => {
	const want = otkSquash(words);
	const rank = (e) => { const s = otkSquash(wordsOf(e)); return s === want ? 0 : s.startsWith(want) ? 1 : s.includes(want) ? 2 : 3; };
	return list.map((e) => [rank(e), e]).filter(([r]) => r < 3).sort((a, b) => a[0] - b[0])[0]?.[1];
};
window.otkAll ??= (within, what) => [...document.querySelectorAll(within)].flatMap((e) => [...e.querySelectorAll(what)]).filter(otkShown);
window.otkPress ??= (words, within = "body") => otkBest(otkAll(within, "button, a[href], summary, [role=button]"), words,
	(e) => e.getAttribute("aria-label") ?? e.innerText);
window.otkLabel ??= (words, within = "body", kind = /./) => otkBest(otkAll(within, "label").filter((l) => l.control && kind.test(l.control.type)), words, (l) => l.innerText);
window.otkField ??= (words, within) => otkLabel(words, within)?.control;
window.otkTick ??= (words, within) => otkLabel(words, within, /radio|checkbox/);
window.otkPoint ??= (e) => {
	if (!e) return null;
	e.scrollIntoView({block: "center", inline: "nearest", behavior: "instant"});
	const r = e.getClientRects()[0];
	if (!r) return null;
	const x = r.left + r.width / 2, y = r.top + r.height / 2;
	const top = document.elementFromPoint(x, y);
	if (!window.otkWatched) {
		window.otkWatched = true;
		document.addEventListener("click", (c) => { window.otkMissed = !window.otkAim.contains(c.target) && !c.target.closest("label"); }, true);
	}
	window.otkAim = e;
	window.otkMissed = true;
	return {x, y, clear: !!top && (e.contains(top) || top.contains(e) && top.matches("label, a, button"))};
};
`

type spot struct {
	X, Y  float64
	Clear bool // nothing lies over it
}

// named are the words by which a thing is found, and where it is looked for.
func (p *person) named(words string) string {
	if p.part == "" {
		return quote(words)
	}
	return quote(words) + ", " + quote(p.part)
}

// inside looks for things in a part of the page alone.
func (p *person) inside(part string, do func()) {
	p.part = part
	defer func() { p.part = "" }()
	do()
}

// find waits until what the expression gives can be pressed and stands still.
func (p *person) find(expression, what string) spot {
	p.t.Helper()
	var last spot
	p.wait(func() bool {
		s, err := ask[*spot](p, eyes+`otkPoint(`+expression+`)`)
		if err != nil || s == nil || !s.Clear {
			return false
		}
		if p.around != nil {
			corner, err := ask[spot](p.around, `(() => { const r = document.querySelector("iframe").getBoundingClientRect(); return {x: r.left, y: r.top}; })()`)
			if err != nil {
				return false
			}
			s.X, s.Y = s.X+corner.X, s.Y+corner.Y
		}
		still := math.Abs(s.X-last.X) < 1 && math.Abs(s.Y-last.Y) < 1
		last = *s
		return still
	}, func() string { return "to find " + what })
	return last
}

func (p *person) click(s spot, times int) {
	p.t.Helper()
	p.host().do(chromedp.MouseEvent(chromedp.MouseMoved, s.X, s.Y))
	for range times {
		p.host().do(chromedp.MouseClickXY(s.X, s.Y, chromedp.ClickCount(1)))
	}
}

// leaves does something that leads to another page, and waits for that.
func (p *person) leaves(by func()) {
	p.t.Helper()
	_, err := ask[bool](p, `window.otkLeaving = true`)
	require.NoError(p.t, err)
	by()
	p.arrives()
}

// presses a button or a link that leads to another page.
func (p *person) presses(words string) {
	p.t.Helper()
	target := `otkPress(` + p.named(words) + `)`
	p.leaves(func() {
		p.wait(func() bool {
			p.click(p.find(target, "«"+words+"»"), 1)
			// A page that still moves makes one miss, and so nothing happens.
			missed, err := ask[bool](p, `!!window.otkMissed`)
			return err != nil || p.noJS || !missed
		}, func() string { return "to press «" + words + "»" })
	})
}

// clicks something that changes this page or opens another tab.
func (p *person) clicks(words string) {
	p.t.Helper()
	p.click(p.find(`otkPress(`+p.named(words)+`)`, "«"+words+"»"), 1)
}

// doubleClicks a button that leads to another page.
func (p *person) doubleClicks(words string) {
	p.t.Helper()
	s := p.find(`otkPress(`+p.named(words)+`)`, "«"+words+"»")
	p.leaves(func() { p.click(s, 2) })
}

// picks a radio button or ticks a box by the words beside it.
func (p *person) picks(words string) {
	p.t.Helper()
	label := `otkTick(` + p.named(words) + `)`
	p.click(p.find(label, "the choice «"+words+"»"), 1)
	p.until(eyes+label+`.control.checked`, "«%s» to be chosen", words)
}

// chooses an option of a list.
func (p *person) chooses(field, option string) {
	p.t.Helper()
	list := `otkField(` + p.named(field) + `)`
	p.find(list, "the list «"+field+"»")
	ok, err := ask[bool](p, eyes+`(() => {
		const s = `+list+`, o = otkBest([...s.options], `+quote(option)+`, (o) => o.text);
		if (!o) return false;
		s.value = o.value;
		s.dispatchEvent(new Event("input", {bubbles: true}));
		s.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`)
	require.NoError(p.t, err)
	require.True(p.t, ok, "no option «%s» in «%s»", option, field)
}

// types into a field in place of what stands there.
func (p *person) types(field, text string) {
	p.t.Helper()
	control := `otkField(` + p.named(field) + `)`
	p.wait(func() bool { // a page that still moves makes one miss
		p.click(p.find(control, "the field «"+field+"»"), 1)
		there, err := ask[bool](p, eyes+`document.activeElement === `+control)
		return err == nil && there
	}, func() string { return "to be in the field «" + field + "»" })
	p.host().do(chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	p.keys(text)
	p.has(field, text)
}

// keys types where the focus is.
func (p *person) keys(text string) {
	p.t.Helper()
	const typed = 40 // the rest of a long text comes at once, as from a keyboard that suggests
	runes := []rune(text)
	first := min(typed, len(runes))
	p.host().do(chromedp.KeyEvent(string(runes[:first])))
	if rest := string(runes[first:]); rest != "" {
		p.host().do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
			_, err := cdp.Call(ctx, s, input.InsertText, input.InsertTextParams{Text: rest})
			return err
		}))
	}
}

// has waits until the field holds the text.
func (p *person) has(field, text string) {
	p.t.Helper()
	p.until(eyes+`otkField(`+p.named(field)+`)?.value === `+quote(text), "«%s» to hold «%s»", field, text)
}

// adds files to the field of that name.
func (p *person) adds(name string, files ...string) {
	p.t.Helper()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(fmt.Sprintf(`input[type=file][name=%q]`, name)), files))
}

// hits one key. What it types comes with its going down, as from a keyboard,
// so that a page which takes the key for itself types nothing.
func (p *person) hits(key string) {
	p.t.Helper()
	p.host().do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		strokes := kb.Encode([]rune(key)[0])
		down, up := *strokes[0], *strokes[len(strokes)-1]
		if len(strokes) > 2 {
			down.Text, down.UnmodifiedText = strokes[1].Text, strokes[1].UnmodifiedText
		}
		for _, stroke := range []input.DispatchKeyEventParams{down, up} {
			if _, err := cdp.Call(ctx, s, input.DispatchKeyEvent, stroke); err != nil {
				return err
			}
		}
		return nil
	}))
}

// tabsTo moves the focus with Tab until it is on what the expression tells.
func (p *person) tabsTo(expression, what string) {
	p.t.Helper()
	const most = 120
	for range most {
		there, err := ask[bool](p, eyes+`(() => { const e = document.activeElement; return `+expression+`; })()`)
		require.NoError(p.t, err)
		if there {
			p.showsFocus(what)
			return
		}
		p.hits(kb.Tab)
	}
	require.FailNow(p.t, "Tab never comes to "+what, "%s\n%s", p.at(), p.text())
}

func (p *person) tabsToField(words string) {
	p.t.Helper()
	p.tabsTo(`e === otkField(`+p.named(words)+`)`, "the field «"+words+"»")
}

func (p *person) tabsToButton(words string) {
	p.t.Helper()
	p.tabsTo(`e === otkPress(`+p.named(words)+`)`, "«"+words+"»")
}

// showsFocus checks that one sees where the focus is.
func (p *person) showsFocus(what string) {
	p.t.Helper()
	seen, err := ask[bool](p, `(() => {
		const e = document.activeElement, near = [e, e.nextElementSibling, e.parentElement].filter(Boolean);
		return near.some((n) => ["", "::before", "::after"].some((part) => {
			const s = getComputedStyle(n, part || null);
			return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
		}));
	})()`)
	require.NoError(p.t, err)
	require.True(p.t, seen, "the focus on %s can't be seen", what)
}

// file is a file in a folder of the test.
func (p *person) file(name string, content []byte) string {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	require.NoError(p.t, os.WriteFile(path, content, 0o600))
	return path
}
