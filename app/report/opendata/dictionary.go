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

// Dictionary describes the columns in their order. Stages and outcomes are those
// of the platform, with what each means.
func Dictionary(stages, outcomes []Value) []Field {
	text := func(ru, en string) lang.Text { return lang.Text{RU: ru, EN: en} }
	return []Field{
		{"municipality", "string", text("Район или город; пусто, если не сказано", "Municipality; empty where it is not told"), nil},
		{"municipality_oktmo", "string", text("Код района по ОКТМО", "OKTMO code of the municipality"), nil},
		{"settlement", "string", text("Посёлок или село внутри района; пусто, если не сказано", "Settlement within the municipality; empty where it is not told"), nil},
		{"category_code", "string", text("Код рубрики", "Code of the category"), nil},
		{"category", "string", text("Рубрика; пусто, если не сказана", "Category; empty where it is not told"), nil},
		{"topic_code", "string", text("Код темы; пусто, если сказана только рубрика", "Code of the topic; empty where only the category is told"), nil},
		{"topic", "string", text("Тема: о чём попросили", "Topic: what was asked for"), nil},
		{"agency", "string", text("Ведомство, у которого обращение; пусто, если не сказано", "Agency that has the appeal; empty where it is not told"), nil},
		{"period", "date", text("Первый день месяца или квартала, когда отправили", "First day of the month or quarter of sending"), nil},
		{"week", "date", text("Понедельник недели, когда отправили; пусто, если не сказана", "Monday of the week of sending; empty where it is not told"), nil},
		{"stage", "string", text("Этап на день публикации", "Stage on the day of publishing"), stages},
		{"outcome", "string", text("Итог последнего ответа; пусто, если ответа нет", "Outcome of the latest answer; empty where there is none"), outcomes},
		{"days_to_answer", "integer", text(
			"Полных дней от регистрации до первого ответа; пусто, если ответа нет",
			"Whole days from registration to the first answer; empty where there is none"), nil},
		{"rating", "integer", text("Оценка ответа автором, от 1 до 5; пусто, если не оценил", "Rating of the answer by its author, 1 to 5; empty where there is none"), nil},
	}
}
