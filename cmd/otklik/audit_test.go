package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // to change rows behind the product's back
)

// TestAudit_names_what_was_changed lets appeals live and changes one row after
// the other as somebody could who owns the database.
func TestAudit_names_what_was_changed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "region")
	out, err := otklik(t, "", "bench", "audit", "--rows", "40", "--keep", dir)
	require.NoError(t, err, out)
	out, err = otklik(t, "", "audit", "verify", "--data", dir)
	require.NoError(t, err, out)
	require.Regexp(t, `(?m)^40 appeals, \d+ events, \d+ deadlines: 0 wrong$`, out)
	whole, err := os.ReadFile(filepath.Join(dir, "otklik.db"))
	require.NoError(t, err)

	const answered = "(SELECT appeal_id FROM answers WHERE state = 'signed' LIMIT 1)"
	for name, c := range map[string]struct{ change, says string }{
		"an event's words":         {"UPDATE events SET reason = 'иначе' WHERE appeal_id = " + answered + " AND n = 3", "event 3: was changed: its hash differs"},
		"an event's data":          {`UPDATE events SET data = replace(data, '"due":"2026', '"due":"2027') WHERE appeal_id = ` + answered + " AND n = 1", "event 1: was changed: its hash differs"},
		"an event's time":          {"UPDATE events SET at = at + 1 WHERE appeal_id = " + answered + " AND n = 2", "event 2: was changed: its hash differs"},
		"an event is gone":         {"DELETE FROM events WHERE appeal_id = " + answered + " AND n = 2", "event 2: is numbered 3"},
		"the last event is gone":   {"DELETE FROM events WHERE seq = (SELECT max(seq) FROM events WHERE appeal_id = " + answered + ")", "events, there are"},
		"an appeal is gone":        {"DELETE FROM appeals WHERE id = " + answered, "the appeal is gone"},
		"a clock's due date":       {"UPDATE deadlines SET due_at = due_at + 86400000000 WHERE appeal_id = " + answered + " AND n = 1", "clock 1 (review): its column due_at is"},
		"a clock's next step":      {"UPDATE deadlines SET next_at = 4102444800000000 WHERE appeal_id = " + answered + " AND n = 1", "clock 1 (review): its column next_at is"},
		"a clock itself":           {`UPDATE deadlines SET body = json_set(body, '$.due_at', '2027-06-01T20:59:59Z'), due_at = 1811883599000000 WHERE appeal_id = ` + answered + " AND n = 1", "clock 1 (review) is stored as"},
		"a clock is gone":          {"DELETE FROM deadlines WHERE appeal_id = " + answered + " AND n = 1", "clocks are stored, the events tell of"},
		"the citizen's date":       {"UPDATE appeals SET due_at = 1811883599000000 WHERE id = " + answered, "the appeal is due 2027-06-01"},
		"a stage":                  {"UPDATE appeals SET stage = 'in_work' WHERE id = (SELECT appeal_id FROM events WHERE to_stage = 'closed' LIMIT 1)", `the appeal is at stage "in_work", its last event ended at "closed"`},
		"an agency":                {"UPDATE appeals SET agency_id = agency_id + 1 WHERE id = " + answered, "the appeal is at agency"},
		"a citizen's words":        {"UPDATE appeals SET body = body || '!' WHERE id = " + answered, "the text is not as it was sent"},
		"a signed answer":          {"UPDATE answers SET body = body || '!' WHERE id = (SELECT min(id) FROM answers WHERE state = 'signed')", "is not as it was signed"},
		"who signed":               {"UPDATE answers SET signer_id = 1 WHERE id = (SELECT min(id) FROM answers WHERE state = 'signed')", "is not as it was signed"},
		"a picture's fingerprint":  {"UPDATE photos SET sha256 = '00' WHERE id = (SELECT min(id) FROM photos)", "the picture"},
		"an outcome":               {"UPDATE appeals SET outcome = 'solved?' WHERE id = " + answered, "its outcome is"},
		"a rating":                 {"UPDATE appeals SET rating = 5 WHERE id = (SELECT id FROM appeals WHERE rating IN (1, 2, 3, 4) LIMIT 1)", "its rating is 5"},
		"the day of the answer":    {"UPDATE appeals SET first_signed_at = first_signed_at - 1 WHERE id = (SELECT id FROM appeals WHERE first_signed_at IS NOT NULL LIMIT 1)", "its first answer is dated"},
		"lateness that is no more": {"UPDATE appeals SET late = 1 - late WHERE id = (SELECT id FROM appeals WHERE first_signed_at IS NOT NULL LIMIT 1)", "lateness"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spoilt := t.TempDir()
			for _, file := range []string{"secret.key"} {
				raw, err := os.ReadFile(filepath.Join(dir, file))
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(filepath.Join(spoilt, file), raw, 0o600))
			}
			path := filepath.Join(spoilt, "otklik.db")
			require.NoError(t, os.WriteFile(path, whole, 0o600))
			db, err := sql.Open("sqlite", "file:"+path)
			require.NoError(t, err)
			for _, statement := range []string{"DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete"} {
				_, err := db.ExecContext(t.Context(), statement)
				require.NoError(t, err)
			}
			done, err := db.ExecContext(t.Context(), c.change)
			require.NoError(t, err)
			changed, err := done.RowsAffected()
			require.NoError(t, err)
			require.EqualValues(t, 1, changed)
			require.NoError(t, db.Close())
			out, err := otklik(t, "", "audit", "verify", "--data", spoilt)
			require.ErrorContains(t, err, "the history is not whole", out)
			require.Contains(t, out, c.says)
		})
	}
}
