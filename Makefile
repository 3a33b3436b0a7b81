# Bare `make` lists the targets.
SEED ?=
.PHONY: help demo test vm vm-all faults mutations bench lint screenshots
help:
	@sed -n 's/^\([a-z-]*\): *## */  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22
demo: ## a practice machine in QEMU: carry out the conversion yourself, risking nothing
	script/demo
test: ## install what it needs, and run the tests
	script/test
vm: ## one scenario on a machine that really boots: make vm SCENARIO=debian12-bios-grub-headless
	script/vm $(SCENARIO)
vm-all: ## every scenario, one after the other; ends with a table (hours)
	script/vm-all $(if $(CONTINUE),--continue)
faults: ## power cuts, kills, bad disks; ends with a table (hours): make faults SEED=7
	script/faults $(if $(SEED),--seed $(SEED)) $(if $(CONTINUE),--continue)
mutations: ## break each rule that keeps the data: the tests must notice; ends with a table
	script/mutations $(RULES)
bench: ## what it costs, beside the recipe by hand, cp, lsblk, watch and btop
	script/bench
lint: ## style, types and layers alone
	script/lint
screenshots: ## docs/screenshots, of the full screen while it converts a practice machine
	script/screenshots
