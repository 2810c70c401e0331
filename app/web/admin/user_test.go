package admin_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
)

// agencies are the bodies of the tests: two, and those that the store has.
type agencies struct{ store *store.Store }

func (l agencies) Agency(id int64) (identity.Agency, bool) {
	for _, a := range l.Agencies() {
		if a.ID == id {
			return a, true
		}
	}
	return identity.Agency{}, false
}

func (l agencies) Agencies() []identity.Agency {
	two := []identity.Agency{{ID: 10, Name: lang.Text{RU: "Комитет дорог"}}, {ID: 20, Name: lang.Text{RU: "Водоканал"}}}
	stored, err := l.store.ListAgencies(context.Background())
	if err != nil {
		panic(err)
	}
	return append(two, stored...)
}

func (o *office) find(login string) *identity.User {
	o.t.Helper()
	u, err := o.store.FindUserByLogin(o.t.Context(), login)
	require.NoError(o.t, err)
	return u
}

func (o *office) page(login, path string) string {
	o.t.Helper()
	status, page, _ := o.do(login, http.MethodGet, path, "", nil)
	require.Equal(o.t, http.StatusOK, status, path)
	return page
}

var password = regexp.MustCompile(`[A-Z2-7]{26}`)

func TestUsers_an_agency_admin_keeps_their_own_people(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, dialect)
			status, page, _ := o.post("agency-admin", "/admin/users", "login", "a b", "name", "")
			require.Equal(t, http.StatusUnprocessableEntity, status)
			for _, s := range []string{"без пробелов", "Напишите имя и фамилию", "Выберите хотя бы одну роль"} {
				require.Contains(t, page, s)
			}
			status, page, _ = o.post("agency-admin", "/admin/users", "login", "Petrov", "name", "Пётр Петров", "role", "executor", "agency", "10", "phone", "2-22")
			require.Equal(t, http.StatusOK, status)
			told := password.FindString(page)
			require.NotEmpty(t, told)
			accounts := identity.NewAccounts(o.store, o.clock)
			session, u, err := accounts.SignIn(t.Context(), "petrov", told, "127.0.0.1", "")
			require.NoError(t, err)
			require.Equal(t, []actor.Membership{{Agency: 10, Role: actor.Executor}}, u.Memberships)
			require.NotContains(t, o.page("agency-admin", "/admin/users/"+strconv.FormatInt(u.ID, 10)), told, "it is told once")
			status, page, _ = o.post("agency-admin", "/admin/users", "login", "petrov", "name", "Другой", "role", "executor", "agency", "10")
			require.Equal(t, http.StatusUnprocessableEntity, status)
			require.Contains(t, page, "Исполнитель, Комитет дорог", "what was chosen is kept")

			own := fmt.Sprintf("/admin/users/%d", u.ID)
			status, _, _ = o.post("agency-admin", own, "name", "Пётр Петров", "roles", "executor@10", "role", "head", "agency", "10")
			require.Equal(t, http.StatusSeeOther, status)
			require.Len(t, o.find("petrov").Memberships, 2)
			require.Contains(t, o.page("agency-admin", "/admin/users?q=петр"), "Пётр Петров")

			status, _, _ = o.post("agency-admin", own, "do", "disable")
			require.Equal(t, http.StatusSeeOther, status)
			_, err = accounts.Session(t.Context(), session)
			require.Error(t, err, "sessions end at once")
			status, _, _ = o.post("agency-admin", own, "do", "enable")
			require.Equal(t, http.StatusSeeOther, status)
			status, page, _ = o.post("agency-admin", own, "do", "password")
			require.Equal(t, http.StatusOK, status)
			require.NotEqual(t, told, password.FindString(page))

			journal := o.page("agency-admin", "/admin/journal")
			for _, s := range []string{"Сотрудник добавлен", "Сотрудник изменён", "Вход закрыт", "Вход открыт", "Выдан новый пароль", "executor@10 head@10"} {
				require.Contains(t, journal, s)
			}
			require.NotContains(t, journal, told)
			lines, err := o.store.WalkJournal(t.Context(), 0, 100)
			require.NoError(t, err)
			_, err = identity.VerifyJournal("", lines)
			require.NoError(t, err)
		})
	}
}

func TestUsers_nobody_grants_what_they_lack(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite)
	for _, given := range [][2]string{{"supervisor", ""}, {"system_admin", ""}, {"executor", "20"}, {"agency_admin", "20"}} {
		status, _, _ := o.post("agency-admin", "/admin/users", "login", "x", "name", "Х", "role", given[0], "agency", given[1])
		require.Equal(t, http.StatusForbidden, status, given)
	}
	// One who also works elsewhere: their roles here may change, they may not.
	o.signInAs("both", actor.Membership{Agency: 10, Role: actor.Executor}, actor.Membership{Agency: 20, Role: actor.Head})
	both := o.find("both")
	own := fmt.Sprintf("/admin/users/%d", both.ID)
	require.Contains(t, o.page("agency-admin", own), "даёт и забирает другой администратор")
	for _, do := range []string{"disable", "password"} {
		status, _, _ := o.post("agency-admin", own, "do", do)
		require.Equal(t, http.StatusForbidden, status)
	}
	status, _, _ := o.post("agency-admin", own, "name", "Взломан", "role", "coordinator", "agency", "10")
	require.Equal(t, http.StatusSeeOther, status)
	both = o.find("both")
	require.ElementsMatch(t, []actor.Membership{{Agency: 10, Role: actor.Coordinator}, {Agency: 20, Role: actor.Head}}, both.Memberships)
	require.Equal(t, "both", both.Name)

	// Not oneself, and nobody who isn't there for them.
	self := fmt.Sprintf("/admin/users/%d", o.find("agency-admin").ID)
	status, _, _ = o.post("agency-admin", self, "name", "Я", "role", "head", "agency", "10")
	require.Equal(t, http.StatusForbidden, status)
	status, _, _ = o.post("admin", fmt.Sprintf("/admin/users/%d", o.find("admin").ID), "do", "disable")
	require.Equal(t, http.StatusForbidden, status)
	status, _, _ = o.do("agency-admin", http.MethodGet, fmt.Sprintf("/admin/users/%d", o.find("supervisor").ID), "", nil)
	require.Equal(t, http.StatusNotFound, status)

	for _, path := range []string{"/admin/users", "/admin/users/new", own, "/admin/journal"} {
		status, _, _ = o.do("supervisor", http.MethodGet, path, "", nil)
		require.Equal(t, http.StatusForbidden, status, path)
	}
	status, _, _ = o.post("admin", "/admin/users", "login", "second", "name", "Второй", "role", "system_admin")
	require.Equal(t, http.StatusOK, status)
}

func TestJournal_shows_who_read_whose_data_and_why(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite)
	id := o.submit()
	number := func() string {
		c, err := o.store.FindCase(t.Context(), id)
		require.NoError(t, err)
		return c.Appeal.Number
	}()
	o.signInAs("roads", actor.Membership{Agency: 10, Role: actor.Executor})
	o.signInAs("water", actor.Membership{Agency: 20, Role: actor.Executor})
	for _, login := range []string{"roads", "water"} {
		_, err := o.store.ReadApplicant(t.Context(), id, o.find(login).Actor(), "visit")
		require.NoError(t, err)
	}
	all := o.page("admin", "/admin/journal?number="+number)
	require.Contains(t, all, "roads Открыты данные заявителя "+number+" Договориться о выезде")
	require.Contains(t, all, "water")
	require.NotContains(t, o.page("agency-admin", "/admin/journal"), "water", "others' people are not theirs to watch")
	require.Contains(t, o.page("admin", "/admin/journal?number=26-999999-9"), "Записей нет")

	require.NoError(t, o.store.AppendJournal(t.Context(), identity.Entry{By: o.find("roads").ID, Kind: identity.ExportList, Detail: "Все · XLSX", Rows: 1204}))
	exports := o.page("admin", "/admin/journal?kind=export")
	require.Contains(t, exports, "roads Выгружен список обращений 1204 строки: Все · XLSX")
	require.NotContains(t, exports, number)
	require.NotContains(t, o.page("admin", "/admin/journal?kind=data"), "1204")
}

func TestEntryGroups_every_kind_has_a_name(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite)
	by := o.find("admin").ID
	n := 0
	for _, g := range identity.EntryGroups {
		for _, kind := range g.Kinds {
			n++
			require.NoError(t, o.store.AppendJournal(t.Context(), identity.Entry{By: by, Kind: kind}))
		}
	}
	page := o.page("admin", "/admin/journal")
	require.NotContains(t, page, "admin.entr", "a key without its text")
	require.NotEmpty(t, n)
}
