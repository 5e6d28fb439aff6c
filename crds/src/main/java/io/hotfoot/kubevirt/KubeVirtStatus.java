package io.hotfoot.kubevirt;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

@JsonIgnoreProperties(ignoreUnknown = true)
public record KubeVirtStatus(
    String phase, String observedKubeVirtVersion, String targetKubeVirtVersion) {}
