package store_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/rubricator/territory"
)

// TestAddresses_of_a_million_houses measures the index in memory beside plain SQL
// over a row for each house. It takes a minute: OTKLIK_MILLION=1 runs it.
func TestAddresses_of_a_million_houses(t *testing.T) { //nolint:paralleltest // it measures
	if os.Getenv("OTKLIK_MILLION") == "" {
		t.Skip("set OTKLIK_MILLION to measure")
	}
	const towns, villages, perTown, perVillage, houses = 33, 1500, 250, 9, 46
	rng := rand.New(rand.NewPCG(1, 2))
	all := []territory.Territory{{ID: 1, Kind: "region", Code: "r"}}
	for i := range towns {
		all = append(all, territory.Territory{ID: int64(i + 2), Parent: 1, Kind: "district", Code: fmt.Sprintf("d%d", i), Name: lang.Text{RU: synthetic(rng) + "ский район"}, Lat: 51, Lon: 36})
	}
	places, err := territory.NewIndex(all)
	require.NoError(t, err)
	stock := make([]string, 6000)
	for i := range stock {
		stock[i] = synthetic(rng) + []string{"ная", "ская", "овая", "ова", "ина", "ого"}[i%6]
	}
	var table strings.Builder
	table.WriteString("territory,settlement,type,street,house,lat,lon\n")
	rows := 0
	street := func(town int, village string) {
		name := stock[int(float64(len(stock))*rng.Float64()*rng.Float64())]
		for h := range houses {
			fmt.Fprintf(&table, "d%d,%s,ул.,%s,%d,%.5f,%.5f\n", town, village, name, h+1, 51+rng.Float64(), 36+rng.Float64())
			rows++
		}
	}
	for i := range towns {
		for range perTown {
			street(i, "")
		}
	}
	for i := range villages {
		village := "с. " + synthetic(rng) + "ово"
		for range perVillage {
			street(i%towns, village)
		}
	}

	start := time.Now()
	streets, err := address.ParseStreets(strings.NewReader(table.String()), places, func(int) {})
	require.NoError(t, err)
	t.Logf("%d rows of %d MB read in %s: %d streets", rows, table.Len()>>20, time.Since(start).Round(time.Millisecond), len(streets))
	lines := strings.Split(table.String(), "\n")
	table.Reset()
	before := heap()
	start = time.Now()
	index := address.NewIndex(func() *territory.Index { return places }, streets, nil)
	t.Logf("index built in %s: %d MB beside the streets", time.Since(start).Round(time.Millisecond), (heap()-before)>>20)
	bytes := 0
	for _, s := range streets {
		bytes += len(s.Houses)
	}
	t.Logf("houses take %d MB", bytes>>20)

	var asked []string
	for i := range 2000 {
		s := streets[rng.IntN(len(streets))]
		name := []rune(s.Name)
		if i%4 == 0 { // a typo
			name[1+rng.IntN(len(name)-2)] = 'ы'
		}
		asked = append(asked, fmt.Sprintf("ул. %s, д. %d", string(name), 1+rng.IntN(houses)))
	}
	start = time.Now()
	found := 0
	for _, q := range asked {
		if len(index.Search(q, 2, 5)) > 0 || len(index.Search(q, 0, 5)) > 0 {
			found++
		}
	}
	t.Logf("search: %s each, %d of %d found", (time.Since(start) / time.Duration(len(asked))).Round(100*time.Nanosecond), found, len(asked))
	message := "Здравствуйте! Уже второй месяц не горит фонарь на улице " + streets[5].Name + " у дома 12, дети возвращаются из школы в темноте. Управляющая компания отвечает отписками, а администрация молчит. Просим принять меры и наказать виновных."
	start = time.Now()
	for range 2000 {
		index.Find(message, 0, 3)
	}
	t.Logf("find in a message of %d characters: %s", len([]rune(message)), (time.Since(start) / 2000).Round(100*time.Nanosecond))

	db, err := sql.Open("sqlite", t.TempDir()+"/plain.db")
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "PRAGMA journal_mode=WAL; CREATE TABLE a (territory text, settlement text, kind text, street text, house text, lat real, lon real)")
	require.NoError(t, err)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	insert, err := tx.PrepareContext(t.Context(), "INSERT INTO a VALUES (?, ?, ?, ?, ?, ?, ?)")
	require.NoError(t, err)
	defer insert.Close()
	for _, l := range lines[1:] {
		if f := strings.Split(l, ","); len(f) == 7 {
			_, err := insert.ExecContext(t.Context(), f[0], f[1], f[2], f[3], f[4], f[5], f[6])
			require.NoError(t, err)
		}
	}
	require.NoError(t, tx.Commit())
	start = time.Now()
	hits := 0
	const tries = 10
	for i := range tries {
		s := streets[rng.IntN(len(streets))]
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM a WHERE street LIKE ? AND house = ?", "%"+s.Name[:len(s.Name)-4]+"%", fmt.Sprint(i+1)).Scan(&n))
		hits += n
	}
	t.Logf("plain SQL LIKE: %s each, typos not found, %d hits", (time.Since(start) / tries).Round(time.Microsecond), hits)
}

func synthetic(rng *rand.Rand) string {
	const vowels, consonants = "аеиоуя", "бвгдзклмнпрст"
	var b strings.Builder
	for range 2 + rng.IntN(2) {
		b.WriteRune([]rune(consonants)[rng.IntN(13)])
		b.WriteRune([]rune(vowels)[rng.IntN(6)])
	}
	b.WriteRune([]rune(consonants)[rng.IntN(13)])
	return b.String()
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
