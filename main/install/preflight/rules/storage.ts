import { type KubernetesObject, nameOf } from '../../observe/kubernetes-object.ts'

const defaultAnnotation = 'storageclass.kubernetes.io/is-default-class'

export const isDefaultClass = ({ metadata }: KubernetesObject): boolean =>
  metadata?.annotations?.[defaultAnnotation] === 'true'

/** The class that a claim gets: the named one, or the default; undefined if there is none. */
export const classFor = (name: string, classes: readonly KubernetesObject[]): KubernetesObject | undefined =>
  classes.find((each) => (name === '' ? isDefaultClass(each) : nameOf(each) === name))

/** In-tree provisioners of Kubernetes, and the CSI drivers that took over their work (CSI migration). */
export const migratedTo: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
}

/** Block storage: a volume is attached to one node at a time. */
export const blockDrivers = new Set([
  'ebs.csi.aws.com',
  'disk.csi.azure.com',
  'pd.csi.storage.gke.io',
  'cinder.csi.openstack.org',
  'csi.vsphere.vmware.com',
  'rancher.io/local-path',
  'local.csi.openebs.io',
  'topolvm.io',
])
