package deadline

import (
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
)

// Step is one thing that a clock makes happen, in the text form that is
// stored: «half», «most», «eve», «eve24», «due», «overdue:3». "" is none.
type Step string

// The steps before and at the due instant. For the days after see [Overdue].
const (
	StepHalf  Step = "half"  // half of the time is spent
	StepMost  Step = "most"  // 80 % of the time is spent
	StepEve   Step = "eve"   // the office opens on the working day before the due day
	StepEve24 Step = "eve24" // 24 hours before
	StepDue   Step = "due"   // the due instant: never skipped
)

const overduePrefix = "overdue:"

// Overdue is the step of the n-th calendar day after the due day, when offices
// open. The first is 1.
func Overdue(n int) Step { return Step(overduePrefix + strconv.Itoa(n)) }

// ranks is the strict order of the steps.
var ranks = map[Step]int{"": 0, StepHalf: 1, StepMost: 2, StepEve: 3, StepEve24: 4, StepDue: 5}

// ParseStep reads the text form.
func ParseStep(s string) (Step, error) {
	step := Step(s)
	if _, ok := ranks[step]; ok {
		return step, nil
	}
	if n := step.OverdueDays(); n > 0 && Overdue(n) == step {
		return step, nil
	}
	return "", fault.New(fault.Invalid, "deadline.bad_step").With("step", s)
}

// OverdueDays returns n of overdue:n, 0 for the other steps.
func (s Step) OverdueDays() int {
	text, ok := strings.CutPrefix(string(s), overduePrefix)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// Rank is the place of the step in the strict order of steps: 0 for none, and
// greater the later it comes.
func (s Step) Rank() int {
	if n := s.OverdueDays(); n > 0 {
		return ranks[StepDue] + n
	}
	return ranks[s]
}

// Ladder names the steps that a clock fires.
type Ladder string

// The ladders.
const (
	// Duty warns an agency at half, at 80 % and on the eve, then daily while
	// the duty is overdue, until it is closed.
	Duty Ladder = "duty"
	// Window warns a citizen 24 hours before it shuts. Its due step is an
	// action (closed or rejected by silence) and ends it.
	Window Ladder = "window"
	// Arrival reminds an agency on the eve; its due step is an action (the
	// appeal goes back to work) and ends it.
	Arrival Ladder = "arrival"
)

// ladders lists the steps up to the due instant, in order, and whether the
// clock runs on after it.
var ladders = map[Ladder]struct {
	steps   []Step
	overdue bool
}{
	Duty:    {[]Step{StepHalf, StepMost, StepEve, StepDue}, true},
	Window:  {[]Step{StepEve24, StepDue}, false},
	Arrival: {[]Step{StepEve, StepDue}, false},
}

// shares of the time spent at which a step fires, in percent.
var shares = map[Step]int64{StepHalf: 50, StepMost: 80}

// planned is a step and when it fires.
type planned struct {
	step Step
	at   time.Time
}

// plan returns the steps up to the due instant in strict order of step and of
// time. A warning that would come after a higher one (80 % of a term that ends
// after a holiday, when its eve was before it) or before the start is left out.
func (d Deadline) plan(cal *calendar.Calendar) ([]planned, error) {
	var out []planned
	steps := ladders[d.ladder()].steps
	for _, step := range steps {
		at, err := d.instant(step, cal)
		if err != nil {
			return nil, err
		}
		if step != StepDue && (!at.After(d.StartsAt) || !at.Before(d.DueAt)) {
			continue
		}
		for len(out) > 0 && !out[len(out)-1].at.Before(at) {
			out = out[:len(out)-1]
		}
		out = append(out, planned{step, at})
	}
	return out, nil
}

// instant returns when a step fires, in UTC.
func (d Deadline) instant(step Step, cal *calendar.Calendar) (time.Time, error) {
	switch step {
	case StepDue:
		return d.DueAt, nil
	case StepEve24:
		return d.DueAt.Add(-24 * time.Hour), nil
	case StepEve:
		day, err := cal.PreviousWorking(cal.DayOf(d.DueAt))
		if err != nil {
			return time.Time{}, err
		}
		return cal.At(day, cal.Office().Opens), nil
	case StepHalf, StepMost:
		term := d.term()
		part := term / 100 * time.Duration(shares[step])
		return d.StartsAt.Add(d.Paused + part).Truncate(time.Microsecond), nil
	default:
		day := cal.DayOf(d.DueAt) + calendar.Day(step.OverdueDays())
		return cal.At(day, cal.Office().Opens), nil
	}
}

// schedule sets the next step to the first warning after the instant, or to
// the due step, which is never left out.
func (d *Deadline) schedule(after time.Time, cal *calendar.Calendar) error {
	plan, err := d.plan(cal)
	if err != nil {
		return err
	}
	for _, p := range plan {
		if p.step == StepDue || p.at.After(after) {
			d.Step, d.NextAt = p.step, p.at
			return nil
		}
	}
	return nil
}
