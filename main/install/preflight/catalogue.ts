import type { Check } from './check.ts'
import { admissionDryRun } from './checks/admission-dry-run.ts'
import { admissionPods } from './checks/admission-pods.ts'
import { admissionWebhooks } from './checks/admission-webhooks.ts'
import { apiDeprecated } from './checks/api-deprecated.ts'
import { apiReach } from './checks/api-reach.ts'
import { apiVersion } from './checks/api-version.ts'
import { chartsRender } from './checks/charts-render.ts'
import { clockSkew } from './checks/clock-skew.ts'
import { cniExisting } from './checks/cni-existing.ts'
import { cniKubeProxy } from './checks/cni-kube-proxy.ts'
import { controllerExisting } from './checks/controller-existing.ts'
import { crdRequired } from './checks/crd-required.ts'
import { crdVersions } from './checks/crd-versions.ts'
import { credentialsPresent } from './checks/credentials-present.ts'
import { dnsCluster } from './checks/dns-cluster.ts'
import { dnsResolve } from './checks/dns-resolve.ts'
import { helmSelf } from './checks/helm-self.ts'
import { identityWorkload } from './checks/identity-workload.ts'
import { imageNode } from './checks/image-node.ts'
import { imagePull } from './checks/image-pull.ts'
import { imageSource } from './checks/image-source.ts'
import { keyvaultAccess } from './checks/keyvault-access.ts'
import { limitsRange } from './checks/limits-range.ts'
import { loadBalancer } from './checks/load-balancer.ts'
import { logsStorage } from './checks/logs-storage.ts'
import { namespaceState } from './checks/namespace-state.ts'
import { networkPorts } from './checks/network-ports.ts'
import { networkRanges } from './checks/network-ranges.ts'
import { nodeCapacity } from './checks/node-capacity.ts'
import { nodeKernel } from './checks/node-kernel.ts'
import { nodePressure } from './checks/node-pressure.ts'
import { nodeReady } from './checks/node-ready.ts'
import { nodeSkew } from './checks/node-skew.ts'
import { nodeSpread } from './checks/node-spread.ts'
import { objectFields } from './checks/object-fields.ts'
import { objectOwner } from './checks/object-owner.ts'
import { pdbDrain } from './checks/pdb-drain.ts'
import { podSecurity } from './checks/pod-security.ts'
import { proxyExceptions } from './checks/proxy-exceptions.ts'
import { quotaHeadroom } from './checks/quota-headroom.ts'
import { rbacCreate } from './checks/rbac-create.ts'
import { rbacEscalate } from './checks/rbac-escalate.ts'
import { registryAccess } from './checks/registry-access.ts'
import { releaseExists } from './checks/release-exists.ts'
import { releaseSize } from './checks/release-size.ts'
import { settingsValid } from './checks/settings-valid.ts'
import { storageAccessModes } from './checks/storage-access-modes.ts'
import { storageDefault } from './checks/storage-default.ts'
import { storageProvisioner } from './checks/storage-provisioner.ts'

/** All checks before an install, in the order of the report. They run concurrently. */
export const catalogue: readonly Check[] = [
  settingsValid,
  credentialsPresent,
  helmSelf,
  chartsRender,
  releaseSize,
  apiReach,
  apiVersion,
  apiDeprecated,
  clockSkew,
  rbacCreate,
  rbacEscalate,
  namespaceState,
  releaseExists,
  objectOwner,
  objectFields,
  controllerExisting,
  crdRequired,
  crdVersions,
  podSecurity,
  quotaHeadroom,
  limitsRange,
  admissionWebhooks,
  admissionDryRun,
  admissionPods,
  nodeReady,
  nodePressure,
  nodeCapacity,
  nodeSpread,
  nodeSkew,
  nodeKernel,
  pdbDrain,
  cniExisting,
  cniKubeProxy,
  networkRanges,
  networkPorts,
  dnsCluster,
  dnsResolve,
  loadBalancer,
  proxyExceptions,
  storageDefault,
  storageProvisioner,
  storageAccessModes,
  imageSource,
  imagePull,
  imageNode,
  identityWorkload,
  keyvaultAccess,
  registryAccess,
  logsStorage,
]
