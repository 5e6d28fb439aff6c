package io.hotfoot.lab;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The cluster that KUBECONFIG names: nothing else is asked of it. */
public final class Cluster implements AutoCloseable {
  private final KubernetesClient client;

  private Cluster(KubernetesClient client) {
    this.client = client;
  }

  public static boolean isNamed() {
    var path = System.getenv("KUBECONFIG");
    return path != null && !path.isBlank();
  }

  /**
   * @throws IllegalStateException if KUBECONFIG is not set or names no file
   */
  public static Cluster connect() {
    if (!isNamed()) {
      throw new IllegalStateException("KUBECONFIG is not set: name the cluster's kubeconfig in it");
    }
    var file = new File(System.getenv("KUBECONFIG"));
    if (!file.isFile()) {
      throw new IllegalStateException("KUBECONFIG names " + file + ", which is no file");
    }
    var config = Config.fromKubeconfig(file);
    if (hasEllipticKey(config)) {
      config.setClientKeyAlgo("EC");
    }
    return new Cluster(new KubernetesClientBuilder().withConfig(config).build());
  }

  /** The client takes a key in PKCS #8 for RSA unless told otherwise. */
  private static boolean hasEllipticKey(Config config) {
    var data = config.getClientKeyData();
    if (data == null) {
      return false;
    }
    var pem = new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII);
    var key = pem.replaceAll("-----[^-]*-----|\\s", "");
    try {
      var encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key));
      return KeyFactory.getInstance("EC").generatePrivate(encoded) != null;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  public KubernetesClient client() {
    return client;
  }

  public void makeNamespace(String name) {
    var namespace = new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build();
    client.namespaces().resource(namespace).serverSideApply();
  }

  /** Deletes a namespace with all that is in it, and waits until it is gone (at most a minute). */
  public void removeNamespace(String name) {
    client.namespaces().withName(name).delete();
    client.namespaces().withName(name).waitUntilCondition(ns -> ns == null, 1, TimeUnit.MINUTES);
  }

  /** Names of the nodes that may run VMs, sorted. */
  public List<String> vmNodes() {
    return client.nodes().withLabel("kubevirt.io/schedulable", "true").list().getItems().stream()
        .map(Node::getMetadata)
        .map(metadata -> metadata.getName())
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    client.close();
  }
}
