import type { Check } from './check.ts'
import { apiReach } from './checks/api-reach.ts'
import { apiVersion } from './checks/api-version.ts'
import { chartsRender } from './checks/charts-render.ts'
import { crdRequired } from './checks/crd-required.ts'
import { credentialsPresent } from './checks/credentials-present.ts'
import { helmSelf } from './checks/helm-self.ts'
import { nodeCapacity } from './checks/node-capacity.ts'
import { nodePressure } from './checks/node-pressure.ts'
import { nodeReady } from './checks/node-ready.ts'
import { rbacCreate } from './checks/rbac-create.ts'
import { rbacEscalate } from './checks/rbac-escalate.ts'
import { releaseExists } from './checks/release-exists.ts'
import { settingsValid } from './checks/settings-valid.ts'
import { storageDefault } from './checks/storage-default.ts'

/** All checks before an install, in the order of the report. They run concurrently. */
export const catalogue: readonly Check[] = [
  settingsValid,
  credentialsPresent,
  helmSelf,
  chartsRender,
  apiReach,
  apiVersion,
  rbacCreate,
  rbacEscalate,
  nodeReady,
  nodePressure,
  nodeCapacity,
  storageDefault,
  crdRequired,
  releaseExists,
]
