package web

import (
	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/web/admin"
	"github.com/otklik/otklik/app/web/api"
	"github.com/otklik/otklik/app/web/assets"
	"github.com/otklik/otklik/app/web/campaign"
	"github.com/otklik/otklik/app/web/console"
	"github.com/otklik/otklik/app/web/dashboard"
	"github.com/otklik/otklik/app/web/desk"
	"github.com/otklik/otklik/app/web/heatmap"
	"github.com/otklik/otklik/app/web/portal"
	"github.com/otklik/otklik/app/web/widget"
)

// Pages are the handlers of every part.
type Pages struct {
	Portal    *portal.Handlers
	Console   *console.Handlers
	Dashboard *dashboard.Handlers
	Desk      *desk.Handlers
	Admin     *admin.Handlers
	API       *api.Handlers
	Campaigns *campaign.Handlers
	Map       *heatmap.Handlers // nil: there is no map for everybody
}

// routes is every address of the product.
func (h *frame) routes(e *echo.Echo) {
	e.GET("/healthz", h.health)
	e.GET("/readyz", h.ready)
	if h.cfg.Metrics != nil {
		e.GET("/metrics", h.metrics)
	}
	e.GET("/assets/*", echo.WrapHandler(assets.Handler()))

	if p := h.cfg.Pages.Portal; p != nil {
		e.GET("/", p.Home)
		forms(e.Group(""), p)
		e.GET("/status", p.Lookup)
		e.POST("/status", p.FindStatus)
		a := e.Group("/a/:number/:secret")
		a.GET("", p.Status)
		a.GET("/photos/:photo", p.Evidence)
		a.GET("/answers/:n.pdf", p.Letter)
		a.POST("/photos", p.AddEvidence)
		a.POST("/:action", p.Act)
		e.GET("/check", p.CheckLetter)
		e.GET("/agencies", p.AgencyList)
		e.GET("/agencies/:code", p.AgencyPage)
		e.GET("/territories.geojson", p.Boundaries)
		e.GET("/about", p.About)
		e.GET("/privacy", p.Privacy)
		e.GET("/accessibility", p.Accessibility)

		e.GET(widget.LoaderPath, widget.Loader())
		framed := e.Group("/embed/:agency", widget.Framed(p.Agencies))
		framed.GET("", p.Home)
		forms(framed, p)
		if m := h.cfg.Pages.Map; m != nil {
			e.GET(heatmap.Path, m.Show)
			e.GET(heatmap.Path+".csv", m.Table)
			e.GET(heatmap.Path+".geojson", m.Geo)
			framed.GET(heatmap.Path, m.Show)
		}
	}

	if p := h.cfg.Pages.Console; p != nil {
		e.GET("/sign-in", p.SignInForm)
		e.POST("/sign-in", p.SignIn)
		e.POST("/sign-out", p.SignOut)
		e.GET("/feeds/:secret", p.Feed)
		// What pages ask by themselves keeps no session alive; what somebody does,
		// does.
		w := e.Group(livePath, h.watching)
		w.GET("/stream", p.Stream)
		w.GET("/news", p.News)
		w.GET("/counts", p.Counts)
		w.GET("/appeals/:id", p.Meantime)
		l := e.Group(livePath, h.signedIn)
		l.POST("/appeals/:id/writing", p.Writing)
		l.POST("/appeals/:id/answer", p.KeepAnswer)
		g := e.Group("/console", h.signedIn)
		g.GET("", p.Inbox)
		g.POST("/suggest", p.SuggestSearch)
		g.GET("/inbox.xlsx", p.Export)
		g.GET("/inbox.csv", p.Export)
		g.GET("/notices", p.Notices)
		g.POST("/notices/seen", p.SeeNotices)
		g.GET("/duplicates", p.DuplicateQueue)
		g.POST("/duplicates", p.DecideDuplicates)
		g.GET("/account", p.Account)
		g.POST("/account", p.ChangeAccount)
		g.GET("/views", p.Views)
		g.POST("/views", p.SaveView)
		g.POST("/views/:id", p.ChangeView)
		g.GET("/templates", p.Templates)
		g.POST("/templates", p.CreateTemplate)
		g.GET("/templates/new", p.NewTemplate)
		g.GET("/templates/:id", p.Template)
		g.POST("/templates/:id", p.ChangeTemplate)
		g.GET("/calendar", p.Plan)
		g.GET("/workload", p.Workload)
		g.GET("/absences", p.AbsenceList)
		g.POST("/absences", p.SetAbsence)
		g.POST("/absences/:id/end", p.EndAbsence)
		g.GET("/bulk", p.BulkAgain)
		g.POST("/bulk", p.Bulk)
		g.GET("/bulk/:id", p.BulkResult)
		g.POST("/bulk/:id/undo", p.UndoBulk)
		g.GET("/appeals/:id", p.Card)
		g.GET("/appeals/:id/contacts", p.ContactsAgain)
		g.POST("/appeals/:id/contacts", p.Contacts)
		g.GET("/appeals/:id/photos/:photo", p.Photo)
		g.GET("/appeals/:id/scans/:n", p.Scan)
		g.GET("/appeals/:id/answers/:n.pdf", p.ContactsAgain)
		g.POST("/appeals/:id/answers/:n.pdf", p.Letter)
		g.GET("/appeals/:id/answer", p.Answer)
		g.POST("/appeals/:id/answer", p.WriteAnswer)
		g.POST("/appeals/:id/answer/flags", p.AnswerFlags)
		g.GET("/appeals/:id/similar", p.Similar)
		g.GET("/appeals/:id/similar/:other", p.Compare)
		g.GET("/appeals/:id/gather", p.Gathering)
		g.POST("/appeals/:id/gather", p.Gather)
		g.GET("/appeals/:id/split", p.Splitting)
		g.POST("/appeals/:id/split", p.Split)
		g.GET("/appeals/:id/:action", p.ActionForm)
		g.POST("/appeals/:id/:action", p.Act)
	}

	if p := h.cfg.Pages.Desk; p != nil {
		g := e.Group("/console/desk", h.signedIn)
		g.GET("", p.Start)
		g.POST("", p.Begin)
		g.GET("/:token", p.Form)
		g.POST("/:token", p.Save)
		g.POST("/:token/keep", p.Keep)
		g.POST("/:token/hints", p.TypedHints)
		g.POST("/:token/places", p.TypedPlaces)
		g.GET("/:token/done", p.Done)
	}

	if p := h.cfg.Pages.Campaigns; p != nil {
		e.GET("/campaigns", p.List)
		v := e.Group("/campaigns/:id")
		v.GET("", p.Show)
		v.GET("/vote", p.Introduce)
		v.POST("/vote", p.SendCode)
		v.GET("/code/:code", p.Code)
		v.POST("/code/:code", p.Recognise)
		v.POST("/ballot", p.Ballot)
		v.GET("/check", p.Check)
		v.GET("/terms.json", p.Terms)
		v.GET("/files.zip", p.Files)
		v.GET("/protocol.pdf", p.Protocol)
		v.GET("/result.csv", p.ResultTable)
		v.GET("/result.xlsx", p.ResultTable)
		v.GET("/result.json", p.ResultJSON)
		v.GET("/votes.pb", p.Pabulib)
		v.GET("/log/checkpoint", p.Checkpoint)
		v.GET("/log/entries", p.Entries)
		v.GET("/log/key", p.Key)
		v.GET("/remark", p.Write)
		v.POST("/remark", p.Written)
		v.GET("/enter", p.EnterTalk)
		v.POST("/enter", p.Entered)
		v.POST("/remarks/:remark/support", p.Support)
		v.GET("/compare", p.Compare)
		v.GET("/moderation", p.Moderation)
		v.GET("/summary", p.Summary)
		v.GET("/remarks.json", p.TalkData)
		v.GET("/remarks.csv", p.TalkTable)
		v.GET("/remarks.xlsx", p.TalkTable)
		if citizens := h.cfg.Pages.Portal; citizens != nil {
			framed := e.Group("/embed/:agency/campaigns", widget.Framed(citizens.Agencies))
			framed.GET("", p.Cards)
			framed.GET("/:id", p.Card)
		}
		g := e.Group("/console/campaigns", h.signedIn)
		g.GET("", p.OfficeList)
		g.GET("/new", p.Edit)
		g.POST("/new", p.Save)
		g.GET("/:id", p.Desk)
		g.POST("/:id", p.Act)
		g.GET("/:id/edit", p.Edit)
		g.POST("/:id/edit", p.Save)
		g.GET("/:id/remarks", p.Queue)
		g.GET("/:id/remarks/:remark", p.Remark)
		g.POST("/:id/remarks/:remark", p.HandleRemark)
		g.GET("/:id/enter", p.EnterForm)
		g.POST("/:id/enter", p.EnterRemark)
		g.GET("/:id/text", p.ReviseForm)
		g.POST("/:id/text", p.Revise)
		g.GET("/:id/protocol.pdf", p.DeskProtocol)
		g.GET("/:id/questions/:n", p.Question)
		g.POST("/:id/questions/:n", p.SaveQuestion)
		g.GET("/:id/answers/:question", p.Answers)
		g.POST("/:id/answers/:question", p.HideAnswer)
	}

	if p := h.cfg.Pages.Dashboard; p != nil {
		g := e.Group("/dashboard", h.signedIn)
		g.GET("", p.Overview)
		g.GET("/figures.xlsx", p.Figures)
		g.GET("/figures.csv", p.Figures)
		g.GET("/heat", p.Heat)
		g.GET("/heat.xlsx", p.HeatTable)
		g.GET("/heat.csv", p.HeatTable)
		g.GET("/heat.geojson", p.HeatGeo)
		g.GET("/heat-map.svg", p.HeatDrawing)
		g.GET("/heat-tiles.svg", p.HeatTiles)
		g.GET("/heat/points.geojson", p.HeatPoints)
		g.GET("/heat/compare", p.Compare)
		g.GET("/alerts", p.Alerts)
		g.POST("/alerts/mail", p.MailAlerts)
		g.POST("/alerts/:id", p.TakeAlert)
		g.GET("/escalated", p.Escalated)
		g.GET("/agencies/:id", p.Agency)
		g.GET("/agencies/:id/people/:user", p.Person)
		g.GET("/cases", p.Cases)
		g.GET("/trend", p.Trend)
		g.GET("/trend.svg", p.TrendPicture)
		g.GET("/trend.xlsx", p.TrendTable)
		g.GET("/trend.csv", p.TrendTable)
		g.GET("/flow", p.Waiting)
		g.GET("/flow.xlsx", p.WaitingTables)
		g.GET("/flow.csv", p.WaitingTables)
		g.GET("/flow.svg", p.RedirectPicture)
		g.GET("/again", p.Again)
		g.GET("/weekly", p.WeeklyReports)
		g.GET("/weekly/new", p.WeeklyForm)
		g.POST("/weekly/new", p.SaveWeeklyReport)
		g.GET("/weekly/:id", p.WeeklyForm)
		g.POST("/weekly/:id", p.SaveWeeklyReport)
		g.POST("/weekly/:id/:action", p.ActOnWeekly)
		g.GET("/weekly/:id/:day", p.WeeklyFile)
	}

	if p := h.cfg.Pages.Admin; p != nil {
		g := e.Group("/admin", h.signedIn)
		g.GET("/users", p.Users)
		g.POST("/users", p.CreateUser)
		g.GET("/users/new", p.NewUser)
		g.GET("/users/:id", p.User)
		g.POST("/users/:id", p.ChangeUser)
		g.GET("/journal", p.Journal)
		g.GET("/models", p.Models)
		g.POST("/models", p.ChangeModels)
		g.GET("/rubricator/routes", p.Routes)
		g.GET("/rubricator/simulation", p.Simulation)
		g.GET("/rubricator/routes/rule", p.Rule)
		g.POST("/rubricator/routes/rule", p.SaveRule)
		g.GET("/calendar", p.Calendar)
		g.POST("/calendar/years", p.ImportYear)
		g.POST("/calendar/days", p.SetDay)
		g.GET("/calendar/changes/:id", p.Change)
		g.POST("/calendar/changes/:id", p.Decide)
		g.GET("/rubricator", p.Rubricator)
		g.POST("/rubricator", p.ActOnTree)
		g.GET("/rubricator/file.yaml", p.File)
		g.POST("/rubricator/file", p.ImportFile)
		g.GET("/rubricator/new", p.NewNode)
		g.POST("/rubricator/new", p.CreateNode)
		g.GET("/rubricator/nodes/:code", p.Node)
		g.POST("/rubricator/nodes/:code", p.SaveNode)
		g.POST("/rubricator/nodes/:code/preview", p.PreviewNode)
		g.GET("/rubricator/nodes/:code/retire", p.Retirement)
		g.POST("/rubricator/nodes/:code/change", p.ChangeNode)
		g.GET("/rubricator/changes", p.TreeChanges)
		g.POST("/rubricator/changes", p.PublishTree)
		g.GET("/rubricator/versions", p.Versions)
		g.GET("/rubricator/versions/:id", p.Version)
		g.POST("/rubricator/versions/:id", p.RestoreVersion)
	}

	if p := h.cfg.Pages.API; p != nil {
		g := e.Group("/api/v1", api.Problems, p.Token)
		g.GET("/openapi.json", p.OpenAPI)
		g.POST("/appeals", p.Submit)
		g.GET("/appeals", p.List, p.Officer)
		g.GET("/appeals/:number", p.Appeal)
		g.GET("/appeals/:number/applicant", p.Applicant)
		g.GET("/appeals/:number/answers/:n.pdf", p.Letter)
		g.POST("/appeals/:number/actions", p.Act)
		g.GET("/rubrics", p.Rubrics)
		g.GET("/territories", p.Territories)
		g.GET("/agencies", p.Agencies)
		g.POST("/suggest", p.Suggest)
		g.POST("/near", p.Near)
		g.GET("/heatmap", p.HeatMap)
	}
}

// forms are the pages by which a citizen reports a problem, on the portal and in
// the widget alike.
func forms(g *echo.Group, p *portal.Handlers) {
	g.GET("/topics", p.TopicList)
	g.GET("/topics/:code", p.Topic)
	g.POST("/suggest", p.Suggest)
	g.POST("/near", p.TypedNear)
	g.GET("/report", p.BeginAgain)
	g.POST("/report", p.Begin)
	r := g.Group("/report/:token")
	r.GET("", p.Review)
	r.GET("/text", p.Text)
	r.POST("/text", p.SaveText)
	r.GET("/topic", p.ChooseTopic)
	r.POST("/topic", p.SaveTopic)
	r.GET("/urgent", p.Urgent)
	r.GET("/help", p.Help)
	r.GET("/questions", p.Questions)
	r.POST("/questions", p.SaveQuestions)
	r.GET("/place", p.Place)
	r.POST("/place", p.SavePlace)
	r.POST("/place/suggest", p.SuggestPlace)
	r.POST("/place/near", p.TypedNearPlace)
	r.GET("/near", p.Near)
	r.POST("/near", p.SaveNear)
	r.GET("/photos", p.Pictures)
	r.POST("/photos", p.AddPictures)
	r.GET("/photos/:photo", p.Picture)
	r.POST("/photos/remove", p.RemovePicture)
	r.GET("/contacts", p.Contacts)
	r.POST("/contacts", p.SaveContacts)
	r.GET("/review", p.Review)
	r.POST("/review", p.Submit)
	r.GET("/done", p.Done)
}
