package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// instant is a time as rows hold it: UTC, and NULL for the zero time. It scans
// what either driver gives, also where SQLite has lost the column's type.
type instant time.Time

// Value implements driver.Valuer.
func (i instant) Value() (driver.Value, error) {
	t := time.Time(i)
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC(), nil
}

// Scan implements sql.Scanner.
func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = instant{}
	case time.Time:
		*i = instant(v.UTC())
	case int64:
		*i = instant(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("an instant can't be read from %T", src)
	}
	return nil
}

func (i instant) time() time.Time { return time.Time(i) }
