package edge

import (
	"mime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDisposition_names_are_safe_and_kept_in_any_letters(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ответ 26-000123-0-1.pdf": "Ответ 26-000123-0-1.pdf",
		"a.csv":                   "a.csv",
		"../../etc/passwd":        ".._.._etc_passwd",
		"a\r\nX-Evil: 1\".pdf":    "a__X-Evil_ 1_.pdf",
		"a%2fb;c.pdf":             "a_2fb_c.pdf",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := disposition(name)
			require.NotContains(t, header, "\n")
			kind, params, err := mime.ParseMediaType(header)
			require.NoError(t, err, header)
			require.Equal(t, "attachment", kind)
			require.Equal(t, want, params["filename"])
		})
	}
}
