package console

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/otklik/otklik/workflow"
)

// encodeCursor makes a place in a list fit for an address.
func encodeCursor(c workflow.Cursor) string {
	if c.Zero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", c.At.UnixMicro(), c.ID))
}

// decodeCursor reads it back; what isn't one is the beginning.
func decodeCursor(s string) workflow.Cursor {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return workflow.Cursor{}
	}
	var micro, id int64
	if n, err := fmt.Sscanf(string(raw), "%d.%d", &micro, &id); err != nil || n != 2 || id <= 0 {
		return workflow.Cursor{}
	}
	return workflow.Cursor{At: time.UnixMicro(micro).UTC(), ID: id}
}
