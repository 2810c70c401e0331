package console

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/workflow"
)

func TestUpTo_says_whether_there_were_more(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		most, there, got int
		cut              bool
	}{
		"fewer": {3, 2, 2, false}, "as many": {3, 3, 3, false}, "one more": {3, 4, 3, true}, "none": {3, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := func(yield func(workflow.InboxRow, error) bool) {
				for range c.there {
					if !yield(workflow.InboxRow{}, nil) {
						return
					}
				}
			}
			n, cut := 0, false
			for _, err := range upTo(c.most, rows, &cut) {
				require.NoError(t, err)
				n++
			}
			require.Equal(t, c.got, n)
			require.Equal(t, c.cut, cut)
		})
	}
}
