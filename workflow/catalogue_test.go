package workflow_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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
	for _, lang := range []string{"ru", "en"} {
		files, err := filepath.Glob("../app/web/ui/locale/*." + lang + ".toml")
		require.NoError(t, err)
		var text strings.Builder
		for _, name := range files {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			text.Write(data)
		}
		for _, key := range keys {
			there := regexp.MustCompile(`(?m)^"?` + regexp.QuoteMeta(key) + `"? *= *"`).MatchString(text.String())
			require.True(t, there, "%s: no sentence in %s", key, lang)
		}
	}
}
