import { type Fields, fieldsIn, isFields, textIn } from './fields.ts'
import { type Assessment, groupOf, type KubernetesObject, subjectOf } from './object.ts'

/** A kubelet may be that many minor versions older than the API server: https://kubernetes.io/releases/version-skew-policy/#kubelet */
const supportedMinors = 3

const isNode = ({ kind, apiVersion }: KubernetesObject): boolean => kind === 'Node' && groupOf(apiVersion) === ''

/**
 * Nodes whose kubelet is too old, or newer than the control plane, by name. The kubelets of the control plane have the
 * version of its API server at most; without such nodes (managed clusters) the newest kubelet stands for it.
 */
export function versionSkew(objects: readonly KubernetesObject[]): ReadonlyMap<string, Assessment> {
  const nodes = objects.filter(isNode).flatMap((node) => {
    const version = textIn(fieldsIn(subjectOf(node).status, 'nodeInfo'), 'kubeletVersion')
    const minor = version === undefined ? undefined : minorOf(version)
    return version === undefined || minor === undefined ? [] : [{ node, version, minor }]
  })
  const controlPlane = nodes.filter(({ node }) => isControlPlane(node.metadata.labels))
  const newest = (controlPlane.length === 0 ? nodes : controlPlane).reduce<(typeof nodes)[number] | undefined>(
    (one, other) => (one === undefined || other.minor > one.minor ? other : one),
    undefined,
  )
  if (newest === undefined) return new Map()
  return new Map(
    nodes.flatMap(({ node, version, minor }): [string, Assessment][] => {
      const isOld = newest.minor - minor > supportedMinors
      if (!isOld && minor <= newest.minor) return []
      const why = isOld ? `more than ${supportedMinors} minor versions older than` : 'newer than'
      return [[node.metadata.name, { health: 'degraded', reason: `Kubelet ${version} is ${why} ${newest.version}` }]]
    }),
  )
}

/** 29 of `v1.29.3-eks-1`. There is no version 2. */
function minorOf(version: string): number | undefined {
  const minor = /^v?1\.(\d{1,4})\b/.exec(version)?.[1]
  return minor === undefined ? undefined : Number(minor)
}

function isControlPlane(labels: unknown): boolean {
  const all: Fields = isFields(labels) ? labels : {}
  return 'node-role.kubernetes.io/control-plane' in all || 'node-role.kubernetes.io/master' in all
}
