package console

import (
	"context"
	"strings"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/web/ruling"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// names puts codes and ids into words, for one screen.
type names struct {
	ctx  context.Context
	dir  Directory
	book *rubricator.Book
}

func (h *Handlers) names(ctx context.Context) names {
	return names{ctx: ctx, dir: h.cfg.Directory, book: h.cfg.Rubrics.Book()}
}

// topic is the name of a rubric; a retired one keeps its code.
func (n names) topic(code string) string {
	if r, ok := n.book.Tree.Find(code); ok {
		return r.Name.In(ui.Lang(n.ctx))
	}
	return code
}

// branch is the topic with what stands above it, the category first.
func (n names) branch(code string) string {
	r, ok := n.book.Tree.Find(code)
	if !ok {
		return code
	}
	var parts []string
	for _, above := range r.Path() {
		parts = append(parts, above.Name.In(ui.Lang(n.ctx)))
	}
	return strings.Join(parts, " → ")
}

func (n names) territory(id int64) string {
	t, ok := n.book.Places.Find(id)
	if !ok {
		return "—"
	}
	return t.Name.In(ui.Lang(n.ctx))
}

// agency is the short name, or the whole where there is none.
func (n names) agency(id int64) string {
	a, ok := n.dir.Agency(id)
	if !ok {
		return "—"
	}
	return a.Short.Or(a.Name).In(ui.Lang(n.ctx))
}

// rules knows the words of routing rules.
func (n names) rules() ruling.Names {
	return ruling.Names{Tree: n.book.Tree, Places: n.book.Places, Agency: n.agency}
}

func (n names) user(id int64) string {
	if u, ok := n.dir.User(id); ok {
		return u.Name
	}
	return "—"
}

// who says who took a step.
func (n names) who(e workflow.Event) string {
	switch e.ActorKind {
	case actor.Citizen:
		return ui.T(n.ctx, "role.citizen")
	case actor.Officer:
		return n.user(e.Actor)
	default:
		return ui.T(n.ctx, "console.by_system")
	}
}
