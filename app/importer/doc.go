// Package importer brings files of a region into the product: its territories,
// rubricator, agencies with their routes and people, and appeals from another
// system.
//
// A file is checked whole before anything is written: every wrong line is named
// (fault.Lines), and then nothing is imported. A dry run goes the whole way and
// takes it back.
package importer
