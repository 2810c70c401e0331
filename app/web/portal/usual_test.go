package portal_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/web/portal"
)

// usual is how long answers on potholes take.
type usual struct{}

func (usual) UsualDays(_ context.Context, rubric string, agency int64) (int, bool) {
	switch {
	case rubric == "roads.pothole" && agency == 2:
		return 6, true
	case rubric == "roads.pothole":
		return 8, true
	case rubric == "other.official":
		return 12, true
	default:
		return 0, false
	}
}

func TestTopic_tells_how_long_answers_take_before_the_form(t *testing.T) {
	t.Parallel()
	b := newWorld(t, func(c *portal.Config) { c.Usual = usual{} }).browser()
	b.get("/topics/roads.pothole")
	require.Contains(t, b.page, "Обычно отвечают за 8 дней, по закону до 14 мая", "who answers depends on the place")
	require.Contains(t, b.page, "Можно без имени")
	b.get("/topics/gas.meter")
	require.Contains(t, b.page, "Ответят до ", "too few answers: the law's term")
	require.NotContains(t, b.page, "Обычно отвечают")
	b.get("/topics/other.official")
	require.Contains(t, b.page, "Обычно отвечают за 12 дней, по закону за 30 дней", "a formal appeal's term begins when it is registered")
	b.post("/suggest", "text", "большая яма на дороге")
	require.Contains(t, b.page, "Обычно отвечают за 8 дней")

	b.post("/report", "text", text, "rubric", "roads.pothole")
	b.post(b.here(), "q.size", "big")
	form := b.here()[:len(b.here())-len("/place")]
	b.post(b.here(), "address", "г. Белогривск, ул. Мира, 5")
	b.get(form + "/topic")
	require.Contains(t, b.page, "Обычно отвечают за 6 дней, по закону до 14 мая", "of the agency of the place")
}
