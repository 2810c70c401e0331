package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/config"
)

func TestLoad_each_source_beats_the_one_before(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otklik.yaml")
	require.NoError(t, os.WriteFile(path, []byte("listen: 127.0.0.1:1\nworkers: 3\nmail:\n  user: file\n"), 0o600))
	t.Setenv("OTKLIK_WORKERS", "4")
	t.Setenv("OTKLIK_MAIL_USER", "env")
	t.Setenv("OTKLIK_TEST_POSTGRES", "not a setting")
	c, err := config.Load(path, map[string]string{"mail.user": "flag"})
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:1", c.Listen)
	require.Equal(t, 4, c.Workers)
	require.Equal(t, "flag", c.Mail.User)
	require.Equal(t, "http://localhost:1", c.Base.String())
	require.True(t, c.Embedded())
}

func TestLoad_names_every_bad_key(t *testing.T) {
	t.Parallel()
	_, err := config.Load("", map[string]string{
		"listen": "8080", "base_url": "ftp://x", "zone": "Mars/Base", "workers": "many", "log.level": "loud",
		"log.format": "xml", "mail.smtp": "mail", "mail.from": "nobody", "database": "mysql://x", "redis": "http://x",
		"trust_proxy": "maybe", "files": "::", "public_map": "week",
	})
	for _, key := range []string{
		"listen", "base_url", "zone", "workers", "log.level", "log.format", "mail.smtp", "mail.from", "database", "redis",
		"trust_proxy", "files", "public_map",
	} {
		require.ErrorContains(t, err, key+": ")
	}
}

func TestLoad_refuses_a_misspelt_key_in_the_file(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.yaml")
	require.NoError(t, os.WriteFile(path, []byte("lisen: 1\n"), 0o600))
	_, err := config.Load(path, nil)
	require.ErrorContains(t, err, "lisen: there is no such setting")
	_, err = config.Load(filepath.Join(t.TempDir(), "none.yaml"), nil)
	require.Error(t, err)
}

func TestConfig_Print_is_a_file_that_loads_and_hides_secrets(t *testing.T) {
	t.Parallel()
	c, err := config.Load("", map[string]string{
		"mail.password": "hunter2", "database": "postgres://u:hunter2@localhost/otklik", "redis": "redis://:hunter2@localhost:6379/0",
	})
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, c.Print(&b))
	require.NotContains(t, b.String(), "hunter2")
	path := filepath.Join(t.TempDir(), "x.yaml")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	again, err := config.Load(path, nil)
	require.NoError(t, err)
	require.Equal(t, c.Listen, again.Listen)
	require.Equal(t, c.Zone, again.Zone)
}
