package widget_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/web/widget"
)

func TestIsOrigin(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"https://city.example": true, "http://localhost:8090": true, "https://city.example:8443": true,
		"https://city.example/": false, "https://city.example/path": false, "city.example": false, "*": false, "": false,
		"https://*.example": false, "https://a.example https://b.example": false, "https://a.example; script-src *": false,
		"ftp://city.example": false, "https://user@city.example": false, "https://City.example": false, "javascript:alert(1)": false,
		"https://a.example?x": false, "null": false,
	} {
		require.Equal(t, want, widget.IsOrigin(s), s)
	}
}

func TestAllow(t *testing.T) {
	t.Parallel()
	policy := "default-src 'none'; frame-ancestors 'none'"
	require.Equal(t, "default-src 'none'; frame-ancestors https://a.example https://b.example",
		widget.Allow(policy, []string{"https://a.example", "https://b.example"}))
	require.Equal(t, policy, widget.Allow(policy, nil))
	require.Equal(t, "frame-ancestors 'none'", widget.Allow("", nil))
}
