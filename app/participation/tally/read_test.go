package tally_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation/tally"
)

func read(t *testing.T, text string) (*tally.Election, fault.Lines) {
	t.Helper()
	e, odd, err := tally.Read(strings.NewReader(text))
	require.NoError(t, err)
	return e, odd
}

func winners(t *testing.T, e *tally.Election, rule string) []string {
	t.Helper()
	r, err := tally.ParseRule(rule)
	require.NoError(t, err)
	res, err := tally.Count(e, r)
	require.NoError(t, err)
	return e.IDs(res.Winners)
}

// Points, cents, names with semicolons and quotation marks, CRLF, a byte order
// mark, decimal commas.
const cumulative = "\ufeffMETA\r\nkey;value\r\nvote_type;cumulative\r\nbudget;1 000,50\r\nrule;greedy\r\n" +
	"PROJECTS\r\nproject_id;cost;score;name;selected\r\n" +
	"a;600.25;5.5;\"Bench; \"\"blue\"\"\";1\r\nb;500;4;\"Green\" square;0\r\nc;400.25;2;\"two\r\nlines\";1\r\n" +
	"VOTES\r\nvoter_id;vote;points\r\n1;a,b;3.5,1\r\n2;b,c;3,2\r\n3;a;2\r\n"

func TestReadCumulative(t *testing.T) {
	t.Parallel()
	e, odd := read(t, cumulative)
	require.Empty(t, odd)
	require.Equal(t, "1000.50", e.Money(e.Budget))
	require.Equal(t, `Bench; "blue"`, e.Projects[0].Name)
	require.Equal(t, `"Green" square`, e.Projects[1].Name)
	require.Equal(t, "two\nlines", e.Projects[2].Name)
	require.Equal(t, "5.5", e.Score(e.Scores()[0]))
	got := winners(t, e, e.Rule)
	require.Equal(t, []string{"a", "c"}, got)
	a, err := e.Agreement([]int{0, 2})
	require.NoError(t, err)
	require.True(t, a.Agrees())
	a, err = e.Agreement([]int{0, 1})
	require.NoError(t, err)
	require.Equal(t, tally.Agreement{Missing: []int{2}, Extra: []int{1}}, a)
}

func TestWriteComesBack(t *testing.T) {
	t.Parallel()
	e, _ := read(t, cumulative)
	var first, second bytes.Buffer
	require.NoError(t, e.Write(&first, []int{1}))
	again, odd := read(t, first.String())
	require.Empty(t, odd)
	require.NoError(t, again.Write(&second, []int{1}))
	require.Equal(t, first.String(), second.String())
	require.Equal(t, e.Scores(), again.Scores())
	require.Equal(t, e.Projects[2].Name, again.Projects[2].Name)
	require.Equal(t, []int{0, 1, 0}, []int{again.Projects[0].Verdict, again.Projects[1].Verdict, again.Projects[2].Verdict})
}

func TestReadTellsWhereItIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":       {"", "there is no section META"},
		"not a file":  {"<html>", "line 1: the file begins with the word META"},
		"latin 1":     {"META\nkey;value\ncountry;\xcbwiecie\n", "not in UTF-8"},
		"no votes":    {"META\nkey;value\nPROJECTS\nproject_id;cost\n", "there is no section VOTES"},
		"type":        {"META\nkey;value\nbudget;1\nvote_type;shout\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n", "line 4: vote_type"},
		"budget":      {"META\nkey;value\nbudget;much\nvote_type;approval\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n", `line 3: budget: "much" is not a number`},
		"cost":        {"META\nkey;value\nbudget;1\nvote_type;approval\nPROJECTS\nproject_id;cost\na;-5\nVOTES\nvoter_id;vote\n", "line 7: cost: it is below zero"},
		"no cost":     {"META\nkey;value\nbudget;1\nvote_type;approval\nPROJECTS\nproject_id;name\na;x\nVOTES\nvoter_id;vote\n", "line 6: cost: PROJECTS has no such column"},
		"same id":     {"META\nkey;value\nbudget;1\nvote_type;approval\nPROJECTS\nproject_id;cost\na;1\na;1\nVOTES\nvoter_id;vote\n", "line 8: project_id"},
		"no points":   {"META\nkey;value\nbudget;1\nvote_type;cumulative\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n1;a\n", "line 9: points"},
		"few points":  {"META\nkey;value\nbudget;1\nvote_type;cumulative\nPROJECTS\nproject_id;cost\na;1\nb;1\nVOTES\nvoter_id;vote;points\n1;a,b;2\n", "line 11: points"},
		"too large":   {"META\nkey;value\nbudget;99999999999999999999\nvote_type;approval\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n", "line 3: budget"},
		"two budgets": {"META\nkey;value\nMETA\nPROJECTS\nVOTES\n", "line 3: the section META begins a second time"},
	} {
		_, _, err := tally.Read(strings.NewReader(c.text))
		var lines fault.Lines
		require.ErrorAs(t, err, &lines, name)
		require.ErrorContains(t, err, c.want, name)
	}
}

// What is odd in a file is passed over, and told.
func TestReadPassesOverOddities(t *testing.T) {
	t.Parallel()
	e, odd := read(t, `META
key;value
vote_type;approval
budget;10
num_votes;9
PROJECTS
project_id;cost;votes
a;5;2
b;5;1
VOTES
voter_id;vote
1;a,a,zz
2;a
2;b
3;
`)
	require.Equal(t, []int64{2, 0}, e.Scores())
	require.Len(t, e.Ballots, 3)
	var all []string
	for _, l := range odd {
		all = append(all, l.String())
	}
	require.Equal(t, []string{
		"line 5: num_votes: it says 9, and the section VOTES has 4 rows",
		`line 12: vote: project "a" is named twice; it counts once`,
		`line 12: vote: there is no project "zz"; it is passed over`,
		`line 14: voter_id: "2" voted in line 13 already; the first ballot counts`,
		"project b: the ballots give it 0, the file says 1",
	}, all)
}

// Totals stand for ballots that a file doesn't have, and are not trusted.
func TestReadWithoutBallots(t *testing.T) {
	t.Parallel()
	e, odd := read(t, "META\nkey;value\nvote_type;approval\nbudget;10\nrule: greedy\n"+
		"PROJECTS\nproject_id;cost;votes\na;6;2\nb;6;3\nc;4;1\nVOTES\nvoter_id;vote\n")
	require.Equal(t, []string{"b", "c"}, winners(t, e, e.Rule))
	require.Len(t, odd, 2)
	require.Contains(t, odd[0].String(), "line 5: rule: a colon is read")
	require.Contains(t, odd[1].String(), "there are no ballots")
	r, err := tally.ParseRule("equalshares")
	require.NoError(t, err)
	_, err = tally.Count(e, r)
	require.ErrorContains(t, err, "no ballots")
}

// A scoring ballot gives points to what it doesn't name too, where the file
// says so.
func TestReadDefaultScore(t *testing.T) {
	t.Parallel()
	e, _ := read(t, "META\nkey;value\nvote_type;scoring\nbudget;10\nrule;greedy\ndefault_score;0.5\nmin_project_score_threshold;1.25\n"+
		"PROJECTS\nproject_id;cost\na;6\nb;6\nc;4\nVOTES\nvoter_id;vote;points\n1;a,b;2,-1\n2;;\n3;a;0\n")
	require.Equal(t, []string{"2.50", "0.00", "1.50"}, []string{e.Score(e.Scores()[0]), e.Score(e.Scores()[1]), e.Score(e.Scores()[2])})
	require.Equal(t, []string{"a", "c"}, winners(t, e, "greedy"))
	r, err := tally.ParseRule("equalshares")
	require.NoError(t, err)
	_, err = tally.Count(e, r)
	require.ErrorContains(t, err, "below zero")

	e, _ = read(t, "META\nkey;value\nvote_type;scoring\nbudget;9\nrule;equalshares\ndefault_score;1\n"+
		"PROJECTS\nproject_id;cost\na;9\nb;6\nVOTES\nvoter_id;vote;points\n1;a;3\n2;b;0\n3;b;0\n")
	require.Equal(t, []string{"a"}, winners(t, e, "equalshares"), "only with what the others have, who do not name it")
	require.Equal(t, []int{1, 2}, e.Votes(), "named on so many ballots")
}

func ordinal(scores string) string {
	cells := strings.Split(scores, ",")
	return "META\nkey;value\nvote_type;ordinal\nbudget;10\nmax_length;3\nPROJECTS\nproject_id;cost;score\na;5;" + cells[0] + "\nb;5;" + cells[1] +
		"\nc;5;" + cells[2] + "\nd;5;" + cells[3] + "\nVOTES\nvoter_id;vote\n1;a,b\n2;b,a,c\n"
}

// What the first place is worth is what gives the file its totals.
func TestOrdinalScale(t *testing.T) {
	t.Parallel()
	for want, scores := range map[tally.Scale]string{
		tally.ByBallot: "4,4,1,0", tally.ByLongest: "5,5,1,0", tally.ByAll: "7,7,2,0",
	} {
		e, odd := read(t, ordinal(scores))
		require.Equal(t, want, e.Scale)
		require.Empty(t, odd)
	}
	_, odd := read(t, strings.Replace(ordinal("2,2,1,0"), "cost;score", "cost;votes", 1))
	require.Empty(t, odd, "these are votes")
	e, odd := read(t, ordinal("9,9,9,9"))
	require.Equal(t, tally.ByBallot, e.Scale)
	require.Len(t, odd, 4)
}

func TestGreedyRules(t *testing.T) {
	t.Parallel()
	e, _ := read(t, `META
key;value
vote_type;approval
budget;100
min_project_score_threshold;2
PROJECTS
project_id;cost
gone;999999999
big;70
dear;60
small;30
unloved;1
VOTES
voter_id;vote
1;gone,big,dear,small
2;gone,big,dear,small
3;gone,big,dear
4;gone,big
5;gone,unloved
`)
	require.Equal(t, []string{"big", "small"}, winners(t, e, "greedy"))
	require.Equal(t, []string{"big", "small"}, winners(t, e, "greedy-threshold"))
	require.Equal(t, []string{"big"}, winners(t, e, "greedy-no-skip"))
	require.NotContains(t, winners(t, e, "equalshares/add1"), "gone")
	e.Threshold = 0
	r, err := tally.ParseRule("greedy-threshold")
	require.NoError(t, err)
	_, err = tally.Count(e, r)
	require.ErrorContains(t, err, "threshold")
}

// A share that would have to be raised a hundred million times is not raised
// one by one.
func TestAdd1JumpsOverNothing(t *testing.T) {
	t.Parallel()
	e, _ := read(t, `META
key;value
vote_type;approval
budget;1000
PROJECTS
project_id;cost
a;10
b;900000000
VOTES
voter_id;vote
1;a,b
2;a
3;a
`)
	require.Equal(t, []string{"a"}, winners(t, e, "equalshares/add1"))
}

// Real elections come out as their cities published them.
func TestRealElections(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OTKLIK_SHARED")
	files, err := filepath.Glob(filepath.Join(shared, "data", "elections", "*.pb"))
	require.NoError(t, err)
	if shared == "" || len(files) == 0 {
		t.Skip("OTKLIK_SHARED names no folder with real elections")
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		e, odd := read(t, string(text))
		require.Empty(t, odd, path)
		r, err := tally.ParseRule(e.Rule)
		require.NoError(t, err)
		res, err := tally.Count(e, r)
		require.NoError(t, err)
		a, err := e.Agreement(res.Winners)
		require.NoError(t, err)
		require.True(t, a.Agrees(), "%s: %+v", path, a)
		if strings.Contains(path, "Assen") {
			require.NotEqual(t, e.IDs(res.Winners), winners(t, e, "equalshares/add1u"))
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(cumulative)
	f.Add(ordinal("4,4,1,0"))
	f.Add("META\nkey;value\nvote_type;approval\nbudget;5\nPROJECTS\nproject_id;cost\na;\"5\nVOTES\nvoter_id;vote\n1;a\n")
	f.Fuzz(func(t *testing.T, text string) {
		e, _, err := tally.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		require.NoError(t, e.Write(&out, nil))
		again, _, err := tally.Read(&out)
		require.NoError(t, err)
		require.Equal(t, e.Scores(), again.Scores())
	})
}
