package io.hotfoot.lab.standin;

import java.util.List;

/**
 * A difference between the stand-in and the recordings that is known and accepted.
 *
 * @param scenario a recording's name, or a pattern of them
 * @param thing a pattern of what {@link Shape} calls it
 * @param what a pattern of what was seen of it, on either side
 * @param why the reason
 */
record Allowed(String scenario, String thing, String what, String why) {
  private static final String ANY = ".*";

  static final List<Allowed> LIST =
      List.of(
          new Allowed(
              ANY,
              "vmi status\\.activePods.*",
              ANY,
              "also lists the pods of what was done with the VM before"),
          new Allowed(
              ANY,
              "target pod spec\\.nodeSelector\\.((cpu-|machine-type)[^=]*node\\.kubevirt\\.io.*)",
              ANY,
              "the stand-in labels no node with CPU models and machine types: both are one"
                  + " machine"),
          new Allowed(
              ANY,
              "target pod spec\\.affinity\\.nodeAffinity.*",
              "node-labeller.*|DoesNotExist",
              "there is no node-labeller that could call a node's CPU obsolete"),
          new Allowed(
              ANY,
              "target pod metadata\\.annotations\\.(pre|post)\\.hook\\.backup\\.velero\\.io.*",
              ANY,
              "names virt-freezer, which the stand-in has not"),
          new Allowed(
              ANY,
              "target pod metadata\\.labels\\.(app|hotfoot)",
              ANY,
              "labels of the VM that was recorded, and of this test's"),
          new Allowed(
              ANY,
              "vmi metadata\\.annotations\\.kubevirt\\.io/nonroot",
              "true",
              "KubeVirt marks the VMI at its first migration, the stand-in when it first sees it"),
          new Allowed(
              ANY,
              "events of virt-handler <target>",
              ".*No command socket found for vmi.*",
              "chance: whether virt-handler looks before the launcher's socket is there"),
          new Allowed(
              "abort-in-precopy",
              ".*targetNodeDomainDetected|vmi milestones",
              "true|targetNodeDomainDetected",
              "chance: whether libvirt has made the target's domain when the abort comes"));

  boolean covers(String scenario, String thing, String seen) {
    return scenario.matches(this.scenario) && thing.matches(this.thing) && seen.matches(what);
  }
}
