package io.hotfoot.operator;

import io.hotfoot.api.v1alpha1.VMEviction;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusControllerConfiguration;

/**
 * What stands at {@link VMEvictionReconciler}, of which the Quarkus extension loses one setting on
 * its way from build to run: {@link ControllerConfiguration#triggerReconcilerOnAllEvents()}.
 * Without it a VMEviction that is deleted would never be looked at again.
 */
class EvictionControllerConfiguration extends QuarkusControllerConfiguration<VMEviction> {

  EvictionControllerConfiguration(
      QuarkusControllerConfiguration<VMEviction> read, QuarkusConfigurationService service) {
    super(
        read.getInformerConfig(),
        read.getName(),
        read.isGenerationAware(),
        read.getAssociatedReconcilerClassName(),
        read.getRetry(),
        read.getRateLimiter(),
        read.maxReconciliationInterval().orElseThrow(),
        read.getFinalizerName(),
        read.fieldManager(),
        read.getWorkflow(),
        read.getResourceTypeName(),
        read.getResourceClass());
    setParent(service);
  }

  @Override
  public boolean triggerReconcilerOnAllEvents() {
    return true;
  }
}
