package app

import (
	"context"

	"github.com/otklik/otklik/app/identity"
)

const journalAtOnce = 1000

// AuditJournal proves the chain of the journal: who read whose data, and who
// changed whose rights. It counts the lines; broken says which one isn't as it
// was written, "" where all are.
func (a *App) AuditJournal(ctx context.Context) (lines int, broken string, err error) {
	prev := ""
	for after := int64(0); ; {
		page, err := a.Store.WalkJournal(ctx, after, journalAtOnce)
		if err != nil || len(page) == 0 {
			return lines, "", err
		}
		last, wrong := identity.VerifyJournal(prev, page)
		if wrong != nil {
			return lines, "journal: " + wrong.Error(), nil //nolint:nilerr // it is what the audit found
		}
		prev, after = last, page[len(page)-1].ID
		lines += len(page)
	}
}
