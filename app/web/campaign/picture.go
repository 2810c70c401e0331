package campaign

import (
	"context"
	"strconv"
	"unicode/utf8"

	"github.com/otklik/otklik/app/participation/tally"
	"github.com/otklik/otklik/app/web/ui"
)

// picture draws how the budget was spent: one line for each project, and on it
// where the money stood. It is told by form and pattern, so that it is read in
// grey.
type picture struct {
	width, height int
	lines         []pictureLine
	hidden        int // projects that are left out of it
}

// pictureLine is one project. Lengths are in units of the drawing.
type pictureLine struct {
	y      int
	name   string
	note   string
	spent  float64 // on what was funded before
	full   float64 // paid by those who paid the price
	last   float64 // paid by those who gave their last
	wanted float64 // what it would have cost, where it didn't fit
	cut    bool    // it is longer than the drawing
}

const (
	pictureWidth = 340
	pictureEdge  = 2
	lineHeight   = 46
	barTop       = 20 // below the top of its line
	barHeight    = 16
	lineSigns    = 45 // that a name and its sum have together
	// mostMissed is how many projects that didn't fit are drawn: the rest is told in
	// words.
	mostMissed = 4
)

// draw makes the picture of the story.
func (r results) draw(ctx context.Context) picture {
	p := picture{width: pictureWidth}
	budget := float64(max(1, r.Terms.Money.Budget))
	scale := func(amount int64) float64 { return float64(amount) / budget * (pictureWidth - 2*pictureEdge) }
	var spent int64
	add := func(l pictureLine, id string) {
		l.y, l.name, l.spent = len(p.lines)*lineHeight, short(strconv.Itoa(len(p.lines)+1)+". "+r.project(ctx, id), lineSigns-utf8.RuneCountInString(l.note)), scale(spent)
		if room := pictureWidth - 2*pictureEdge - l.spent; l.wanted > room {
			l.wanted, l.cut = room, true
		}
		p.lines = append(p.lines, l)
	}
	for _, one := range r.bought() {
		cost := r.cost(one.Project)
		add(pictureLine{full: scale(cost - one.Last), last: scale(one.Last), note: money(ctx, cost)}, one.Project)
		spent += cost
	}
	missed := 0
	for _, s := range r.story.Steps {
		cost := r.cost(s.Project)
		switch {
		case s.Verdict == tally.Funded:
			add(pictureLine{full: scale(cost), note: money(ctx, cost)}, s.Project)
			spent += cost
		case s.Verdict == tally.TooDear && missed < mostMissed:
			missed++
			add(pictureLine{wanted: scale(cost), note: ui.T(ctx, "result.picture.missing", "sum", money(ctx, cost-s.Left))}, s.Project)
		default:
			p.hidden++
		}
	}
	p.height = len(p.lines) * lineHeight
	return p
}

func short(name string, longest int) string {
	signs := []rune(name)
	if len(signs) <= longest {
		return name
	}
	return string(signs[:max(longest-1, 1)]) + "…"
}

// px writes a length of the drawing.
func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// viewBox is the picture's own measure.
func (p picture) viewBox() string {
	return "0 0 " + strconv.Itoa(p.width) + " " + strconv.Itoa(p.height)
}

// at is a height within a line.
func (l pictureLine) at(down int) string { return strconv.Itoa(l.y + down) }

// from is where a bar begins that has so much before it.
func from(before ...float64) string {
	sum := float64(pictureEdge)
	for _, b := range before {
		sum += b
	}
	return px(sum)
}
