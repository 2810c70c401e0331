package jobs_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

// BenchmarkOfficers_Deliver delivers notices that bear the number of their
// appeal, and such as they were before, for which the case is read.
func BenchmarkOfficers_Deliver(b *testing.B) {
	for _, dialect := range storetest.Dialects() {
		for _, kind := range []string{"with its number", "without"} {
			b.Run(dialect+"/"+kind, func(b *testing.B) {
				w := newTown(b, dialect)
				id := w.submit(b)
				c, err := w.store.FindCase(b.Context(), id)
				require.NoError(b, err)
				n := workflow.Notice{Key: "notice.officer.received", Agency: w.agency, Roles: []workflow.Role{actor.Coordinator}}
				if kind == "with its number" {
					n.Number = c.Appeal.Number
				}
				payload, err := json.Marshal(n)
				require.NoError(b, err)
				officers := w.delivery.Topics[workflow.TopicNotifyOfficers].(*jobs.Officers) //nolint:errcheck // put there by newTown
				row := workflow.Outbox{Topic: workflow.TopicNotifyOfficers, Appeal: id, Payload: string(payload)}
				for b.Loop() {
					row.Event++
					require.NoError(b, officers.Deliver(b.Context(), row))
				}
			})
		}
	}
}
