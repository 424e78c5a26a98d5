import { issuanceLimitMs } from './limits.ts'
import type { PhaseTable } from './phase-table.ts'

/** https://cert-manager.io/docs/reference/api-docs/#acme.cert-manager.io/v1.State */
const acme: PhaseTable = {
  path: 'state',
  healthy: /^valid$/,
  degraded: /^(invalid|expired|errored)$/,
  limitMs: issuanceLimitMs,
}

/** A run to an end. */
const run: PhaseTable = { path: 'phase', healthy: /^(Succeeded|Successful)$/, degraded: /^(Failed|Error)$/ }

/** An inconclusive one waits for a person: https://argo-rollouts.readthedocs.io/en/stable/features/analysis/#inconclusive-runs */
const analysis: PhaseTable = { ...run, suspended: /^Inconclusive$/ }

/** How the phase of a kind is read, by `Kind.group`. Without one, its controller has not reported yet. */
export const phaseTables: Readonly<Record<string, PhaseTable>> = {
  /** https://longhorn.io/docs/latest/references/; detached volumes have no robustness. */
  'Volume.longhorn.io': { path: 'robustness', healthy: /^(healthy|unknown)$/, degraded: /^(degraded|faulted)$/ },
  /** https://rook.io/docs/rook/latest/CRDs/Cluster/ceph-cluster-crd/#ceph-status */
  'CephCluster.ceph.rook.io': {
    path: 'ceph.health',
    healthy: /^HEALTH_OK$/,
    degraded: /^HEALTH_(WARN|ERR)$/,
  },

  'Order.acme.cert-manager.io': acme,
  'Challenge.acme.cert-manager.io': acme,

  /** https://github.com/cilium/cilium/blob/main/api/v1/openapi.yaml, EndpointState */
  'CiliumEndpoint.cilium.io': {
    path: 'state',
    healthy: /^(ready|regenerating|waiting-to-regenerate)$/,
    degraded: /^invalid$/,
  },

  /** https://argo-workflows.readthedocs.io/en/latest/fields/#workflowstatus */
  'Workflow.argoproj.io': run,
  /** https://argoproj.github.io/argo-rollouts/features/analysis/ */
  'AnalysisRun.argoproj.io': analysis,
  'Experiment.argoproj.io': analysis,
  'Rollout.argoproj.io': {
    path: 'phase',
    healthy: /^Healthy$/,
    degraded: /^Degraded$/,
    suspended: /^Paused$/,
  },
  /** https://argo-cd.readthedocs.io/en/stable/operator-manual/health/ */
  'Application.argoproj.io': {
    path: 'health.status',
    healthy: /^Healthy$/,
    degraded: /^(Degraded|Missing)$/,
    suspended: /^Suspended$/,
    progressing: /^Progressing$/,
  },
}
