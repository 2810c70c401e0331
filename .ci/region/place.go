package main

import (
	"regexp"
	"strings"

	"github.com/otklik/otklik/rubricator/territory"
)

// mainTown is where a message is from that names no other place.
const mainTown = "Курск"

// place is a municipality with the forms in which people name it.
type place struct {
	name, code string
	town       bool
	named      *regexp.Regexp // it is named as what it is: «Льговского района», «г. Льгов»
	stem       string         // of the first word of its name, without the ending
}

const (
	before = `(?:^|[^а-яё])`
	after  = `(?:[^а-яё]|$)`
)

// ending cuts what changes with the case.
var ending = regexp.MustCompile(`(?:ский|ий|ы|а|ь|и)$`)

func newPlace(name string) place {
	first, rest, _ := strings.Cut(strings.ToLower(name), " ")
	p := place{name: name, code: territory.Slug(name), town: rest == "", stem: ending.ReplaceAllString(first, "")}
	form := before + `(?:город[а-я]*|г\.?)\s*` + p.stem + `[а-я]{0,2}` + after
	if !p.town {
		form = before + p.stem + `ск[а-я]{2,3}\s+(?:муниципальн[а-я]+\s+)?(?:район|р-н|р-он)`
	}
	p.named = regexp.MustCompile(form)
	return p
}

// townOf finds the name of a town that a body or a text names.
var townOf = regexp.MustCompile(before + `(?:города|г\.)\s*([а-яё]{4,})`)

// find returns the municipality that a text names, "" for none. A town that is
// no municipality of its own lies in the district that is called after it.
func (d *data) find(text string) string {
	text = strings.ToLower(text)
	for _, towns := range []bool{false, true} { // a district is named on purpose
		for _, p := range d.places {
			if p.town == towns && p.named.MatchString(text) {
				return p.code
			}
		}
	}
	for _, hit := range townOf.FindAllStringSubmatch(text, -1) {
		for _, p := range d.places {
			if !p.town && strings.HasPrefix(hit[1], p.stem) {
				return p.code
			}
		}
	}
	return ""
}

// placeOf is where a message is from: as its agency says, its text, or the main
// town.
func (d *data) placeOf(agency, text string) string {
	if at := d.find(agency); at != "" {
		d.byAgency++
		return at
	}
	if at := d.find(text); at != "" {
		d.byText++
		return at
	}
	return territory.Slug(mainTown)
}
