import { apiReach } from './api-reach.ts'
import { apiVersion } from './api-version.ts'
import { chartsRender } from './charts-render.ts'
import type { Check } from './check.ts'
import { crdRequired } from './crd-required.ts'
import { credentialsPresent } from './credentials-present.ts'
import { helmSelf } from './helm-self.ts'
import { nodeCapacity } from './node-capacity.ts'
import { nodePressure } from './node-pressure.ts'
import { nodeReady } from './node-ready.ts'
import { rbacCreate } from './rbac-create.ts'
import { rbacEscalate } from './rbac-escalate.ts'
import { releaseExists } from './release-exists.ts'
import { settingsValid } from './settings-valid.ts'
import { storageDefault } from './storage-default.ts'

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
