// Package lookup knows what people mean by the names of agencies, topics,
// places, people and steps in the query language, and how these are called on
// the screen. What somebody may not see they can't name either.
package lookup

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// Directory names agencies and people, from memory.
type Directory interface {
	Agencies() []identity.Agency
	// Staff lists who has a role in the agency and may sign in.
	Staff(agency int64) []identity.User
}

// Lookup is what one person may name.
type Lookup struct {
	By        actor.Actor
	Lang      lang.Lang // of labels; names are understood in both
	Book      *rubricator.Book
	Directory Directory
}

var _ search.Names = Lookup{}

// Choice is a thing that has a name.
type Choice struct {
	Code  string // by which a query names it
	Label string
	Means []string // what the index is asked for
	names []string // it answers to, folded
}

// me is how somebody names themselves.
var me = []string{"me", "я", "мои", "мне"}

// sources lists the doors that an appeal comes through.
var sources = []workflow.Source{
	workflow.FromPortal, workflow.FromWidget, workflow.FromAPI, workflow.FromDesk, workflow.FromImport,
}

// Named implements [search.Names]: a code or a whole name, else words of names
// or their beginnings, else the same with slips of the pen. Several things of
// one name are all meant.
func (k Lookup) Named(field search.Field, name string) ([]string, error) {
	asked := fold(name)
	if field == search.ByExecutor && slices.Contains(me, asked) && k.By.User != 0 {
		return []string{strconv.FormatInt(k.By.User, 10)}, nil
	}
	choices := k.Choices(field)
	if means := find(choices, asked); means != nil {
		return means, nil
	}
	if field == search.ByAgency && find(k.agencies(true), asked) != nil {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	err := fault.New(fault.NotFound, "error.not_found")
	if near, ok := nearest(choices, asked); ok {
		err = err.With("nearest", near)
	}
	return nil, err
}

// Choices lists what the person may name in a field, in the order of the screen.
func (k Lookup) Choices(field search.Field) []Choice {
	switch field {
	case search.ByAgency:
		return k.agencies(k.By.Regional())
	case search.ByRubric:
		return k.rubrics()
	case search.ByPlace:
		return k.places()
	case search.ByExecutor:
		return k.executors()
	case search.ByStage:
		return k.words("stage.", text(workflow.Stages[2:])) // drafts and new ones are never in a list
	case search.BySource:
		return k.words("source.", text(sources))
	case search.ByOutcome:
		return k.words("outcome.", text(workflow.Outcomes))
	default:
		return nil
	}
}

// Of finds the choice that a value of the index stands for.
func (k Lookup) Of(field search.Field, value string) (Choice, bool) {
	choices := k.Choices(field)
	at := slices.IndexFunc(choices, func(c Choice) bool { return c.Means[0] == value })
	if at < 0 {
		return Choice{}, false
	}
	return choices[at], true
}

func (k Lookup) agencies(all bool) []Choice {
	var out []Choice
	own := k.By.Agencies()
	for _, a := range k.Directory.Agencies() {
		if all || slices.Contains(own, a.ID) {
			id := strconv.FormatInt(a.ID, 10)
			out = append(out, choice(a.Code, a.Short.Or(a.Name).In(k.Lang), []string{id}, a.Name.RU, a.Name.EN, a.Short.RU, a.Short.EN, id))
		}
	}
	return out
}

func (k Lookup) rubrics() []Choice {
	var out []Choice
	k.Book.Tree.Walk(func(r *rubricator.Rubric) {
		means := []string{r.Code}
		for _, same := range k.Book.Tree.Same(r.Code) {
			if same != r.Code {
				means = append(means, same)
			}
		}
		out = append(out, choice(r.Code, r.Name.In(k.Lang), means, r.Name.RU, r.Name.EN))
	})
	return out
}

func (k Lookup) places() []Choice {
	var out []Choice
	for _, t := range k.Book.Places.All() {
		own := strconv.FormatInt(t.ID, 10)
		means := []string{own}
		for _, id := range k.Book.Places.Below(t.ID) {
			if id != t.ID {
				means = append(means, strconv.FormatInt(id, 10))
			}
		}
		out = append(out, choice(t.Code, t.Name.In(k.Lang), means, t.Name.RU, t.Name.EN, t.OKTMO, own))
	}
	return out
}

func (k Lookup) executors() []Choice {
	var out []Choice
	seen := map[int64]bool{}
	for _, a := range k.Directory.Agencies() {
		if !k.By.Regional() && !slices.Contains(k.By.Agencies(), a.ID) {
			continue
		}
		for _, u := range k.Directory.Staff(a.ID) {
			if !seen[u.ID] {
				seen[u.ID] = true
				id := strconv.FormatInt(u.ID, 10)
				out = append(out, choice(u.Login, u.Name, []string{id}, id))
			}
		}
	}
	return out
}

// words are the choices of a closed list.
func (k Lookup) words(family string, values []string) []Choice {
	out := make([]Choice, 0, len(values))
	for _, v := range values {
		ru := ui.T(ui.WithLang(context.Background(), lang.RU), family+v)
		en := ui.T(ui.WithLang(context.Background(), lang.EN), family+v)
		out = append(out, choice(v, lang.Text{RU: ru, EN: en}.In(k.Lang), []string{v}, ru, en))
	}
	return out
}

func choice(code, label string, means []string, names ...string) Choice {
	c := Choice{Code: code, Label: label, Means: means}
	for _, name := range append(names, code, label) {
		if folded := fold(name); folded != "" && !slices.Contains(c.names, folded) {
			c.names = append(c.names, folded)
		}
	}
	return c
}

func text[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// fold brings a name into the form in which names are compared.
func fold(name string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(name), "ё", "е")), " ")
}

// find is what the choices of a name mean; nil where there is none.
func find(choices []Choice, asked string) []string {
	if asked == "" {
		return nil
	}
	for _, fits := range []func(Choice) bool{
		func(c Choice) bool { return slices.Contains(c.names, asked) },
		func(c Choice) bool {
			return c.has(asked, func(word, part string) bool { return strings.HasPrefix(word, part) })
		},
		func(c Choice) bool { return c.has(asked, misspelt) },
	} {
		var means []string
		for _, c := range choices {
			if fits(c) {
				for _, m := range c.Means {
					if !slices.Contains(means, m) {
						means = append(means, m)
					}
				}
			}
		}
		if means != nil {
			return means
		}
	}
	return nil
}

// Begins reports whether the thing has a name with all these words or
// beginnings of words.
func (c Choice) Begins(typed string) bool {
	return c.has(fold(typed), func(word, part string) bool { return strings.HasPrefix(word, part) })
}

// has reports whether one of the names has a word that fits for each word asked.
func (c Choice) has(asked string, fits func(word, part string) bool) bool {
	parts := wordsOf(asked)
	return len(parts) > 0 && slices.ContainsFunc(c.names, func(name string) bool {
		words := wordsOf(name)
		for _, part := range parts {
			if !slices.ContainsFunc(words, func(word string) bool { return fits(word, part) }) {
				return false
			}
		}
		return true
	})
}

func wordsOf(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// misspelt reports whether part is the beginning of the word but for a slip, or
// two from eight letters on.
func misspelt(word, part string) bool {
	letters := utf8.RuneCountInString(part)
	slips := 0
	switch {
	case letters >= 8:
		slips = 2
	case letters >= 4:
		slips = 1
	}
	if slips == 0 {
		return false
	}
	runes := []rune(word)
	for n := max(1, letters-slips); n <= min(len(runes), letters+slips); n++ {
		if search.Distance(string(runes[:n]), part) <= slips {
			return true
		}
	}
	return false
}

// nearest is the label of the choice with the word most like one asked, where
// one is like it at all.
func nearest(choices []Choice, asked string) (string, bool) {
	best, least := "", 0.5
	for _, c := range choices {
		for _, name := range c.names {
			for _, word := range append(wordsOf(name), name) {
				d := float64(search.Distance(word, asked)) / float64(max(utf8.RuneCountInString(word), utf8.RuneCountInString(asked)))
				if d < least {
					best, least = c.Label, d
				}
			}
		}
	}
	return best, best != ""
}
