package e2e_test

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/participation"
)

// A ballot that is sent while nothing answers waits in the tab, outlives a reload
// there, and is in the box once.
func TestVote_without_a_connection(t *testing.T) {
	t.Parallel()
	chromium(t)
	dir, err := quickDir()
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	p, err := serve(context.WithoutCancel(t.Context()), map[string]string{"data": dir, "demo": "true"}, func(p *product) error {
		if err := p.region().Settle(t.Context()); err != nil {
			return err
		}
		return p.HoldDemo(t.Context(), io.Discard)
	})
	require.NoError(t, err)
	t.Cleanup(p.stop)
	w := wireTo(t, p)
	voter := visitor(t, w.base).onScreen(360, 780)
	voter.isToHear("net::ERR_")

	voter.opens("/campaigns")
	voter.presses("Закрыть ли Соборную площадь")
	place := voter.path()
	campaign := p.vote(t, "Закрыть ли Соборную площадь")
	before := p.voters(t, campaign)
	voter.presses("Проголосовать")
	voter.types("Адрес почты", "vera@example.org")
	voter.chooses("Где вы живёте", "Белогривск")
	voter.picks("Я живу здесь")
	voter.presses("Прислать код")
	at := voter.path()
	code, err := p.Store.FindCode(t.Context(), at[strings.LastIndex(at, "/")+1:], p.Clock.Now())
	require.NoError(t, err)
	voter.types("Код", code.Digits)
	voter.presses("Продолжить")
	voter.picks("Да")
	voter.presses("Проверить и отправить")

	w.cuts()
	voter.clicks("Отправить голос")
	voter.sees("Нет связи")
	_, err = ask[int](voter, `setTimeout(() => location.reload())`)
	require.NoError(t, err)
	voter.leavesAllTheSame()
	voter.wait(func() bool { return !strings.HasPrefix(voter.origin(), w.base) }, func() string { return "the browser to say that nothing answers" })
	require.Equal(t, before, p.voters(t, campaign))
	w.mends()
	_, err = ask[int](voter, `setTimeout(() => location.replace("`+w.base+place+`"))`)
	require.NoError(t, err)
	voter.wait(func() bool { return voter.origin() == w.base }, func() string { return "the way back to the vote" })
	voter.arrives()
	voter.sees("Ваш голос ещё не отправлен")
	voter.presses("Отправить голос")
	voter.sees("Голос принят", "Код квитанции")
	require.Equal(t, before+1, p.voters(t, campaign))
	voter.presses("Проверить мой голос")
	voter.wait(func() bool {
		voter.opens(voter.at())
		return strings.Contains(voter.text(), "Голос в журнале")
	}, func() string { return "the ballot to enter the log" })
	voter.opens(place)
	voter.doesNotSee("Ваш голос ещё не отправлен")
}

// leavesAllTheSame says yes when the browser asks whether to leave a page with
// something unsent.
func (p *person) leavesAllTheSame() {
	p.t.Helper()
	p.wait(func() bool {
		return chromedp.Do(p.ctx, chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
			_, err := cdp.Call(ctx, s, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			return err
		})) == nil
	}, func() string { return "the browser to ask whether to leave" })
}

// vote finds a campaign by how its title begins.
func (p *product) vote(t *testing.T, title string) int64 {
	t.Helper()
	list, err := p.Store.ListCampaigns(t.Context(), nil)
	require.NoError(t, err)
	for _, c := range list {
		if strings.HasPrefix(c.Terms.Title.RU, title) {
			require.Equal(t, participation.Open, c.State)
			return c.ID
		}
	}
	require.Fail(t, "no such vote", title)
	return 0
}

// voters is how many voted so far.
func (p *product) voters(t *testing.T, campaign int64) int {
	t.Helper()
	places, err := p.Store.CountVoters(t.Context(), campaign)
	require.NoError(t, err)
	n := 0
	for _, one := range places {
		n += one.N
	}
	return n
}
