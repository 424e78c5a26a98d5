import type { PlanLoss } from '../../../preload/contract/install.ts'
import { describeRevision, type Revision } from '../observe/releases.ts'
import type { DesiredRelease } from './desired.ts'

/** `adopt:RELEASE` */
export const adoptId = (release: string): string => `adopt:${release}`

/** The consent to take over a release of another helm. */
export const adoption = (
  { name, namespace }: Pick<DesiredRelease, 'name' | 'namespace'>,
  last: Revision,
  step: string,
): PlanLoss => ({
  id: adoptId(name),
  step,
  kind: 'adopt',
  message: `Release ${name} in namespace ${namespace} was installed by another helm (${describeRevision(last)}). It is upgraded and becomes a part of this plane: Hangar reports and repairs what others change, and an uninstall of the plane removes it.`,
  objects: [],
})
