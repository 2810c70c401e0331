package participation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
)

// hearing keeps every date of the rule for a general plan, from 1 March 2027.
func hearing() *participation.Terms {
	at := func(day, hour int) time.Time { return time.Date(2027, 3, day, hour, 0, 0, 0, time.UTC) }
	return &participation.Terms{
		Kind: participation.Hearing, Title: lang.Text{RU: "Слушания", EN: "Hearing"}, Text: lang.Text{RU: "О чём", EN: "About"},
		Opens: at(8, 9), Closes: at(22, 0), Zone: "UTC", Level: participation.Contact, Shown: participation.WhenAnnounced,
		Talk: &participation.Talk{
			Body: "# Проект\nПервый абзац", Moderation: participation.After,
			Hearing: &participation.Steps{
				Rule: participation.HearingRule{Code: "general_plan"}, Notice: "2027-03-01", Posted: "2027-03-08", ShownTo: "2027-03-21",
				Meetings: []participation.Meeting{{At: at(20, 18), Place: "ДК"}}, Protocol: "2027-03-24", Conclusion: "2027-03-31",
			},
		},
	}
}

func TestCheck_hearing_keeps_the_times_of_the_law(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*participation.Terms, *participation.Steps)
		want   []string // keys of problems
	}{
		"everything in time": {func(*participation.Terms, *participation.Steps) {}, nil},
		"one month to the day": {func(_ *participation.Terms, h *participation.Steps) {
			h.Conclusion = "2027-04-01"
		}, nil},
		"a day over a month": {func(_ *participation.Terms, h *participation.Steps) {
			h.Conclusion = "2027-04-02"
		}, []string{"hearing_too_long"}},
		"a month that ends with February": {func(terms *participation.Terms, h *participation.Steps) {
			h.Notice, h.Posted, h.ShownTo, h.Protocol, h.Conclusion = "2027-01-31", "2027-02-07", "2027-02-20", "2027-02-25", "2027-02-28"
			terms.Opens, terms.Closes = time.Date(2027, 2, 7, 9, 0, 0, 0, time.UTC), time.Date(2027, 2, 20, 0, 0, 0, 0, time.UTC)
			h.Meetings[0].At = time.Date(2027, 2, 19, 18, 0, 0, 0, time.UTC)
		}, nil},
		"published six days after the notice": {func(_ *participation.Terms, h *participation.Steps) {
			h.Posted = "2027-03-07"
		}, []string{"hearing_notice"}},
		"a notice that is over": {func(_ *participation.Terms, h *participation.Steps) {
			h.Notice = "2026-12-31"
		}, []string{"hearing_notice_past", "hearing_too_long"}},
		"remarks before the project is published": {func(terms *participation.Terms, _ *participation.Steps) {
			terms.Opens = terms.Opens.AddDate(0, 0, -1)
		}, []string{"hearing_opens"}},
		"remarks after the exposition": {func(terms *participation.Terms, _ *participation.Steps) {
			terms.Closes = terms.Closes.Add(time.Minute)
		}, []string{"hearing_closes"}},
		"no meeting": {func(_ *participation.Terms, h *participation.Steps) { h.Meetings = nil }, []string{"hearing_meeting"}},
		"a discussion needs no meeting": {func(terms *participation.Terms, h *participation.Steps) {
			terms.Kind, h.Meetings = participation.Discussion, nil
		}, nil},
		"a meeting before the project is published": {func(_ *participation.Terms, h *participation.Steps) {
			h.Meetings[0].At = time.Date(2027, 3, 7, 18, 0, 0, 0, time.UTC)
		}, []string{"hearing_meeting_early"}},
		"a meeting nowhere": {func(_ *participation.Terms, h *participation.Steps) { h.Meetings[0].Place = "" }, []string{"hearing_place"}},
		"a protocol before the last meeting": {func(_ *participation.Terms, h *participation.Steps) {
			h.Meetings[0].At = time.Date(2027, 3, 25, 18, 0, 0, 0, time.UTC)
		}, []string{"hearing_protocol"}},
		"a conclusion before the protocol": {func(_ *participation.Terms, h *participation.Steps) {
			h.Conclusion = "2027-03-23"
		}, []string{"hearing_conclusion"}},
		"no day of the conclusion": {func(_ *participation.Terms, h *participation.Steps) {
			h.Conclusion = "31.03.2027"
		}, []string{"hearing_day.conclusion"}},
		"an unknown rule": {func(_ *participation.Terms, h *participation.Steps) {
			h.Rule.Code = "x"
		}, []string{"hearing_rule"}},
		"a hearing without steps": {func(terms *participation.Terms, _ *participation.Steps) {
			terms.Talk.Hearing = nil
		}, []string{"hearing_rule"}},
		"upkeep takes a month at least": {func(_ *participation.Terms, h *participation.Steps) {
			h.Rule.Code = "improvement"
		}, []string{"hearing_too_short"}},
		"land use is counted from the publication": {func(_ *participation.Terms, h *participation.Steps) {
			h.Rule.Code, h.Conclusion = "land_use", "2027-04-08"
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			terms := hearing()
			c.change(terms, terms.Talk.Hearing)
			found := participation.Check(terms, nil, participation.Surroundings{
				Now: time.Date(2027, 1, 10, 12, 0, 0, 0, time.UTC), Holds: true, Levels: []participation.Level{participation.Contact},
				Hearings: participation.SeededRules(),
			})
			var got []string
			for _, p := range found.Problems {
				got = append(got, p.Key[len("campaign.check."):])
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestSeededRules_say_of_which_day_they_are_and_that_nobody_checked_them(t *testing.T) {
	t.Parallel()
	for _, r := range participation.SeededRules() {
		require.NotEmpty(t, r.AsOf, r.Code)
		require.Empty(t, r.Checked, r.Code)
		if r.NoticeDays > 0 {
			require.Len(t, r.Norms, len(participation.Norms), r.Code)
		}
	}
}

func TestReadHearingRules_refuses(t *testing.T) {
	t.Parallel()
	const good = "{code: a, name: {ru: А}, from: notice, source: {ru: Закон}}"
	_, err := participation.ReadHearingRules([]byte("hearings: [" + good + "]"))
	require.NoError(t, err)
	for text, want := range map[string]string{
		"hearings: []":                           "there are none",
		"hearings: [" + good + ", " + good + "]": "there twice",
		"hearings: [{code: a}]":                  "name and source",
		"hearings: [{code: a, weeks: 2}]":        "weeks",
		"hearings: [{code: a, name: {ru: А}, source: {ru: Закон}, from: now}]":                              "notice or posted",
		"hearings: [{code: a, name: {ru: А}, source: {ru: Закон}, from: notice, notice_days: -1}]":          "below zero",
		"hearings: [{code: a, name: {ru: А}, source: {ru: Закон}, from: notice, norms: {party: {ru: Ст}}}]": "no step",
		"hearings: [{code: a, name: {ru: А}, source: {ru: Закон}, from: notice, as_of: вчера}]":             "as_of",
	} {
		_, err := participation.ReadHearingRules([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
}
