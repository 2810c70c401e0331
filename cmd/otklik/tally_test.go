package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTally_check_tells_what_the_file_has(t *testing.T) {
	t.Parallel()
	const votes = "VOTES\nvoter_id;vote\n1;a\n2;a\n3;b\n4;b\n5;c\n"
	write := func(rule, projects string) string {
		path := filepath.Join(t.TempDir(), "votes.pb")
		require.NoError(t, os.WriteFile(path, []byte("META\nkey;value\nbudget;10\nvote_type;approval\nrule;"+rule+"\nPROJECTS\n"+projects+votes), 0o600))
		return path
	}
	const (
		usual     = "project_id;cost;selected\na;6;1\nb;7;0\nc;4;1\n"
		otherwise = "project_id;cost;selected\na;6;0\nb;7;1\nc;3;1\n"
		first     = "project_id;cost;selected\na;6;1\nb;7;0\nc;4;0\n"
	)
	for name, c := range map[string]struct {
		rule, projects string
		flags          []string
		told           string
		status         int
	}{
		"as usual":            {"greedy", usual, nil, "the file has the same winners\n", 0},
		"equals otherwise":    {"greedy", otherwise, nil, "equals decided otherwise than usual: the dearer first\n    b before a\n", 0},
		"equals declared":     {"greedy", otherwise, []string{"--ties", "order"}, "the file says that these won, and they did not: b\n", 1},
		"others won":          {"greedy", first, nil, "    they are the winners of another rule: --rule greedy-no-skip\n", 1},
		"the clue followed":   {"greedy", first, []string{"--rule", "greedy-no-skip"}, "the file has the same winners\n", 0},
		"left out":            {"greedy", first, []string{"--without", "c"}, "the file has the same winners\n", 0},
		"no such project":     {"greedy", first, []string{"--without", "zz"}, `there is no project "zz"`, 2},
		"a threshold":         {"greedy", first, []string{"--threshold", "2"}, "the file has the same winners\n", 0},
		"a budget":            {"greedy", first, []string{"--budget", "6"}, "6 of 6 is spent, 0 is left\nthe file has the same winners\n", 0},
		"no rule":             {"unknown", usual, nil, "Its winners are those of: greedy", 2},
		"nobody said to win":  {"greedy", "project_id;cost;selected\na;6;\nb;7;\nc;4;\n", nil, "does not say who won", 2},
		"a reserve pays":      {"greedy-custom", "project_id;cost;selected\na;6;1\nb;5;1\nc;1;0\n", nil, "11 is spent: the budget of 10, and 1 from a reserve\nthe file has the same winners\n", 0},
		"as one JSON object":  {"greedy", otherwise, []string{"--json"}, "\"ties_decided\": [\n    \"b before a\"\n  ]", 0},
		"clues in the object": {"greedy", first, []string{"--json"}, "\"clues\": [\n    \"they are the winners of another rule: --rule greedy-no-skip\"\n  ]", 1},
	} {
		out, err := otklik(t, "", append([]string{"tally", write(c.rule, c.projects), "--check"}, c.flags...)...)
		status := 0
		if err != nil {
			out += err.Error()
			status = 1
			if errors.As(err, new(usageError)) {
				status = 2
			}
		}
		require.Equal(t, c.status, status, "%s: %s", name, out)
		require.Contains(t, out, c.told, name)
	}
}
