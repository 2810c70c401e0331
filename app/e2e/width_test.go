package e2e_test

import (
	"fmt"
	"strings"
	"testing"
)

// places are pages that people of each kind come to.
var places = []struct {
	login string // "" for a citizen
	paths []string
}{
	{"", []string{
		"/", "/topics", "/topics?in=roads", "/topics/roads.surface.pothole", "/status", "/agencies", "/agencies/city-roads",
		"/about", "/privacy", "/accessibility", "/sign-in", "/nowhere", "/?lang=en",
	}},
	{"coordinator", []string{"/console", "/console?tab=new", "/console?tab=all", "/console?tab=all&q=яма", "/console/notices", "/dashboard"}},
	{"supervisor", []string{
		"/console?tab=overdue", "/dashboard", "/dashboard/heat", "/dashboard/heat?q=яма&measure=overdue", "/dashboard/escalated",
	}},
}

// Pages fit a phone and a wide screen, and what one presses is large enough.
func TestPages_at_every_width(t *testing.T) {
	t.Parallel()
	p := shared(t)
	for _, width := range []int64{360, 1280} {
		t.Run(fmt.Sprintf("%d px", width), func(t *testing.T) {
			t.Parallel()
			for _, at := range places {
				who := visitor(t, p.base).onScreen(width, 800)
				who.isToHear("status of 404")
				if at.login != "" {
					who.signsIn(at.login)
				}
				for _, path := range at.paths {
					who.opens(path)
					who.fits()
					who.picture(fmt.Sprintf("%d%s%s", width, at.login, fileName(path)))
				}
				if at.login == "" {
					continue
				}
				who.opens("/console?tab=all")
				if who.shows("a[data-open]") {
					who.leaves(func() { who.click(who.find(`document.querySelector("a[data-open]")`, "a row"), 1) })
					who.picture(fmt.Sprintf("%d%s-card", width, at.login))
				}
			}
		})
		t.Run(fmt.Sprintf("the form at %d px", width), func(t *testing.T) {
			t.Parallel()
			citizen := visitor(t, p.base).onScreen(width, 800)
			citizen.onWay = func(step string) { citizen.picture(fmt.Sprintf("%d-form-%s", width, step)) }
			citizen.opens("/")
			citizen.types("Опишите проблему", pothole.text)
			citizen.sees("Похоже, это")
			citizen.picture(fmt.Sprintf("%d-form-offered", width))
			citizen.presses("Дальше")
			citizen.picture(fmt.Sprintf("%d-form-topic", width))
			citizen.inside(".otk-topics", func() { citizen.presses(pothole.topic) })
			citizen.goesOn(pothole)
			_, link := citizen.sends()
			citizen.picture(fmt.Sprintf("%d-form-done", width))
			citizen.opens(link)
			citizen.picture(fmt.Sprintf("%d-status", width))
		})
	}
}

func fileName(path string) string {
	return strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "-").Replace(path)
}
