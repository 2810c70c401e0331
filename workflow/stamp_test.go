package workflow_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/otklik/otklik/workflow"
)

func TestParseCode_forgives_how_it_was_typed(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"7K2M-9QWX-04TD":         "7K2M-9QWX-04TD",
		" 7k2m 9qwx 04td ":       "7K2M-9QWX-04TD",
		"7K2M9QWXO4TD":           "7K2M-9QWX-04TD", // the letter O
		"7К2М–9QWХ–О4ТD":         "7K2M-9QWX-04TD", // Cyrillic К, М, Х, О, Т
		"lI00-0000-0000":         "1100-0000-0000",
		"7K2M-9QWX-04T":          "",
		"7K2M-9QWX-04TDD":        "",
		"7K2M-9QWX-04TU":         "",
		"":                       "",
		"<script>1":              "",
		"７Ｋ２Ｍ-9QWX":              "",
		strings.Repeat("7", 500): "",
	} {
		got, ok := workflow.ParseCode(typed)
		require.Equal(t, want != "", ok, typed)
		require.Equal(t, want, got, typed)
	}
}

func TestStamp_Check(t *testing.T) {
	t.Parallel()
	stamp := workflow.NewStamp([]byte("a key of thirty-two bytes, no less"))
	st := newStage(t)
	id := st.answered(t, "fast")
	good := st.store.find(id)
	signed := workflow.Signatures(good)
	require.Len(t, signed, 1)
	require.True(t, signed[0].Whole)
	code := stamp.Code(signed[0])
	require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$`, code)
	typed, ok := workflow.ParseCode(strings.ToLower(code))
	require.True(t, ok)
	require.Equal(t, code, typed)

	found, verdict := stamp.Check(good, code)
	require.Equal(t, workflow.Genuine, verdict)
	require.Equal(t, 1, found.N)
	require.Equal(t, workflow.Sign, found.Event.Action)

	t.Run("another key knows it not", func(t *testing.T) {
		t.Parallel()
		_, verdict := workflow.NewStamp([]byte("another key of thirty-two bytes!!")).Check(good, code)
		require.Equal(t, workflow.Foreign, verdict)
	})
	for name, spoil := range map[string]func(*workflow.Case){
		"text":    func(c *workflow.Case) { c.Answers[0].Text += "!" },
		"outcome": func(c *workflow.Case) { c.Answers[0].Outcome = workflow.Refused },
		"signer":  func(c *workflow.Case) { c.Answers[0].Signer++ },
		"answer":  func(c *workflow.Case) { c.Answers = nil },
		"history": func(c *workflow.Case) { c.Events[0].Reason = "другая" },
	} {
		t.Run("a changed "+name+" is seen", func(t *testing.T) {
			t.Parallel()
			c := st.store.find(id)
			spoil(c)
			_, verdict := stamp.Check(c, code)
			require.Equal(t, workflow.Altered, verdict)
			require.NotEmpty(t, workflow.Audit(c, st.calendars), "the audit finds it too")
		})
	}
	t.Run("whoever writes the history anew can't make the code", func(t *testing.T) {
		t.Parallel()
		c := st.store.find(id)
		c.Answers[0].Text = "Яма засыпана, честное слово"
		prev := ""
		for i := range c.Events {
			e := &c.Events[i]
			if e.Action == workflow.Sign {
				e.Data.AnswerHash = workflow.HashAnswer(&c.Answers[0])
			}
			e.PrevHash = prev
			e.Hash = rehash(t, *e)
			prev = e.Hash
		}
		require.NoError(t, workflow.Verify(c.Events))
		_, verdict := stamp.Check(c, code)
		require.Equal(t, workflow.Foreign, verdict)
	})
}

func TestParseCode_never_takes_what_it_does_not_write(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		if code, ok := workflow.ParseCode(rapid.String().Draw(t, "typed")); ok {
			again, same := workflow.ParseCode(code)
			require.True(t, same)
			require.Equal(t, code, again)
		}
	})
}
