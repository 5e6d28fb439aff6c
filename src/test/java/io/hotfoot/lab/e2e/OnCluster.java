package io.hotfoot.lab.e2e;

import io.hotfoot.lab.Cluster;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A test that needs a cluster with KubeVirt (or its stand-in) and Hotfoot; skipped without. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("cluster")
@ExtendWith(OnCluster.Condition.class)
@interface OnCluster {

  /** In CI a skipped test is a failure: tools/summary.py sees to that. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return Cluster.isNamed()
          ? ConditionEvaluationResult.enabled("KUBECONFIG names a cluster")
          : ConditionEvaluationResult.disabled(
              "KUBECONFIG is not set: make lab brings a cluster up and prints it");
    }
  }
}
