package e2e_test

import "github.com/otklik/otklik/app/demo"

// officer is a person who has signed in.
func (p *person) signsIn(login string) *person {
	p.t.Helper()
	p.opens("/sign-in")
	p.entersAs(login)
	return p
}

// entersAs fills in the form of the sign-in page.
func (p *person) entersAs(login string) {
	p.t.Helper()
	p.types("Логин", login)
	p.types("Пароль", demo.Password)
	p.inside("main form:has(#login)", func() { p.presses("Войти") })
	p.wait(func() bool { return p.path() != "/sign-in" }, func() string { return "to be let in" })
}
