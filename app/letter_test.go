package app

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/workflow"
)

func TestLetters_of_an_answer_lead_to_the_official_one(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://otklik.example.org")
	require.NoError(t, err)
	now := time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)
	l := letters{
		base: base, zone: time.UTC, clock: clock.NewFake(now), secret: func(int64) string { return "secret" }, directory: newDirectory(nil),
	}
	c := &workflow.Case{
		Appeal:  workflow.Appeal{ID: 1, Number: "26-000001-9", Stage: workflow.StageAnswered},
		Answers: []workflow.Answer{{ID: 7, State: workflow.AnswerSigned, Text: "Сделали."}},
		Events:  []workflow.Event{{N: 1, Action: workflow.Sign, Data: workflow.EventData{Answer: 7}}},
	}
	_, body := l.Letter(t.Context(), c, 1, "mail.answered", workflow.Applicant{Name: "Ольга"})
	require.Contains(t, body, "Ответ официальным письмом (PDF): https://otklik.example.org/a/26-000001-9/secret/answers/1.pdf\n")

	c.Appeal.Stage = workflow.StageReceived
	_, body = l.Letter(t.Context(), c, 1, "mail.reopened", workflow.Applicant{Name: "Ольга"})
	require.NotContains(t, body, ".pdf", "of what is worked on anew the old answer is no news")
}
