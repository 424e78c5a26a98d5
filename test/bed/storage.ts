import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Api, KubeObject, Manifest } from './api.ts'

const storageClassName = 'bed'
const provisioner = 'hangar.test/folder'

export const storageClass: Manifest = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: storageClassName, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
}

type Claim = {
  storageClassName?: string
  volumeName?: string
  accessModes?: string[]
  resources?: { requests?: object }
}

/** The volume that a claim waits for; undefined where it is bound, being deleted, or of another storage class. */
const volumeFor = (claim: KubeObject, folder: string): Manifest | undefined => {
  const spec = (claim.spec ?? {}) as Claim // as the API server has validated it
  const { name, namespace, uid, deletionTimestamp } = claim.metadata
  if (spec.storageClassName !== storageClassName || spec.volumeName || deletionTimestamp) return undefined
  const volume = `pvc-${uid}`
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volume, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
    spec: {
      capacity: spec.resources?.requests,
      accessModes: spec.accessModes,
      storageClassName,
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
      hostPath: { path: join(folder, volume) },
    },
  }
}

const volumesPath = '/api/v1/persistentvolumes'

/** Binds claims of the bed's storage class to folders. Runs until aborted. */
export const provideVolumes = async (api: Api, folder: string, signal: AbortSignal): Promise<void> => {
  const serve = async (): Promise<void> => {
    for await (const { kind, object } of api.follow('/api/v1/persistentvolumeclaims', signal)) {
      const volume = kind === 'applied' ? volumeFor(object, folder) : undefined
      if (!volume) continue
      const path = join(folder, volume.metadata.name)
      await mkdir(path, { recursive: true })
      // Writable by any user of the pod, regardless of the umask.
      await chmod(path, 0o777)
      // The server became unreachable: the claim arrives again with the next list.
      await api.apply(volume, signal).catch(() => signal.throwIfAborted())
    }
  }
  const remove = async (): Promise<void> => {
    for await (const { kind, object } of api.follow(volumesPath, signal)) {
      if (object.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== provisioner) continue
      if (kind === 'deleted') await rm(join(folder, object.metadata.name), { recursive: true, force: true })
      else if (object.status?.phase === 'Released' && !object.metadata.deletionTimestamp)
        await api.remove(`${volumesPath}/${object.metadata.name}`, signal).catch(() => signal.throwIfAborted())
    }
  }
  await Promise.all([serve(), remove()])
}
