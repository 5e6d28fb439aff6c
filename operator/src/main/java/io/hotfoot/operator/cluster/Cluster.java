package io.hotfoot.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.KubeVirt;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The cluster as the informers see it: some milliseconds late, now and then more. Whoever cannot
 * bear that reads the one object anew. What is given out is shared: do not change it.
 */
public class Cluster implements AutoCloseable {
  private static final String AGENT = "app.kubernetes.io/name=hotfoot-agent";
  private static final String VIRT_HANDLER = "kubevirt.io=virt-handler";
  private static final String MIGRATION_UID = "kubevirt.io/migrationJobUID";
  private static final String VM_NODE = "kubevirt.io/nodeName";

  /** So many objects come at once when a kind is read for the first time. */
  private static final long PAGE = 500;

  private static final String BY_NODE = "node";
  private static final String BY_POLICY = "policy";
  private static final String BY_VM = "vm";
  private static final String BY_STATE = "state";
  private static final String BY_MIGRATION = "migration";
  private static final String ACTIVE = "active";

  private final List<SharedIndexInformer<?>> all = new ArrayList<>();
  private final SharedIndexInformer<Node> nodes;
  private final SharedIndexInformer<VirtualMachineInstance> vms;
  private final SharedIndexInformer<VirtualMachineInstanceMigration> migrations;
  private final SharedIndexInformer<MigrationPolicy> migrationPolicies;
  private final SharedIndexInformer<KubeVirt> kubeVirts;
  private final SharedIndexInformer<VMEviction> evictions;
  private final SharedIndexInformer<NodePressurePolicy> policies;
  private final SharedIndexInformer<Pod> handlers;
  private final SharedIndexInformer<Pod> targetLaunchers;
  private final SharedIndexInformer<Pod> agents;

  /**
   * Returns when all is known once.
   *
   * @param namespace where the agents' pods are
   */
  public Cluster(KubernetesClient client, String namespace) {
    nodes = informer(client.nodes(), Slim::node, Map.of());
    vms =
        informer(
            client.resources(VirtualMachineInstance.class).inAnyNamespace(),
            Slim::vm,
            Map.of(
                BY_NODE,
                vm -> nullable(vm.getMetadata().getLabels(), VM_NODE),
                BY_POLICY,
                vm -> nullable(vm.getMetadata().getLabels(), NodePressurePolicy.ADOPTED_LABEL)));
    migrations =
        informer(
            client.resources(VirtualMachineInstanceMigration.class).inAnyNamespace(),
            Slim::migration,
            Map.of(
                BY_VM,
                it -> List.of(key(it, it.getSpec().vmiName())),
                BY_STATE,
                it -> it.hasEnded() ? List.of() : List.of(ACTIVE)));
    migrationPolicies =
        informer(client.resources(MigrationPolicy.class), UnaryOperator.identity(), Map.of());
    kubeVirts =
        informer(
            client.resources(KubeVirt.class).inAnyNamespace(), UnaryOperator.identity(), Map.of());
    evictions =
        informer(
            client.resources(VMEviction.class).inAnyNamespace(),
            Slim::eviction,
            Map.of(
                BY_VM,
                it -> List.of(key(it, it.getSpec().vmiName())),
                BY_STATE,
                it -> List.of(phaseOf(it).name())));
    policies =
        informer(client.resources(NodePressurePolicy.class), UnaryOperator.identity(), Map.of());
    handlers = pods(client.pods().inAnyNamespace().withLabelSelector(VIRT_HANDLER));
    targetLaunchers =
        informer(
            client.pods().inAnyNamespace().withLabel(MIGRATION_UID),
            Slim::pod,
            Map.of(BY_MIGRATION, pod -> nullable(pod.getMetadata().getLabels(), MIGRATION_UID)));
    agents = pods(client.pods().inNamespace(namespace).withLabelSelector(AGENT));
    all.stream()
        .map(SharedIndexInformer::start)
        .toList()
        .forEach(it -> it.toCompletableFuture().join());
  }

  private SharedIndexInformer<Pod> pods(Informable<Pod> of) {
    return informer(
        of,
        Slim::pod,
        Map.of(BY_NODE, pod -> Optional.ofNullable(pod.getSpec().getNodeName()).stream().toList()));
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(
      Informable<T> of, UnaryOperator<T> slim, Map<String, Function<T, List<String>>> indexers) {
    SharedIndexInformer<T> informer =
        of.withLimit(PAGE)
            .runnableInformer(0)
            .itemStore(new SlimStore<>(slim))
            .removeNamespaceIndex()
            .addIndexers(indexers);
    all.add(informer);
    return informer;
  }

  public List<Node> nodes() {
    return nodes.getStore().list();
  }

  public Optional<Node> node(String name) {
    return Optional.ofNullable(nodes.getStore().getByKey(name));
  }

  public List<VirtualMachineInstance> vms() {
    return vms.getStore().list();
  }

  public Optional<VirtualMachineInstance> vm(String namespace, String name) {
    return get(vms, namespace, name);
  }

  /** Tells of each VM, those that are there already too. */
  public void onVms(ResourceEventHandler<VirtualMachineInstance> handler) {
    vms.addEventHandler(handler);
  }

  public List<VirtualMachineInstance> vmsOn(String node) {
    return vms.getIndexer().byIndex(BY_NODE, node);
  }

  /** Those whose migrations this policy adopts, by their label. */
  public List<VirtualMachineInstance> vmsAdoptedBy(String policy) {
    return vms.getIndexer().byIndex(BY_POLICY, policy);
  }

  public Optional<VirtualMachineInstanceMigration> migration(String namespace, String name) {
    return get(migrations, namespace, name);
  }

  /** Those that have not ended. */
  public List<VirtualMachineInstanceMigration> activeMigrations() {
    return migrations.getIndexer().byIndex(BY_STATE, ACTIVE);
  }

  public List<VirtualMachineInstanceMigration> migrationsOf(String namespace, String vm) {
    return migrations.getIndexer().byIndex(BY_VM, key(namespace, vm));
  }

  /** Tells of each migration, those that are there already too. */
  public void onMigrations(ResourceEventHandler<VirtualMachineInstanceMigration> handler) {
    migrations.addEventHandler(handler);
  }

  public Optional<MigrationPolicy> migrationPolicy(String name) {
    return Optional.ofNullable(migrationPolicies.getStore().getByKey(name));
  }

  public Optional<KubeVirt> kubeVirt() {
    return kubeVirts.getStore().list().stream().findFirst();
  }

  public List<VMEviction> evictions() {
    return evictions.getStore().list();
  }

  public List<VMEviction> evictionsOf(String namespace, String vm) {
    return evictions.getIndexer().byIndex(BY_VM, key(namespace, vm));
  }

  public List<VMEviction> evictionsIn(EvictionPhase phase) {
    return evictions.getIndexer().byIndex(BY_STATE, phase.name());
  }

  /** Tells of each policy, those that are there already too. */
  public void onPolicies(ResourceEventHandler<NodePressurePolicy> handler) {
    policies.addEventHandler(handler);
  }

  public List<NodePressurePolicy> policies() {
    return policies.getStore().list();
  }

  /** The pods of virt-handler on this node. */
  public List<Pod> handlersOn(String node) {
    return handlers.getIndexer().byIndex(BY_NODE, node);
  }

  /** The pod that KubeVirt made to receive the VM of this migration. */
  public Optional<Pod> targetLauncher(String migrationUid) {
    return targetLaunchers.getIndexer().byIndex(BY_MIGRATION, migrationUid).stream().findFirst();
  }

  /** The pods of our agent on this node. */
  public List<Pod> agentsOn(String node) {
    return agents.getIndexer().byIndex(BY_NODE, node);
  }

  /** Tells of each agent's pod, those that are there already too. */
  public void onAgents(ResourceEventHandler<Pod> handler) {
    agents.addEventHandler(handler);
  }

  @Override
  public void close() {
    all.forEach(SharedIndexInformer::close);
  }

  private static EvictionPhase phaseOf(VMEviction eviction) {
    return eviction.getStatus() == null || eviction.getStatus().phase == null
        ? EvictionPhase.Pending
        : eviction.getStatus().phase;
  }

  private static <T> Optional<T> get(SharedIndexInformer<T> of, String namespace, String name) {
    return Optional.ofNullable(of.getStore().getByKey(Cache.namespaceKeyFunc(namespace, name)));
  }

  private static List<String> nullable(Map<String, String> labels, String label) {
    return labels == null || !labels.containsKey(label) ? List.of() : List.of(labels.get(label));
  }

  private static String key(HasMetadata sibling, String vm) {
    return key(sibling.getMetadata().getNamespace(), vm);
  }

  private static String key(String namespace, String vm) {
    return namespace + "/" + vm;
  }
}
