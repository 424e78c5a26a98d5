/** Where a log is from, as far as its path or its content tells. */
export interface LogOrigin {
  readonly pod: string
  readonly container: string
}

/**
 * Layouts in which a path names the pod and the container; the parts of a path before them do not matter:
 * - /var/log/pods of a node: `NAMESPACE_POD_UID/CONTAINER/0.log`, with older ones beside it;
 * - /var/log/containers of a node: `POD_NAMESPACE_CONTAINER-ID.log`;
 * - support bundles of Replicated (https://troubleshoot.sh/docs/collect/logs/): `pods/logs/NAMESPACE/POD/CONTAINER.log` and
 *   `CONTAINER-previous.log`, or `NAME/POD/CONTAINER.log`.
 */
const layouts: readonly RegExp[] = [
  /(?:^|\/)[a-z0-9-]+_(?<pod>[a-z0-9.-]+)_[0-9a-f-]{32,36}\/(?<container>[a-z0-9-]+)\/\d+\.log(?:\.\d{8}-\d{6})?$/,
  /(?:^|\/)(?<pod>[a-z0-9.-]+)_[a-z0-9-]+_(?<container>[a-z0-9-]+)-[0-9a-f]{64}\.log$/,
  /(?:^|\/)pods\/logs\/[a-z0-9-]+\/(?<pod>[a-z0-9.-]+)\/(?<container>[a-z0-9-]+?)(?:-previous)?\.log$/,
  // Deployments, daemon sets and stateful sets give their pods names with these ends.
  /(?:^|\/)(?<pod>[a-z0-9.-]+-(?:[a-z0-9]{5}|\d+))\/(?<container>[a-z0-9-]+?)(?:-previous)?\.log$/,
]

/** The longest name of a pod. An archive can name its files as it likes. */
const maxNameCharacters = 253

const compressed = /\.(?:gz|zst|zstd)$/i

/** Of any other path, the name of the file stands for the pod. Pure. */
export function originOfPath(path: string): LogOrigin {
  const plain = path.replaceAll('\\', '/').replace(compressed, '')
  for (const layout of layouts) {
    const { pod, container } = layout.exec(plain)?.groups ?? {}
    if (pod !== undefined && container !== undefined) return shortened(pod, container)
  }
  return shortened(plain.slice(plain.lastIndexOf('/') + 1), '')
}

const shortened = (pod: string, container: string): LogOrigin => ({
  pod: pod.slice(0, maxNameCharacters),
  container: container.slice(0, maxNameCharacters),
})

/** Files of a support bundle that are not logs: manifests, results of checks. */
const notLogs = /\.(?:json|ya?ml|html?|md|png|pem|crt|key|db|sqlite)$/i

export const isLogPath = (path: string): boolean => !notLogs.test(path.replace(compressed, ''))

/** The lines around the log of a container in a file of `kubectl cluster-info dump`. */
const dumpStart = /^==== START logs for container (?<container>\S+) of pod (?<namespace>[^\s/]+)\/(?<pod>\S+) ====$/
const dumpEnd = /^==== END logs for container \S+ of pod \S+ ====$/
export const dumpMark = Buffer.from('==== ')

/** Pure. */
export function readDumpLine(line: string): LogOrigin | 'end' | undefined {
  const { pod, container } = dumpStart.exec(line)?.groups ?? {}
  if (pod !== undefined && container !== undefined) return shortened(pod, container)
  return dumpEnd.test(line) ? 'end' : undefined
}
