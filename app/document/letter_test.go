package document

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
)

func sample() *Letter {
	return &Letter{
		Lang: lang.RU, Title: "Ответ на обращение № 26-000123-0", Agency: "Администрация города Белогривска, управление дорожного хозяйства",
		Letterhead: []string{"Белогривск, Садовая улица, 4", "Телефон: +7 000 000-00-01", "roads@example.test", "https://roads.example.test"},
		Number:     "12.05.2026 № 26-000123-0/1", InReplyTo: "На обращение № 26-000123-0 от 1 мая 2026 года",
		Addressee: "Ольга Ветрова", Heading: "Об обращении «Дороги → Ямы на проезжей части»",
		Text: "Уважаемая Ольга Ветрова!\n\nЯма напротив дома 4 заделана 11 мая: уложено 12 м² асфальта, работы стоили 84 000 ₽.\n" +
			"Если покрытие просядет снова, сообщите нам 👩‍🔧 по телефону: приедем в тот же день.",
		Findings: []Finding{{"Итог:", "решено"}}, Position: "Начальник управления", Signer: "Д. А. Руководов",
		Executor: []string{"Исп.: Иван Сидоров, +7 000 000-00-02"}, CheckURL: "https://otklik.example.test/check?code=ABCD-EFGH-JKMN&number=26-000123-0",
		Check: []string{
			"Проверьте, что это письмо подлинное", "Наведите телефон на знак слева или откройте https://otklik.example.test/check",
			"Номер обращения 26-000123-0, код проверки ABCD-EFGH-JKMN",
		},
		Page:     func(n, of int) string { return fmt.Sprintf("№ 26-000123-0/1, страница %d из %d", n, of) },
		SignedAt: time.Date(2026, 5, 12, 9, 30, 0, 0, time.UTC),
	}
}

func long() *Letter {
	l := sample()
	l.Text = strings.Repeat("По вашему обращению проведена проверка, нарушения записаны в акт и переданы подрядчику. ", 60) + "\n" +
		strings.Repeat("Работы идут по графику. ", 90) + "\nhttps://" + strings.Repeat("длинный-адрес-без-пробелов/", 12)
	l.Points = []Point{
		{"Когда заделают яму?", "Решено", "Заделана 11 мая."},
		{"Кто отвечает за знак?", "Разъяснено", strings.Repeat("Знак стоит на земле области. ", 20)},
	}
	return l
}

func TestLetter_says_everything_in_text_that_can_be_searched(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]*Letter{"letter": sample(), "long": long()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf, err := l.PDF()
			require.NoError(t, err)
			if dir := os.Getenv("OTKLIK_LETTERS"); dir != "" { // to look at them
				require.NoError(t, os.WriteFile(filepath.Join(dir, name+".pdf"), pdf, 0o600))
			}
			got := strings.Join(read(t, pdf), "\n")
			golden := filepath.Join("testdata", name+".txt")
			if os.Getenv("UPDATE_GOLDEN") != "" {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
			require.Contains(t, string(pdf), "/Lang (ru)")
			require.Contains(t, string(pdf), "/ToUnicode", "or nothing can be copied out of it")
		})
	}
}

func TestLetter_the_same_letter_is_the_same_bytes(t *testing.T) {
	t.Parallel()
	first, err := long().PDF()
	require.NoError(t, err)
	for range 3 {
		again, err := long().PDF()
		require.NoError(t, err)
		require.True(t, bytes.Equal(first, again))
	}
	other := long()
	other.Text += "!"
	changed, err := other.PDF()
	require.NoError(t, err)
	require.False(t, bytes.Equal(first, changed))
}

func TestLetter_pages_are_numbered_where_there_are_several(t *testing.T) {
	t.Parallel()
	pdf, err := long().PDF()
	require.NoError(t, err)
	text := strings.Join(read(t, pdf), "\n")
	require.Contains(t, text, "страница 1 из 4")
	require.Contains(t, text, "страница 4 из 4")
	pdf, err = sample().PDF()
	require.NoError(t, err)
	require.NotContains(t, strings.Join(read(t, pdf), "\n"), "страница")
}

func TestLetter_any_text_makes_a_letter(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "only breaks": "\n\n\n", "beyond the typeface": "中文 हिन्दी 👍🏽", "control signs": "\x00\x01\x7f\b",
		"broken UTF-8": "\xff\xfe", "signs of PDF": `) Tj (\) ( << >> %`, "one endless word": strings.Repeat("щ", 5000),
		"right to left": "שלום", "many pages": strings.Repeat("Слово. ", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := sample()
			l.Text, l.Addressee, l.Signer = text, text[:min(len(text), 60)], ""
			pdf, err := l.PDF()
			require.NoError(t, err)
			require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
		})
	}
}

func TestQR_has_the_three_corners(t *testing.T) {
	t.Parallel()
	code, err := NewQR("https://otklik.example.test/check")
	require.NoError(t, err)
	last := code.Size() - 1
	require.True(t, code.Dark(0, 0) && code.Dark(last, 0) && code.Dark(0, last))
	require.True(t, strings.HasPrefix(code.Path(), "M0 0h7v1h-7z"))
}

var (
	streams = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	shown   = regexp.MustCompile(`(?s) Td \((.*?)\)Tj ET`)
	escaped = strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r")
)

// read takes the texts out of a PDF in the order in which they are drawn.
func read(t *testing.T, pdf []byte) []string {
	t.Helper()
	var out []string
	for _, stream := range streams.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			continue // not packed: no page
		}
		page, err := io.ReadAll(r)
		if err != nil {
			continue
		}
		for _, text := range shown.FindAllSubmatch(page, -1) {
			raw := escaped.Replace(string(text[1]))
			var units []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			out = append(out, string(utf16.Decode(units)))
		}
	}
	require.NotEmpty(t, out)
	return out
}
