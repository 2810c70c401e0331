package app

import (
	"net/url"
	"strconv"
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

func TestLetters_of_a_split_list_the_parts_with_their_links(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://otklik.example.org")
	require.NoError(t, err)
	l := letters{
		base: base, zone: time.UTC, clock: clock.NewFake(time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)),
		secret: func(id int64) string { return "secret" + strconv.FormatInt(id, 10) }, directory: newDirectory(nil),
	}
	c := &workflow.Case{
		Appeal: workflow.Appeal{ID: 1, Number: "26-000001-9", Stage: workflow.StageReceived},
		Events: []workflow.Event{
			{N: 1, Action: workflow.Submit},
			{N: 2, Action: workflow.Split, Data: workflow.EventData{SplitInto: []workflow.Link{{Appeal: 2, Number: "26-000002-7"}, {Appeal: 3, Number: "26-000003-5"}}}},
		},
	}
	for language, title := range map[string]string{
		"ru": "Отдельные обращения, у каждого свой ответ:", "en": "The separate appeals, each with its own answer:",
	} {
		_, body := l.Letter(t.Context(), c, 2, "notice.author.split", workflow.Applicant{Name: "Ольга", Lang: language})
		require.Contains(t, body, title+"\n"+
			"26-000002-7: https://otklik.example.org/a/26-000002-7/secret2\n"+
			"26-000003-5: https://otklik.example.org/a/26-000003-5/secret3\n\n")
		require.Contains(t, body, "https://otklik.example.org/a/26-000001-9/secret1\n", "the way back to what is left")
	}
	_, body := l.Letter(t.Context(), c, 1, "notice.author.submitted", workflow.Applicant{Name: "Ольга"})
	require.NotContains(t, body, "26-000002-7", "of another step's letter the parts are no news")
}

func TestLetters_ask_for_the_photo_that_nobody_can_send_by_phone(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://otklik.example.org")
	require.NoError(t, err)
	l := letters{
		base: base, zone: time.UTC, clock: clock.NewFake(time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)),
		secret: func(int64) string { return "secret" }, directory: newDirectory(nil),
	}
	c := &workflow.Case{
		Appeal: workflow.Appeal{ID: 1, Number: "26-000001-9", Stage: workflow.StageReceived},
		Events: []workflow.Event{
			{N: 1, Action: workflow.Submit, Data: workflow.EventData{Taken: &workflow.Taken{Channel: workflow.ByPhone, NoPhoto: true}}},
			{N: 2, Action: workflow.Register},
		},
	}
	for language, words := range map[string]string{
		"ru": "По этой теме нужно фото, а по телефону его не передать. Добавьте его на странице обращения:",
		"en": "This topic needs a photo, which can not be sent by phone. Please add it on the page of the appeal:",
	} {
		_, body := l.Letter(t.Context(), c, 1, "notice.author.submitted", workflow.Applicant{Name: "Ольга", Lang: language})
		require.Contains(t, body, words+"\nhttps://otklik.example.org/a/26-000001-9/secret\n\n")
	}
	_, body := l.Letter(t.Context(), c, 2, "notice.author.registered", workflow.Applicant{Name: "Ольга"})
	require.NotContains(t, body, "нужно фото", "asked once")
	c.Photos = []workflow.Photo{{SHA256: "aa"}}
	_, body = l.Letter(t.Context(), c, 1, "notice.author.submitted", workflow.Applicant{Name: "Ольга"})
	require.NotContains(t, body, "нужно фото", "it has come meanwhile")
}
