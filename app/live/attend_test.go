package live_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/live"
)

func TestHub_two_at_one_card_see_each_other_also_over_nodes(t *testing.T) {
	t.Parallel()
	b, now := &book{}, clock.NewFake(noon)
	here, there := running(t, b, now), running(t, b, now)
	anna := open(t, here, live.Viewer{By: officer(1, 10), Appeal: 7}, "")
	require.Empty(t, company(t, here, 7, 1), "nobody is their own company")
	boris := open(t, there, live.Viewer{By: officer(2, 10), Appeal: 7}, "")
	require.True(t, next(t, anna).Company)
	require.Equal(t, []live.Presence{{Appeal: 7, User: 2, Since: noon, SeenAt: noon}}, company(t, here, 7, 1))

	now.Advance(10 * time.Second)
	there.Writing(7, 2)
	require.True(t, next(t, anna).Company)
	list := company(t, here, 7, 1)
	require.True(t, list[0].Writing)
	require.Equal(t, noon.Add(10*time.Second), list[0].Since)

	now.Advance(live.WritingLife) // typing stopped, the card is still open
	require.True(t, next(t, anna).Company)
	require.False(t, company(t, here, 7, 1)[0].Writing)

	boris.Close()
	now.Advance(10 * time.Second)
	require.True(t, next(t, anna).Company)
	require.Empty(t, company(t, here, 7, 1))
}

func company(t *testing.T, h *live.Hub, appeal, user int64) []live.Presence {
	t.Helper()
	list, err := h.Company(t.Context(), appeal, user)
	require.NoError(t, err)
	return list
}

func TestHub_who_goes_from_the_card_to_its_answer_never_left(t *testing.T) {
	t.Parallel()
	b, now := &book{}, clock.NewFake(noon)
	h := running(t, b, now)
	anna := open(t, h, live.Viewer{By: officer(1, 10), Appeal: 7}, "")
	boris := open(t, h, live.Viewer{By: officer(2, 10), Appeal: 7}, "")
	require.True(t, next(t, anna).Company)
	boris.Close()
	now.Advance(time.Second)
	boris = open(t, h, live.Viewer{By: officer(2, 10), Appeal: 7}, "")
	time.Sleep(100 * time.Millisecond)
	require.True(t, anna.Look().Empty())
	require.Len(t, company(t, h, 7, 1), 1)
	boris.Close()
}

func TestHub_a_node_that_died_is_forgotten(t *testing.T) {
	t.Parallel()
	b, now := &book{presences: map[[2]int64]live.Presence{
		{7, 2}: {Appeal: 7, User: 2, Since: noon, SeenAt: noon},
	}}, clock.NewFake(noon)
	h := newHub(t, b, now)
	require.Len(t, company(t, h, 7, 1), 1)
	now.Advance(live.PresenceLife)
	require.Empty(t, company(t, h, 7, 1))
}
