package io.hotfoot.kubevirt;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** Settings for the migrations of the VMs that it selects. */
@Group("migrations.kubevirt.io")
@Version("v1alpha1")
@Kind("MigrationPolicy")
@Plural("migrationpolicies")
public class MigrationPolicy extends CustomResource<MigrationPolicySpec, Void> {}
