package ui

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// Head is a column heading of a table.
type Head struct {
	Text    string
	Numeric bool
	Hidden  bool   // for screen readers only: a column of buttons
	SortURL string // makes the heading a link
	Sort    string // "ascending" or "descending" when the table is sorted by it
}

// TableFrame is what stands around the rows of a table.
type TableFrame struct {
	Caption string // always there; read aloud even when hidden
	Hidden  bool   // the caption is for screen readers only
	Heads   []Head
	Dense   bool
	Stack   bool   // on a phone a row becomes a block: for lists, not for numbers
	Island  string // data-island of the table body, such as "shortcuts"
}

// Tab is a link to one view of a list. A negative count is not shown.
type Tab struct {
	Text    string
	URL     string
	Count   int
	Current bool
}

// Tone is what a notice says before its words do.
type Tone string

// The tones.
const (
	Info    Tone = "info"
	Success Tone = "success"
	Caution Tone = "warning"
	Failure Tone = "error"
)

// SummaryRow is one row of a list of facts. Value is text; Body takes its
// place when set.
type SummaryRow struct {
	Key    string
	Value  string
	Body   templ.Component
	Action string // text of the link, empty: «Изменить» when URL is set
	URL    string
}

// TimelineItem is one thing that happened.
type TimelineItem struct {
	Title string
	By    string
	At    time.Time
	Text  string
	Body  templ.Component
}

// KPI is a number worth a tile. URL opens the cases that it counts.
type KPI struct {
	Label string
	Value string
	Note  string // formula, period or comparison, in words
	URL   string
	Bad   bool // past its limit
}

// Tile is a cell of a tile-grid map. Col and Row count from 1 to 24; Level is
// the shade from 0 (nothing) to 6.
type Tile struct {
	Area     int64 // territory, for scripts that shade it anew
	Col, Row int
	Code     string // short name drawn in the tile
	Name     string
	Value    string
	Level    int
	URL      string
	Current  bool
}

// DueState is the state of a clock.
type DueState string

// The states of a clock.
const (
	DueOK      DueState = "ok"
	DueSoon    DueState = "soon" // four fifths of the time have passed
	DueOverdue DueState = "overdue"
	DuePaused  DueState = "paused"
	DueDone    DueState = "done"
	DueLate    DueState = "late" // done, but after the date
)

// StateOfDue is the state of a clock that runs and the share of its time that
// has passed, in whole percent from 0 to 100.
func StateOfDue(start, due, now time.Time) (state DueState, spent int) {
	if now.After(due) {
		return DueOverdue, 100
	}
	if whole := due.Sub(start); whole > 0 && now.After(start) {
		spent = int(100 * now.Sub(start) / whole)
	}
	if spent >= 80 {
		return DueSoon, spent
	}
	return DueOK, spent
}

func (s DueState) words(ctx context.Context, due, now time.Time) string {
	switch s {
	case DuePaused:
		return T(ctx, "due.paused")
	case DueDone:
		return T(ctx, "due.done")
	case DueLate:
		return T(ctx, "due.done_late")
	default:
		return DueWords(ctx, due, now)
	}
}

// HeatLevel puts a value on the seven shades of a heat table: 0 for nothing,
// 1 to 6 by the square root of its share of the greatest, so that small
// values still differ.
func HeatLevel(value, greatest float64) int {
	if value <= 0 || greatest <= 0 {
		return 0
	}
	share := value / greatest
	for level, limit := range [...]float64{1. / 36, 4. / 36, 9. / 36, 16. / 36, 25. / 36} {
		if share <= limit {
			return level + 1
		}
	}
	return 6
}

// HeatClass is the class of a heat cell.
func HeatClass(level int) string { return "heat-" + strconv.Itoa(min(max(level, 0), 6)) }

// stageTone groups the stages by what the reader should feel: waiting for
// us, being worked on, waiting for the citizen, good end, other end.
func stageTone(stage string) string {
	switch stage {
	case "draft", "withdrawn", "rejected", "closed":
		return "quiet"
	case "clarification", "disputed":
		return "ask"
	case "assigned", "in_work", "on_sign", "planned":
		return "work"
	case "answered":
		return "good"
	default:
		return "fresh"
	}
}

func noticeTitle(ctx context.Context, tone Tone, title string) string {
	if title != "" {
		return title
	}
	return T(ctx, "alert."+string(tone))
}

// class is the tone's name in MoJ Frontend.
func (t Tone) class() string {
	if t == Info {
		return "information"
	}
	return string(t)
}

// icon is the path of the tone's sign in a circle of 30 by 30.
func (t Tone) icon() string {
	switch t {
	case Success:
		return "m9.5 15.5 4 4 7.5-8"
	case Failure:
		return "m10.5 10.5 9 9m0-9-9 9"
	case Caution:
		return "M15 8.5v8m0 4.5v.1"
	default:
		return "M15 14v7m0-12v.1"
	}
}
