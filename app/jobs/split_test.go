package jobs_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

// partsOf composes a letter of the numbers that its event made.
type partsOf struct{}

func (partsOf) Letter(_ context.Context, c *workflow.Case, event int, key string, _ workflow.Applicant) (subject, body string) {
	return key, fmt.Sprint(c.Events[event-1].Data.SplitInto)
}

func TestAuthors_are_told_of_a_split_once_with_all_its_parts(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, dialect)
			authors, ok := w.delivery.Topics[workflow.TopicNotifyAuthor].(*jobs.Authors)
			require.True(t, ok)
			authors.Composer = partsOf{}
			inBackground(t, (&jobs.Local{Firing: w.firing, Delivery: w.delivery}).Run)
			r, err := w.engine.Submit(t.Context(), workflow.Submission{
				Text:   "На улице Садовой яма во всю дорогу. Ещё упал дорожный знак. И не горит фонарь у школы.",
				Rubric: "roads.pothole", Place: workflow.Place{Territory: 1}, Source: workflow.FromPortal,
				Applicant: workflow.Applicant{Name: "Анна", Email: "anna@example.org", Lang: "ru"},
			})
			require.NoError(t, err)
			_, made, err := w.engine.Split(t.Context(), w.staff[actor.Coordinator], r.ID, 0, []workflow.Part{
				{Text: "Ещё упал дорожный знак.", Rubric: "roads.pothole"}, {Text: "И не горит фонарь у школы.", Rubric: "roads.pothole"},
			})
			require.NoError(t, err)
			require.Len(t, made, 2)
			eventually(t, func() bool { return w.mail.count() == 2 }, "one letter of the submission, one of the split")
			told := w.mail.all()[1]
			require.Equal(t, "notice.author.split", told.Subject)
			require.Equal(t, "anna@example.org", told.To)
			require.Equal(t, fmt.Sprint([]workflow.Link{
				{Appeal: made[0].ID, Number: made[0].Number}, {Appeal: made[1].ID, Number: made[1].Number},
			}), told.Body)
		})
	}
}
