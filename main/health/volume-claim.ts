import { conditionsOf, degradedBy } from './conditions.ts'
import { type Fields, fieldsIn, isFields, textIn } from './fields.ts'
import { progressingUntil, staticVolumeLimitMs, volumeLimitMs } from './limits.ts'
import type { Rule } from './object.ts'

/** Conditions of a volume that could not be resized or modified. */
const failed = ['ControllerResizeError', 'NodeResizeError', 'VolumeModifyVolumeError'] as const

/** Newer versions report the same here: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#recovering-from-failure-when-expanding-volumes */
const failedResize = /(Failed|Infeasible)$/

export const volumeClaim: Rule = ({ metadata, spec, status }, nowMs) => {
  const phase = textIn(status, 'phase') ?? 'Pending'
  if (phase === 'Lost') return { health: 'degraded', reason: 'Its volume was lost' }
  if (phase === 'Bound') {
    const conditions = conditionsOf(status)
    const wrong = failed.map((type) => conditions.get(type)).find((condition) => condition?.status === 'True')
    if (wrong !== undefined) return degradedBy(wrong)
    if (fieldsIn(status, 'modifyVolumeStatus').status === 'Infeasible') {
      return { health: 'degraded', reason: 'It cannot be changed to its volume attributes class: Infeasible' }
    }
    const resize = textIn(fieldsIn(status, 'allocatedResourceStatuses'), 'storage') ?? ''
    return failedResize.test(resize)
      ? { health: 'degraded', reason: `It could not be resized: ${resize}` }
      : { health: 'healthy', reason: 'Bound' }
  }
  const since = metadata.creationTimestamp
  const annotations = isFields(metadata.annotations) ? metadata.annotations : undefined
  const provisioner = provisionerIn(annotations)
  if (provisioner !== undefined) {
    const node = textIn(annotations, 'volume.kubernetes.io/selected-node')
    const reason = `Waiting for ${provisioner} to provision a volume${node === undefined ? '' : ` for node ${node}`}`
    return progressingUntil(volumeLimitMs, { reason, since }, nowMs, 'Not bound')
  }
  if (spec !== undefined && (textIn(spec, 'storageClassName') ?? '') === '') {
    const reason = 'Waiting for a volume; it names no storage class'
    return progressingUntil(staticVolumeLimitMs, { reason, since }, nowMs, 'Not bound')
  }
  const volume = textIn(spec, 'volumeName')
  if (volume !== undefined) {
    return progressingUntil(staticVolumeLimitMs, { reason: `Waiting for volume ${volume}`, since }, nowMs, 'Not bound')
  }
  // With the binding mode WaitForFirstConsumer it waits for a pod, however long.
  return { health: 'progressing', reason: 'Waiting for a volume' }
}

/** Kubernetes sets it when it asks the provisioner for a volume. */
function provisionerIn(annotations: Fields | undefined): string | undefined {
  return (
    textIn(annotations, 'volume.kubernetes.io/storage-provisioner') ??
    textIn(annotations, 'volume.beta.kubernetes.io/storage-provisioner')
  )
}
