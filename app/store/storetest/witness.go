package storetest

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/conscience"
)

// signed keeps a signed answer of an appeal.
func signed(ctx context.Context, t *testing.T, s *store.Store, appeal int64, text string) workflow.Answer {
	t.Helper()
	a := workflow.Answer{
		Appeal: appeal, Round: 1, Text: text, Outcome: workflow.Solved, State: workflow.AnswerSigned, Author: 5, Signer: 6,
		CreatedAt: Noon, UpdatedAt: Noon, SignedAt: Noon,
	}
	require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, &a) }))
	return a
}

func testWitness(t *testing.T, open Opener) {
	s := open(t)
	ctx := t.Context()

	t.Run("a signature against flags is read back", func(t *testing.T) {
		id := take(t, s, Noon, 3)
		a := workflow.Answer{
			Appeal: id, Round: 1, Text: "Засыпали", Outcome: workflow.Solved, State: workflow.AnswerSigned, Signer: 6,
			CreatedAt: Noon, UpdatedAt: Noon, SignedAt: Noon,
			Flags: []conscience.Code{conscience.Vague, conscience.NoPhoto}, Reason: "Фото пришлют завтра",
		}
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, &a) }))
		require.NoError(t, change(ctx, s, id, func(a *workflow.Appeal) { a.Formal = true }))
		c, err := s.FindCase(ctx, id)
		require.NoError(t, err)
		require.Equal(t, []workflow.Answer{a}, c.Answers)
		require.True(t, c.Appeal.Formal)
	})

	t.Run("answers that read alike are found, the nearest first, those of the agency alone", func(t *testing.T) {
		s := open(t)
		text := "Специалистами проведена регулировка системы отопления, параметры теплоносителя соответствуют температурному графику."
		same := signed(ctx, t, s, take(t, s, Noon, 3), text)
		near := signed(ctx, t, s, take(t, s, Noon, 3), "Вчера "+text+" Приносим извинения за ожидание и просим сообщать о новых отклонениях.")
		signed(ctx, t, s, take(t, s, Noon, 3), "Яму засыпали щебнем в четверг, работала бригада мастера Ключева.")
		signed(ctx, t, s, take(t, s, Noon, 4), text)
		signed(ctx, t, s, take(t, s, Noon, 3), "— 14")
		moved := take(t, s, Noon, 3)
		signed(ctx, t, s, moved, text)
		require.NoError(t, change(ctx, s, moved, func(a *workflow.Appeal) { a.Agency = 4 }))

		found, err := s.ListNearAnswers(ctx, 3, conscience.Marks(text), 10)
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Equal(t, workflow.PastAnswer{ID: same.ID, Appeal: same.Appeal, Number: workflow.Number(same.Appeal, Noon), Text: text}, found[0])
		require.Equal(t, near.ID, found[1].ID)
		found, err = s.ListNearAnswers(ctx, 3, conscience.Marks(text), 1)
		require.NoError(t, err)
		require.Len(t, found, 1)
		found, err = s.ListNearAnswers(ctx, 3, nil, 10)
		require.NoError(t, err)
		require.Empty(t, found)
	})

	t.Run("a draft is found by nobody", func(t *testing.T) {
		s := open(t)
		text := "Лампу над входом заменили вчера вечером, работал электрик участка."
		a := workflow.Answer{Appeal: take(t, s, Noon, 3), Round: 1, Text: text, State: workflow.AnswerDraft, CreatedAt: Noon, UpdatedAt: Noon}
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error { return tx.SaveAnswer(ctx, &a) }))
		found, err := s.ListNearAnswers(ctx, 3, conscience.Marks(text), 10)
		require.NoError(t, err)
		require.Empty(t, found)
	})

	t.Run("earlier pictures", func(t *testing.T) { testTwins(t, open) })
}

func testTwins(t *testing.T, open Opener) {
	t.Helper()
	s := open(t)
	ctx := t.Context()
	add := func(id int64, photos ...workflow.Photo) []workflow.Photo {
		require.NoError(t, s.InTx(ctx, func(tx workflow.Tx) error { return tx.AddPhotos(ctx, id, photos) }))
		return photos
	}
	find := func(p workflow.Photo) []workflow.PhotoTwin {
		found, err := s.ListTwins(ctx, []workflow.Photo{p}, conscience.LikeBits)
		require.NoError(t, err)
		return found[p.ID]
	}
	away := 120
	first := workflow.Photo{
		Key: "1.jpg", SHA256: "a", Sent: "sent a", Look: 0xfedc_ba98_7654_3210, TakenAt: Noon.Add(-time.Hour), Away: &away,
	}
	early := take(t, s, Noon, 3, func(in *workflow.Intake) { in.Photos = []workflow.Photo{first} })
	late := take(t, s, Noon, 4)
	c, err := s.FindCase(ctx, early)
	require.NoError(t, err)
	first = c.Photos[0]
	require.Equal(t, Noon.Add(-time.Hour), first.TakenAt)
	require.Equal(t, 120, *first.Away)

	mine := add(late,
		workflow.Photo{SHA256: "a", Answer: 9},
		workflow.Photo{SHA256: "b", Sent: "sent a", Answer: 9},
		workflow.Photo{SHA256: "c", Look: first.Look ^ 0b111_0000_0000_0000_0111, Answer: 9},
		workflow.Photo{SHA256: "d", Look: first.Look ^ 0xff, Answer: 9},
		workflow.Photo{SHA256: "e", Answer: 9},
	)
	want := []workflow.PhotoTwin{{Photo: first, Appeal: early, Number: workflow.Number(early, Noon), Agency: 3}}
	require.Equal(t, want, find(mine[0]), "the same bytes, and not its neighbours in the answer")
	require.Equal(t, want, find(mine[1]), "the same file was sent")
	require.Equal(t, want, find(mine[2]), "it looks the same")
	require.Empty(t, find(mine[3]), "eight bits are another picture")
	require.Empty(t, find(mine[4]), "nothing to see is like nothing")
	require.Empty(t, find(first), "a later picture is no earlier one")

	// Every look that is near enough is found, whichever bits differ.
	r := rand.New(rand.NewPCG(1, 2))
	var crowd []workflow.Photo
	for i := range 400 {
		crowd = append(crowd, workflow.Photo{SHA256: fmt.Sprintf("crowd %d", i), Look: r.Uint64()})
	}
	crowd = add(early, crowd...)
	for i := range 100 {
		p := workflow.Photo{SHA256: fmt.Sprintf("like %d", i), Look: crowd[i].Look, Answer: 20}
		for range 1 + r.IntN(conscience.LikeBits) {
			p.Look ^= 1 << r.IntN(64)
		}
		p = add(late, p)[0]
		var ids []int64
		for _, twin := range find(p) {
			require.LessOrEqual(t, bits.OnesCount64(twin.Look^p.Look), conscience.LikeBits)
			ids = append(ids, twin.ID)
		}
		require.Equal(t, []int64{crowd[i].ID}, ids)
	}
}
