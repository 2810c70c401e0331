package report

// Measure is one thing that is counted. The numbers stand in stored portions
// and cells: new ones come at the end and [Rules] grows.
type Measure int

// The measures, each with the day on which an appeal counts. What a KPI is made
// of stands in the words of [Counts].
const (
	Submitted Measure = iota // day of submission
	Accepted
	FastTrack
	Rejected
	HopsSum
	TwoHops
	Joined
	Parts
	Waiting    // of Submitted: no final answer yet
	LateOf     // of Submitted: the first final answer came late
	Closed     // day of the first final answer
	ClosedLate //
	Extended
	FirstRight // of Closed: answered by the agency to which it was routed first
	Answered   // day of the latest final answer
	Formal
	Rated
	RatingSum
	Top2
	ReReviewed
	Solved
	Refuted
	Owed      // day on which the answer is due, while none is signed
	Ended     // day from which on it awaits no first answer any more
	Visits    // day on which it left a stage
	Standing  // day on which it came to the stage where it is
	Redirects // day of the redirect
	Flagged   // day of the latest final answer: signed against the flag

	measures
)

// Sums are what a cell holds: a number for each measure, and the hours of
// answers (of [Closed]) or of visits to a stage.
type Sums struct {
	N     [measures]int
	Hours Histogram
}

// Add adds other as often as times says; −1 takes it away.
func (s *Sums) Add(other *Sums, times int) {
	for i, n := range other.N {
		s.N[i] += n * times
	}
	s.Hours.Merge(other.Hours, times)
}

// Zero reports whether nothing is counted.
func (s *Sums) Zero() bool { return s.N == [measures]int{} && len(s.Hours) == 0 }

// counts are the sums in the words of [Counts]. What depends on the present is
// added by [Board].
func (s *Sums) counts() Counts {
	n := &s.N
	return Counts{
		Submitted: n[Submitted], Accepted: n[Accepted], FastTrack: n[FastTrack], Rejected: n[Rejected], HopsSum: n[HopsSum],
		TwoHops: n[TwoHops], Joined: n[Joined], Parts: n[Parts], Closed: n[Closed], ClosedLate: n[ClosedLate],
		Extended: n[Extended], FirstRight: n[FirstRight], Answered: n[Answered], Formal: n[Formal], Rated: n[Rated],
		RatingSum: n[RatingSum], Top2: n[Top2], ReReviewed: n[ReReviewed], Solved: n[Solved], Refuted: n[Refuted],
		OpenDue: n[Owed], Hours: s.Hours,
	}
}
