import { always, type ConditionTable, failing, never, usualStatus } from './condition-table.ts'
import { issuanceLimitMs, provisioningLimitMs, runLimitMs, unknownKindLimitMs, verificationLimitMs } from './limits.ts'

/** cert-manager's issuers: https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.IssuerCondition */
const issuer: ConditionTable = { expected: { Ready: failing }, limitMs: verificationLimitMs }

/** https://external-secrets.io/latest/api/spec/#external-secrets.io/v1.ExternalSecretStatusCondition */
const externalSecret: ConditionTable = { expected: { Ready: failing }, limitMs: verificationLimitMs }

const cilium: ConditionTable = { expected: { Valid: always }, limitMs: verificationLimitMs }

const prometheus: ConditionTable = {
  expected: { Available: /^NoPodReady$/, Reconciled: failing },
  limitMs: provisioningLimitMs,
}

const keda: ConditionTable = { expected: { Ready: always }, abnormal: /^Fallback$/, limitMs: verificationLimitMs }

/** Strimzi's other resources: any reason is a failure. */
export const conditionTableOfConnectors: ConditionTable = { expected: { Ready: always }, limitMs: verificationLimitMs }

/** https://docs.cilium.io/en/stable/network/bgp-control-plane/bgp-control-plane-v2/ */
const ciliumBgp: ConditionTable = {
  expected: {},
  abnormal: /^cilium\.io\/(NoMatchingNode|MissingPeerConfigs|ConflictingClusterConfig|MissingAuthSecret)$/,
  limitMs: verificationLimitMs,
}

/**
 * How the conditions of a kind are read, by `Kind.group`. These controllers report a status for every object, so without one
 * it is not healthy. A kind whose conditions have the usual names needs no entry, unless its limit is another.
 */
export const conditionTables: Readonly<Record<string, ConditionTable>> = {
  /** The API server checks every half minute: https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/ */
  'APIService.apiregistration.k8s.io': { expected: { Available: never }, limitMs: verificationLimitMs },

  'Issuer.cert-manager.io': issuer,
  'ClusterIssuer.cert-manager.io': issuer,
  'CertificateRequest.cert-manager.io': {
    expected: { Ready: /^(Failed|Denied)$/ },
    abnormal: /^(Denied|InvalidRequest)$/,
    limitMs: issuanceLimitMs,
  },

  'ExternalSecret.external-secrets.io': externalSecret,
  'PushSecret.external-secrets.io': externalSecret,
  'ClusterPushSecret.external-secrets.io': externalSecret,
  'SecretStore.external-secrets.io': externalSecret,
  'ClusterSecretStore.external-secrets.io': externalSecret,

  /** https://gateway-api.sigs.k8s.io/api-types/gatewayclass/#gatewayclass-status */
  'GatewayClass.gateway.networking.k8s.io': {
    expected: { Accepted: /^(?!(Pending|Waiting)$)/ },
    limitMs: verificationLimitMs,
  },

  /** https://www.rabbitmq.com/kubernetes/operator/using-operator#status-conditions; NoWarnings is advice. */
  'RabbitmqCluster.rabbitmq.com': {
    expected: { ReconcileSuccess: always, ClusterAvailable: never, AllReplicasReady: never },
    limitMs: provisioningLimitMs,
  },

  /** https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ConditionType */
  'Prometheus.monitoring.coreos.com': prometheus,
  'Alertmanager.monitoring.coreos.com': prometheus,

  'ThanosRuler.monitoring.coreos.com': prometheus,
  'PrometheusAgent.monitoring.coreos.com': prometheus,

  /** https://keda.sh/docs/latest/reference/scaledobject-spec/; one without load is not Active. */
  'ScaledObject.keda.sh': keda,
  'ScaledJob.keda.sh': keda,

  /** https://github.com/bitnami-labs/sealed-secrets; it gives no reason. */
  'SealedSecret.bitnami.com': { expected: { Synced: always }, limitMs: verificationLimitMs },

  /** A run that is not over is Unknown: https://tekton.dev/docs/pipelines/pipelineruns/#monitoring-execution-status */
  'PipelineRun.tekton.dev': { expected: { Succeeded: always }, limitMs: runLimitMs },
  'TaskRun.tekton.dev': { expected: { Succeeded: always }, limitMs: runLimitMs },

  /** The operator gives any reason: https://strimzi.io/docs/operators/latest/deploying#con-topic-operator-unmanage-str */
  'KafkaTopic.kafka.strimzi.io': {
    expected: { Ready: always },
    held: /^(Unmanaged|ReconciliationPaused)$/,
    limitMs: verificationLimitMs,
  },

  /** Its types are states: https://strimzi.io/docs/operators/latest/configuring#type-KafkaRebalanceState-reference */
  'KafkaRebalance.kafka.strimzi.io': {
    expected: { Ready: never },
    working: /^(New|PendingProposal|Rebalancing)$/,
    held: /^(ProposalReady|Stopped|ReconciliationPaused)$/,
    limitMs: unknownKindLimitMs,
  },

  /** https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md */
  'VerticalPodAutoscaler.autoscaling.k8s.io': {
    expected: { RecommendationProvided: never },
    abnormal: /^(NoPodsMatched|ConfigUnsupported)$/,
    limitMs: unknownKindLimitMs,
  },

  /** https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/ */
  'ApplicationSet.argoproj.io': {
    expected: { ResourcesUpToDate: failing },
    abnormal: /^ErrorOccurred$/,
    working: /^RolloutProgressing$/,
    limitMs: verificationLimitMs,
  },
  'CronWorkflow.argoproj.io': { expected: {}, abnormal: /^(SpecError|SubmissionError)$/, limitMs: verificationLimitMs },

  'CiliumBGPClusterConfig.cilium.io': ciliumBgp,
  'CiliumBGPPeerConfig.cilium.io': ciliumBgp,
  'CiliumLoadBalancerIPPool.cilium.io': {
    expected: {},
    abnormal: /^(cilium\.io|io\.cilium)\/(PoolConflict|conflict)$/,
    limitMs: verificationLimitMs,
  },
  /** https://docs.cilium.io/en/stable/network/l2-announcements/#status */
  'CiliumL2AnnouncementPolicy.cilium.io': {
    expected: {},
    abnormal: /^io\.cilium\/bad-/,
    limitMs: verificationLimitMs,
  },
  'CiliumNetworkPolicy.cilium.io': cilium,
  'CiliumClusterwideNetworkPolicy.cilium.io': cilium,
}

/** Kinds of other groups than Kubernetes' own whose controllers report no status, or none unless something is wrong. */
const kindsWithoutStatus: ReadonlySet<string> = new Set([
  'ReferenceGrant.gateway.networking.k8s.io',
  'CiliumNetworkPolicy.cilium.io',
  'CiliumClusterwideNetworkPolicy.cilium.io',
  'CiliumLoadBalancerIPPool.cilium.io',
  'CiliumL2AnnouncementPolicy.cilium.io',
  'CiliumBGPClusterConfig.cilium.io',
  'CiliumBGPPeerConfig.cilium.io',
  'CiliumBGPAdvertisement.cilium.io',
  'CiliumBGPPeeringPolicy.cilium.io',
  'CiliumEgressGatewayPolicy.cilium.io',
  'CiliumEnvoyConfig.cilium.io',
  'CiliumClusterwideEnvoyConfig.cilium.io',
  'CiliumCIDRGroup.cilium.io',
  'CiliumIdentity.cilium.io',
  'CiliumNode.cilium.io',
  'CiliumNodeConfig.cilium.io',
  'CiliumEndpointSlice.cilium.io',
  'CiliumLocalRedirectPolicy.cilium.io',
  'CiliumPodIPPool.cilium.io',
  'CiliumGatewayClassConfig.cilium.io',
  'CiliumBGPNodeConfigOverride.cilium.io',
  'ServiceMonitor.monitoring.coreos.com',
  'PodMonitor.monitoring.coreos.com',
  'Probe.monitoring.coreos.com',
  'PrometheusRule.monitoring.coreos.com',
  'AlertmanagerConfig.monitoring.coreos.com',
  'ScrapeConfig.monitoring.coreos.com',
  'AppProject.argoproj.io',
  'AnalysisTemplate.argoproj.io',
  'ClusterAnalysisTemplate.argoproj.io',
  'CronWorkflow.argoproj.io',
  'WorkflowTemplate.argoproj.io',
  'ClusterWorkflowTemplate.argoproj.io',
  'PolicyException.kyverno.io',
  'PolicyException.policies.kyverno.io',
  'TriggerAuthentication.keda.sh',
  'ClusterTriggerAuthentication.keda.sh',
  'VolumeSnapshotClass.snapshot.storage.k8s.io',
])

/** Groups whose kinds report none, or an error only. */
const groupsWithoutStatus: ReadonlySet<string> = new Set([
  'generators.external-secrets.io',
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
  'metallb.io',
  'openreports.io',
  'policy.linkerd.io',
  'reports.kyverno.io',
  'traefik.io',
  'wgpolicyk8s.io',
])

export const reportsNoStatus = (key: string): boolean =>
  kindsWithoutStatus.has(key) || groupsWithoutStatus.has(key.slice(key.indexOf('.') + 1))

/** The status that a condition has when all is well; undefined where its type does not tell. */
export function expectedStatus(kind: string, type: string): 'True' | 'False' | undefined {
  const table = Object.hasOwn(conditionTables, kind) ? conditionTables[kind] : undefined
  if (table !== undefined && Object.hasOwn(table.expected, type)) return 'True'
  if (table?.abnormal?.test(type) === true) return 'False'
  return usualStatus(type)
}
