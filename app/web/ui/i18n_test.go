package ui

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
)

func in(l lang.Lang) context.Context { return WithLang(context.Background(), l) }

func TestT(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Сократите: не больше 20 знаков", T(in(lang.RU), "error.too_long", "max", 20))
	require.Equal(t, "Make it shorter: at most 20 characters", T(in(lang.EN), "error.too_long", "max", 20))
	require.Equal(t, "В работе", T(context.Background(), "stage.in_work"), "Russian unless said otherwise")
	require.Equal(t, "no.such_key", T(in(lang.RU), "no.such_key"))
	require.Equal(t, "В работе", T(in("xx"), "stage.in_work"), "an unknown language is Russian")
}

func TestPlural_follows_Russian(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "0 дней", 1: "1 день", 2: "2 дня", 4: "4 дня", 5: "5 дней", 11: "11 дней", 12: "12 дней", 14: "14 дней",
		21: "21 день", 22: "22 дня", 25: "25 дней", 101: "101 день", 111: "111 дней", 1000: "1000 дней",
		10001: "10\u00a0001 день",
	} {
		require.Equal(t, want, Days(in(lang.RU), n))
	}
	require.Equal(t, "1 day", Days(in(lang.EN), 1))
	require.Equal(t, "1,000 days", Days(in(lang.EN), 1000))
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	ru, en := in(lang.RU), in(lang.EN)
	require.Equal(t, "−1\u00a0234\u00a0567", Number(ru, -1234567))
	require.Equal(t, "1,234,567", Number(en, 1234567))
	require.Equal(t, "999", Number(en, 999))
	require.Equal(t, "4,7", Decimal(ru, 4.68, 1))
	require.Equal(t, "12,3\u00a0%", Percent(ru, 0.1234, 1))
	require.Equal(t, "12%", Percent(en, 0.1234, 0))
	zero := 0.0
	require.Equal(t, "—", Percent(ru, zero/zero, 0))
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		target, cookie, accept string
		want                   lang.Lang
	}{
		"nothing said is Russian":               {"/", "", "", lang.RU},
		"the browser prefers English":           {"/", "", "en-GB,en;q=0.9,ru;q=0.5", lang.EN},
		"the browser prefers an unknown one":    {"/", "", "fr", lang.RU},
		"a broken header is no trouble":         {"/", "", ";;;,=", lang.RU},
		"the cookie is stronger than that":      {"/", "ru", "en", lang.RU},
		"the query is stronger than the cookie": {"/?lang=en", "ru", "ru", lang.EN},
		"an unknown query is not heard":         {"/?lang=de", "en", "", lang.EN},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", c.target, nil)
			if c.cookie != "" {
				r.Header.Set("Cookie", LangCookie+"="+c.cookie)
			}
			r.Header.Set("Accept-Language", c.accept)
			require.Equal(t, c.want, Negotiate(r))
		})
	}
}

func TestLangURL_keeps_the_rest_of_the_address(t *testing.T) {
	t.Parallel()
	require.Equal(t, "/a?lang=en&q=%D1%8F", LangURL("/a?q=я&lang=ru", lang.EN))
	require.Equal(t, "?lang=en", LangURL("", lang.EN), "relative to wherever we are")
	require.Equal(t, "/?lang=en", LangURL("javascript:alert(1)", lang.EN))
	require.Equal(t, "/?lang=en", LangURL("//evil.example/x", lang.EN), "never to another host")
	require.Equal(t, "/?lang=en", LangURL("https://evil.example/x", lang.EN))
}

func TestErrorsOf_puts_wrong_inputs_into_words(t *testing.T) {
	t.Parallel()
	var c fault.Check
	c.Fail("text", "error.too_long", "max", 10)
	c.Fail("place", "error.outside_region")
	errs := ErrorsOf(in(lang.RU), fmt.Errorf("submit: %w", c.Err()))
	require.Equal(t, "Сократите: не больше 10 знаков", errs.Of("text"))
	require.Len(t, errs, 2)
	require.Empty(t, errs.Of("other"))
	require.Nil(t, ErrorsOf(in(lang.RU), errors.New("no")))
}

func TestMessage_tells_nothing_of_our_insides(t *testing.T) {
	t.Parallel()
	got := Message(in(lang.EN), errors.New("pq: relation does not exist"))
	require.Equal(t, T(in(lang.EN), "error.internal"), got)
}

func TestMessage_has_words_for_every_kind(t *testing.T) {
	t.Parallel()
	for _, kind := range []fault.Kind{
		fault.Invalid, fault.NotFound, fault.Forbidden, fault.SignIn, fault.Conflict, fault.Gone, fault.TooLarge,
		fault.TooMany, fault.Unavailable, fault.Internal,
	} {
		key := "error." + string(kind)
		require.NotEqual(t, key, Message(in(lang.RU), &fault.Error{Kind: kind}))
	}
}
