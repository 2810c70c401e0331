package admin

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator"
)

// Saving a topic as it is changes nothing of it: every setting has its field.
func TestNodeForm_keeps_every_setting(t *testing.T) {
	t.Parallel()
	both := lang.Text{RU: "да", EN: "yes"}
	was := rubricator.Rubric{
		Name: both, Words: []string{"яма", "ямка"}, Order: "fast", RuleSet: "message", Days: 7, Unit: "working", Identity: "verified",
		Season:    &rubricator.Season{From: "11-01", To: "03-31"},
		Questions: []rubricator.Question{{Code: "size", Type: "choice", Name: both, Options: []rubricator.Option{{Code: "small", Name: both}}}},
		Help:      both, Emergency: both, Classifier: "0005.0005.0055.1122", Object: "road", DuplicateRadius: 30, PhotoRequired: true,
		Photo: "optional", ByHand: true,
	}
	elsewhere := []string{"Code", "Children", "Retired", "Successors"} // the address, the tree, a page of their own
	for i := range reflect.TypeFor[rubricator.Rubric]().NumField() {
		field := reflect.TypeFor[rubricator.Rubric]().Field(i)
		if field.IsExported() {
			require.Equal(t, slices.Contains(elsewhere, field.Name), reflect.ValueOf(was).Field(i).IsZero(), "%s: set it above, and in the form", field.Name)
		}
	}
	now, err := newNodeForm(&was).rubric()
	require.NoError(t, err)
	require.Equal(t, was, now)
}
