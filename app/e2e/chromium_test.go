package e2e_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromiumEnv names the variable with the path of Chromium.
const chromiumEnv = "OTKLIK_TEST_CHROMIUM"

// one Chromium serves all tests, each in a browser context of its own.
var one struct {
	start sync.Once
	ctx   context.Context
	err   error
	stop  func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	if one.stop != nil {
		one.stop()
	}
	home.close()
	os.Exit(code)
}

// chromium starts the browser on first use; a test without one is skipped.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path := os.Getenv(chromiumEnv)
	if path == "" {
		t.Skipf("%s names no Chromium", chromiumEnv)
	}
	one.start.Do(func() { one.ctx, one.stop, one.err = launch(path) })
	if one.err != nil {
		t.Fatalf("chromium: %s", one.err)
	}
	return one.ctx
}

func launch(path string) (context.Context, func(), error) {
	profile, err := os.MkdirTemp("", "otklik-chromium-")
	if err != nil {
		return nil, nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "ru"), chromedp.Flag("accept-lang", "ru-RU,ru"),
		// The map draws without a graphics card.
		chromedp.Flag("enable-unsafe-swiftshader", true),
	)
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	alloc, release := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	stop := func() {
		bye, late := context.WithTimeout(ctx, 10*time.Second)
		defer late()
		if err := chromedp.Cancel(bye); err != nil {
			fmt.Fprintln(os.Stderr, "chromium:", err)
		}
		cancel()
		release()
		os.RemoveAll(profile)
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, nil, err
	}
	return ctx, stop, nil
}
