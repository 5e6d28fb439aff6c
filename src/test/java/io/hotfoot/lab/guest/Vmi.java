package io.hotfoot.lab.guest;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.lab.Resources;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A VM to be made.
 *
 * @param node where it should start, if there is room
 * @param cpuLimit with a CPU limit, KubeVirt asks for no multifd, which QEMU 10.0 cannot combine
 *     with post-copy; the limit is so wide that it does not slow QEMU
 */
public record Vmi(
    String namespace,
    String name,
    Workload workload,
    String node,
    boolean cpuLimit,
    Map<String, String> annotations) {

  public Vmi(String namespace, String name, Workload workload, String node) {
    this(namespace, name, workload, node, true, Map.of());
  }

  public Vmi withoutCpuLimit() {
    return new Vmi(namespace, name, workload, node, false, annotations);
  }

  public Vmi annotated(String key, String value) {
    return new Vmi(namespace, name, workload, node, cpuLimit, Map.of(key, value));
  }

  /** Where the lab reaches it, if its workload has a client: an address of that link alone. */
  String address() {
    return withBytesOfName("fe80::%02xff:fe%02x:%02x%02x%%vms"); // by its MAC: RFC 4291, appendix A
  }

  private String mac() {
    return withBytesOfName("02:00:%02x:%02x:%02x:%02x");
  }

  private String withBytesOfName(String format) {
    int number = (namespace + "/" + name).hashCode();
    return format.formatted(
        number >>> 24, number >>> 16 & 0xff, number >>> 8 & 0xff, number & 0xff);
  }

  GenericKubernetesResource resource() {
    var yaml =
        Resources.text("vmi.yaml")
            .replace("{{name}}", name)
            .replace("{{namespace}}", namespace)
            .replace("{{node}}", node)
            .replace("{{cpus}}", "" + workload.cpus())
            .replace("{{memory}}", "" + workload.memoryMib())
            .replace("{{image}}", workload.image())
            .replace("{{kernelArgs}}", workload.kernelArgs());
    var vmi = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    vmi.getMetadata().setAnnotations(annotations);
    if (workload.client() != null) {
      putOnNetwork(vmi);
    }
    if (cpuLimit) {
      Map<String, Object> resources =
          new HashMap<>(vmi.<Map<String, Object>>get("spec", "domain", "resources"));
      resources.put("limits", Map.of("cpu", "" + (workload.cpus() + 3)));
      vmi.<Map<String, Object>>get("spec", "domain").put("resources", resources);
    }
    return vmi;
  }

  /** On the lab's network "vms", as a network of Multus. */
  private void putOnNetwork(GenericKubernetesResource vmi) {
    vmi.<Map<String, Object>>get("spec")
        .put(
            "networks", List.of(Map.of("name", "clients", "multus", Map.of("networkName", "vms"))));
    vmi.<Map<String, Object>>get("spec", "domain", "devices")
        .put(
            "interfaces",
            List.of(Map.of("name", "clients", "bridge", Map.of(), "macAddress", mac())));
  }
}
