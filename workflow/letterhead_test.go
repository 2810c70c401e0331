package workflow_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/workflow"
)

func TestEngine_a_signature_keeps_its_letterhead(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.inWork(t, "fast")
	other := s.inWork(t, "fast")
	_, err := s.Join(t.Context(), coordinatorOf(roads), id, s.store.find(id).Appeal.Version, []int64{other})
	require.NoError(t, err)
	s.act(t, executor, id, submission)
	s.act(t, headOf(roads), id, workflow.Command{Action: workflow.Sign})
	want := workflow.Letterhead{
		Agency: lang.Text{RU: "Комитет дорог"}, Position: "Председатель",
		Signer: "user " + strconv.FormatInt(headOf(roads).User, 10), Writer: "user " + strconv.FormatInt(worker, 10),
	}
	signed := workflow.Signatures(s.store.find(id))
	require.Len(t, signed, 1)
	require.Equal(t, &want, signed[0].Event.Data.Letterhead)

	s.paper.Agency, s.paper.Position = lang.Text{RU: "Департамент транспорта"}, "Начальник"
	stamp := workflow.NewStamp([]byte("key"))
	code := stamp.Code(signed[0])
	again, verdict := stamp.Check(s.store.find(id), code)
	require.Equal(t, workflow.Genuine, verdict)
	require.Equal(t, &want, again.Event.Data.Letterhead, "what changed after the signature changes no letter")

	require.NoError(t, s.ShareAnswer(t.Context(), other, id, signed[0].Answer.ID))
	shared := workflow.Signatures(s.store.find(other))
	require.Len(t, shared, 1)
	require.Equal(t, &want, shared[0].Event.Data.Letterhead, "who is answered with others gets the letter of that day too")
	s.audited(t, id)
	s.audited(t, other)
}
