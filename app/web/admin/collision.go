package admin

import (
	"github.com/otklik/otklik/app/web/ruling"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// collisions tell where the draft and what came into force meanwhile changed the
// same thing.
func (h *Handlers) collisions(w *workshop) ([]problemLine, error) {
	found, err := h.Editor.Collisions(w, w.draft)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	list, err := h.Editor.Store.ListTerritories(w)
	if err != nil {
		return nil, err
	}
	places, err := territory.NewIndex(list)
	if err != nil {
		return nil, err
	}
	names := ruling.Names{Tree: w.tree, Places: places, Agency: func(id int64) string { return h.agency(w, id) }}
	var out []problemLine
	for _, c := range found {
		line := problemLine{Name: w.name(c.Rubric), Text: w.collisionWords(c)}
		if _, there := w.draft.Find(c.Rubric); there {
			line.URL = nodeURL(c.Rubric)
		}
		if c.Kind == rubricator.CollidedRule {
			ref := c.Rule.Ref(places)
			line = problemLine{
				Name: names.Rule(w, ref), URL: ruleURL(ref),
				Text: ui.T(w, "tree.collision.rule", "mine", h.ruled(w, c.Here), "theirs", h.ruled(w, c.There)),
			}
			if c.Here == 0 {
				line.URL = routesURL
			}
		}
		out = append(out, line)
	}
	return out, nil
}

// ruled is the agency of a rule, or that the rule was taken out.
func (h *Handlers) ruled(w *workshop, agency int64) string {
	if agency == 0 {
		return ui.T(w, "tree.collision.no_rule")
	}
	return h.agency(w, agency)
}

// collisionWords say what collided at a node and what stands.
func (w *workshop) collisionWords(c rubricator.Collision) string {
	section := func(code string) string {
		if code == "" {
			return ui.T(w, "tree.move.top")
		}
		return w.name(code)
	}
	switch c.Kind {
	case rubricator.CollidedField:
		field := ui.T(w, "tree.field."+c.Field)
		if c.Mine == "" && c.Theirs == "" {
			return ui.T(w, "tree.collision.field_whole", "field", field)
		}
		return ui.T(w, "tree.collision.field", "field", field, "mine", orDash(w.value(c.Field, c.Mine)), "theirs", orDash(w.value(c.Field, c.Theirs)))
	case rubricator.CollidedPlace:
		return ui.T(w, "tree.collision.place", "mine", section(c.Mine), "theirs", section(c.Theirs))
	case rubricator.CollidedRetired:
		if c.Mine == "true" {
			return ui.T(w, "tree.collision.retired_mine")
		}
		return ui.T(w, "tree.collision.retired_theirs")
	case rubricator.CollidedRemoved:
		return ui.T(w, "tree.collision.removed")
	case rubricator.CollidedRule:
	}
	return ""
}
