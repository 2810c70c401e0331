package demo

import (
	"context"
	"slices"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
)

// names are given to the people of agencies for whom the files name nobody.
var names = []string{
	"Алина Верескова", "Глеб Подгорин", "Дина Ракитова", "Егор Заозерин", "Жанна Колоскова", "Захар Полынин",
	"Инна Березкина", "Камиль Садриев", "Лада Журавина", "Марат Юлдашин", "Нина Родникова", "Остап Громовой",
	"Полина Снегова", "Роман Камышов", "Сабина Алиева", "Тихон Лесной", "Ульяна Речкина", "Фёдор Большов",
	"Эльвира Хасанова", "Ян Корнеев",
}

// workingRoles are those without which an appeal can't be answered.
var workingRoles = []actor.Role{actor.Coordinator, actor.Executor, actor.Head}

// hire gives every agency those whom it lacks to answer appeals. Their logins
// are the agency's code and the role; nobody tells them to sign in, so they have
// no password.
func (r Region) hire(ctx context.Context) error {
	agencies, err := r.Store.ListAgencies(ctx)
	if err != nil {
		return err
	}
	users, err := r.Store.ListUsers(ctx, 0)
	if err != nil {
		return err
	}
	hired := 0
	for _, a := range agencies {
		for _, role := range workingRoles {
			if slices.ContainsFunc(users, func(u identity.User) bool { return u.Actor().Holds(role, a.ID) }) {
				continue
			}
			u := identity.User{
				Login: a.Code + "-" + string(role), Name: names[hired%len(names)],
				Memberships: []actor.Membership{{Agency: a.ID, Role: role}},
			}
			if err := r.Store.SaveUser(ctx, &u); err != nil {
				return err
			}
			hired++
		}
	}
	return nil
}
