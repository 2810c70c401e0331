package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/store/storetest"
)

// The database itself refuses what the program would never do.
func TestModeration_is_never_silent(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		url := storetest.URL(t, dialect)
		h := storetest.NewTalkHall(t, storetest.OpenURL(t, url, clock.System{}))
		r := h.Say(t, h.Enter(t, "anna@example.org"), "", "Купите слона")
		require.NoError(t, h.Talks.HideRemark(t.Context(), h.Moderator, h.ID, r.ID, "advert", "Реклама слона"))
		db := openSQL(t, dialect, url)
		for query, want := range map[string]string{
			"UPDATE remarks SET hide_reason = ''":     "CHECK|check",
			"UPDATE remark_acts SET words = ''":       "append-only",
			"DELETE FROM remark_acts":                 "append-only",
			"UPDATE remarks SET verdict = 'accepted'": "CHECK|check",
		} {
			_, err := db.ExecContext(t.Context(), query)
			require.Error(t, err, query)
			require.Regexp(t, want, err.Error(), query)
		}
	}
}
