package jobs

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/workflow"
)

// office is one subscriber with one view, and what matches it.
type office struct {
	user    identity.User
	view    workflow.View
	matches []int64
	wrong   error
	noted   [][]int64
	next    time.Time
	due     []workflow.Subscription
	sent    map[string]notify.Letter
	cases   map[int64]int64 // agencies of appeals
}

func (o *office) FindUser(context.Context, int64) (*identity.User, error) { return &o.user, nil }
func (o *office) FindView(context.Context, int64) (*workflow.View, error) { return &o.view, nil }
func (o *office) Matching(context.Context, *identity.User, workflow.View, int) ([]workflow.InboxRow, error) {
	var out []workflow.InboxRow
	for _, id := range o.matches {
		out = append(out, workflow.InboxRow{ID: id})
	}
	return out, o.wrong
}

func (o *office) ListSubscriptions(context.Context, int64) ([]workflow.Subscription, error) {
	return o.due, nil
}

func (o *office) FindSubscription(context.Context, int64) (*workflow.Subscription, error) {
	if len(o.due) == 0 {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return &o.due[0], nil
}

func (o *office) FindFeed(context.Context, []byte) (*workflow.Subscription, error) {
	return &o.due[0], nil
}

func (o *office) SaveSubscription(context.Context, workflow.Subscription, time.Time) error {
	return nil
}

func (o *office) ClaimSubscriptions(context.Context, time.Time, time.Duration, int) ([]workflow.Subscription, error) {
	return o.due, nil
}

func (o *office) NoteMatches(_ context.Context, _ workflow.Subscription, ids []int64, next time.Time) (int, error) {
	o.noted, o.next = append(o.noted, ids), next
	return 0, nil
}

func (o *office) FindCases(_ context.Context, ids []int64) ([]workflow.Case, error) {
	var out []workflow.Case
	for _, id := range ids {
		out = append(out, workflow.Case{Appeal: workflow.Appeal{ID: id, Agency: o.cases[id]}})
	}
	return out, nil
}

func (o *office) LetterSent(_ context.Context, id string) (bool, error) {
	_, ok := o.sent[id]
	return ok, nil
}

func (o *office) MarkLetter(context.Context, string, time.Time) (bool, error) { return true, nil }

func (o *office) Send(_ context.Context, l notify.Letter) error {
	o.sent[l.ID] = l
	return nil
}

func (o *office) MatchesLetter(_ context.Context, l lang.Lang, _ workflow.View, cases []workflow.Case) (subject, body string) {
	for _, c := range cases {
		body += string(rune('0' + c.Appeal.ID))
	}
	return "new " + string(l), body
}

func newOffice() *office {
	return &office{
		user: identity.User{ID: 5, Lang: lang.EN, Email: "me@example.org", Memberships: []actor.Membership{{Agency: 1, Role: actor.Executor}}},
		view: workflow.View{ID: 7, User: 5}, sent: map[string]notify.Letter{}, cases: map[int64]int64{1: 1, 2: 2, 3: 1},
		due: []workflow.Subscription{{ID: 9, User: 5, View: 7, Rhythm: workflow.AtOnce, Primed: true}},
	}
}

func TestWatch_notes_what_its_owner_may_see_today(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC)
	o := newOffice()
	w := &Watch{Subscriptions: o, People: o, Finder: o, Clock: clock.NewFake(noon), Zone: time.UTC, Log: slog.New(slog.DiscardHandler)}
	step := func() []int64 {
		_, err := w.Step(t.Context())
		require.NoError(t, err)
		return o.noted[len(o.noted)-1]
	}
	o.matches = []int64{3, 1}
	require.Equal(t, []int64{3, 1}, step())
	require.Equal(t, noon.Add(2*time.Minute), o.next)
	o.due[0].Rhythm = workflow.Daily
	step()
	require.Equal(t, time.Date(2026, 5, 11, 8, 0, 0, 0, time.UTC), o.next)
	o.user.Disabled = true
	require.Empty(t, step(), "who may not sign in sees nothing")
	o.user.Disabled, o.view.Agency = false, 2
	require.Empty(t, step(), "a view of an agency that they left")
	o.view.Agency, o.wrong = 0, fault.New(fault.Invalid, "error.invalid")
	require.NotPanics(t, func() { step() })
	before := len(o.noted)
	o.wrong = fault.New(fault.Unavailable, "error.unavailable")
	_, err := w.Step(t.Context())
	require.NoError(t, err)
	require.Len(t, o.noted, before, "an index that is away is asked again later")
}

func TestSubscriptionLetters_tell_once_and_only_what_may_be_seen(t *testing.T) {
	t.Parallel()
	row := workflow.Outbox{ID: 4, Payload: `{"subscription":9,"appeals":[1,2,3]}`}
	deliver := func(o *office) error {
		w := &SubscriptionLetters{Subscriptions: o, People: o, Cases: o, Letters: o, Composer: o, Channel: o, Clock: clock.NewFake(time.Now()), Host: "x.org"}
		return w.Deliver(t.Context(), row)
	}
	o := newOffice()
	require.NoError(t, deliver(o))
	require.Equal(t, map[string]notify.Letter{"subscription-9.4@x.org": {To: "me@example.org", Subject: "new en", Body: "13", ID: "subscription-9.4@x.org"}}, o.sent)
	require.NoError(t, deliver(o))
	require.Len(t, o.sent, 1)
	for name, change := range map[string]func(*office){
		"stopped":    func(o *office) { o.due[0].Rhythm = workflow.NoMail },
		"gone":       func(o *office) { o.due = nil },
		"disabled":   func(o *office) { o.user.Disabled = true },
		"no address": func(o *office) { o.user.Email = "" },
		"no rights":  func(o *office) { o.cases = map[int64]int64{1: 8, 2: 8, 3: 8} },
	} {
		o := newOffice()
		change(o)
		require.NoError(t, deliver(o), name)
		require.Empty(t, o.sent, name)
	}
	row.Payload = "{"
	require.Equal(t, fault.Invalid, fault.KindOf(deliver(newOffice())))
}
