package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNear_tells_of_others_no_more_than_that_they_are_there_and_joins(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		t := w.T
		near := func(in map[string]any) []any {
			t.Helper()
			got := w.call("POST", "/near", in)
			require.Equal(t, 200, got.status, string(got.body))
			return must[[]any](t, got.field(t, "reports"))
		}
		number, _ := w.sent(func(m map[string]any) {
			m["applicant"] = map[string]any{"name": "Зинаида", "email": "zina@example.org"}
		})
		w.sent(func(m map[string]any) {
			m["rubric"], m["place"] = "roads.formal", map[string]any{"territory": "town"}
			delete(m, "replies")
			m["applicant"] = map[string]any{"name": "Пётр", "phone": "+79000000001"}
		})
		_, _, err := w.app.SuspectAnew(t.Context())
		require.NoError(t, err)

		at := map[string]any{"lat": 51.5002, "lon": 36.5}
		asked := map[string]any{"text": "возле школы большущая яма на дороге", "rubric": "roads.pothole", "place": at}
		found := near(asked)
		require.Len(t, found, 1)
		first := must[map[string]any](t, found[0])
		require.Equal(t, map[string]any{
			"same_as": first["same_as"], "rubric": map[string]any{"code": "roads.pothole", "name": map[string]any{"ru": "Яма на дороге", "en": "Pothole"}},
			"stage": "received", "metres": 20.0, "since": "2026-11-18", "people": 1.0,
		}, first)
		require.Len(t, near(map[string]any{"rubric": "roads.pothole", "place": at}), 1, "a topic and a place say enough")
		require.Empty(t, near(map[string]any{"text": "возле школы большущая яма на дороге"}), "nobody knows where")
		require.Empty(t, near(map[string]any{"text": "яма", "rubric": "roads.pothole", "place": map[string]any{"lat": 51.7, "lon": 36.5}}), "far away")
		require.Empty(t, near(map[string]any{"text": "яма", "rubric": "roads.formal", "place": at}), "no matter of a place")

		require.Equal(t, map[string]string{"text": "error.required"}, w.call("POST", "/near", map[string]any{"place": at}).wrong(t))
		require.Equal(t, map[string]string{"place.lat": "error.outside_region"},
			w.call("POST", "/near", map[string]any{"text": "яма", "place": map[string]any{"lat": 1, "lon": 1}}).wrong(t))

		same := func(ref any) func(m map[string]any) {
			return func(m map[string]any) { m["same_as"], m["place"] = ref, at }
		}
		require.Equal(t, map[string]string{"same_as": "api.not_near"}, w.call("POST", "/appeals", appeal(same("999"))).wrong(t))
		require.Equal(t, map[string]string{"same_as": "api.not_near"}, w.call("POST", "/appeals", appeal(func(m map[string]any) {
			m["same_as"], m["place"] = first["same_as"], map[string]any{"lat": 51.7, "lon": 36.5}
		})).wrong(t), "it is elsewhere")
		again, secretOf := w.sent(same(first["same_as"]))
		require.NotEqual(t, number, again)
		id, err := w.app.Store.FindID(t.Context(), again)
		require.NoError(t, err)
		c, err := w.app.Store.FindCase(t.Context(), id)
		require.NoError(t, err)
		other, err := w.app.Store.FindID(t.Context(), number)
		require.NoError(t, err)
		require.Equal(t, other, c.Appeal.SameAs)
		require.Equal(t, http.StatusOK, w.call("GET", "/appeals/"+again, nil, secret(secretOf)...).status)
	})
}
