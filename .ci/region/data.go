package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/rubricator/territory"
)

// message is one row of the messages.
type message struct {
	id, text, topic, agency string // topic and agency are codes
	place                   string // code
}

// data is the region as the files have it.
type data struct {
	messages         []message
	topics           map[string]string // name → code
	topicCategory    map[string]string // name → name of the category
	categories       map[string]string // name → code
	agencies         map[string]string // name → code
	places           []place
	byAgency, byText int
	boundaries       string // path
}

const (
	messagesFile = "kursk-pos-train.csv"
	placesFile   = "kursk-municipalities.geojson"
)

func readData(dir string) (*data, error) {
	d := &data{
		topics: map[string]string{}, topicCategory: map[string]string{}, categories: map[string]string{},
		agencies: map[string]string{}, boundaries: filepath.Join(dir, placesFile),
	}
	raw, err := os.ReadFile(d.boundaries)
	if err != nil {
		return nil, err
	}
	var collection struct {
		Features []struct {
			Properties struct {
				Name string `json:"name"`
			} `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(raw, &collection); err != nil {
		return nil, fmt.Errorf("%s: %w", placesFile, err)
	}
	for _, f := range collection.Features {
		d.places = append(d.places, newPlace(f.Properties.Name))
	}
	rows, err := readTable(filepath.Join(dir, messagesFile))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		d.topicCategory[row["topic"]], d.categories[row["category"]], d.agencies[row["agency"]] = row["category"], "", ""
	}
	d.name()
	for _, row := range rows {
		d.messages = append(d.messages, message{
			id: row["id"], text: row["text"], topic: d.topics[row["topic"]], agency: d.agencies[row["agency"]],
			place: d.placeOf(row["agency"], row["text"]),
		})
	}
	return d, nil
}

func readTable(path string) ([]map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(all) < 2 {
		return nil, errors.New(path + " has no rows")
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, name := range all[0] {
			m[name] = row[i]
		}
		out = append(out, m)
	}
	return out, nil
}

// name gives codes: of categories the transliterated name, of topics that of the
// category with an ordinal, of agencies an ordinal.
func (d *data) name() {
	for name := range d.categories {
		d.categories[name] = territory.Slug(name)
	}
	count := map[string]int{}
	for _, topic := range slices.Sorted(maps.Keys(d.topicCategory)) {
		category := d.categories[d.topicCategory[topic]]
		count[category]++
		d.topics[topic] = fmt.Sprintf("%s.%03d", category, count[category])
	}
	for i, name := range slices.Sorted(maps.Keys(d.agencies)) {
		d.agencies[name] = fmt.Sprintf("a%02d", i+1)
	}
}

// files are what is imported.
type files struct{ boundaries, rubricator, agencies, appeals string }

// convert writes the files that `otklik import` takes.
func (d *data) convert(dir string) (files, error) {
	out := files{
		boundaries: d.boundaries, rubricator: filepath.Join(dir, "rubricator.csv"),
		agencies: filepath.Join(dir, "agencies.yaml"), appeals: filepath.Join(dir, "appeals.csv"),
	}
	var tree [][]string
	for name, code := range d.categories {
		tree = append(tree, []string{code, name, ""})
	}
	for name, code := range d.topics {
		tree = append(tree, []string{code, name, "anonymous"})
	}
	slices.SortFunc(tree, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	appeals := [][]string{{"id", "text", "rubric", "territory"}}
	for _, m := range d.messages {
		appeals = append(appeals, []string{m.id, m.text, m.topic, m.place})
	}
	body, err := yaml.Marshal(d.agencyFile())
	return out, errors.Join(
		err, writeTable(out.rubricator, append([][]string{{"code", "name_ru", "identity"}}, tree...)),
		writeTable(out.appeals, appeals), os.WriteFile(out.agencies, body, 0o600),
	)
}

func writeTable(path string, rows [][]string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(csv.NewWriter(f).WriteAll(rows), f.Close())
}

// roles are held by one person each in every agency, whose login is the code of
// the agency and the role.
var roles = []string{"coordinator", "executor", "head"}

const supervisor = "supervisor"

func login(agency, role string) string { return agency + "-" + role }

type object = map[string]any

// agencyFile has the agencies, one person for each role in each, and routes:
// whoever answers most often for a topic at a place, for a topic, for all.
func (d *data) agencyFile() object {
	var agencies, users, routes []object
	users = append(users, object{"login": supervisor, "name": "Куратор", "roles": []object{{"role": "supervisor"}}})
	for _, name := range slices.Sorted(maps.Keys(d.agencies)) {
		code := d.agencies[name]
		one := object{"code": code, "name": object{"ru": name}}
		if at := d.find(name); at != "" {
			one["territory"] = at
		}
		agencies = append(agencies, one)
		for _, role := range roles {
			users = append(users, object{
				"login": login(code, role), "name": name + ", " + role, "roles": []object{{"agency": code, "role": role}},
			})
		}
	}
	type key struct{ topic, place string }
	votes := map[key]map[string]int{}
	vote := func(k key, agency string) {
		if votes[k] == nil {
			votes[k] = map[string]int{}
		}
		votes[k][agency]++
	}
	for _, m := range d.messages {
		vote(key{"*", "*"}, m.agency)
		vote(key{m.topic, "*"}, m.agency)
		vote(key{m.topic, m.place}, m.agency)
	}
	for k, by := range votes {
		routes = append(routes, object{"rubric": k.topic, "territory": k.place, "agency": most(by)})
	}
	return object{"agencies": agencies, "users": users, "routes": routes}
}

// most is who has the most votes, the first by code among equals.
func most(votes map[string]int) string {
	return slices.MaxFunc(slices.Sorted(maps.Keys(votes)), func(a, b string) int {
		return cmp.Or(cmp.Compare(votes[a], votes[b]), cmp.Compare(b, a))
	})
}
