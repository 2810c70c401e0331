package tally

import (
	"slices"
	"strings"
)

// readVotes reads the ballots. What a ballot says of a project that is not
// there, or says twice, is passed over with a warning.
func (r *reader) readVotes() {
	h := r.heads[votesSection]
	voter, vote, points := h.column("voter_id"), h.column("vote"), h.column("points")
	if vote < 0 {
		r.bad.Add(h.line, "vote", "VOTES has no such column")
	}
	if points < 0 && (r.e.Kind == Cumulative || r.e.Kind == Scoring) {
		r.bad.Add(h.line, "points", "%s ballots need this column", r.e.Kind)
	}
	if r.e.Kind == Approval || r.e.Kind == ChooseOne {
		points = -1
	}
	r.e.columns.votes = h.names
	if points >= 0 {
		r.e.Scale = AsWritten
	}
	seen := make(map[string]int, len(r.table[votesSection]))
	for _, line := range r.table[votesSection] {
		if id := line.cell(voter); voter >= 0 && id != "" {
			if first, twice := seen[id]; twice {
				r.odd.Add(line.line, "voter_id", "%q voted in line %d already; the first ballot counts", id, first)
				continue
			}
			seen[id] = line.line
		}
		r.ballot(line, line.cell(vote), line.cell(points), points >= 0)
	}
}

func (r *reader) ballot(line row, vote, points string, scored bool) {
	b := Ballot{row: line.cells}
	var given []string
	if scored && strings.TrimSpace(points) != "" {
		given = strings.Split(points, ",")
	}
	place := 0
	for id := range strings.SplitSeq(vote, ",") {
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		at := place
		place++
		p, ok := r.index[id]
		switch {
		case !ok:
			r.odd.Add(line.line, "vote", "there is no project %q; it is passed over", id)
			continue
		case slices.Contains(b.Choices, p):
			r.odd.Add(line.line, "vote", "project %q is named twice; it counts once", id)
			continue
		case r.e.Kind == ChooseOne && len(b.Choices) == 1:
			r.odd.Add(line.line, "vote", "only one project can be chosen; the first one counts")
			continue
		}
		worth := int64(1)
		if scored {
			if at >= len(given) {
				r.bad.Add(line.line, "points", "there are fewer points than projects")
				return
			}
			worth = r.number(line, "points", strings.TrimSpace(given[at]), r.e.PointDecimals)
		}
		b.Choices, b.Points = append(b.Choices, p), append(b.Points, worth)
	}
	r.e.Ballots = append(r.e.Ballots, b)
}

// reconcile gives the places of ordinal ballots their points, and says where
// the ballots and the totals of the file differ.
func (r *reader) reconcile() {
	e := r.e
	if len(e.Ballots) == 0 && slices.ContainsFunc(e.Projects, func(p Project) bool { return p.Declared != nil }) {
		e.totals = true
		r.odd.Add(0, "", "there are no ballots: the totals of the file are counted, and nothing shows that they are right")
		return
	}
	if e.Kind == Ordinal && e.Scale != AsWritten {
		r.scale()
	}
	differ := 0
	scores, votes := e.Scores(), e.Votes()
	for p := range e.Projects {
		if e.contradicts(p, scores[p], votes[p]) {
			differ++
			if differ <= 5 {
				r.odd.Add(0, "", "project %s: the ballots give it %s, the file says %s", e.Projects[p].ID, e.Score(scores[p]), e.Score(*e.Projects[p].Declared))
			}
		}
	}
	if differ > 5 {
		r.odd.Add(0, "", "so do %d more projects", differ-5)
	}
}

// contradicts reports whether the file has another total for the project than
// its ballots give. Where ballots have points, files differ in whether «votes»
// are these or the ballots that name the project.
func (e *Election) contradicts(p int, score int64, votes int) bool {
	d := e.Projects[p].Declared
	return d != nil && *d != score && *d != int64(votes)*pow10(e.PointDecimals)
}

// scale gives the points of an order. Regions differ in what the first place is
// worth, and their files rarely say it: the totals of the file tell, where one
// of the scales gives just these; otherwise the last of every ballot gets 1.
func (r *reader) scale() {
	e := r.e
	for _, s := range []Scale{ByBallot, ByLongest, ByAll} {
		e.rank(s, r.max)
		if e.declared() {
			return
		}
	}
	e.rank(ByBallot, r.max)
}

// rank gives the ballots points by the scale.
func (e *Election) rank(s Scale, longest int64) {
	e.Scale = s
	if longest == 0 {
		for _, b := range e.Ballots {
			longest = max(longest, int64(len(b.Choices)))
		}
	}
	for i := range e.Ballots {
		b := &e.Ballots[i]
		first := int64(len(b.Choices))
		switch s {
		case ByLongest:
			first = max(longest, first)
		case ByAll:
			first = int64(len(e.Projects))
		default: // ByBallot
		}
		for at := range b.Points {
			b.Points[at] = first - int64(at)
		}
	}
}

// declared reports whether the totals are those that the file has.
func (e *Election) declared() bool {
	scores := e.Scores()
	for p := range e.Projects {
		if d := e.Projects[p].Declared; d == nil || *d != scores[p] {
			return false
		}
	}
	return true
}
