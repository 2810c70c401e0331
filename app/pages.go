package app

import (
	"context"

	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/admin"
	"github.com/otklik/otklik/app/web/api"
	"github.com/otklik/otklik/app/web/campaign"
	"github.com/otklik/otklik/app/web/console"
	"github.com/otklik/otklik/app/web/dashboard"
	"github.com/otklik/otklik/app/web/desk"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/heatmap"
	"github.com/otklik/otklik/app/web/portal"
	"github.com/otklik/otklik/app/web/project"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// pages are the handlers of every part with what each needs.
func (a *App) pages() web.Pages {
	stamp := workflow.NewStamp(a.keys.mark)
	letters := officials{
		base: a.Config.Base, zone: a.Config.Zone, stamp: stamp, applicants: a.Store, directory: a.directory, topics: a.Rubricator,
	}
	officers := console.New(console.Config{
		Accounts: a.Accounts, Cookies: edge.NewCookies(a.Config.Base), Engine: a.Engine, Reader: a.Store,
		Templates: a.Store, Loads: a.Store, Rubrics: a.Rubricator, Directory: a.directory, Index: a.index, Phones: a.Store,
		Subscriptions: a.Store, Users: a.Store, Alerts: a.Store, Settle: a.settle,
		Notices: a.Store, Photos: a.Photos, Letters: letters, Clock: a.Clock, Base: a.Config.Base, Demo: a.demoUsers(),
		Hub: a.hub, KeepKey: a.keepKey,
		Bulking: a.bulking(), Duplicates: a.Store.Suspicions(), Views: a.Store, Planning: a.Store, Absences: a.Store, Journal: a.Store, Calendar: a.Engine.Calendar,
		Settings: admin.Sections, Gathers: a.gathers,
	})
	a.officers = officers
	citizens := portal.New(portal.Config{
		Addresses: a.Addresses,
		Engine:    a.Engine, Reader: a.Store, Drafts: a.Store, Topics: a.Rubricator, Agencies: a.directory, Duplicates: alike{a, a.alike},
		Published: a.Store, Dictionary: openDictionary(),
		Letters: letters, Stamp: stamp, Photos: a.Photos, Calendar: a.Engine.Calendar, Clock: a.Clock, Zone: a.Config.Zone, Base: a.Config.Base,
		Unlimited: !a.Config.RateLimit, Usual: &usual{times: a.Store, clock: a.Clock, log: a.Log}, Map: a.mapped(), Votes: a.anyVotes(),
	})
	projects := a.projects(citizens, officers)
	pages := web.Pages{
		Portal:    citizens,
		Campaigns: a.votes(citizens, officers, projects),
		Projects:  projects,
		Console:   officers,
		Desk: desk.New(desk.Config{
			Engine: a.Engine, Cases: a.Store, Callers: a.Store, Drafts: a.Store, Topics: a.Rubricator, Addresses: a.Addresses,
			Directory: a.directory, Duplicates: alike{a, a.alike}, Files: a.Photos, Clock: a.Clock, Zone: a.Config.Zone, Base: a.Config.Base,
			Frame: officers.Page,
		}),
		Dashboard: a.figuresPages(officers),
		Admin: admin.New(admin.Config{
			Calendars: a.Calendars, Staff: &identity.Staff{Store: a.Store, Clock: a.Clock}, Learning: a.Learning, Directory: a.directory, Reader: a.Store,
			Clock: a.Clock, Zone: a.Config.Zone, Frame: officers.Page,
			Editor: &rubricator.Editor{Store: a.Store, Clock: a.Clock, Reload: a.Reload, Bodies: a.bodies}, Past: a.Store, Published: a.Store,
			Simulator: &rubricator.Simulator{Store: a.Store, Clock: a.Clock},
		}),
		API: api.New(api.Config{
			Addresses: a.Addresses, Duplicates: alike{a, a.alike},
			Accounts: a.Accounts, Engine: a.Engine, Reader: a.Store, Topics: a.Rubricator, Directory: a.directory,
			Users: a.Store, Photos: a.Photos, Letters: letters, Index: a.index, Settle: a.settle, Clock: a.Clock, Zone: a.Config.Zone,
			Base: a.Config.Base, Keys: a.keys.once, Unlimited: !a.Config.RateLimit, Maps: a.openMaps(),
		}),
	}
	if a.mapped() {
		pages.Map = heatmap.New(heatmap.Config{Maps: a.Store, Book: a.Rubricator.Book, Clock: a.Clock, Zone: a.Config.Zone, Frame: citizens.Page})
	}
	return pages
}

// figuresPages are those of the dashboard. What makes reports of the week, too.
func (a *App) figuresPages(officers *console.Handlers) *dashboard.Handlers {
	a.watched = dashboard.New(dashboard.Config{
		Reports: a.board(), Index: a.index, Rubrics: a.Rubricator, Agencies: a.directory, Inbox: a.Store, Alert: a.Store, Weekly: a.Store,
		Journal: a.Store, Clock: a.Clock, Zone: a.Config.Zone, Frame: officers.Page, Log: a.Log,
	})
	return a.watched
}

// votes are the pages of campaigns, inside the frames of the portal and of the
// console.
func (a *App) votes(citizens *portal.Handlers, officers *console.Handlers, projects *project.Handlers) *campaign.Handlers {
	cfg := campaign.Config{
		Campaigns: a.campaigns(), Voting: a.voting(), PaperBox: a.paperwork(), Talks: a.talks(), Agencies: a.directory, People: a.directory,
		Clock: a.Clock, Zone: a.Config.Zone, Base: a.Config.Base,
		Frame: citizens.Page, Office: officers.Page, Projects: projects,
		Places: func() []participation.Named {
			var out []participation.Named
			for _, t := range a.Rubricator.Book().Places.Municipalities() {
				out = append(out, participation.Named{ID: t.ID, Name: t.Name})
			}
			return out
		},
	}
	if a.Config.RateLimit {
		cfg.Codes, cfg.Ballots = campaign.DefaultCodes, campaign.DefaultBallots
	}
	return campaign.New(cfg)
}

// projects are the pages of proposals and of what is built of them.
func (a *App) projects(citizens *portal.Handlers, officers *console.Handlers) *project.Handlers {
	cfg := project.Config{
		Proposals: a.proposals(), Campaigns: a.Store, Agencies: a.directory, Photos: a.Photos, Cases: a.Store, Clock: a.Clock, Zone: a.Config.Zone,
		Places: func() *territory.Index { return a.Rubricator.Book().Places }, Frame: citizens.Page, Office: officers.Page,
		Topic: func(ctx context.Context, code string) string {
			if r, ok := a.Rubricator.Book().Tree.Find(code); ok {
				return r.Name.In(ui.Lang(ctx))
			}
			return ""
		},
	}
	if a.Config.RateLimit {
		cfg.Codes, cfg.Drafts = project.DefaultCodes, project.DefaultDrafts
	}
	return project.New(cfg)
}

// demoUsers are the sign-ins that everybody may see in the demo region.
func (a *App) demoUsers() []console.DemoUser {
	if !a.Config.Demo {
		return nil
	}
	var out []console.DemoUser
	for _, s := range demo.SignIns {
		out = append(out, console.DemoUser{Login: s.Login, Password: demo.Password, Role: s.Role})
	}
	return out
}
