# `make help` lists the targets. Servers that tests need come from .ci/services.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := build

LISTEN   ?= 127.0.0.1:8080
DATA     ?= data
FUZZTIME ?= 10s
# A test that needs more than this hangs; the whole run is to take 25 minutes.
TIMEOUT  ?= 30m

# The product is built without C; only the race detector wants it.
export CGO_ENABLED := 0

tool     := go tool -modfile=.ci/tools.mod
services := .ci/services run

# Data that is not ours to publish lies beside the repository, where there is any.
ifneq ($(wildcard ../shared/data),)
export OTKLIK_SHARED ?= $(abspath ../shared)
endif

templ    := $(shell find . -name node_modules -prune -o -name '*.templ' -print)
web      := $(shell find app/web/assets package.json tsconfig.json \
	-path app/web/assets/dist -prune -o -type f ! -name '*.go' -print 2>/dev/null)
manifest := app/web/assets/dist/manifest.json
# npm ci empties node_modules, so the stamp in it is gone when a run breaks off.
npm_ci   := node_modules/.installed-$(firstword $(shell sha256sum package-lock.json 2>/dev/null))

##@ Use

.PHONY: run
run: build ## build and serve the demo region at LISTEN (127.0.0.1:8080)
	@echo "Otklik: http://$(LISTEN)  (data in $(DATA)/, Ctrl-C ends it)"
	@exec bin/otklik serve --demo --data $(DATA) --listen $(LISTEN)

.PHONY: build
build: assets pages ## leave bin/otklik
	go build -trimpath -o bin/otklik ./cmd/otklik

.PHONY: assets
assets: $(manifest) ## bundle styles and scripts into app/web/assets/dist

$(manifest): $(npm_ci) $(web)
	npm run --silent build
	@test -s $@ && touch $@

$(npm_ci): package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: pages
pages: $(templ:.templ=_templ.go)

%_templ.go: %.templ
	$(tool) templ generate -f $<
	@touch $@

.PHONY: generate
generate: ## write all generated Go anew
	$(tool) templ generate

.PHONY: clean
clean: ## remove what make made
	@[ ! -s var/services ] || .ci/services stop
	rm -rf bin var node_modules
	@git clean -fdXq app/web/assets/dist 2>/dev/null || true

##@ Check

.PHONY: test
test: ## everything that must pass before a change lands
	@$(services) $(MAKE) verify

# Cheap checks first. Tests named …_unraced compute long in one goroutine: the race
# detector, which has nothing to find there, would take them ten times the time.
# Runs where .ci/services has set the addresses.
.PHONY: verify
verify:
	@$(MAKE) assets
	@$(MAKE) fmt-check
	@$(MAKE) fresh
	@$(MAKE) lint
	@$(MAKE) licences
	@$(MAKE) build
	@echo "== tests"
	CGO_ENABLED=1 go test -race -skip '_unraced$$' -shuffle=on -vet=off -timeout $(TIMEOUT) ./...
	go test -shuffle=on -vet=off -timeout $(TIMEOUT) ./app/bench ./rubricator/classifier
	go test -run '_unraced$$' -shuffle=on -vet=off -timeout $(TIMEOUT) $$(grep -rlE '^func Test\w+_unraced\(' --include=*_test.go app cmd rubricator search workflow | xargs -n1 dirname | sort -u | sed 's#^#./#')
	@$(MAKE) region-here

.PHONY: unit
unit: ## Go tests that need no server, fast
	@env -u OTKLIK_TEST_POSTGRES -u OTKLIK_TEST_REDIS -u OTKLIK_TEST_CHROMIUM -u OTKLIK_SHARED \
		go test -shuffle=on -vet=off -timeout 2m ./...

.PHONY: region
region: build ## bring the real region of OTKLIK_SHARED in and work in it, on both profiles
	@$(services) $(MAKE) region-here

# Runs where .ci/services has set the addresses.
.PHONY: region-here
region-here:
ifdef OTKLIK_SHARED
	@echo "== region"
	go run ./.ci/region --data "$(OTKLIK_SHARED)/data"
	go run ./.ci/region --data "$(OTKLIK_SHARED)/data" --postgres "$$OTKLIK_TEST_POSTGRES" --redis "$$OTKLIK_TEST_REDIS"
else
	@echo "== region: left out, OTKLIK_SHARED names no folder with data"
endif

.PHONY: lint
lint: lint-go lint-web ## linters of Go and TypeScript

.PHONY: lint-go
lint-go:
	@echo "== lint Go"
	$(tool) golangci-lint run

.PHONY: lint-web
lint-web: $(npm_ci)
	@echo "== lint TypeScript"
	npm run --silent check

.PHONY: fmt
fmt: $(npm_ci) ## format Go, templ and TypeScript
	$(tool) golangci-lint fmt
	@$(if $(templ),$(tool) templ fmt $(templ))
	npm run --silent format

.PHONY: fmt-check
fmt-check:
	@echo "== format"
	$(tool) golangci-lint fmt --diff
	@$(if $(templ),$(tool) templ fmt -fail $(templ))

.PHONY: fresh
fresh: # generated files are those that their sources give
	@echo "== generated files"
	@sum() { find . -name node_modules -prune -o -name '*_templ.go' -print0 | sort -z | xargs -0r sha256sum; }; \
	before=$$(sum); \
	$(tool) templ generate; \
	diff <(echo "$$before") <(echo "$$(sum)") >&2 || \
		{ echo "generated files were stale and are written anew: commit them" >&2; exit 1; }

.PHONY: licences
licences: ## list the licences of what we build from
	@echo "== licences"
	@mkdir -p var
	@go run .ci/licences/main.go >var/licences.txt || { grep '^!' var/licences.txt; exit 1; }
	@tail -n 1 var/licences.txt

##@ By hand

.PHONY: bench
bench: build ## measure; var/bench.txt is compared with the run before
	@mkdir -p var
	@[ ! -s var/bench.txt ] || mv var/bench.txt var/bench.old.txt
	$(services) go test -run '^$$' -bench . -benchmem -vet=off -timeout 60m ./... | tee var/bench.txt
	@[ ! -s var/bench.old.txt ] || $(tool) benchstat var/bench.old.txt var/bench.txt
	$(services) bin/otklik bench intake
	$(services) bin/otklik bench inbox

.PHONY: fault
fault: ## tests with the build tag «fault»: kill -9 and restarts under load
	@grep -rlq --include='*_test.go' '^//go:build fault' . || { echo "fault: no tests have the build tag" >&2; exit 1; }
	$(services) go test -tags fault -run '^TestFault' -count=1 -v -vet=off -timeout 60m ./...

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (10s)
	@FUZZTIME=$(FUZZTIME) .ci/fuzz

.PHONY: vuln
vuln: ## known vulnerabilities in what we call (asks Go's database, or VULNDB)
	$(tool) govulncheck $(if $(VULNDB),-db $(VULNDB)) ./...

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {print "\n" substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
