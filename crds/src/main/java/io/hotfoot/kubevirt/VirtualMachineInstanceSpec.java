package io.hotfoot.kubevirt;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Objects;

@JsonIgnoreProperties(ignoreUnknown = true)
public record VirtualMachineInstanceSpec(Domain domain, String priorityClassName) {

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Domain(Cpu cpu, Memory memory, Resources resources, Devices devices) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Memory(HugePages hugepages) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record HugePages(Quantity pageSize) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Cpu(Boolean dedicatedCpuPlacement) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Resources(Map<String, Quantity> limits) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Devices(
      List<JsonNode> gpus,
      List<JsonNode> hostDevices,
      List<NetworkInterface> interfaces,
      List<FileSystem> filesystems) {
    /** None of the lists is null. */
    public Devices {
      gpus = orEmpty(gpus);
      hostDevices = orEmpty(hostDevices);
      interfaces = orEmpty(interfaces);
      filesystems = orEmpty(filesystems);
    }

    private static <T> List<T> orEmpty(List<T> list) {
      return Objects.requireNonNullElse(list, List.of());
    }
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NetworkInterface(
      String name, JsonNode sriov, JsonNode passtBinding, Binding binding) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Binding(String name) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record FileSystem(JsonNode virtiofs) {}
}
