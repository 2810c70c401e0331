package workflow_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/workflow"
)

func TestMayChangeTemplates(t *testing.T) {
	t.Parallel()
	may := map[string][]string{}
	for _, who := range everybody() {
		for name, agency := range map[string]int64{"all": 0, "own": roads, "other": water} {
			if workflow.MayChangeTemplates(who.actor, agency) {
				may[name] = append(may[name], who.name)
			}
		}
	}
	require.Equal(t, map[string][]string{
		"all":   {"system_admin"},
		"own":   {"coordinator", "head", "agency_admin"},
		"other": {"other_agency's_coordinator", "other_agency's_head", "other_agency's_agency_admin"},
	}, may)
}

func TestAnswerTemplate_Check(t *testing.T) {
	t.Parallel()
	right := workflow.AnswerTemplate{Name: lang.Text{RU: "  Яма   заделана "}, Outcome: workflow.Solved, Body: "Здравствуйте, {applicant}!\r\nЯму заделали [когда]. "}
	require.NoError(t, right.Check())
	require.Equal(t, "Яма заделана", right.Name.RU)
	require.Equal(t, "Здравствуйте, {applicant}!\nЯму заделали [когда].", right.Body)
	for name, c := range map[string]struct {
		field  string
		change func(t *workflow.AnswerTemplate)
	}{
		"no name":                {"name", func(t *workflow.AnswerTemplate) { t.Name.RU = " " }},
		"a long name":            {"name", func(t *workflow.AnswerTemplate) { t.Name.RU = strings.Repeat("я", workflow.MaxTemplateName+1) }},
		"a long English name":    {"name_en", func(t *workflow.AnswerTemplate) { t.Name.EN = strings.Repeat("a", workflow.MaxTemplateName+1) }},
		"no outcome":             {"outcome", func(t *workflow.AnswerTemplate) { t.Outcome = "" }},
		"no text":                {"text", func(t *workflow.AnswerTemplate) { t.Body = "\n" }},
		"a long text":            {"text", func(t *workflow.AnswerTemplate) { t.Body = strings.Repeat("я", workflow.MaxAnswer+1) }},
		"a field that is none":   {"text", func(t *workflow.AnswerTemplate) { t.Body = "Срок {deadline}" }},
		"a field in Cyrillic":    {"text", func(t *workflow.AnswerTemplate) { t.Body = "Здравствуйте, {Имя заявителя}" }},
		"a field with a capital": {"text", func(t *workflow.AnswerTemplate) { t.Body = "{Number}" }},
	} {
		one := right
		c.change(&one)
		err := one.Check()
		require.True(t, fault.Is(err, fault.Invalid), name)
		require.Len(t, fault.As(err).Fields, 1, name)
		require.Equal(t, c.field, fault.As(err).Fields[0].Name, name)
	}
}
