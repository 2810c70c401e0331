package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// opinion is what a co-executor was asked and said, in words.
type opinion struct {
	workflow.Opinion
	Name   string
	Office string
	Asker  string
	DueAt  time.Time
	Late   bool // awaited past its date
}

// opinions are those of the present round and the ones given before, the
// latest last; what is no longer asked for stays in the history.
func opinions(n names, a *workflow.Appeal, now time.Time) []opinion {
	var out []opinion
	for i := range a.Opinions {
		o := &a.Opinions[i]
		if o.State == workflow.OpinionDropped {
			continue
		}
		due := a.OpinionDue(o)
		out = append(out, opinion{
			Opinion: *o, Name: n.user(o.User), Office: n.agency(o.Agency), Asker: n.user(o.Asker), DueAt: due,
			Late: o.State == workflow.OpinionAsked && due.Before(now),
		})
	}
	return out
}

// colleague is somebody whose opinion can be asked.
type colleague struct {
	user, agency int64
	label        string // «Иван Сидоров — Водоканал»
}

// colleagues are the executors of all agencies but the one complained about,
// those of the agency that has the case first; neither its lead nor who is
// asked already.
func (h *Handlers) colleagues(ctx context.Context, a *workflow.Appeal) []colleague {
	var out []colleague
	add := func(one identity.Agency) {
		for _, u := range h.cfg.Directory.Staff(one.ID) {
			if u.Disabled || u.ID == a.Executor || a.AskedOf(u.ID) != nil || !u.Actor().Holds(actor.Executor, one.ID) {
				continue
			}
			out = append(out, colleague{u.ID, one.ID, u.Name + " — " + one.Name.In(ui.Lang(ctx))})
		}
	}
	if own, ok := h.cfg.Directory.Agency(a.Agency); ok {
		add(own)
	}
	for _, one := range h.receivers(a) {
		add(one)
	}
	return out
}

// findColleague reads what was typed: a label of the list, or a part of one
// that only one has.
func (h *Handlers) findColleague(ctx context.Context, a *workflow.Appeal, typed string) (colleague, bool) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	list := h.colleagues(ctx, a)
	if i := slices.IndexFunc(list, func(c colleague) bool { return strings.ToLower(c.label) == typed }); i >= 0 {
		return list[i], true
	}
	var part []colleague
	for _, c := range list {
		if typed != "" && strings.Contains(strings.ToLower(c.label), typed) {
			part = append(part, c)
		}
	}
	if len(part) != 1 {
		return colleague{}, false
	}
	return part[0], true
}

// awaitedOptions are opinions to choose from.
func awaitedOptions(n names, list []workflow.Opinion) []ui.Option {
	var out []ui.Option
	for _, o := range list {
		out = append(out, ui.Option{Value: strconv.Itoa(o.N), Label: n.user(o.User) + " — " + n.agency(o.Agency)})
	}
	return out
}

// itemOptions are the questions of the checklist.
func itemOptions(a *workflow.Appeal) []ui.Option {
	var out []ui.Option
	for _, i := range a.Items {
		out = append(out, ui.Option{Value: strconv.Itoa(i.N), Label: strconv.Itoa(i.N) + ". " + i.Text})
	}
	return out
}

// insertOpinion is the value of the button that puts an opinion's words below
// the answer: «opinion:2».
const insertOpinion = "opinion:"

// insert puts what a co-executor said below what is written.
func (e *editor) insert(a *workflow.Appeal, value string) {
	n := atoi(strings.TrimPrefix(value, insertOpinion))
	for _, o := range a.Opinions {
		if o.N == n && o.State == workflow.OpinionGiven {
			e.Text = joinParagraphs(e.Text, o.Text)
		}
	}
}
