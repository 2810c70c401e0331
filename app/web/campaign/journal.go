package campaign

import (
	"context"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web/ui"
)

// journal is what happened to a campaign, the newest first: what, when, who and
// why. Somebody's edits one after another are one line. words is how the names of
// actions begin in the catalogue.
func (h *Handlers) journal(ctx context.Context, notes []participation.Note, words string) []ui.TimelineItem {
	var out []ui.TimelineItem
	edits := 0 // told by the last line
	for i := len(notes) - 1; i >= 0; i-- {
		n := &notes[i]
		if n.Action != participation.Edit {
			edits = 0
		} else if edits > 0 && notes[i+1].By != n.By {
			edits = 0
		}
		if n.Action == participation.Edit {
			if edits++; edits > 1 {
				out[len(out)-1].Text = ui.Plural(ctx, "campaign.edits", edits, "since", ui.DateTime(ctx, n.At))
				continue
			}
		}
		out = append(out, ui.TimelineItem{Title: ui.T(ctx, words+string(n.Action)), By: h.author(ctx, n.By), At: n.At, Text: n.Reason})
	}
	return out
}

// author is who did something; nobody did what the clock does.
func (h *Handlers) author(ctx context.Context, user int64) string {
	if user == 0 {
		return ui.T(ctx, "campaign.by_clock")
	}
	if h.People == nil {
		return ""
	}
	u, _ := h.People.User(user)
	return u.Name
}
