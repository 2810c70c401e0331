package report

import "time"

// Story is what an appeal's row and events say that is counted. Times are UTC;
// a zero time means that it has not happened.
type Story struct {
	Appeal                      int64
	Agency, Territory, Executor int64
	Rubric, Category            string
	Fast                        bool
	Rejected, Withdrawn         bool // the stage is
	Done                        bool // the stage is answered, closed, rejected or withdrawn
	Submitted, Registered       time.Time
	First, Answered             time.Time // first and latest final answer
	Closed, Due                 time.Time
	Solved, Refuted             bool
	Formal, Late, Extended      bool
	Rating, Hops, Round         int
	Joined, Part                bool
	Steps                       []Step
}

// Step is an event as far as it is counted.
type Step struct {
	At     time.Time
	Agency int64 // that held the appeal after it
	Stage  string
	Final  bool  // no clock runs any more at the stage
	From   int64 // agency that passed it on, 0 for none
	Signed bool  // a final answer
	Flags  []string
}

// Portion is what the appeal adds to the sums, by days of the zone.
func (s *Story) Portion(zone *time.Location) Portion {
	var p Portion
	p = append(p, s.life(zone)...)
	p = append(p, s.visits(zone)...)
	return append(p, s.marks(zone)...)
}

func (s *Story) life(zone *time.Location) Portion {
	byDay := map[Day]*Sums{}
	var order []Day
	on := func(t time.Time) *Sums {
		day := DayOf(t, zone)
		if byDay[day] == nil {
			byDay[day] = &Sums{}
			order = append(order, day)
		}
		return byDay[day]
	}
	open := s.First.IsZero() && !s.Done
	n := &on(s.Submitted).N
	n[Submitted]++
	one(n, Rejected, s.Rejected)
	one(n, Accepted, !s.Rejected && !s.Withdrawn)
	one(n, FastTrack, !s.Rejected && !s.Withdrawn && s.Fast)
	n[HopsSum] += s.Hops
	one(n, TwoHops, s.Hops >= 2)
	one(n, Joined, s.Joined)
	one(n, Parts, s.Part)
	one(n, Waiting, open)
	one(n, LateOf, s.Late)
	if !s.First.IsZero() {
		sums := on(s.First)
		n := &sums.N
		n[Closed]++
		n[Ended]++
		one(n, ClosedLate, s.Late)
		one(n, Extended, s.Extended)
		one(n, FirstRight, s.firstRight())
		began := s.Registered
		if began.IsZero() {
			began = s.Submitted
		}
		sums.Hours.add(WholeHours(s.First.Sub(began)), 1)
	} else if !s.Closed.IsZero() {
		on(s.Closed).N[Ended]++
	}
	if !s.Answered.IsZero() {
		n := &on(s.Answered).N
		n[Answered]++
		one(n, Formal, s.Formal)
		one(n, Rated, s.Rating > 0)
		n[RatingSum] += s.Rating
		one(n, Top2, s.Rating >= 4)
		one(n, ReReviewed, s.Round > 1)
		one(n, Solved, s.Solved)
		one(n, Refuted, s.Solved && s.Refuted)
	}
	if open && !s.Due.IsZero() {
		on(s.Due).N[Owed]++
	}
	out := make(Portion, len(order))
	for i, day := range order {
		out[i] = Increment{
			family: life, day: day, agency: s.Agency, territory: s.Territory, person: s.Executor,
			topic: s.Rubric, category: s.Category, sums: *byDay[day],
		}
	}
	if open && !s.Due.IsZero() {
		out[0].due = DayOf(s.Due, zone) // the first is the day of submission
	}
	return out
}

func one(n *[measures]int, m Measure, yes bool) {
	if yes {
		n[m]++
	}
}

// firstRight reports whether the agency to which the appeal was routed first
// signed the first final answer.
func (s *Story) firstRight() bool {
	for i := range s.Steps {
		if s.Steps[i].Signed {
			return s.Steps[i].Agency == s.Steps[0].Agency
		}
	}
	return false
}

// visits are the times between coming to a stage of an agency and leaving it,
// counted on the day of leaving, and where the appeal stands now.
func (s *Story) visits(zone *time.Location) Portion {
	var out Portion
	began := 0
	for i := 1; i < len(s.Steps); i++ {
		was, is := &s.Steps[began], &s.Steps[i]
		if is.Stage == was.Stage && is.Agency == was.Agency {
			continue
		}
		if !was.Final {
			in := s.at(was, DayOf(is.At, zone))
			in.sums.N[Visits]++
			in.sums.Hours.add(WholeHours(is.At.Sub(was.At)), 1)
			out = append(out, in)
		}
		began = i
	}
	if began < len(s.Steps) && !s.Steps[began].Final {
		in := s.at(&s.Steps[began], DayOf(s.Steps[began].At, zone))
		in.family = standings
		in.sums.N[Standing]++
		out = append(out, in)
	}
	return out
}

func (s *Story) at(step *Step, day Day) Increment {
	return Increment{family: stages, day: day, agency: step.Agency, territory: s.Territory, topic: step.Stage}
}

// marks are the redirects, and the flags against which the latest final answer
// was signed.
func (s *Story) marks(zone *time.Location) Portion {
	var out Portion
	var flagged []string
	for i := range s.Steps {
		step := &s.Steps[i]
		if step.From != 0 {
			in := Increment{
				family: redirects, day: DayOf(step.At, zone), agency: step.From, territory: s.Territory,
				topic: pair{step.From, step.Agency}.topic(),
			}
			in.sums.N[Redirects]++
			out = append(out, in)
		}
		if step.Signed {
			flagged = step.Flags
		}
	}
	if s.Answered.IsZero() {
		return out
	}
	for _, flag := range flagged {
		in := Increment{family: flags, day: DayOf(s.Answered, zone), agency: s.Agency, territory: s.Territory, topic: flag}
		in.sums.N[Flagged]++
		out = append(out, in)
	}
	return out
}
