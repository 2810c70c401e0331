package admin_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

func TestModels_are_trained_shown_put_in_force_and_taken_back(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite)
	ctx := t.Context()
	_, err := o.store.PublishVersion(ctx, []*rubricator.Rubric{{Code: "roads", Name: lang.Text{RU: "Дороги"}, Children: []*rubricator.Rubric{
		{Code: "roads.pit", Name: lang.Text{RU: "Яма"}}, {Code: "roads.snow", Name: lang.Text{RU: "Снег"}},
	}}}, "")
	require.NoError(t, err)
	require.NoError(t, o.learning.Rubricator.Reload(ctx))

	status, _, _ := o.do("agency-admin", "GET", "/admin/models", "", nil)
	require.Equal(t, 403, status)
	status, _, _ = o.post("supervisor", "/admin/models", "do", "train")
	require.Equal(t, 403, status)
	_, page, _ := o.do("admin", "GET", "/admin/models", "", nil)
	require.Contains(t, page, "по названиям и словам рубрикатора")
	require.Contains(t, page, "Обращений с ответом: 0. Учиться можно, когда их будет 60.")

	train := func() {
		t.Helper()
		status, _, to := o.post("admin", "/admin/models", "do", "train")
		require.Equal(t, []any{303, "/admin/models"}, []any{status, to})
		_, page, _ := o.do("admin", "GET", "/admin/models", "", nil)
		require.Contains(t, page, "Ждёт свободного узла")
		status, _, _ = o.post("admin", "/admin/models", "do", "train") // a double click
		require.Equal(t, 303, status)
		_, err := o.learning.Work(ctx)
		require.NoError(t, err)
	}
	train()
	_, page, _ = o.do("admin", "GET", "/admin/models", "", nil)
	require.Contains(t, page, "не вышло Слишком мало обращений с ответом")

	for i := range 120 {
		id, err := o.store.NextID(ctx)
		require.NoError(t, err)
		_, _, err = o.store.Intake(ctx, storetest.Sample(id, monday, 10, func(in *workflow.Intake) {
			topic, text := "roads.pit", "колдобина у дома"
			if i%2 == 0 {
				topic, text = "roads.snow", "сугробы по пояс"
			}
			in.Appeal.Rubric, in.Appeal.Text = topic, fmt.Sprintf("%s %d", text, i)
			in.Appeal.Stage, in.Appeal.FirstSigned = workflow.StageAnswered, monday.Add(-time.Duration(i)*24*time.Hour)
		}))
		require.NoError(t, err)
	}
	train()
	train()
	_, page, _ = o.do("admin", "GET", "/admin/models", "", nil)
	require.Contains(t, page, "№ 3")
	require.Contains(t, page, "На последних неделях не хуже прежней")
	require.Contains(t, page, "Вернуть прежнюю (№ 2)")
	require.Contains(t, page, "Тема угадана сразу 100,0 %")

	status, _, _ = o.post("admin", "/admin/models", "do", "rollback")
	require.Equal(t, 303, status)
	_, page, _ = o.do("admin", "GET", "/admin/models", "", nil)
	require.Contains(t, page, "Администратор вернул прежнюю")
	status, _, _ = o.post("admin", "/admin/models", "do", "activate", "id", "3")
	require.Equal(t, 303, status)
	status, _, _ = o.post("admin", "/admin/models", "do", "activate", "id", "1")
	require.Equal(t, 409, status, "it has no file")
	status, _, _ = o.post("admin", "/admin/models", "do", "explode")
	require.Equal(t, 422, status)
	_, page, _ = o.do("admin", "GET", "/admin/journal", "", nil)
	require.Contains(t, page, "Подсказка тем сменилась")
}
