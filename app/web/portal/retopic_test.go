package portal_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTopic_changed_without_typing_anything_anew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.toReview()
	form := strings.TrimSuffix(b.here(), "/review")
	b.get(form + "/topic?from=review")
	b.post(b.here(), "rubric", "roads.sign")
	b.on("questions")
	require.Contains(t, b.page, "На какой высоте")
	require.Contains(t, b.page, `value="12,5"`, "the answer to the same question stands")
	b.post(b.here(), "q.depth", "12,5")
	b.on("review")
	for _, s := range []string{text, "Дороги → Нет знака", "12,5", "г. Белогривск, ул. Мира, 5", "/photos/", "anna@example.ru"} {
		require.Contains(t, b.page, s)
	}
	require.NotContains(t, b.page, "Большая", "what the new topic doesn't ask is not sent")

	b.get(form + "/topic?from=review")
	b.post(b.here(), "rubric", "roads.pothole")
	b.on("questions")
	require.Contains(t, b.page, `value="big" checked`, "and is there again when the topic changes back")
}
