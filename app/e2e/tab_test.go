package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long a page may take to show what is waited for, on a
// machine that is busy with other tests.
const patience = 45 * time.Second

// person is somebody at a browser of their own, looking at one tab, or at the
// widget's frame within it.
type person struct {
	t    *testing.T
	ctx  context.Context // of the tab or the frame
	base string
	// around is the page whose frame this is: mouse and keys belong to it.
	around *person
	noJS   bool
	width  int64
	part   string // of the page, where things are looked for; see inside
	said   *complaints
	onWay  func(step string) // told of each page of the form, where set
}

// complaints are what the browser had to say against our pages.
type complaints struct {
	sync.Mutex
	list   []string
	expect []string // parts of complaints that are meant to be
	heard  map[string]bool
}

// visitor is a person with a browser of their own at the product's address.
func visitor(t *testing.T, base string) *person {
	t.Helper()
	return newPerson(chromium(t), t, base, chromedp.WithNewBrowserContext())
}

func newPerson(parent context.Context, t *testing.T, base string, opts ...chromedp.ContextOption) *person {
	t.Helper()
	said := &complaints{heard: map[string]bool{}}
	ctx, cancel := chromedp.NewContext(parent, append(opts, chromedp.WithListener(said.listen))...)
	t.Cleanup(cancel)
	p := &person{t: t, ctx: ctx, base: base, width: 1280, said: said}
	p.do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	t.Cleanup(func() {
		said.Lock()
		defer said.Unlock()
		if len(said.list) > 0 {
			t.Errorf("the browser complains:\n%s", strings.Join(said.list, "\n"))
		}
	})
	return p
}

// listen keeps errors of scripts, of the policy and of loading. Forms that are
// answered with what is wrong in them, and pages that want a sign-in, are no
// errors.
func (c *complaints) listen(event any) {
	var text string
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError {
			return
		}
		text = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		for _, status := range []string{"401", "409", "422"} {
			if e.Entry.Source == log.EntrySourceNetwork && strings.Contains(e.Entry.Text, "status of "+status) {
				return
			}
		}
	case *runtime.EventExceptionThrown:
		text = "exception: " + e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError {
			return
		}
		for _, arg := range e.Args {
			text += " " + string(arg.Value) + arg.Description
		}
		text = "console:" + text
	default:
		return
	}
	c.Lock()
	defer c.Unlock()
	if i := slices.IndexFunc(c.expect, func(part string) bool { return strings.Contains(text, part) }); i >= 0 {
		c.heard[c.expect[i]] = true
		return
	}
	c.list = append(c.list, text)
}

// isToHear says that the browser will complain of something that is meant to be.
func (p *person) isToHear(part string) {
	p.said.Lock()
	defer p.said.Unlock()
	p.said.expect = append(p.said.expect, part)
}

// do performs steps that must not fail.
func (p *person) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if p.first() {
		ctx = p.ctx // the tab lives as long as the context of its first step
	}
	require.NoError(p.t, chromedp.Do(ctx, steps...))
}

func (p *person) first() bool { return chromedp.FromContext(p.ctx).Target == nil }

// ask evaluates an expression in the page.
func ask[T any](p *person, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until waits for an expression to become true.
func (p *person) until(expression, what string, args ...any) {
	p.t.Helper()
	var last error
	p.wait(func() bool {
		var yes bool
		yes, last = ask[bool](p, expression)
		return last == nil && yes
	}, func() string { return fmt.Sprintf(what, args...) + fmt.Sprintf(" (%v)", last) })
}

// wait asks again and again, and tells what was missed with what is on the page.
func (p *person) wait(met func() bool, missed func() string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; {
		if met() {
			return
		}
		if time.Now().After(end) {
			p.snap("missed")
			require.FailNow(p.t, missed(), "%s\n%s", p.at(), p.text())
		}
		select {
		case <-time.After(30 * time.Millisecond):
		case <-p.t.Context().Done():
			require.FailNow(p.t, "the test is over: "+missed())
		}
	}
}

// at is the address of the page.
func (p *person) at() string {
	at, _ := ask[string](p, `location.href`)
	return at
}

// text is what can be read on the page.
func (p *person) text() string {
	text, _ := ask[string](p, `document.body ? document.body.innerText : ""`)
	return text
}

// opens goes to a path of the product, or to a whole address.
func (p *person) opens(path string) {
	p.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.base + path
	}
	p.do(chromedp.Navigate(path))
	p.arrives()
}

// arrives waits for the page to be there with its scripts, and looks it over.
func (p *person) arrives() {
	p.t.Helper()
	p.until(`document.readyState === "complete" && !window.otkLeaving && document.body !== null`, "the page to load")
	p.isWholeInFrame()
	p.looksOver()
}

// isWholeInFrame waits until the page around has made the frame as tall as the
// page in it: until then everything moves.
func (p *person) isWholeInFrame() {
	p.t.Helper()
	if p.around == nil {
		return
	}
	p.wait(func() bool {
		inner, err := ask[float64](p, `Math.ceil(document.querySelector("[data-island=embed]")?.getBoundingClientRect().height ?? -1)`)
		outer, err2 := ask[float64](p.around, `document.querySelector("iframe").getBoundingClientRect().height`)
		return err == nil && err2 == nil && inner == outer
	}, func() string { return "the frame to be as tall as its page" })
}

// sees waits until the words can be read on the page.
func (p *person) sees(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.until(eyes+`otkSquash(document.body.innerText).includes(otkSquash(`+quote(w)+`))`, "to read «%s»", w)
	}
}

// doesNotSee looks once: the page must have arrived.
func (p *person) doesNotSee(words string) {
	p.t.Helper()
	require.NotContains(p.t, squash(p.text()), squash(words))
}

// shows reports whether the page has such an element.
func (p *person) shows(css string) bool {
	p.t.Helper()
	yes, err := ask[bool](p, `document.querySelector(`+quote(css)+`) !== null`)
	require.NoError(p.t, err)
	return yes
}

func squash(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func quote(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// isAt waits for the path to hold the words.
func (p *person) isAt(part string) {
	p.t.Helper()
	p.wait(func() bool { return strings.Contains(p.at(), part) }, func() string { return "to be at " + part })
}

// withoutScripts switches scripts off for the pages to come.
func (p *person) withoutScripts() *person {
	p.t.Helper()
	p.noJS = true
	p.scripts(false)
	return p
}

func (p *person) scripts(on bool) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// onScreen gives the page another width, as a phone does.
func (p *person) onScreen(width, height int64) *person {
	p.t.Helper()
	p.width = width
	p.do(chromedp.EmulateViewport(width, height))
	return p
}

// loses takes cookies away, as a browser does that was closed or a server that
// has forgotten.
func (p *person) losesCookies() {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
}

// anotherTab opens a second tab of the same browser.
func (p *person) anotherTab() *person {
	p.t.Helper()
	other := newPerson(p.ctx, p.t, p.base)
	other.width = p.width
	return other
}

// opensTab does what opens a new tab, and returns who looks at it.
func (p *person) opensTab(by func()) *person {
	p.t.Helper()
	opened := chromedp.WaitNewTarget(p.ctx, func(i *target.Info) bool { return i.Type == "page" })
	by()
	select {
	case id := <-opened:
		other := newPerson(p.ctx, p.t, p.base, chromedp.WithTargetID(id))
		other.arrives()
		return other
	case <-time.After(patience):
		require.FailNow(p.t, "no tab was opened")
		return nil
	}
}

// within looks into the frame of another site in this page.
func (p *person) within(base string) *person {
	p.t.Helper()
	var frame target.ID
	p.wait(func() bool {
		list, err := chromedp.Targets(p.ctx)
		require.NoError(p.t, err)
		for _, i := range list {
			if i.Type == "iframe" && strings.HasPrefix(i.URL, base) {
				frame = i.TargetID
				return true
			}
		}
		return false
	}, func() string { return "to find a frame of " + base })
	inner := newPerson(p.ctx, p.t, base, chromedp.WithTargetID(frame))
	inner.around, inner.width = p, p.width
	inner.arrives()
	return inner
}

// host is the page whose mouse and keys are used.
func (p *person) host() *person {
	if p.around != nil {
		return p.around
	}
	return p
}

func (p *person) path() string {
	u, err := url.Parse(p.at())
	require.NoError(p.t, err)
	return u.Path
}

// snap leaves a picture of the page where they are asked for.
func (p *person) snap(name string) {
	if os.Getenv(screenshotsEnv) == "" {
		return
	}
	p.host().picture(fmt.Sprintf("%s-%s-%d", strings.ReplaceAll(p.t.Name(), "/", "-"), name, p.width))
}
