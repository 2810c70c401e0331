package store

import (
	"context"
	"reflect"
	"time"

	"github.com/otklik/otklik/workflow"
)

// Columns are the columns of every row struct by table.
func Columns() map[string][]string {
	out := map[string][]string{}
	add := func(name string, columns []string) { out[name] = columns }
	add(columnsOf[appealRow]())
	add(columnsOf[applicantRow]())
	add(columnsOf[deadlineRow]())
	add(columnsOf[eventRow]())
	add(columnsOf[outboxRow]())
	add(columnsOf[answerRow]())
	add(columnsOf[photoRow]())
	add(columnsOf[opinionRow]())
	add(columnsOf[markRow]())
	add(columnsOf[draftRow]())
	add(columnsOf[journalRow]())
	add(columnsOf[calendarRow]())
	add(columnsOf[changeRow]())
	add(columnsOf[noticeRow]())
	add(columnsOf[letterRow]())
	add(columnsOf[agencyRow]())
	add(columnsOf[userRow]())
	add(columnsOf[membershipRow]())
	add(columnsOf[sessionRow]())
	add(columnsOf[tokenRow]())
	add(columnsOf[territoryRow]())
	add(columnsOf[rubricVersionRow]())
	add(columnsOf[treeDraftRow]())
	add(columnsOf[treeStepRow]())
	add(columnsOf[routeRow]())
	add(columnsOf[templateRow]())
	add(columnsOf[bulkRow]())
	add(columnsOf[bulkItemRow]())
	add(columnsOf[absenceRow]())
	add(columnsOf[usualRow]())
	add(columnsOf[viewRow]())
	add(columnsOf[viewDefaultRow]())
	add(columnsOf[subscriptionRow]())
	add(columnsOf[subscriptionHitRow]())
	add(columnsOf[presenceRow]())
	add(columnsOf[suspicionRow]())
	add(columnsOf[publicMapRow]())
	add(columnsOf[alertRow]())
	add(columnsOf[alertMailRow]())
	add(columnsOf[weeklyRow]())
	add(columnsOf[weeklyRecipientRow]())
	add(columnsOf[weeklyIssueRow]())
	add(columnsOf[editionRow]())
	add(columnsOf[openFileRow]())
	add(columnsOf[openSwitchRow]())
	add(columnsOf[followerRow]())
	add(columnsOf[modelRow]())
	add(columnsOf[modelChunkRow]())
	add(columnsOf[streetRow]())
	add(columnsOf[landmarkRow]())
	add(columnsOf[addressLoadRow]())
	add(columnsOf[trayRow]())
	add(columnsOf[portionRow]())
	add(columnsOf[kpiStateRow]())
	add(columnsOf[campaignRow]())
	add(columnsOf[campaignNoteRow]())
	add(columnsOf[campaignStoryRow]())
	add(columnsOf[voterRow]())
	add(columnsOf[ballotRow]())
	add(columnsOf[campaignLogRow]())
	add(columnsOf[logTileRow]())
	add(columnsOf[logCheckpointRow]())
	add(columnsOf[campaignDayRow]())
	add(columnsOf[quotaCountRow]())
	add(columnsOf[paperBatchRow]())
	add(columnsOf[paperSheetRow]())
	add(columnsOf[paperEntryRow]())
	add(columnsOf[paperPersonRow]())
	add(columnsOf[voterCodeRow]())
	add(columnsOf[phasesRow]())
	add(columnsOf[proposalRow]())
	add(columnsOf[proposalAuthorRow]())
	add(columnsOf[proposalNoteRow]())
	add(columnsOf[proposalPersonRow]())
	add(columnsOf[mergeRow]())
	add(columnsOf[proposalAppealRow]())
	add(columnsOf[projectReportRow]())
	add(columnsOf[talkVersionRow]())
	add(columnsOf[talkPersonRow]())
	add(columnsOf[remarkRow]())
	add(columnsOf[remarkSupportRow]())
	add(columnsOf[remarkActRow]())
	return out
}

func columnsOf[T any]() (table string, columns []string) {
	t := newTable[T]()
	for i, typ := range t.types {
		if typ == "" {
			panic("no type for " + t.name + "." + t.columns[i] + " " + reflect.TypeFor[T]().String())
		}
	}
	return t.name, t.columns
}

// InboxStatement is the statement that ListInbox runs.
func (s *Store) InboxStatement(q workflow.InboxQuery) (query string, args []any, ok bool) {
	query, args, ok = s.inboxStatement(q)
	return s.dialect.bind(query), args, ok
}

// CountStatement is the statement that CountQueries runs.
func (s *Store) CountStatement(queries []workflow.InboxQuery) (query string, args []any, ok bool) {
	query, args, ok = s.countStatement(queries)
	return s.dialect.bind(query), args, ok
}

// DueStatement is the statement that CountDue runs.
func (s *Store) DueStatement(q workflow.DueQuery) (query string, args []any, ok bool) {
	query, args, ok = s.dueStatement(q)
	return s.dialect.bind(query), args, ok
}

// LoadStatements are the statements that ListLoads runs.
func (s *Store) LoadStatements(q workflow.LoadQuery) (desks, answered string, deskArgs, answeredArgs []any) {
	desks, deskArgs = s.desksStatement(q)
	answered, answeredArgs = s.answeredStatement(q)
	return s.dialect.bind(desks), s.dialect.bind(answered), deskArgs, answeredArgs
}

// FeedStatement is the statement that FeedDue runs.
func (s *Store) FeedStatement(horizon time.Time) (query string, args []any) {
	return s.dialect.bind(s.feedStatement()), []any{instant(horizon), 100}
}

// ClaimStatement is the statement that ClaimOutbox runs.
func (s *Store) ClaimStatement(now time.Time) (query string, args []any) {
	return s.dialect.bind(s.claimStatement()), []any{instant(now), instant(now), 100}
}

// TailStatement is the statement that EventsAfter runs.
func (s *Store) TailStatement() (query string, args []any) {
	return s.tailStatement(), []any{"0", 0, 100}
}

// ForgetMarks makes all applicants as they were before there were marks.
func (s *Store) ForgetMarks(ctx context.Context) error {
	_, err := s.writeDB.ExecContext(ctx, "UPDATE applicants SET phone_mark = NULL")
	return err
}
