package app

import (
	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/web/api"
	"github.com/otklik/otklik/rubricator"
)

// publicMaps draws the heat maps that everybody may see.
func (a *App) publicMaps() *jobs.Atlas {
	return &jobs.Atlas{Log: a.Log, Maps: a.cartographer()}
}

func (a *App) cartographer() *atlas.Publisher {
	return &atlas.Publisher{
		Source: a.Store, Shelf: a.Store, Grain: atlas.Grain(a.Config.PublicMap), Zone: a.Config.Zone, Now: a.Clock.Now,
		Region: func() atlas.Region { return atlasRegion{a.Rubricator.Book()} },
	}
}

// mapped reports whether there is a heat map for everybody.
func (a *App) mapped() bool { return atlas.Grain(a.Config.PublicMap) != atlas.None }

// openMaps are the published maps where everybody may see them.
func (a *App) openMaps() api.Maps {
	if !a.mapped() {
		return nil
	}
	return a.Store
}

// atlasRegion shows the rubricator to the publisher.
type atlasRegion struct{ *rubricator.Book }

func (r atlasRegion) Place(territory int64) (string, bool) {
	t, ok := r.Places.Municipality(territory)
	return t.Code, ok
}

func (r atlasRegion) Topic(code string) string { return r.Tree.Same(code)[0] }

func (r atlasRegion) Sizes() atlas.Sizes {
	leaves := map[string]int{}
	for _, l := range r.Tree.Leaves() {
		leaves[l.Category().Code]++
	}
	return atlas.Sizes{
		Places: len(r.Places.Municipalities()), Categories: len(r.Tree.Roots),
		Topics: func(category string) int { return leaves[category] },
	}
}
