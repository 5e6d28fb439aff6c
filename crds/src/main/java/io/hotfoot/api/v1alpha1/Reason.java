package io.hotfoot.api.v1alpha1;

/** Every reason that a condition may give. */
public enum Reason {
  // ReadyToEvict
  ChecksPassed,
  VmiNotFound,
  VmiNotRunning,
  NotLiveMigratable,
  MigrationActive,
  EvictionActive,
  HigherPriorityFirst,
  MigrationLimitReached,
  KubeVirtNotReady,
  VirtHandlerNotReady,
  NoTargetNode,
  TargetMemoryShort,
  LinkUnsound,
  AgentUnavailable,
  AgentVersionMismatch,
  AgentNotAble,
  UserfaultfdClosed,
  MultifdUnsupported,
  HostDevices,
  VhostUserDevices,
  HugePagesTooLarge,
  MigrationRefused,

  // HintsCollected
  Collecting,
  Collected,
  NotAsked,
  AllSourcesFailed,

  // ExecutionTransferred
  WaitingForTarget,
  WaitingForSwitch,
  Switched,
  PostCopyFailed,

  // ServicesFollowed
  NoServices,
  ServicesMoved,
  ServicesShared,
  ServicesStayed,

  // WorkingSetResident
  Pulling,
  Resident,
  NoHints,
  PullFailed,
  PullStalled,

  // Completed
  InProgress,
  Succeeded,
  Aborting,
  AbortedByUser,
  AbortRefused,
  DeadlineExceeded,
  MigrationFailed,
  MigrationDeleted,
  LinkLost,
  GuestLost
}
