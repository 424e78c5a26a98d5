/** Where a link of ours may lead: the projects whose documentation hints refer to. Compared by exact origin. */
const documentation: ReadonlySet<string> = new Set([
  'https://kubernetes.io',
  'https://helm.sh',
  'https://fluxcd.io',
  'https://cert-manager.io',
  'https://docs.cilium.io',
  'https://openchoreo.dev',
])

/** Whether a link may be handed to the system's browser. */
export function mayOpen(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && parsed.protocol === 'https:' && documentation.has(parsed.origin)
}
