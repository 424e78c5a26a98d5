/** Permitted origins of links: the projects whose documentation hints refer to. */
const documentation: ReadonlySet<string> = new Set([
  'https://kubernetes.io',
  'https://helm.sh',
  'https://fluxcd.io',
  'https://cert-manager.io',
  'https://docs.cilium.io',
  'https://openchoreo.dev',
])

/** Whether a link is permitted to open in the system's browser. */
export function mayOpen(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && parsed.protocol === 'https:' && documentation.has(parsed.origin)
}
