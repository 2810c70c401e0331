package ui

import (
	"testing"

	"github.com/otklik/otklik/app/lang"
)

func BenchmarkT(b *testing.B) {
	ctx := in(lang.RU)
	for b.Loop() {
		T(ctx, "stage.in_work")
	}
}

func BenchmarkT_with_places(b *testing.B) {
	ctx := in(lang.RU)
	for b.Loop() {
		T(ctx, "error.too_long", "max", 20)
	}
}

func BenchmarkPlural(b *testing.B) {
	ctx := in(lang.RU)
	for b.Loop() {
		Days(ctx, 12)
	}
}
