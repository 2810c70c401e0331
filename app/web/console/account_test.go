package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
)

func TestAccount_language_of_letters(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	reads := func(login string) lang.Lang {
		u, err := r.store.FindUserByLogin(t.Context(), login)
		require.NoError(t, err)
		return u.Lang
	}
	b := r.as("coordinator")
	require.Equal(t, lang.RU, reads("coordinator"), "the language of the page of the first sign-in")
	page := b.get("/console/account")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.text(), "На каком языке вам писать?")
	require.Contains(t, b.get("/console?lang=ru").body, `href="/console/account"`)

	wrong := b.post("/console/account", "lang", "fr")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text(), "Выберите язык")
	require.Equal(t, lang.RU, reads("coordinator"))

	require.Equal(t, http.StatusOK, b.post("/console/account", "lang", "en").status)
	require.Equal(t, lang.EN, reads("coordinator"))
	r.as("coordinator")
	require.Equal(t, lang.EN, reads("coordinator"), "another sign-in changes nothing")
	require.Contains(t, b.get("/console/account?lang=en").text(), "In which language should we write to you?")
}
