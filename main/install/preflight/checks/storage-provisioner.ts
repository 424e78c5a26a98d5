import { type KubernetesObject, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, notPermitted, pass, skipped, summary } from '../check.ts'
import { claimsOf, type RenderedClaim } from '../rules/claims.ts'
import { classFor, migratedTo } from '../rules/storage.ts'

const hints: Readonly<Record<string, string>> = {
  'ebs.csi.aws.com': 'Install the EKS add-on aws-ebs-csi-driver, with its IAM role.',
  'efs.csi.aws.com': 'Install the EKS add-on aws-efs-csi-driver, with its IAM role.',
  'disk.csi.azure.com': 'Enable the disk driver: az aks update --enable-disk-driver.',
  'file.csi.azure.com': 'Enable the file driver: az aks update --enable-file-driver.',
  'pd.csi.storage.gke.io':
    'Enable the add-on: gcloud container clusters update --update-addons=GcePersistentDiskCsiDriver=ENABLED.',
}

/** Names of the form `DOMAIN/NAME` are those of external provisioners, which register nothing. */
const isCsi = (provisioner: string): boolean => !provisioner.includes('/')

/** Pure. */
export function compareProvisioners(
  claims: readonly RenderedClaim[],
  classes: readonly KubernetesObject[],
  drivers: readonly KubernetesObject[],
): CheckOutcome {
  if (claims.length === 0) return skipped('The plane needs no volumes.')
  const registered = new Set(drivers.map(nameOf))
  const used = new Map(
    claims.flatMap(({ storageClass }) => {
      const found = classFor(storageClass, classes)
      const provisioner = textAt(found, 'provisioner')
      return found === undefined || provisioner === undefined ? [] : [[nameOf(found), provisioner] as const]
    }),
  )
  const missing = [...used].flatMap(([name, provisioner]) => {
    if (provisioner === 'kubernetes.io/no-provisioner')
      return [{ driver: provisioner, line: `${name}: creates no volumes; an administrator creates them` }]
    const driver = migratedTo[provisioner] ?? provisioner
    return isCsi(driver) && !registered.has(driver)
      ? [{ driver, line: `${name}: the CSI driver ${driver} is not installed` }]
      : []
  })
  const evidence = [...used].map(([name, provisioner]) => `${name}: ${provisioner}`).join('\n')
  if (missing.length === 0) return pass('The provisioners of the storage classes are installed.', evidence)
  const onlyStatic = missing.every(({ driver }) => driver === 'kubernetes.io/no-provisioner')
  return {
    verdict: onlyStatic ? 'warn' : 'fail',
    message: `Storage classes without a provisioner: ${summary(missing.map(({ line }) => line))}.`,
    hint:
      missing.flatMap(({ driver }) => hints[driver] ?? [])[0] ?? 'Install the driver, or use another storage class.',
    evidence,
  }
}

export const storageProvisioner = defineCheck({
  id: 'storage.provisioner',
  title: 'Storage provisioners',
  category: 'storage',
  severity: 'strict',
  needs: ['placed', 'storageClasses', 'csiDrivers'],
  about:
    'The CSI driver of each storage class that the charts use is installed. A class exists without its driver too; claims then stay Pending without an error.',
  remedy:
    'EKS: the class `gp2` exists in every cluster, but its driver is the add-on `aws-ebs-csi-driver`, with an IAM role. AKS and GKE install their drivers unless they were disabled. On premises: install the driver that the class names.',
  decide({ placed, storageClasses, csiDrivers }) {
    if (storageClasses === undefined || csiDrivers === undefined)
      return notPermitted('list storageclasses', 'list csidrivers')
    return compareProvisioners(claimsOf(placed), storageClasses, csiDrivers)
  },
})
