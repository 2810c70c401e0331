package app

import "github.com/otklik/otklik/app/web"

// pages are the handlers of every part with what each needs.
func (a *App) pages() (web.Pages, error) {
	return web.Pages{}, nil
}
