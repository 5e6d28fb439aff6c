# What there is to do with Hotfoot. Everything installs or builds what it lacks first, and says so.
.DEFAULT_GOAL := help
.PHONY: help demo test bench bench-pressure bench-hints bench-host-hints bench-plan bench-scale chaos load e2e lab lab-down images images-check class-lists format plugin check-page

LAB := lab
NODES := 50,500
setup := tools/setup && eval "$$(tools/setup --env)" &&
setup_java := tools/setup java && eval "$$(tools/setup --env)" &&

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## a busy VM leaves its node, as Hotfoot and as stock ways do it (BY=apply: without pressure, WORKLOAD=dir: your own load)
	@src/test/lab/demo

test: ## all tests: unit, on a real API server, on the lab
	@tools/test

bench: ## what each way costs two VMs on a pressed node: tables, target/bench/results.json and report.html
	@src/test/lab/bench

bench-pressure: ## how soon a policy evicts once its node is pressed, and target/bench/pressure.json
	@src/test/lab/bench-pressure

bench-hints: ## how good the guest's hints are and what taking them costs, 10 to 20 minutes: tables, and target/bench/hints.json
	@$(setup) $(MAKE) -s --no-print-directory -C guest-hints bench

bench-host-hints: ## the same for hints that the host takes, 5 minutes; adds its rows there
	@$(setup) $(MAKE) -s --no-print-directory -C guest-hints bench-host

bench-plan: ## how fast the agent reads and orders the hints of 64 GiB, by JMH, 1 minute: a table, and target/bench/plan.json
	@$(setup_java) mvn -q -B -ntp -pl node-agent/api,node-agent/agent test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath \
	  && mkdir -p target/bench && cd node-agent/agent \
	  && "$$JAVA_HOME/bin/java" -cp "target/test-classes:target/classes:$$(cat target/classpath)" org.openjdk.jmh.Main HintPlanBenchmark -prof gc \
	    -rf json -rff ../../target/bench/plan.json

bench-scale: ## the operator with 500 nodes and 10,000 VMs, and with a tenth (NODES=500,5000: ten times that): a table, and target/bench/scale.json
	@$(setup_java) mvn -q -B -ntp -pl crds,node-agent/api,operator verify -Dtest=none -Dit.test=ScaleIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dscale.nodes=$(NODES) -Dscale.results=$(CURDIR)/target/bench/scale.json

chaos: ## evictions with a fault in each: a table, and target/chaos/results.json (N=number of them, SEED=of the first)
	@src/test/lab/chaos

load: ## eight VMs evicted at once, again and again: what grows by it (GUESTS=number, ROUNDS=number)
	@src/test/lab/load

e2e: ## the same eviction on the cluster that KUBECONFIG names (VMI=namespace/name: an existing VM)
	@$(setup_java) tools/e2e

lab: ## a lab with Hotfoot on it to play with (LAB=name, LINK_MBIT=rate of its links)
	@$(setup) src/test/lab/images.sh && src/test/lab/lab up $(LAB)
	@$(setup) export KUBECONFIG=/var/lib/hotfoot-lab/$(LAB)/kubeconfig && src/test/lab/standin/install && src/test/lab/install-hotfoot
	@src/test/lab/lab status $(LAB)
	@cat src/test/lab/what-to-try.txt

lab-down: ## removes every trace of the lab (LAB=name)
	@src/test/lab/lab down $(LAB)

plugin: ## kubectl hotfoot: operator/kubectl-hotfoot/kubectl-hotfoot, to be linked to from a folder of PATH
	@$(setup_java) mvn -q -B -ntp -pl crds,operator/kubectl-hotfoot -Dmaven.test.skip=true package \
	  && echo "operator/kubectl-hotfoot/kubectl-hotfoot is built. It needs Java 25: export JAVA_HOME=$$JAVA_HOME"

check-page: ## the operator's live page in headless Chromium, which it installs (290 MB); leaves operator/target/live-page.png
	@tools/setup java control-plane browser
	@$(setup_java) mvn -q -B -ntp -pl crds,node-agent/api,operator verify -Dtest=none -Dit.test=LivePageBrowserCheck \
	  -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

images: ## the images that users install: operator, agent, the guests' disk (REGISTRY=host/path, TAG: pushes them; BASE=image)
	@$(setup) REGISTRY='$(REGISTRY)' TAG='$(TAG)' BASE='$(BASE)' src/test/lab/images.sh product

images-check: ## builds operator's and agent's images twice from nothing: they must be the same
	@$(setup) src/test/lab/images-check

class-lists: ## which classes operator's and agent's images keep loaded: from evictions on a lab; when libraries have changed
	@$(setup) src/test/lab/class-lists

format: ## formats the Java sources
	@$(setup_java) mvn -q -B -Dspotless.goal=apply validate
