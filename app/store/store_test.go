package store_test

import (
	"testing"

	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) *store.Store {
				t.Helper()
				return storetest.Open(t, dialect)
			})
		})
	}
}
