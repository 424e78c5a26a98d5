import { type KubernetesObject, textAt } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, notPermitted, pass, skipped, summary } from '../check.ts'
import { claimsOf, type RenderedClaim } from '../rules/claims.ts'
import { blockDrivers, classFor, migratedTo } from '../rules/storage.ts'

/** Pure. */
export function compareAccessModes(
  claims: readonly RenderedClaim[],
  classes: readonly KubernetesObject[],
): CheckOutcome {
  const shared = claims.filter(({ accessModes }) => accessModes.some((mode) => /Many$/.test(mode)))
  if (shared.length === 0) return skipped('No volume of the plane is shared between nodes.')
  const faults = shared.flatMap(({ of, storageClass, accessModes }) => {
    const provisioner = textAt(classFor(storageClass, classes), 'provisioner') ?? ''
    const driver = migratedTo[provisioner] ?? provisioner
    return blockDrivers.has(driver) ? [`${of}: ${accessModes.join(', ')} with ${driver}`] : []
  })
  if (faults.length === 0) return pass('The storage classes can share volumes between nodes.')
  return {
    verdict: 'fail',
    message: `Volumes that are shared between nodes, on block storage: ${summary(faults, 3)}.`,
    hint: 'Use a class of file storage: Azure Files, Amazon EFS, Filestore, NFS or CephFS.',
    evidence: faults.join('\n'),
  }
}

export const storageAccessModes = defineCheck({
  id: 'storage.access-modes',
  title: 'Access modes',
  category: 'storage',
  severity: 'warn',
  needs: ['placed', 'storageClasses'],
  about:
    'Claims with `ReadWriteMany` or `ReadOnlyMany` have a storage class of file storage. A block device is attached to one node at a time: the claim stays Pending, or the second pod does.',
  remedy:
    'AKS: `azurefile-csi`. EKS: a class for `efs.csi.aws.com`. GKE: Filestore. On premises: NFS, CephFS or Longhorn. Or set `ReadWriteOnce` and one replica in the values.',
  decide: ({ placed, storageClasses }) =>
    storageClasses === undefined
      ? notPermitted('list storageclasses')
      : compareAccessModes(claimsOf(placed), storageClasses),
})
