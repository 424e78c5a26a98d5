import { fieldsIn, textIn } from './fields.ts'
import { progressingUntil, volumeLimitMs } from './limits.ts'
import type { Rule } from './object.ts'

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/ */
export const volumeAttachment: Rule = ({ metadata, status }, nowMs) => {
  for (const field of ['attachError', 'detachError'] as const) {
    const error = fieldsIn(status, field)
    const message = textIn(error, 'message')
    if (message !== undefined)
      return { health: 'degraded', reason: `${field}: ${message}`, since: textIn(error, 'time') }
  }
  if (status?.attached === true) return { health: 'healthy', reason: 'Attached' }
  const wait = { reason: 'Waiting for the volume to be attached', since: metadata.creationTimestamp }
  return progressingUntil(volumeLimitMs, wait, nowMs, 'Not attached')
}

/**
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase. A released volume is kept, unless its policy is to
 * delete it.
 */
export const persistentVolume: Rule = ({ spec, status }, nowMs) => {
  const phase = textIn(status, 'phase')
  const message = textIn(status, 'message')
  const reason = message === undefined ? (phase ?? '') : `${phase}: ${message}`
  if (phase === 'Failed') return { health: 'degraded', reason }
  if (phase === 'Released' && spec?.persistentVolumeReclaimPolicy === 'Delete') {
    const since = textIn(status, 'lastPhaseTransitionTime')
    return progressingUntil(volumeLimitMs, { reason: `${reason}, to be deleted`, since }, nowMs, 'Not deleted')
  }
  if (phase === 'Available' || phase === 'Bound' || phase === 'Released') return { health: 'healthy', reason }
  return phase === undefined ? undefined : { health: 'progressing', reason }
}

/** VolumeSnapshot and VolumeSnapshotContent, as in Argo CD. Uploading a snapshot can take hours, so it has no limit. */
export const volumeSnapshot: Rule = ({ status }) => {
  if (status?.readyToUse === true) return { health: 'healthy', reason: 'Ready to use' }
  const error = fieldsIn(status, 'error')
  const message = textIn(error, 'message')
  if (message !== undefined) return { health: 'degraded', reason: message, since: textIn(error, 'time') }
  return { health: 'progressing', reason: 'Waiting for the snapshot' }
}
