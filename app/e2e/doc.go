// Package e2e proves in a real browser that people can do what the product is
// for: with a mouse, by keyboard alone, without scripts, on a phone, and when
// things go wrong on the way. Every page that a test comes to is checked by
// axe, and nothing may be complained of in the console.
//
// The tests need Chromium (OTKLIK_TEST_CHROMIUM) and node_modules; the long one
// needs PostgreSQL and Redis too. With OTKLIK_SCREENSHOTS set, pictures of the
// pages are left in var/screenshots.
package e2e
