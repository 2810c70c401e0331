package opendata

import "github.com/otklik/otklik/app/lang"

// Field is a column of the published table.
type Field struct {
	Name   string
	Type   string // as Data Package names it: string, integer, date
	Means  lang.Text
	Values []Value // all that there can be, nil where that is open
}

// Value is one of the values of a field.
type Value struct {
	Code  string
	Means lang.Text
}

// detailCodes are the values of the field «detail», in the order of [Detail].
var detailCodes = []Value{
	{"settlement", lang.Text{RU: "посёлок, тема, ведомство, неделя", EN: "settlement, topic, agency, week"}},
	{"municipality", lang.Text{RU: "район, тема, ведомство, неделя", EN: "municipality, topic, agency, week"}},
	{"category", lang.Text{RU: "район, рубрика, ведомство, неделя", EN: "municipality, category, agency, week"}},
	{"month", lang.Text{RU: "район, рубрика, ведомство, месяц", EN: "municipality, category, agency, month"}},
	{"no_agency", lang.Text{RU: "район, рубрика, месяц", EN: "municipality, category, month"}},
	{"remainder", lang.Text{RU: "только число остальных обращений месяца", EN: "only the number of the month's other appeals"}},
}

// Code is the value of the field «detail».
func (d Detail) Code() string { return detailCodes[d].Code }

// Dictionary describes the columns in their order. Stages and outcomes are those
// of the platform, with what each means.
func Dictionary(stages, outcomes []Value) []Field {
	text := func(ru, en string) lang.Text { return lang.Text{RU: ru, EN: en} }
	return []Field{
		{"detail", "string", text(
			"Насколько подробна строка. Чем меньше людей писали о том же, тем меньше сказано",
			"How much the row says. The fewer people wrote about the same, the less is told"), detailCodes},
		{"municipality", "string", text("Район или город", "Municipality"), nil},
		{"municipality_oktmo", "string", text("Код района по ОКТМО", "OKTMO code of the municipality"), nil},
		{"settlement", "string", text("Посёлок или село внутри района; пусто, если не сказано", "Settlement within the municipality; empty where it is not told"), nil},
		{"category_code", "string", text("Код рубрики", "Code of the category"), nil},
		{"category", "string", text("Рубрика", "Category"), nil},
		{"topic_code", "string", text("Код темы; пусто, если сказана только рубрика", "Code of the topic; empty where only the category is told"), nil},
		{"topic", "string", text("Тема: о чём попросили", "Topic: what was asked for"), nil},
		{"agency", "string", text("Ведомство, у которого обращение; пусто, если не сказано", "Agency that has the appeal; empty where it is not told"), nil},
		{"from", "date", text("Первый день недели (понедельник) или месяца, когда отправили", "First day of the week (Monday) or the month of sending"), nil},
		{"stage", "string", text("Этап на день публикации", "Stage on the day of publishing"), stages},
		{"outcome", "string", text("Итог последнего ответа; пусто, если ответа нет", "Outcome of the latest answer; empty where there is none"), outcomes},
		{"days_to_answer", "integer", text(
			"Полных дней от регистрации до первого ответа; пусто, если ответа нет",
			"Whole days from registration to the first answer; empty where there is none"), nil},
		{"rating", "integer", text("Оценка ответа автором, от 1 до 5; пусто, если не оценил", "Rating of the answer by its author, 1 to 5; empty where there is none"), nil},
		{"appeals", "integer", text("Сколько обращений в строке: 1, у остатка — больше", "How many appeals the row is: 1, more for the remainder"), nil},
	}
}
