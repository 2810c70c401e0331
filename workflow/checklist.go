package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// Item is one question of an appeal that asks several things. The answer can't
// be submitted or signed before each has its outcome.
type Item struct {
	N       int     `json:"n"` // from 1; the number of one that was dropped may come again
	Text    string  `json:"text"`
	Outcome Outcome `json:"outcome,omitempty"` // "" while it is open
	Note    string  `json:"note,omitempty"`    // what is said to it
}

// Limits of a checklist: items, and characters of one.
const (
	MaxItems = 20
	MaxItem  = 500
)

// OpenItems lists the items that lack an outcome.
func (a *Appeal) OpenItems() []Item {
	return slices.DeleteFunc(slices.Clone(a.Items), func(i Item) bool { return i.Outcome != "" })
}

func (a *Appeal) item(n int) *Item {
	for i := range a.Items {
		if a.Items[i].N == n {
			return &a.Items[i]
		}
	}
	return nil
}

// HashItems is what an event keeps of the checklist that it left: SHA-256,
// hex, over number, text, outcome and note of each, written as in [HashEvent].
func HashItems(items []Item) string {
	f := fields{sha256.New()}
	f.items(items)
	return hex.EncodeToString(f.sum.Sum(nil))
}

func (f fields) items(items []Item) {
	for _, i := range items {
		f.integer(int64(i.N))
		f.text(i.Text)
		f.text(string(i.Outcome))
		f.text(i.Note)
	}
}

var (
	hasItems = Guard{"there is a checklist", "workflow.no_items", func(_ actor.Actor, a *Appeal) bool {
		return len(a.Items) > 0
	}}

	needItems = quick("items, one a line", func(s *step, check *fault.Check) {
		s.added = itemLines(s.cmd.Text)
		check.That(len(s.added) > 0, "text", "workflow.items_required")
		check.That(len(s.a.Items)+len(s.added) <= MaxItems, "text", "workflow.items_many", "max", MaxItems)
		for _, text := range s.added {
			check.That(length(text) <= MaxItem, "text", "workflow.item_long", "max", MaxItem)
		}
		s.reason = strings.Join(s.added, "\n")
	})
	needItem = quick("item", func(s *step, check *fault.Check) {
		item := s.a.item(s.cmd.Item)
		check.That(item != nil, "item", "workflow.item_unknown")
		if item != nil {
			s.data.Items = []int{item.N}
		}
	})
	needSettled = quick("outcome and words of the item", func(s *step, check *fault.Check) {
		check.That(slices.Contains(Outcomes, s.cmd.Outcome), "outcome", "workflow.outcome_required")
		check.That(s.cmd.Text != "", "text", "workflow.item_note_required")
		s.keepReason("text", check)
		s.data.Outcome = s.cmd.Outcome
	})
	everyItemSettled = quick("every item has an outcome", func(s *step, check *fault.Check) {
		if open := s.a.OpenItems(); len(open) > 0 {
			check.Fail("items", "workflow.items_open", "items", listed(open))
		}
	})

	itemsAdded = Effect{"items added", func(s *step) {
		n := 0
		for _, i := range s.a.Items {
			n = max(n, i.N)
		}
		for _, text := range s.added {
			n++
			s.a.Items = append(s.a.Items, Item{N: n, Text: text})
			s.data.Items = append(s.data.Items, n)
		}
	}}
	itemDropped = Effect{"item dropped", func(s *step) {
		s.data.Note = s.a.item(s.cmd.Item).Text
		s.a.Items = slices.DeleteFunc(s.a.Items, func(i Item) bool { return i.N == s.cmd.Item })
	}}
	itemSettled = Effect{"item settled", func(s *step) {
		item := s.a.item(s.cmd.Item)
		item.Outcome, item.Note = s.cmd.Outcome, s.cmd.Text
	}}
)

// itemLines are the questions of a text: one a line, without the dash or the
// number that people put before it.
func itemLines(text string) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if rest := strings.TrimLeft(line, "0123456789"); rest != line && strings.HasPrefix(strings.TrimLeft(rest, ".)"), " ") && rest[0] != ' ' {
			line = strings.TrimLeft(rest, ".)")
		}
		if line = strings.TrimSpace(strings.TrimLeft(line, "-–—•*")); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// listed names items for a sentence: «1 (Когда засыплют яму?), 3 (…)».
func listed(items []Item) string {
	const most = 60
	out := make([]string, len(items))
	for i, item := range items {
		text := item.Text
		if length(text) > most {
			text = string([]rune(text)[:most-1]) + "…"
		}
		out[i] = strconv.Itoa(item.N) + " («" + text + "»)"
	}
	return strings.Join(out, ", ")
}
