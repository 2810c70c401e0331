package workflow_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/deadline"
)

// TestTransitions_every_sentence_is_in_the_catalogues: what the table tells
// people has words in both languages.
func TestTransitions_every_sentence_is_in_the_catalogues(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, l := range workflow.Transitions() {
		keys = append(keys, "event."+string(l.Action))
		for _, who := range l.Who {
			if who != workflow.Job && who != workflow.Door && who != workflow.Other && l.Action != workflow.Submit {
				keys = append(keys, "action."+string(l.Action))
			}
		}
		for _, told := range l.Tell {
			keys = append(keys, told.Key)
		}
		for _, g := range l.Guards {
			keys = append(keys, g.Key)
		}
		for _, tick := range l.Clocks {
			if tick.Do != workflow.Opens {
				continue
			}
			keys = append(keys, "warn."+string(tick.Kind)+".soon")
			if tick.Kind.Ladder() == deadline.Duty {
				keys = append(keys, "warn."+string(tick.Kind)+".due", "warn."+string(tick.Kind)+".overdue")
			}
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	said := regexp.MustCompile(`(?m)^"?([\w.-]+)"? *= *"`)
	for _, lang := range []string{"ru", "en"} {
		files, err := filepath.Glob("../app/web/ui/locale/*." + lang + ".toml")
		require.NoError(t, err)
		there := map[string]bool{}
		for _, name := range files {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			for _, m := range said.FindAllSubmatch(data, -1) {
				there[string(m[1])] = true
			}
		}
		for _, key := range keys {
			require.True(t, there[key], "%s: no sentence in %s", key, lang)
		}
	}
}
