package storetest

import (
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
)

// TalkText is what is discussed in a TalkHall.
const TalkText = "# Сквер\nСквер закрывают на ночь.\n- Собак выгуливают на площадке.\nСкамейки ставят вдоль дорожек."

// TalkHall is a discussion that takes place in a store.
type TalkHall struct {
	*Hall
	Talks     *discussion.Talks
	Moderator actor.Actor
	Desk      actor.Actor
	Stranger  actor.Actor
}

// NewTalkHall opens a discussion of agency 7; change says what is to be different.
func NewTalkHall(t *testing.T, s *store.Store, change ...func(*participation.Campaign)) *TalkHall {
	t.Helper()
	h := NewHall(t, s, append([]func(*participation.Campaign){func(c *participation.Campaign) {
		c.Observers = nil
		c.Terms.Kind, c.Terms.Questions, c.Terms.Change, c.Terms.Ties = participation.Discussion, nil, false, ""
		c.Terms.Shown, c.Terms.Text = participation.WhenAnnounced, lang.Text{RU: "Каким быть скверу"}
		c.Terms.Talk = &participation.Talk{Body: TalkText, Moderation: participation.After}
	}}, change...)...)
	officer := func(user, agency int64, role actor.Role) actor.Actor {
		return actor.Actor{Kind: actor.Officer, User: user, Memberships: []actor.Membership{{Agency: agency, Role: role}}}
	}
	return &TalkHall{
		Hall: h, Talks: &discussion.Talks{Campaigns: h.Campaigns, Voting: h.Voting, Store: s, Clock: h.Clock},
		Moderator: officer(6, 7, actor.Moderator), Desk: officer(8, 7, actor.Desk), Stranger: officer(9, 8, actor.Organiser),
	}
}

// Enter recognises somebody.
func (h *TalkHall) Enter(t *testing.T, email string) string {
	t.Helper()
	id, err := h.Talks.Introduce(t.Context(), h.ID, participation.Introduction{Email: email})
	require.NoError(t, err)
	code, err := h.Store.FindCode(t.Context(), id, h.Clock.Now())
	require.NoError(t, err)
	pass, err := h.Talks.Recognise(t.Context(), h.ID, id, code.Digits)
	require.NoError(t, err)
	return pass
}

// Writing is a remark on a paragraph, ready to be sent.
func (h *TalkHall) Writing(paragraph, text string) discussion.Writing {
	return discussion.Writing{
		Campaign: h.ID, Once: rand.Text(), Version: 1, Paragraph: paragraph, Name: "Анна", Text: text, Arrived: h.Clock.Now(),
	}
}

// Say writes a remark.
func (h *TalkHall) Say(t *testing.T, pass, paragraph, text string) *discussion.Remark {
	t.Helper()
	r, err := h.Talks.Write(t.Context(), pass, h.Writing(paragraph, text))
	require.NoError(t, err)
	return r
}

// Remark is a remark as it is now.
func (h *TalkHall) Remark(t *testing.T, id int64) *discussion.Remark {
	t.Helper()
	r, err := h.Store.FindRemark(t.Context(), h.ID, id)
	require.NoError(t, err)
	return r
}

// Letters counts the letters to authors that wait, by what they are about.
func (h *TalkHall) Letters(t *testing.T) map[workflow.Topic]int {
	t.Helper()
	rows, err := h.Store.ClaimOutbox(t.Context(), h.Clock.Now(), time.Minute, 1000)
	require.NoError(t, err)
	out := map[workflow.Topic]int{}
	for _, r := range rows {
		out[r.Topic]++
	}
	return out
}

// Seal brings the discussion to the point where it can be summed up.
func (h *TalkHall) Seal(t *testing.T) {
	t.Helper()
	h.Clock.Set(h.Campaign(t).Closed)
	h.Work(t)
	h.Clock.Advance(participation.Grace)
	h.Work(t)
}

func testTalks(t *testing.T, open Opener) {
	t.Run("one person supports a remark once, however often at once", func(t *testing.T) {
		t.Parallel()
		h := NewTalkHall(t, open(t))
		author := h.Enter(t, "anna@example.org")
		r := h.Say(t, author, "p2", "Пусть будет открыт")
		requireKind(t, fault.Conflict, h.Talks.Support(t.Context(), h.ID, r.ID, author, true, h.Clock.Now()))
		boris := h.Enter(t, "boris@example.org")
		var passes []string
		for i := range 8 {
			passes = append(passes, h.Enter(t, fmt.Sprintf("voice%d@example.org", i)))
		}
		var wg sync.WaitGroup
		errs := make([]error, 64)
		for i := range 64 {
			wg.Go(func() {
				pass := boris
				if i%2 == 0 {
					pass = passes[i/2%8]
				}
				errs[i] = h.Talks.Support(t.Context(), h.ID, r.ID, pass, true, h.Clock.Now())
			})
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Equal(t, 9, h.Remark(t, r.ID).Supports)
		require.NoError(t, h.Talks.Support(t.Context(), h.ID, r.ID, boris, false, h.Clock.Now()))
		require.Equal(t, 8, h.Remark(t, r.ID).Supports)
	})
	t.Run("what is sent again is one remark", func(t *testing.T) {
		t.Parallel()
		h := NewTalkHall(t, open(t))
		pass, w := h.Enter(t, "anna@example.org"), h.Writing("p2", "Пусть будет открыт")
		var mu sync.Mutex
		var wg sync.WaitGroup
		ids := map[int64]int{}
		for range 16 {
			wg.Go(func() {
				r, err := h.Talks.Write(t.Context(), pass, w)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					ids[r.ID]++
				}
			})
		}
		wg.Wait()
		require.Len(t, ids, 1)
		for _, n := range ids {
			require.Equal(t, 16, n)
		}
	})
	t.Run("nothing is hidden silently", func(t *testing.T) {
		t.Parallel()
		h := NewTalkHall(t, open(t))
		r := h.Say(t, h.Enter(t, "anna@example.org"), "", "Купите слона")
		h.Letters(t)
		hide := func(by actor.Actor, reason discussion.Reason, words string) error {
			return h.Talks.HideRemark(t.Context(), by, h.ID, r.ID, reason, words)
		}
		requireKind(t, fault.Forbidden, hide(h.Stranger, "advert", "реклама"))
		requireKind(t, fault.Forbidden, hide(h.Desk, "advert", "реклама"))
		requireKind(t, fault.Invalid, hide(h.Moderator, "advert", " "))
		requireKind(t, fault.Invalid, hide(h.Moderator, "because", "реклама"))
		require.Equal(t, discussion.Shown, h.Remark(t, r.ID).State)
		require.NoError(t, hide(h.Moderator, "advert", "Реклама слона"))
		requireKind(t, fault.Conflict, hide(h.Moderator, "advert", "Ещё раз"))
		require.Equal(t, map[workflow.Topic]int{discussion.TopicLetter: 1}, h.Letters(t))
		require.NoError(t, h.Talks.RestoreRemark(t.Context(), h.Moderator, h.ID, r.ID, "Слон нужен скверу"))
		require.Equal(t, map[workflow.Topic]int{discussion.TopicLetter: 1}, h.Letters(t))
		acts, err := h.Store.ListActs(t.Context(), h.ID)
		require.NoError(t, err)
		require.Len(t, acts, 2)
		require.Equal(t, discussion.Act{N: 1, At: acts[0].At, By: 6, Action: discussion.Hide, Remark: r.ID, Reason: "advert", Words: "Реклама слона"}, acts[0])
	})
	t.Run("where moderators look first a remark waits for them", func(t *testing.T) {
		t.Parallel()
		h := NewTalkHall(t, open(t), func(c *participation.Campaign) { c.Terms.Talk.Moderation = participation.Before })
		pass := h.Enter(t, "anna@example.org")
		r := h.Say(t, pass, "p2", "Пусть будет открыт")
		require.Equal(t, discussion.Waiting, r.State)
		requireKind(t, fault.Gone, h.Talks.Support(t.Context(), h.ID, r.ID, h.Enter(t, "boris@example.org"), true, h.Clock.Now()))
		h.Seal(t)
		_, err := h.Talks.Sum(t.Context(), h.Organiser, h.ID)
		requireKind(t, fault.Conflict, err)
		require.NoError(t, h.Talks.AcceptRemark(t.Context(), h.Moderator, h.ID, r.ID))
		require.Equal(t, discussion.Shown, h.Remark(t, r.ID).State)
	})
	t.Run("merged remarks share supporters, and apart they have their own again", func(t *testing.T) {
		t.Parallel()
		h := NewTalkHall(t, open(t))
		anna, boris, vera := h.Enter(t, "anna@example.org"), h.Enter(t, "boris@example.org"), h.Enter(t, "vera@example.org")
		one, two := h.Say(t, anna, "p2", "Пусть будет открыт"), h.Say(t, boris, "p2", "Не закрывайте")
		three := h.Say(t, boris, "p4", "Скамейки в тень")
		for _, r := range []*discussion.Remark{one, two} {
			require.NoError(t, h.Talks.Support(t.Context(), h.ID, r.ID, vera, true, h.Clock.Now()))
		}
		require.NoError(t, h.Talks.Support(t.Context(), h.ID, two.ID, anna, true, h.Clock.Now()))
		merge := func(by actor.Actor, id, lead int64) error {
			return h.Talks.MergeRemark(t.Context(), by, h.ID, id, lead)
		}
		requireKind(t, fault.Forbidden, merge(h.Moderator, two.ID, one.ID))
		requireKind(t, fault.Invalid, merge(h.Organiser, two.ID, two.ID))
		h.Letters(t)
		require.NoError(t, merge(h.Organiser, two.ID, one.ID))
		require.Equal(t, map[workflow.Topic]int{discussion.TopicLetter: 1}, h.Letters(t))
		require.Equal(t, 2, h.Remark(t, one.ID).Supports, "Vera once, Boris as an author, not Anna herself")
		require.NoError(t, h.Talks.Support(t.Context(), h.ID, two.ID, h.Enter(t, "gleb@example.org"), true, h.Clock.Now()))
		require.Equal(t, 3, h.Remark(t, one.ID).Supports, "support of a merged remark is its lead's")
		requireKind(t, fault.Conflict, h.Talks.HideRemark(t.Context(), h.Moderator, h.ID, one.ID, "other", "слова"))
		requireKind(t, fault.Conflict, merge(h.Organiser, three.ID, two.ID))
		require.NoError(t, merge(h.Organiser, one.ID, three.ID))
		require.Equal(t, three.ID, h.Remark(t, two.ID).Lead, "what was merged goes along")
		require.NoError(t, h.Talks.UnmergeRemark(t.Context(), h.Organiser, h.ID, one.ID))
		require.NoError(t, h.Talks.UnmergeRemark(t.Context(), h.Organiser, h.ID, two.ID))
		require.Equal(t, 2, h.Remark(t, two.ID).Supports, "Vera and Anna")
		require.Equal(t, 2, h.Remark(t, one.ID).Supports, "Vera, and Gleb who supported the lead")
		require.Zero(t, h.Remark(t, three.ID).Supports)
	})
	t.Run("versions follow one another, and remarks stay with the paragraph", func(t *testing.T) {
		t.Parallel()
		h := NewTalkHall(t, open(t))
		h.Say(t, h.Enter(t, "anna@example.org"), "p4", "Скамейки в тень")
		body := "# Сквер\nСквер открыт всегда.\nСкамейки ставят вдоль дорожек и в тени."
		_, err := h.Talks.ReviseText(t.Context(), h.Moderator, h.ID, 1, body, "Учли замечания")
		requireKind(t, fault.Forbidden, err)
		_, err = h.Talks.ReviseText(t.Context(), h.Organiser, h.ID, 1, body, "")
		requireKind(t, fault.Invalid, err)
		v, err := h.Talks.ReviseText(t.Context(), h.Organiser, h.ID, 1, body, "Учли замечания")
		require.NoError(t, err)
		require.Equal(t, 2, v.N)
		_, err = h.Talks.ReviseText(t.Context(), h.Organiser, h.ID, 1, body+"\nЕщё", "В другой вкладке")
		requireKind(t, fault.Conflict, err)
		texts, err := h.Talks.Texts(t.Context(), h.Campaign(t))
		require.NoError(t, err)
		require.Len(t, texts, 2)
		last, ok := texts[1].Find("p4")
		require.True(t, ok)
		require.Equal(t, "Скамейки ставят вдоль дорожек и в тени.", last.Text)
	})
	t.Run("it is summed up when everything is answered, and told to the authors", func(t *testing.T) {
		t.Parallel()
		h := NewTalkHall(t, open(t))
		anna := h.Enter(t, "anna@example.org")
		one, two := h.Say(t, anna, "p2", "Пусть будет открыт"), h.Say(t, h.Enter(t, "boris@example.org"), "p2", "Не закрывайте")
		reply := h.Writing("", "Согласен")
		reply.ReplyTo = one.ID
		_, err := h.Talks.Write(t.Context(), anna, reply)
		require.NoError(t, err)
		paper := h.Writing("p4", "Скамейки в тень")
		paper.Source = discussion.Paper
		_, err = h.Talks.EnterRemark(t.Context(), h.Stranger, paper)
		requireKind(t, fault.Forbidden, err)
		three, err := h.Talks.EnterRemark(t.Context(), h.Desk, paper)
		require.NoError(t, err)
		require.NoError(t, h.Talks.MergeRemark(t.Context(), h.Organiser, h.ID, two.ID, one.ID))
		late := h.Writing("p2", "Поздно")
		h.Seal(t)
		late.Arrived = h.Clock.Now()
		_, err = h.Talks.Write(t.Context(), anna, late)
		require.Error(t, err)
		answer := func(id int64, v discussion.Verdict) error {
			return h.Talks.AnswerRemark(t.Context(), h.Organiser, h.ID, id, v, "Потому что так решили")
		}
		requireKind(t, fault.Forbidden, h.Talks.AnswerRemark(t.Context(), h.Moderator, h.ID, one.ID, discussion.Accepted, "Да"))
		require.NoError(t, answer(one.ID, discussion.Accepted))
		requireKind(t, fault.Conflict, answer(two.ID, discussion.Accepted))
		_, err = h.Talks.Sum(t.Context(), h.Organiser, h.ID)
		requireKind(t, fault.Conflict, err)
		require.NoError(t, answer(three.ID, discussion.Declined))
		c, err := h.Talks.Sum(t.Context(), h.Organiser, h.ID)
		require.NoError(t, err)
		got := *c.Result.Talk
		got.Data = ""
		require.Equal(t, participation.TalkResult{
			People: 2, Remarks: 3, Replies: 1, Merged: 1, Entered: 1, Supports: 1, Accepted: 1, Declined: 1, Versions: 1, Acts: 4,
		}, got)
		requireKind(t, fault.Conflict, answer(three.ID, discussion.Accepted))
		h.Letters(t)
		c, err = h.Campaigns.Act(t.Context(), h.Organiser, h.ID, participation.Announce, "")
		require.NoError(t, err)
		require.Equal(t, map[workflow.Topic]int{participation.TopicAnswers: 1}, h.Letters(t))
		for range 2 { // delivered again it tells nobody twice
			require.NoError(t, h.Store.TellAnswers(t.Context(), h.ID, h.Clock.Now()))
		}
		require.Equal(t, map[workflow.Topic]int{discussion.TopicLetter: 2}, h.Letters(t))
		_, err = h.Talks.ReviseText(t.Context(), h.Organiser, h.ID, 1, "Новый текст", "Утверждён")
		require.NoError(t, err)
		s, err := h.Talks.Summary(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, c.Result.Talk.Data, s.TalkResult.Data, "a later version changes nothing of what was summed up")
	})
}
