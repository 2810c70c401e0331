package document_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/document"
)

func TestBallot_a_sheet_for_each_code(t *testing.T) {
	t.Parallel()
	b := document.Ballot{Agency: "Город", Title: "Бюджет участия", At: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), Lead: []string{"Поставьте отметку."}, Asked: []document.Asked{
		{Name: "Проекты", Options: []string{"Сквер — 60 ₽", "Мост"}, Wide: true}, {Name: "Почему", Lines: 3},
	}}
	body, err := b.PDF([]string{"7K3M-9QXT-B2FN-0HVC", "0HVC-9QXT-B2FN-7K3M"})
	require.NoError(t, err)
	require.Equal(t, 2, bytes.Count(body, []byte("/Type /Page\n")))
	again, err := b.PDF([]string{"7K3M-9QXT-B2FN-0HVC", "0HVC-9QXT-B2FN-7K3M"})
	require.NoError(t, err)
	require.Equal(t, body, again)
}
