package portal_test

import (
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/portal"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/rubricator/territory"
)

type addresses struct{ index *address.Index }

func (a addresses) Index() *address.Index { return a.index }

func withAddresses(t *testing.T) func(*portal.Config) {
	t.Helper()
	all, err := region{}.ListTerritories(t.Context())
	require.NoError(t, err)
	places, err := territory.NewIndex(all)
	require.NoError(t, err)
	index := address.NewIndex(func() *territory.Index { return places }, []address.Street{
		{ID: 1, Territory: 2, Kind: "ул.", Name: "Мира", Lat: 50.5, Lon: 40.5, Houses: "5\t10\t-10\n7а\n"},
		{ID: 2, Territory: 3, Settlement: "с. Луг", Kind: "ул.", Name: "Мира", Lat: 50.6, Lon: 41.5, Houses: "9\n"},
		{ID: 3, Territory: 3, Kind: "ул.", Name: "Лесная", Lat: 50.7, Lon: 41.7},
		{ID: 4, Territory: 3, Kind: "ул.", Name: "Тихая"},
	}, []address.Landmark{{ID: 1, Territory: 2, Kind: address.School, Name: "Школа № 5", Lat: 50.2, Lon: 40.2}})
	return func(c *portal.Config) { c.Addresses = addresses{index} }
}

var refOf = regexp.MustCompile(`name="pick" value="([^"]+)"`)

func TestPlace_offers_what_the_message_says_and_sets_nothing_by_itself(t *testing.T) {
	t.Parallel()
	b := newWorld(t, withAddresses(t)).browser()
	b.post("/report", "text", "Яма на улице Мира у дома 5 в городе Белогривске, объехать нельзя", "rubric", "roads.pothole")
	form := strings.TrimSuffix(b.at.Path, "/"+path.Base(b.at.Path))
	b.get(form + "/place")
	require.Contains(t, b.page, "Возможно, это здесь?")
	require.Regexp(t, `<mark class="otk-offer__quote">[^<]*улице Мира у дома 5</mark>`, b.page)
	require.Contains(t, b.page, `id="lat" name="lat" value=""`, "nothing is set yet")
	refs := refOf.FindAllStringSubmatch(b.page, -1)
	require.Len(t, refs, 1)

	b.post(form+"/place", "pick", refs[0][1])
	b.on("place")
	require.Contains(t, b.page, `value="ул. Мира, 5"`)
	require.Contains(t, b.page, `value="50.500100"`)
	require.Contains(t, b.page, `value="2" selected`)
	require.NotContains(t, b.page, "Возможно, это здесь?", "it was answered")

	b.post(form+"/place", "pick", "s99.1")
	b.invalid("Выберите место ещё раз")
	b.post(form+"/place", "pick", "нет такого")
	b.invalid("Выберите место ещё раз")
}

func TestPlace_an_address_in_several_places_is_asked_about(t *testing.T) {
	t.Parallel()
	b := newWorld(t, withAddresses(t)).browser()
	b.post("/report", "text", "Нет света во всём доме со вчерашнего вечера", "rubric", "roads.pothole")
	form := strings.TrimSuffix(b.at.Path, "/"+path.Base(b.at.Path))
	b.post(form+"/place", "address", "ул. Мира")
	b.invalid("Выберите его из списка", "с. Луг", "город Белогривск")
	require.Len(t, refOf.FindAllString(b.page, -1), 2)

	b.post(form+"/place", "find", "address", "address", "мира 5")
	require.Equal(t, http.StatusOK, b.status)
	require.Contains(t, b.page, "Отметим это место на карте")
	b.post(form+"/place", "find", "address", "address", "Неведомая 1")
	require.Contains(t, b.page, "Такого адреса в нашей таблице нет")
	require.Contains(t, b.page, `value="Неведомая 1"`)

	b.post(form+"/place/suggest", "address", "ул. Лес")
	require.Equal(t, http.StatusOK, b.status)
	require.Contains(t, b.page, "ул. Лесная")
	require.NotContains(t, b.page, "<html")

	// In one district alone the address says which.
	b.post(form+"/place", "address", "ул. Лесная, 3")
	b.get(form + "/place")
	require.Contains(t, b.page, `value="3" selected`)
	require.Contains(t, b.page, `id="lat" name="lat" value=""`, "nobody put a pin")
}

func TestPlace_a_street_without_a_point_chooses_the_district_alone(t *testing.T) {
	t.Parallel()
	b := newWorld(t, withAddresses(t)).browser()
	b.post("/report", "text", "На ул. Тихой второй день нет воды, а за ТЦ «Радуга» прорвало трубу", "rubric", "roads.pothole")
	form := strings.TrimSuffix(b.at.Path, "/"+path.Base(b.at.Path))
	b.get(form + "/place")
	require.Contains(t, b.page, "отметку на карте поставите сами")
	require.Contains(t, b.page, `name="words" value="ТЦ «Радуга»"`)
	b.post(form+"/place", "pick", "s4")
	require.Contains(t, b.page, `value="3" selected`)
	require.Contains(t, b.page, `id="lat" name="lat" value=""`)
	b.post(form+"/place", "words", "ТЦ «Радуга»")
	require.Contains(t, b.page, "ТЦ «Радуга»")
}

func TestPicked_trusts_boundaries_more_than_the_table(t *testing.T) {
	t.Parallel()
	places, err := territory.NewIndex([]territory.Territory{
		{ID: 1, Kind: "region"},
		{ID: 2, Parent: 1, Kind: "town", Name: lang.Text{RU: "А"}, Boundary: square(40, 50)},
		{ID: 3, Parent: 1, Kind: "town", Name: lang.Text{RU: "Б"}, Boundary: square(41, 50)},
	})
	require.NoError(t, err)
	offer := address.Offer{Found: address.FoundHouse, Pin: address.FoundHouse, Address: "ул. Мира, 5", Territory: 2, Lat: 50.5, Lon: 41.5}
	require.Equal(t, int64(3), intake.Picked(places, offer, "").Territory)
	offer.Lat = 10
	p := intake.Picked(places, offer, "")
	require.Equal(t, int64(2), p.Territory)
	require.Nil(t, p.Point)
}
