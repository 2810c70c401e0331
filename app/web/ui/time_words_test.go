package ui

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
)

var moscow = time.FixedZone("MSK", 3*3600)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	out, err := time.ParseInLocation("2006-01-02 15:04", s, moscow)
	require.NoError(t, err)
	return out.UTC()
}

func screen(t *testing.T, l lang.Lang, now string) context.Context {
	t.Helper()
	return WithNow(WithZone(WithLang(context.Background(), l), moscow), at(t, now))
}

func TestDate(t *testing.T) {
	t.Parallel()
	ru, en := screen(t, lang.RU, "2026-05-10 12:00"), screen(t, lang.EN, "2026-05-10 12:00")
	require.Equal(t, "14 мая", Date(ru, at(t, "2026-05-14 09:00")))
	require.Equal(t, "14 May", Date(en, at(t, "2026-05-14 09:00")))
	require.Equal(t, "1 января 2027", Date(ru, at(t, "2027-01-01 00:30")), "the year of the region, not of UTC")
	require.Equal(t, "14 мая, 09:05", DateTime(ru, at(t, "2026-05-14 09:05")))
	require.Equal(t, "—", Date(ru, time.Time{}))
}

func TestDueWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ due, now, ru, en string }{
		"in three days":          {"2026-05-14 23:59", "2026-05-11 10:00", "Осталось 3 дня", "3 days left"},
		"in one and twenty days": {"2026-06-01 18:00", "2026-05-11 10:00", "Остался 21 день", "21 days left"},
		"in five days":           {"2026-05-16 18:00", "2026-05-11 23:00", "Осталось 5 дней", "5 days left"},
		"tomorrow, by calendar":  {"2026-05-12 00:30", "2026-05-11 23:50", "Срок завтра", "Due tomorrow"},
		"today by a clock":       {"2026-05-11 18:00", "2026-05-11 10:00", "Срок сегодня, до 18:00", "Due today by 18:00"},
		"midnight ends today":    {"2026-05-12 00:00", "2026-05-11 10:00", "Срок сегодня", "Due today"},
		"ran out an hour ago":    {"2026-05-11 18:00", "2026-05-11 19:00", "Срок вышел сегодня", "Ran out today"},
		"ran out at midnight":    {"2026-05-11 00:00", "2026-05-11 09:00", "Просрочено на 1 день", "1 day overdue"},
		"two days late":          {"2026-05-09 18:00", "2026-05-11 09:00", "Просрочено на 2 дня", "2 days overdue"},
		"eleven days late":       {"2026-04-30 18:00", "2026-05-11 09:00", "Просрочено на 11 дней", "11 days overdue"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			due, now := at(t, c.due), at(t, c.now)
			require.Equal(t, c.ru, DueWords(screen(t, lang.RU, c.now), due, now))
			require.Equal(t, c.en, DueWords(screen(t, lang.EN, c.now), due, now))
		})
	}
	require.Empty(t, DueWords(context.Background(), time.Time{}, time.Now()))
}

func TestAnswerBy(t *testing.T) {
	t.Parallel()
	ctx := screen(t, lang.RU, "2026-05-10 12:00")
	require.Equal(t, "Ответят до 14 мая", AnswerBy(ctx, at(t, "2026-05-14 23:59"), at(t, "2026-05-10 12:00")))
	require.Equal(t, "Ответят до 14 мая", AnswerBy(ctx, at(t, "2026-05-15 00:00"), at(t, "2026-05-10 12:00")))
	require.Equal(t, "Должны были ответить до 14 мая", AnswerBy(ctx, at(t, "2026-05-14 23:59"), at(t, "2026-05-16 12:00")))
}

func TestAgo(t *testing.T) {
	t.Parallel()
	for then, want := range map[string]string{
		"2026-05-11 11:59": "1 минуту назад",
		"2026-05-11 12:00": "только что",
		"2026-05-11 11:38": "22 минуты назад",
		"2026-05-11 07:00": "5 часов назад",
		"2026-05-10 12:00": "вчера",
		"2026-05-10 23:00": "вчера",
		"2026-05-09 12:00": "2 дня назад",
		"2026-04-14 12:00": "14 апреля",
	} {
		now := "2026-05-11 12:00"
		if then == "2026-05-10 23:00" {
			now = "2026-05-11 11:30"
		}
		require.Equal(t, want, Ago(screen(t, lang.RU, now), at(t, then), at(t, now)), then)
	}
}

func TestStateOfDue(t *testing.T) {
	t.Parallel()
	start, due := at(t, "2026-05-01 00:00"), at(t, "2026-05-11 00:00")
	for now, want := range map[string]struct {
		state DueState
		spent int
	}{
		"2026-04-30 00:00": {DueOK, 0},
		"2026-05-06 00:00": {DueOK, 50},
		"2026-05-09 00:00": {DueSoon, 80},
		"2026-05-11 00:00": {DueSoon, 100},
		"2026-05-11 00:01": {DueOverdue, 100},
	} {
		state, spent := StateOfDue(start, due, at(t, now))
		require.Equal(t, want.state, state, now)
		require.Equal(t, want.spent, spent, now)
	}
}
