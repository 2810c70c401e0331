package notify_test

import (
	"net/mail"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/notify"
)

func TestFolder_Send_writes_a_letter_that_mail_programs_read(t *testing.T) {
	t.Parallel()
	f := notify.Folder{Dir: filepath.Join(t.TempDir(), "mail"), From: "Отклик <no-reply@example.org>"}
	require.NoError(t, f.Send(t.Context(), notify.Letter{
		To: "anna@example.org", Subject: "Ответ на обращение 26-000001-0", Body: "Здравствуйте!\n", ID: "a1.e2@example.org",
	}))
	files, err := filepath.Glob(filepath.Join(f.Dir, "*.eml"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	r, err := os.Open(files[0])
	require.NoError(t, err)
	defer r.Close()
	m, err := mail.ReadMessage(r)
	require.NoError(t, err)
	require.Equal(t, "<a1.e2@example.org>", m.Header.Get("Message-ID"))
	to, err := m.Header.AddressList("To")
	require.NoError(t, err)
	require.Equal(t, "anna@example.org", to[0].Address)
}

func TestFolder_Send_refuses_injected_headers(t *testing.T) {
	t.Parallel()
	f := notify.Folder{Dir: t.TempDir(), From: "no-reply@example.org"}
	for _, l := range []notify.Letter{
		{To: "anna@example.org\r\nBcc: all@example.org", Subject: "x", ID: "1@x"},
		{To: "anna@example.org", Subject: "x\r\nBcc: all@example.org", ID: "1@x"},
		{To: "anna@example.org", Subject: "x", ID: "1@x\r\nBcc: all@example.org"},
	} {
		require.True(t, fault.Is(f.Send(t.Context(), l), fault.Invalid))
	}
}
